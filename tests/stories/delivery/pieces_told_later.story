story A shipment gets its pieces after they were scanned, and loses one again
clock 2026-01-09T12:00:00Z
order O1 promised=2026-01-20 to=US-CA placed=2026-01-05T10:00:00Z
shipment S1 order=O1 label=2026-01-05T11:00:00Z number=1ZM
scan 1ZP1 milestone=in_transit at=2026-01-08T12:00:00Z
scan 1ZP1 exception=damaged at=2026-01-08T14:00:00Z
expect milestone S1 pending
expect shipments 2
shipment S1 pieces=1ZP1,1ZP2
expect milestone S1 in_transit
expect incident S1 kind=damaged customer_state=open
expect exception S1 damaged cleared_at=none
shipment S1 pieces=1ZP2
scan 1ZP1 milestone=delivered at=2026-01-09T11:00:00Z
expect milestone S1 in_transit
expect shipments 3
expect parked 0
