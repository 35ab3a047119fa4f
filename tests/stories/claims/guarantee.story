story A guaranteed service that was late is claimed for the label's cost, a suspended one is not
clock 2026-01-05T18:00:00Z
order O1 promised=2026-01-06 to=US-CA value=5000USD
shipment S1 order=O1 carrier=ups service=next_day_air cost=4200USD
shipment S2 order=O1 carrier=ups service=ground cost=950USD
shipment S3 order=O1 carrier=ups service=next_day_air cost=none
scan S1 milestone=accepted
scan S2 milestone=accepted
scan S3 milestone=accepted
advance to 2026-01-07T08:00:00Z
expect incident S1 kind=late
expect answer S1 carrier_claim id
# 15 days from the later of the scheduled day and delivery.
expect claim S1 carrier late_guarantee state=queued amount=4200USD terms=ups.gsr.window
expect answer S2 carrier_claim none="guarantee_suspended ups/ground 2026-01"
expect answer S3 carrier_claim none=label_cost_unknown
advance to 2026-01-07T20:00:00Z
scan S1 milestone=delivered
# It came, and it came late: the guarantee stays owed.
expect claim S1 carrier late_guarantee state=queued
expect exception S1 late retracted=no
expect answer S1 carrier_claim id
expect parked 0
