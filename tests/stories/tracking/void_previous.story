story A delivery that the carrier voids was none, in whatever order the two come
clock 2026-01-05T18:00:00Z
order O1 promised=2026-01-20 to=US-CA
shipment S1 order=O1
shuffle {
  scan S1 milestone=accepted at=2026-01-05T12:00:00Z
  scan S1 milestone=in_transit at=2026-01-05T13:00:00Z
  scan S1 milestone=delivered at=2026-01-05T16:00:00Z
  scan S1 at=2026-01-05T16:30:00Z flags=correction,void_previous
}
expect milestone S1 in_transit
expect shipment S1 track.delivered_at=none
expect parked 0
