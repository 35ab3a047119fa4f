story In shadow everything is decided and shown, and nothing leaves
clock 2026-01-05T18:00:00Z
merchant shadow
order O1 promised=2026-01-08 to=US-CA value=5000USD
shipment S1 order=O1 cost=950USD
scan S1 milestone=accepted
advance 3d
expect incident S1 kind=transit_silence
expect message 1 kind=shipped state=shadowed
expect message 2 kind=delayed_revised_eta state=shadowed
expect answer S1 customer_told id
expect answer S1 ticket id
expect mails 0
expect outbox 0
scan S1 milestone=delivered
report S1 damaged
# A claim in shadow stops before anything would reach the carrier.
expect claim S1 carrier damage state=evidence_ready
expect mails 0
expect parked 0
