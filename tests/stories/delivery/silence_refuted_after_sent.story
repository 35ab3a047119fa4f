story A message that a backfilled scan makes false is corrected once
clock 2026-01-05T18:00:00Z
order O1 promised=2026-01-20 to=US-CA value=5000USD
shipment S1 order=O1
scan S1 milestone=accepted at=2026-01-05T20:00:00Z
advance to 2026-01-06T18:00:00Z
scan S1 milestone=in_transit
advance to 2026-01-09T18:00:00Z
expect mails 2
scan S1 milestone=in_transit at=2026-01-08T12:00:00Z
expect mails 3
expect mail 3 kind=in_transit variant=correction
expect answer S1 customer_told none=retracted
scan S1 milestone=in_transit at=2026-01-08T13:00:00Z
expect mails 3
expect exception S1 transit_silence retracted=yes
expect parked 0
