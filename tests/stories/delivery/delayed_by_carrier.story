story A delay that the carrier announces is told and makes no ticket
clock 2026-01-05T18:00:00Z
order O1 promised=2026-01-12 to=US-CA
shipment S1 order=O1
scan S1 milestone=accepted at=2026-01-05T20:00:00Z
advance to 2026-01-06T20:00:00Z
scan S1 exception=delayed_by_carrier
expect incident S1 kind=delayed_by_carrier severity=low
expect answer S1 customer_told id
expect answer S1 ticket none=below_severity
expect answer S1 carrier_claim none="no_ground delayed_by_carrier"
expect mail 2 kind=delayed_revised_eta variant=delayed_by_carrier
# A next word was promised: when its time comes a person is asked to write it.
expect timer incident S1 contact_due due=2026-01-08T20:00:00Z
advance to 2026-01-07T20:00:00Z
scan S1 milestone=in_transit
advance to 2026-01-08T20:00:00Z
expect answer S1 ticket id
expect earlier S1 ticket none=below_severity
scan S1 milestone=delivered
expect exception S1 delayed_by_carrier retracted=no
expect parked 0
