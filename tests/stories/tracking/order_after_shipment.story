story A shipment that comes before its order is joined to it when the order comes
clock 2026-01-05T18:00:00Z
shipment S1 order=O1
scan S1 milestone=accepted
expect shipment S1 order=none
order O1 promised=2026-01-08 to=US-CA value=5000USD
expect shipment S1 order~=ord_ value=5000USD
expect coverage S1 funding=reserve
advance to 2026-01-09T08:00:00Z
expect exception S1 late opened_at=2026-01-09T08:00:00Z
expect incidents 1
expect answer S1 customer_told id
expect parked 0
