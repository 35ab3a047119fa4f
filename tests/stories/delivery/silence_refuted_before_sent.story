story A backfilled scan refutes a silence: what was decided is taken back, and unsent mail is dropped
clock 2026-01-05T18:00:00Z
order O1 promised=2026-01-20 to=US-CA value=5000USD
shipment S1 order=O1
scan S1 milestone=accepted at=2026-01-05T20:00:00Z
advance to 2026-01-06T18:00:00Z
scan S1 milestone=in_transit
mail is down
advance to 2026-01-09T18:00:00Z
expect message 2 kind=delayed_revised_eta state=queued
expect answer S1 carrier_claim id
# It had moved in the meantime: the scan only came late.
scan S1 milestone=in_transit at=2026-01-08T12:00:00Z
expect exception S1 transit_silence retracted=yes
expect message 2 state=retracted
expect claim S1 carrier loss state=withdrawn
expect ticket S1 state=solved
expect risk S1 retracted=yes
expect answer S1 customer_told none=retracted
expect answer S1 performance none=retracted
expect answer S1 return_risk none=retracted
expect answer S1 carrier_claim none=retracted
expect contribution 3 kind=exception exception=transit_silence retracts~=prf_
expect contributions 3
mail is sent
advance 10m
expect mails 1
expect outbox 0
expect incident S1 customer_state=waiting
expect parked 0
