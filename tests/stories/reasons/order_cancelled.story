story order_cancelled
clock 2026-01-05T18:00:00Z
order O1 promised=2026-01-20
shipment S1 order=O1
fact {
  order O1 cancelled=now
}
scan S1 milestone=accepted at=-1h
scan S1 exception=lost
reason customer_told S1 order_cancelled
