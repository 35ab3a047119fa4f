story A voided label ends what stood open on it, and its lines wait again
clock 2026-01-05T18:00:00Z
order O1 promised=2026-01-08 to=US-CA
shipment S1 order=O1
scan S1 milestone=accepted
scan S1 exception=address_problem at=2026-01-05T18:00:01Z
expect incident S1 kind=address_problem
shipment S1 voided=now
expect exception S1 address_problem cleared_at=2026-01-05T18:00:00Z
expect incident S1 customer_state=waiting
expect no timer shipment S1 promise_ends
advance to 2026-01-09T08:00:00Z
expect incident O1 kind=late
expect no exception S1 late
shipment S2 order=O1
expect incident S2 kind=late
expect incidents 2
expect parked 0
