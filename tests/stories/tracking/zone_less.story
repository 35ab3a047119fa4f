story A time without zone is read where the scan was, else at the destination
clock 2026-01-05T18:00:00Z
order O1 promised=2026-01-20 to=US-CA
shipment S1 order=O1
scan S1 milestone=accepted at=2026-01-05T06:00:00 place=US-NY
expect shipment S1 track.handed_off_at=2026-01-05T11:00:00Z
scan S1 milestone=in_transit at=2026-01-05T07:00:00
expect shipment S1 track.last_physical_at=2026-01-05T15:00:00Z
expect parked 0
