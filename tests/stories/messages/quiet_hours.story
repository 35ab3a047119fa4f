story At night nobody is written to, and a timer decides anew in the morning
clock 2026-01-05T18:00:00Z
order O1 promised=2026-01-12 to=US-CA
shipment S1 order=O1
# 22:30 in Los Angeles.
advance to 2026-01-06T06:30:00Z
scan S1 milestone=accepted
expect messages 0
expect timer shipment S1 hold_ends due=2026-01-06T16:00:00Z
scan S1 exception=delayed_by_carrier
expect answer S1 customer_told none="quiet_hours_until 08:00"
expect timer incident S1 hold_ends due=2026-01-06T16:00:00Z
# Before the night is over the parcel has moved on: the timer decides by what is true then.
advance to 2026-01-06T15:59:59Z
expect mails 0
advance to 2026-01-06T16:00:00Z
expect mails 2
expect answer S1 customer_told id
expect no timer shipment S1 hold_ends
expect parked 0
