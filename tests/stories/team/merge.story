story An incident merged into another is closed and named there
clock 2026-01-05T18:00:00Z
order O1 promised=2026-01-20 to=US-CA
shipment S1 order=O1
shipment S2 order=O1
scan S1 milestone=accepted
scan S2 milestone=accepted
scan S1 exception=address_problem
scan S2 exception=address_problem
expect incidents 2
act S2 merge into=S2 -> rejected bad_value
act S2 merge into=S1
expect incident S2 customer_state=closed merged_into~=inc_ closed_at=2026-01-05T18:00:00Z
expect incident S1 customer_state=open notes.0.text~=Merged
expect line S2 incident_merged
expect parked 0
