story no_order
clock 2026-01-05T18:00:00Z
otherwise {
  order O1 promised=2026-01-20
  shipment S1 order=O1
}
fact {
  shipment S1
}
scan S1 milestone=accepted at=-1h
scan S1 exception=lost
reason customer_told S1 no_order
reason cover S1 no_order
reason return_risk S1 no_order
