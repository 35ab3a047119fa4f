story Damaged by the shopper's report: the claim is submitted at once
clock 2026-01-05T18:00:00Z
order O1 promised=2026-01-12 to=US-CA value=5000USD
shipment S1 order=O1
scan S1 milestone=accepted at=2026-01-05T20:00:00Z
advance to 2026-01-07T18:00:00Z
scan S1 milestone=in_transit
advance to 2026-01-08T20:00:00Z
scan S1 milestone=delivered
report S1 damaged
expect incident S1 kind=damaged severity=high
expect exception S1 damaged opened_at=2026-01-08T20:00:00Z
expect claim S1 customer damage state=submitted amount=5000USD
# 60 days from the delivery, ending in New York; filing may begin at once.
expect claim S1 carrier damage state=queued opens_at=2026-01-08T05:00:00Z deadline=2026-03-10T04:00:00Z
expect answer S1 customer_told id
expect mail 3 kind=claim_update
expect answer S1 ticket id
expect answer S1 return_risk id
report S1 damaged -> duplicate
report S1 damaged withdrawn
expect exception S1 damaged retracted=yes
expect ticket S1 state=solved
expect claim S1 customer damage state=withdrawn
expect answer S1 customer_told none=retracted
expect answer S1 carrier_claim none=retracted
expect claim S1 carrier damage state=withdrawn
expect parked 0
