story Where a place lies in several zones lateness takes the last of them
clock 2026-01-05T18:00:00Z
# Texas: Chicago and Denver. 24:00 in Denver is 07:00 UTC.
order O1 promised=2026-01-09 to=US-TX
shipment S1 order=O1
scan S1 milestone=accepted at=2026-01-05T20:00:00Z
advance to 2026-01-07T12:00:00Z
scan S1 milestone=in_transit
advance to 2026-01-09T12:00:00Z
scan S1 milestone=at_destination
expect timer shipment S1 promise_ends due=2026-01-10T07:00:00Z
advance to 2026-01-10T06:30:00Z
expect incidents 0
advance to 2026-01-10T07:00:00Z
expect exception S1 late opened_at=2026-01-10T07:00:00Z
expect parked 0
