story A wrong item is a claim for its contents
clock 2026-01-05T18:00:00Z
order O1 promised=2026-01-12 to=US-CA value=5000USD
shipment S1 order=O1
scan S1 milestone=accepted at=2026-01-05T20:00:00Z
advance to 2026-01-07T18:00:00Z
scan S1 milestone=in_transit
advance to 2026-01-08T20:00:00Z
scan S1 milestone=delivered
report S1 wrong_item
report S1 missing_item
expect incident S1 kind=contents_wrong severity=high
expect claim S1 customer contents state=submitted
expect claim S1 carrier contents state=queued
expect answer S1 customer_told id
expect answer S1 ticket id
expect answer S1 return_risk id
expect risk S1 incentive_amount=500USD
expect claims 2
expect incidents 1
expect parked 0
