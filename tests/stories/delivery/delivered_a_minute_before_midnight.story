story Delivered at 23:59 of the promised day at the destination is not late
clock 2026-01-05T18:00:00Z
order O1 promised=2026-01-09 to=US-CA
shipment S1 order=O1
shuffle {
  scan S1 milestone=accepted at=2026-01-05T20:00:00Z -> any
  scan S1 milestone=out_for_delivery at=2026-01-05T20:10:00Z
  scan S1 milestone=in_transit at=2026-01-05T20:05:00Z
}
advance to 2026-01-06T20:00:00Z
scan S1 milestone=in_transit
advance to 2026-01-09T18:00:00Z
scan S1 milestone=out_for_delivery
advance to 2026-01-10T07:59:30Z
scan S1 milestone=delivered at=2026-01-09T23:59:00-08:00
advance 5d
expect milestone S1 delivered
expect incidents 0
expect parked 0
