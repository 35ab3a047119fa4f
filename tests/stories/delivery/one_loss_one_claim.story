story Delivered and not received, lost, and reported twice make one loss claim for each side
clock 2026-01-05T18:00:00Z
order O1 promised=2026-01-08 to=US-CA value=5000USD
shipment S1 order=O1
scan S1 milestone=accepted at=2026-01-05T20:00:00Z
advance to 2026-01-07T18:00:00Z
scan S1 milestone=in_transit
advance to 2026-01-08T20:00:00Z
scan S1 milestone=delivered
shuffle {
  report S1 not_received
  report S1 lost by_number=yes
  scan S1 exception=lost at=2026-01-08T19:00:00Z
}
expect claims 2
expect claim S1 customer loss state=submitted amount=5000USD
expect claim S1 carrier loss amount=5000USD deadline=2026-03-10T04:00:00Z
expect incidents 1
expect tickets 1
expect incident S1 kind=lost severity=urgent
expect exception S1 delivered_not_received retracted=no
expect answer S1 return_risk id
expect parked 0
