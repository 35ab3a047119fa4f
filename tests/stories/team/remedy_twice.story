story The same remedy is not given twice
clock 2026-01-05T18:00:00Z
order O1 promised=2026-01-20 to=US-CA value=5000USD
shipment S1 order=O1
scan S1 milestone=accepted
advance 1h
scan S1 milestone=delivered
report S1 damaged
act S1 remedy remedy=refund amount=5000USD
act S1 remedy remedy=refund amount=5000USD -> rejected already_remedied
expect ledgers S1 1
expect incident S1 money_customer=5000USD
expect parked 0
# What is still missing may be given after a reopening, up to the parcel's value.
act S1 reopen
act S1 remedy remedy=refund amount=1USD -> rejected already_remedied
