story A parcel in trouble before its order is known goes on with one incident
clock 2026-01-09T18:00:00Z
scan 1ZS1 milestone=accepted at=2026-01-06T18:00:00Z
expect incident 1ZS1 kind=transit_silence order=none
expect answer 1ZS1 customer_told none=no_order
order O1 promised=2026-01-07 placed=2026-01-05T18:00:00Z to=US-CA
advance 8h
expect incident O1 kind=late
expect mail 1 kind=dispatch_delayed variant=late
shipment S1 order=O1
expect incident S1 kind=transit_silence order~=ord_ customer_state=open
expect incident O1 merged_into~=inc_ customer_state=closed closed_at=2026-01-10T02:00:00Z
expect exception S1 late cleared_at=none
expect exception S1 transit_silence cleared_at=none
expect answer S1 cover id
expect answer S1 carrier_claim id
expect tickets 1
expect parked 0
