story On the way back delivered means returned
clock 2026-01-05T18:00:00Z
order O1 promised=2026-01-20 to=US-CA
shipment S1 order=O1
shuffle {
  scan S1 milestone=accepted at=2026-01-05T12:00:00Z
  scan S1 milestone=returning at=2026-01-05T14:00:00Z
  scan S1 milestone=out_for_delivery at=2026-01-05T15:00:00Z
  scan S1 milestone=delivered at=2026-01-05T16:00:00Z
}
expect milestone S1 returned
expect shipment S1 track.delivered_at=none track.on_return_leg=yes
expect parked 0
