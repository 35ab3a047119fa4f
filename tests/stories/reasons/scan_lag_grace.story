story scan_lag_grace
clock 2026-01-05T18:00:00Z
order O1 promised=2026-01-06 to=US-CA
shipment S1 order=O1
scan S1 milestone=accepted at=-1h
advance to 2026-01-06T18:00:00Z
scan S1 milestone=in_transit
fact {
  advance to 2026-01-08T01:59:59Z
}
otherwise {
  advance to 2026-01-08T02:00:00Z
}
reason customer_told S1 scan_lag_grace
