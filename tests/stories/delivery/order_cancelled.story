story A cancelled order is not late, and an incident on it ends
clock 2026-01-05T18:00:00Z
order O1 promised=2026-01-06 to=US-CA
order O2 promised=2026-01-06 to=US-CA
order O2 cancelled=now
expect no timer order O2 promise_ends
advance to 2026-01-07T08:00:00Z
expect incident O1 kind=late
expect no incident O2
order O1 cancelled=now
expect exception O1 late cleared_at=2026-01-07T08:00:00Z
advance 4d
expect incident O1 customer_state=closed money_state=settled
expect messages 0
expect parked 0
