story An unknown code never becomes a guess
clock 2026-01-05T18:00:00Z
order O1 promised=2026-01-20 to=US-CA
shipment S1 order=O1
scan S1 type=I code=OR at=2026-01-05T12:00:00Z
expect milestone S1 accepted
scan S1 type=I code=ZZ9 at=2026-01-05T13:00:00Z
expect milestone S1 accepted
expect shipment S1 track.scans=2 track.last_physical_at=2026-01-05T12:00:00Z
scan S1 type=D code=FS at=2026-01-05T17:00:00Z
expect milestone S1 delivered
expect parked 0
