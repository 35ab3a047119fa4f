story Scans on the numbers of pieces reach their shipment, in any order
clock 2026-01-09T12:00:00Z
order O1 promised=2026-01-20 to=US-CA placed=2026-01-05T10:00:00Z
shuffle {
  shipment S1 order=O1 label=2026-01-05T11:00:00Z number=1ZM pieces=1ZP1,1ZP2
  scan 1ZP1 milestone=delivered at=2026-01-08T12:00:00Z
  scan 1ZP2 milestone=in_transit at=2026-01-08T13:00:00Z
  scan 1ZP2 exception=damaged at=2026-01-08T14:00:00Z
}
expect milestone S1 in_transit
expect exception S1 damaged opened_at=2026-01-08T14:00:00Z cleared_at=none
expect incident S1 kind=damaged customer_state=open
expect parked 0
scan 1ZP2 milestone=delivered at=2026-01-09T11:00:00Z
expect milestone S1 delivered
expect shipment S1 track.pieces_delivered=2
scan 1ZP2 milestone=delivered at=2026-01-09T11:00:00Z -> duplicate
