story Delivered goes back only by the carrier's correction
clock 2026-01-05T18:00:00Z
order O1 promised=2026-01-20 to=US-CA
shipment S1 order=O1
scan S1 milestone=accepted at=2026-01-05T12:00:00Z
scan S1 milestone=delivered at=2026-01-05T17:00:00Z
# A late webhook.
scan S1 milestone=out_for_delivery at=2026-01-05T17:30:00Z
expect milestone S1 delivered
expect shipment S1 track.scanned_after_delivery=yes
scan S1 milestone=in_transit at=2026-01-05T17:45:00Z flags=correction
expect milestone S1 in_transit
expect shipment S1 track.delivered_at=none
scan S1 milestone=delivered at=2026-01-05T17:50:00Z
expect milestone S1 delivered
expect shipment S1 track.delivered_at=2026-01-05T17:50:00Z
expect parked 0
