story The lines that no shipment carries are late on the order, the rest is delivered
clock 2026-01-05T18:00:00Z
order O1 promised=2026-01-06 to=US-CA line=A:1:2000USD line=B:1:3000USD
shipment S1 order=O1 lines=A
scan S1 milestone=accepted
advance 1d
scan S1 milestone=delivered
advance to 2026-01-07T08:00:00Z
expect no incident S1
expect incident O1 kind=late shipment=none
expect answer O1 cover none=nothing_shipped
expect shipment S1 value=2000USD
shipment S2 order=O1 lines=B
expect incident S2 kind=late
expect incidents 1
expect parked 0
