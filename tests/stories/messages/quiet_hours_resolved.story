story What is resolved in the night is not told in the morning
clock 2026-01-05T18:00:00Z
order O1 promised=2026-01-12 to=US-CA
shipment S1 order=O1
scan S1 milestone=accepted
advance to 2026-01-07T06:30:00Z
scan S1 exception=delayed_by_carrier
expect answer S1 customer_told none="quiet_hours_until 08:00"
advance to 2026-01-07T15:00:00Z
scan S1 milestone=delivered
expect answer S1 customer_told none=resolved_before_told
expect no timer incident S1 hold_ends
advance to 2026-01-07T18:00:00Z
expect mails 2
expect mail 2 kind=delivered
expect parked 0
