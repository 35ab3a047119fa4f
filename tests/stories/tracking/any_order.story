story The same history in any order: the same state, the same exceptions, one incident
clock 2026-01-09T20:00:00Z
order O1 promised=2026-01-12 to=US-CA placed=2026-01-05T10:00:00Z
shipment S1 order=O1 label=2026-01-05T11:00:00Z
shuffle {
  scan S1 milestone=accepted at=2026-01-05T12:00:00Z
  scan S1 milestone=in_transit at=2026-01-06T13:00:00Z
  scan S1 milestone=in_transit exception=address_problem at=2026-01-08T16:00:00Z
  scan S1 milestone=out_for_delivery at=2026-01-09T14:00:00Z
  scan S1 milestone=attempt_failed exception=attempt_failed at=2026-01-09T19:00:00Z
}
expect milestone S1 attempt_failed
expect incident S1 kind=attempt_failed customer_state=open
expect exception S1 attempt_failed opened_at=2026-01-09T19:00:00Z cleared_at=none
expect incidents 1
expect answer S1 customer_told id
expect answer S1 ticket id
expect answer S1 cover id
expect answer S1 carrier_claim none="no_ground attempt_failed"
expect answer S1 performance id
expect answer S1 return_risk none="no_risk_rule attempt_failed"
expect parked 0
