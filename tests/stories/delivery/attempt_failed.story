story A failed attempt is told, gets a ticket, and clears with the next one
clock 2026-01-05T18:00:00Z
order O1 promised=2026-01-12 to=US-CA
shipment S1 order=O1
scan S1 milestone=accepted at=2026-01-05T20:00:00Z
advance to 2026-01-07T01:00:00Z
scan S1 milestone=attempt_failed exception=attempt_failed
expect incident S1 kind=attempt_failed severity=normal
expect answer S1 customer_told id
expect answer S1 ticket id
expect answer S1 cover id
expect answer S1 carrier_claim none="no_ground attempt_failed"
expect answer S1 performance id
expect answer S1 return_risk none="no_risk_rule attempt_failed"
expect mail 2 kind=attempt_failed
expect shipment S1 track.attempts=1
advance to 2026-01-07T20:00:00Z
scan S1 milestone=out_for_delivery
expect exception S1 attempt_failed cleared_at=2026-01-07T20:00:00Z retracted=no
expect ticket S1 state=solved
expect parked 0
