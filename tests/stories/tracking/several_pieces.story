story A shipment of two pieces is delivered when both are
clock 2026-01-05T20:00:00Z
order O1 promised=2026-01-20 to=US-CA
shipment S1 order=O1 number=1ZA pieces=1ZA,1ZB
shuffle {
  scan S1 piece=1ZA milestone=accepted at=2026-01-05T12:00:00Z
  scan S1 piece=1ZB milestone=accepted at=2026-01-05T12:01:00Z
  scan S1 piece=1ZA milestone=delivered at=2026-01-05T16:00:00Z
}
expect milestone S1 accepted
expect shipment S1 track.pieces_delivered=1
scan S1 piece=1ZB milestone=delivered at=2026-01-05T17:00:00Z
expect milestone S1 delivered
expect parked 0
