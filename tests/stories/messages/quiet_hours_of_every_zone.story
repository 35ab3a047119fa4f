story Where several zones fit it must be day in all of them
clock 2026-01-05T18:00:00Z
order O1 promised=2026-01-12 to=US-TX
shipment S1 order=O1
# 07:30 in Denver, 08:30 in Chicago.
advance to 2026-01-06T14:30:00Z
scan S1 milestone=accepted
expect mails 0
expect timer shipment S1 hold_ends due=2026-01-06T15:00:00Z
advance to 2026-01-06T15:00:00Z
expect mails 1
expect parked 0
