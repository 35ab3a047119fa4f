story Late at the end of the promised day, told after the grace, delivered, closed after the policy's days
clock 2026-01-05T18:00:00Z
merchant live
order O1 promised=2026-01-09 customer=ana@example.test to=US-CA value=5000USD
shipment S1 order=O1 carrier=ups service=ground cost=950USD
scan S1 milestone=accepted at=2026-01-05T20:00:00Z
expect mail 1 kind=shipped to=ana@example.test
# 24:00 of 9 January in Los Angeles.
expect timer shipment S1 promise_ends due=2026-01-10T08:00:00Z
advance to 2026-01-07T19:00:00Z
scan S1 milestone=in_transit
advance to 2026-01-09T19:00:00Z
scan S1 milestone=in_transit
advance to 2026-01-10T07:59:59Z
expect no incident S1
advance to 2026-01-10T08:00:00Z
expect incident S1 kind=late severity=low customer_state=open money_state=open opened_at=2026-01-10T08:00:00Z
expect exception S1 late opened_at=2026-01-10T08:00:00Z known_at=2026-01-10T08:00:00Z cleared_at=none retracted=no
expect answer S1 customer_told none=scan_lag_grace
expect answer S1 ticket none=below_severity
expect answer S1 cover id none=none
expect answer S1 carrier_claim none="guarantee_suspended ups/ground 2026-01"
expect answer S1 performance id none=none
expect answer S1 return_risk none="no_risk_rule late"
expect timer incident S1 hold_ends due=2026-01-11T02:00:00Z
expect mails 1
# 18 hours after the end of the day: 18:00 in Los Angeles, not yet quiet.
advance to 2026-01-11T02:00:00Z
expect answer S1 customer_told id none=none
expect earlier S1 customer_told none=scan_lag_grace
expect mails 2
expect mail 2 kind=delayed_revised_eta variant=late to=ana@example.test
expect answer S1 ticket none=below_severity
expect tickets 0
advance to 2026-01-11T20:00:00Z
scan S1 milestone=out_for_delivery at=2026-01-11T18:00:00Z
scan S1 milestone=delivered at=2026-01-11T20:00:00Z
expect milestone S1 delivered
expect exception S1 late cleared_at=2026-01-11T20:00:00Z retracted=no
expect incident S1 customer_state=waiting closed_at=none kind=late
expect timer incident S1 incident_closes due=2026-01-14T20:00:00Z
expect answer S1 customer_told id none=none
advance to 2026-01-14T19:59:59Z
expect incident S1 closed_at=none
advance to 2026-01-14T20:00:00Z
expect incident S1 customer_state=closed money_state=settled closed_at=2026-01-14T20:00:00Z
expect shipment S1 incident_open=no
expect parked 0
expect outbox 0
