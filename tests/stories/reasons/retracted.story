story retracted
clock 2026-01-05T18:00:00Z
order O1 promised=2026-01-20 to=US-CA value=5000USD
shipment S1 order=O1
scan S1 milestone=accepted at=-1h
advance to 2026-01-07T20:00:00Z
fact {
  scan S1 milestone=in_transit at=2026-01-07T02:00:00Z
}
otherwise {
  scan S1 milestone=in_transit at=2026-01-07T20:00:00Z
}
reason customer_told S1 retracted
reason carrier_claim S1 retracted
reason performance S1 retracted
reason return_risk S1 retracted
