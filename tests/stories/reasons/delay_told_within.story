story delay_told_within
clock 2026-01-05T18:00:00Z
order O1 promised=2026-01-20
shipment S1 order=O1
shipment S2 order=O1
scan S1 milestone=accepted at=-1h
scan S2 milestone=accepted at=-1h
fact {
  scan S2 exception=delayed_by_carrier
}
scan S1 exception=delayed_by_carrier
reason customer_told S1 delay_told_within_48h
