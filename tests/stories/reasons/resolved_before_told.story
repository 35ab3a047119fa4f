story resolved_before_told
clock 2026-01-05T18:00:00Z
order O1 promised=2026-01-06 to=US-CA
shipment S1 order=O1
scan S1 milestone=accepted at=-1h
advance to 2026-01-06T18:00:00Z
scan S1 milestone=in_transit
advance to 2026-01-07T20:00:00Z
fact {
  scan S1 milestone=delivered
}
advance 7h
reason customer_told S1 resolved_before_told
