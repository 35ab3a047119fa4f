story A silent parcel gets six things; found again its claim is withdrawn and its ticket solved
clock 2026-01-05T18:00:00Z
order O1 promised=2026-01-20 to=US-CA value=5000USD
shipment S1 order=O1 carrier=ups service=ground cost=950USD
scan S1 milestone=accepted at=2026-01-05T20:00:00Z
advance to 2026-01-06T18:00:00Z
scan S1 milestone=in_transit
expect timer shipment S1 silence due=2026-01-09T18:00:00Z
advance to 2026-01-09T18:00:00Z
expect incident S1 kind=transit_silence severity=normal opened_at=2026-01-09T18:00:00Z
expect exception S1 transit_silence basis=2026-01-06T18:00:00Z
expect answer S1 customer_told id
expect answer S1 ticket id
expect answer S1 cover id
expect answer S1 carrier_claim id
expect answer S1 performance id
expect answer S1 return_risk id
expect mail 2 kind=delayed_revised_eta variant=transit_silence
expect ticket S1 state=open assignee=support severity=normal kind=transit_silence touched=no
expect coverage S1 funding=reserve remedy=reship_or_refund rule=own_reserve limit=5000USD
# The window of UPS for a loss: 60 days from the scheduled delivery. Our deadline is the end of
# that day where the parcel came from (New York).
expect claim S1 carrier loss state=eligible amount=5000USD opens_at=2026-01-20T05:00:00Z deadline=2026-03-22T04:00:00Z terms=ups.loss.us grade=unverified
expect incident S1 deadline=2026-03-22T04:00:00Z
expect risk S1 level=raised retracted=no
expect incident S1 remedy=wait funding=reserve
expect no claim S1 customer loss
expect contribution 2 kind=exception exception=transit_silence effective_at=2026-01-09T18:00:00Z
# Found again.
advance to 2026-01-10T18:00:00Z
scan S1 milestone=out_for_delivery
expect exception S1 transit_silence cleared_at=2026-01-10T18:00:00Z retracted=no
expect claim S1 carrier loss state=withdrawn
expect ticket S1 state=solved touched=no
expect answer S1 carrier_claim none=cause_gone
expect answer S1 performance id
expect incident S1 deadline=none customer_state=waiting
advance 3h
scan S1 milestone=delivered
advance 73h
expect incident S1 customer_state=closed money_state=settled
expect parked 0
