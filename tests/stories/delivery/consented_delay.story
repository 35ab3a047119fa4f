story Only the shopper's recorded consent moves what lateness measures
clock 2026-01-05T18:00:00Z
order O1 promised=2026-01-06 to=US-CA
shipment S1 order=O1
order O2 promised=2026-01-06 to=US-CA
shipment S2 order=O2
scan S1 milestone=accepted
scan S2 milestone=accepted
order O1 promised=2026-01-08 source=store
order O2 promised=2026-01-08 source=shopper_consent
advance to 2026-01-07T08:00:00Z
expect exception S1 late opened_at=2026-01-07T08:00:00Z
expect no incident S2
expect timer shipment S2 promise_ends due=2026-01-09T08:00:00Z
# A message names the newer date that was recorded.
advance to 2026-01-07T17:00:00Z
scan S1 milestone=in_transit
scan S2 milestone=in_transit
advance to 2026-01-08T02:00:00Z
expect answer S1 customer_told id
expect mail 3 kind=delayed_revised_eta
expect no timer incident S1 contact_due
# Consent that comes late refutes the lateness.
order O1 promised=2026-01-09 source=shopper_consent
expect exception S1 late retracted=yes
expect parked 0
