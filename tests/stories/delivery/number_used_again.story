story A number used again is another shipment; what comes late goes to the old one by its instant
clock 2026-01-05T12:00:00Z
order O1 placed=2025-08-01T10:00:00Z promised=2025-08-12 to=US-CA
order O2 placed=2026-01-02T10:00:00Z promised=2026-01-20 to=US-CA
shuffle {
  shipment S1 order=O1 label=2025-08-02T10:00:00Z number=1ZAGAIN
  shipment S2 order=O2 label=2026-01-02T11:00:00Z number=1ZAGAIN
  scan 1ZAGAIN milestone=in_transit at=2026-01-04T12:00:00Z
  scan 1ZAGAIN milestone=delivered at=2025-08-05T12:00:00Z
}
expect milestone S1 delivered
expect milestone S2 in_transit
# Late backfill of the old one, and a way back that began a month after it.
scan 1ZAGAIN milestone=out_for_delivery at=2025-08-05T08:00:00Z
expect shipment S1 track.scans=2
expect milestone S2 in_transit
scan 1ZAGAIN milestone=in_transit at=2025-09-05T08:00:00Z
expect shipment S1 track.scanned_after_delivery=yes
expect shipment S2 track.scans=1
scan 1ZAGAIN milestone=delivered at=2026-01-05T11:00:00Z
expect milestone S2 delivered
expect milestone S1 delivered
expect parked 0
