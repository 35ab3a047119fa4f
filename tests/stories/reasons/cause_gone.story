story cause_gone
clock 2026-01-05T18:00:00Z
order O1 promised=2026-01-20
shipment S1 order=O1
scan S1 milestone=accepted at=-1h
scan S1 exception=lost
advance 1h
fact {
  scan S1 milestone=in_transit
}
reason carrier_claim S1 cause_gone
