story A parcel that is late and silent has one incident, and both claims
clock 2026-01-05T18:00:00Z
order O1 promised=2026-01-06 to=US-CA value=5000USD
shipment S1 order=O1 service=next_day_air cost=4200USD
scan S1 milestone=accepted
advance to 2026-01-07T18:00:00Z
expect incidents 1
expect incident S1 kind=transit_silence severity=normal
expect claim S1 carrier late_guarantee state=queued amount=4200USD
expect claim S1 carrier loss state=queued amount=5000USD
expect answer S1 customer_told id
expect tickets 1
expect contributions 3
# A backfilled scan refutes the silence; it is late all the same.
scan S1 milestone=in_transit at=2026-01-07T02:00:00Z
expect incident S1 kind=late
expect exception S1 transit_silence retracted=yes
expect exception S1 late cleared_at=none retracted=no
expect claim S1 carrier loss state=withdrawn
expect claim S1 carrier late_guarantee state=queued
expect answer S1 carrier_claim id
expect answer S1 performance id
expect ticket S1 state=solved
expect answer S1 return_risk none="no_risk_rule late"
expect contributions 4
expect contribution 4 exception=transit_silence retracts~=prf_
expect parked 0
