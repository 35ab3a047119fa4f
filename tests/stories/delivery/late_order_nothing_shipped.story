story An order is late when nothing shipped, and its shipment joins the incident that keeps its id
clock 2026-01-05T18:00:00Z
order O1 promised=2026-01-09 to=US-CA
advance to 2026-01-10T08:00:00Z
expect incident O1 kind=late shipment=none opened_at=2026-01-10T08:00:00Z
expect answer O1 customer_told none=scan_lag_grace
expect answer O1 ticket none=below_severity
expect answer O1 cover none=nothing_shipped
expect answer O1 carrier_claim none=nothing_shipped
expect answer O1 performance none=nothing_shipped
expect answer O1 return_risk none="no_risk_rule late"
advance to 2026-01-11T02:00:00Z
expect mail 1 kind=dispatch_delayed variant=late
advance to 2026-01-11T18:00:00Z
shipment S1 order=O1 carrier=ups service=ground
expect incidents 1
expect incident S1 kind=late customer_state=open opened_at=2026-01-10T08:00:00Z
expect answer S1 cover id
expect answer S1 performance id
expect answer S1 customer_told id
expect earlier S1 cover none=nothing_shipped
advance 3h
scan S1 milestone=accepted
advance 3d
scan S1 milestone=delivered
expect exception S1 late retracted=no
advance 4d
expect incidents 1
expect incident S1 customer_state=closed
expect incident O1 customer_state=closed
expect order O1 incident_open=no
expect shipment S1 incident_open=no
expect parked 0
