story A fact is told once, in whatever order its scans come
clock 2026-01-05T18:00:00Z
order O1 promised=2026-01-12 to=US-CA
shipment S1 order=O1
shuffle {
  scan S1 milestone=accepted at=2026-01-05T16:00:00Z
  scan S1 milestone=in_transit at=2026-01-05T16:30:00Z
  scan S1 milestone=at_destination at=2026-01-05T17:00:00Z
  scan S1 milestone=in_transit at=2026-01-05T16:45:00Z
}
expect milestone S1 at_destination
expect mails 1
expect mail 1 kind=shipped
scan S1 milestone=accepted at=2026-01-05T16:00:00Z -> duplicate
expect contributions 1
expect parked 0
