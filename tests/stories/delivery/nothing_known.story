story A parcel with neither carrier nor promise still answers six times
clock 2026-01-05T18:00:00Z
order O1 customer=none value=none
shipment S1 order=O1 carrier=none number=none service=none label=none from=none
report S1 lost
expect incident S1 kind=lost severity=urgent
expect answer S1 customer_told none=no_contact
expect answer S1 ticket id
expect answer S1 cover none=value_unknown
expect answer S1 carrier_claim none=carrier_unknown
expect answer S1 performance none=carrier_unknown
expect answer S1 return_risk id
expect parked 0
