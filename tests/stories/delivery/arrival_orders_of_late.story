story Late and delivered, told in any order: one incident, the same exceptions
clock 2026-01-09T20:00:00Z
order O1 promised=2026-01-08 to=US-CA placed=2026-01-05T10:00:00Z
shuffle {
  shipment S1 order=O1 label=2026-01-05T11:00:00Z number=1ZS1
  scan 1ZS1 milestone=accepted at=2026-01-07T12:00:00Z
  scan 1ZS1 milestone=in_transit at=2026-01-08T13:00:00Z
  scan 1ZS1 milestone=delivered at=2026-01-09T19:00:00Z
}
expect milestone S1 delivered
expect incident S1 kind=late customer_state=waiting
expect exception S1 late opened_at=2026-01-09T08:00:00Z cleared_at=2026-01-09T19:00:00Z retracted=no
expect answer S1 performance id
expect shipments 1
expect parked 0
