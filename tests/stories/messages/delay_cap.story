story At most one delay message in 48 hours, whatever goes wrong and with which parcel
clock 2026-01-05T18:00:00Z
order O1 promised=2026-01-20 to=US-CA customer=ana@example.test
shipment S1 order=O1
order O2 promised=2026-01-20 to=US-CA customer=ana@example.test
shipment S2 order=O2
scan S1 milestone=accepted
scan S2 milestone=accepted
scan S1 exception=delayed_by_carrier
expect answer S1 customer_told id
advance 2h
scan S2 exception=delayed_by_carrier
expect answer S2 customer_told none=delay_told_within_48h
expect timer incident S2 hold_ends due=2026-01-07T18:00:00Z
expect mails 3
advance to 2026-01-07T12:00:00Z
scan S1 milestone=in_transit
scan S2 milestone=in_transit
advance to 2026-01-07T18:00:00Z
expect answer S2 customer_told id
expect mails 4
expect customers 1
expect parked 0
