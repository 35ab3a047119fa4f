story A problem with the address needs the shopper, and clears at the door
clock 2026-01-05T18:00:00Z
order O1 promised=2026-01-12 to=US-CA
shipment S1 order=O1
scan S1 milestone=accepted at=2026-01-05T20:00:00Z
advance to 2026-01-06T20:00:00Z
shuffle {
  scan S1 milestone=in_transit at=2026-01-06T18:00:00Z
  scan S1 exception=address_problem at=2026-01-06T19:00:00Z
}
expect incident S1 kind=address_problem severity=high
expect exception S1 address_problem opened_at=2026-01-06T19:00:00Z
expect answer S1 customer_told id
expect answer S1 ticket id
expect mail 2 kind=exception_action_needed variant=address_problem
expect answer S1 carrier_claim none="no_ground address_problem"
advance to 2026-01-07T20:00:00Z
scan S1 milestone=out_for_delivery
expect exception S1 address_problem retracted=no cleared_at=2026-01-07T20:00:00Z
expect parked 0
