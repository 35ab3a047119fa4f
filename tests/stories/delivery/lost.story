story Lost by the carrier's word, found by a movement
clock 2026-01-05T18:00:00Z
order O1 promised=2026-01-20 to=US-CA value=5000USD
shipment S1 order=O1
scan S1 milestone=accepted at=2026-01-05T20:00:00Z
advance to 2026-01-06T20:00:00Z
scan S1 milestone=in_transit
advance 3h
scan S1 exception=lost
expect incident S1 kind=lost severity=urgent remedy=reship_or_refund
expect answer S1 customer_told id
expect answer S1 ticket id
expect answer S1 cover id
expect answer S1 carrier_claim id
expect answer S1 performance id
expect answer S1 return_risk id
expect ticket S1 severity=urgent
expect claim S1 customer loss state=draft
expect claim S1 carrier loss state=eligible
advance 1d
scan S1 milestone=in_transit
expect exception S1 lost retracted=no
expect claim S1 customer loss state=withdrawn
expect claim S1 carrier loss state=withdrawn
expect answer S1 carrier_claim none=cause_gone
expect ticket S1 state=solved
# Lost again: a new claim is made, the old one stays withdrawn.
advance 1d
scan S1 exception=lost
expect claim S1 carrier loss state=eligible
expect incidents 1
expect parked 0
