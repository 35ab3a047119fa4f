story retracted: a ticket that was never made
clock 2026-01-05T18:00:00Z
order O1 promised=2026-01-06 to=US-CA value=5000USD
shipment S1 order=O1
scan S1 milestone=accepted at=-1h
advance to 2026-01-07T10:00:00Z
expect answer S1 ticket none=below_severity
fact {
  scan S1 milestone=delivered at=2026-01-07T01:00:00Z
}
otherwise {
  scan S1 milestone=delivered at=2026-01-07T09:00:00Z
}
reason ticket S1 retracted
