story A scan 120 days after a shipment's end is of another one, a scan of the day before is not
clock 2026-01-10T12:00:00Z
order O1 placed=2025-08-01T10:00:00Z promised=2025-08-12 to=US-CA
shipment S1 order=O1 label=2025-08-02T10:00:00Z number=1ZAGAIN
scan 1ZAGAIN milestone=delivered at=2025-08-05T12:00:00Z
# 2025-08-05 and 120 days is 2025-12-03.
scan 1ZAGAIN milestone=in_transit at=2025-12-03T11:59:59Z
expect shipments 1
expect shipment S1 track.scanned_after_delivery=yes
scan 1ZAGAIN milestone=in_transit at=2025-12-03T12:00:00Z
expect shipments 2
expect shipment S1 track.scans=2
scan 1ZAGAIN milestone=in_transit at=2025-12-03T12:00:00Z -> duplicate
# What was kept belongs to the label that comes now, and not to an older one.
shipment S0 label=2025-03-01T10:00:00Z number=1ZAGAIN
expect milestone S0 pending
order O2 placed=2025-12-01T10:00:00Z promised=2026-01-20 to=US-CA
shipment S2 order=O2 label=2025-12-02T10:00:00Z number=1ZAGAIN
expect milestone S2 in_transit
expect shipments 3
expect milestone S1 delivered
expect parked 0
