story Duplicates however late change nothing
clock 2026-01-05T18:00:00Z
order O1 promised=2026-01-20 to=US-CA
order O1 promised=2026-01-20 -> duplicate
shipment S1 order=O1
shipment S1 order=O1 label=2026-01-05T18:00:00Z -> duplicate
scan S1 milestone=accepted at=2026-01-05T12:00:00Z
scan S1 milestone=delivered at=2026-01-05T17:00:00Z
report S1 damaged
scan S1 milestone=accepted at=2026-01-05T12:00:00Z -> duplicate
scan S1 milestone=delivered at=2026-01-05T17:00:00Z -> duplicate
report S1 damaged -> duplicate
advance 90d
scan S1 milestone=accepted at=2026-01-05T12:00:00Z -> duplicate
expect milestone S1 delivered
expect shipment S1 track.scans=2
expect incidents 1
expect parked 0
