story Delivered late but within the grace is recorded and never told
clock 2026-01-05T18:00:00Z
order O1 promised=2026-01-09 to=US-CA
shipment S1 order=O1
scan S1 milestone=accepted at=2026-01-05T20:00:00Z
advance to 2026-01-07T12:00:00Z
scan S1 milestone=in_transit
advance to 2026-01-09T18:00:00Z
scan S1 milestone=at_destination
advance to 2026-01-10T18:00:00Z
expect answer S1 customer_told none=scan_lag_grace
scan S1 milestone=delivered
expect exception S1 late cleared_at=2026-01-10T18:00:00Z retracted=no
expect answer S1 customer_told none=resolved_before_told
advance 4d
expect mails 2
expect mail 2 kind=delivered
expect incident S1 customer_state=closed
expect parked 0
