story A scan of an unknown number is kept, and adopted by the shipment that comes later
clock 2026-01-05T18:00:00Z
scan 1ZS1 milestone=accepted at=2026-01-05T17:00:00Z
expect milestone 1ZS1 accepted
expect shipments 1
expect messages 0
order O1 promised=2026-01-20 to=US-CA
shipment S1 order=O1 number=1ZS1
expect shipments 1
expect shipment S1 track.milestone=accepted
expect mails 1
expect mail 1 kind=shipped
expect order O1 shipments.0~=shp_
expect coverage S1 funding=reserve
expect parked 0
