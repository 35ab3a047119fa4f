story An order's incident ends when its promise is moved with consent, and closes by itself
clock 2026-01-05T18:00:00Z
order O1 promised=2026-01-06 to=US-CA
advance to 2026-01-07T08:00:00Z
expect incident O1 kind=late
order O1 promised=2026-01-20 source=shopper_consent
expect exception O1 late retracted=yes
expect answer O1 customer_told none=retracted
expect incident O1 customer_state=waiting
advance 3d
expect incident O1 customer_state=closed money_state=settled closed_at=2026-01-10T08:00:00Z
expect order O1 incident_open=no
expect messages 0
expect parked 0
