story The shopper's claim is decided and paid once, from the cover's fund
clock 2026-01-05T18:00:00Z
order O1 promised=2026-01-20 to=US-CA value=60000USD
shipment S1 order=O1
scan S1 milestone=accepted
advance 1h
scan S1 milestone=delivered
report S1 missing_item
claim S1 customer contents credit -> rejected out_of_range
claim S1 customer contents decide verdict=paid amount=60000USD -> rejected bad_value
claim S1 customer contents decide verdict=approved amount=60000USD
claim S1 customer contents credit amount=60000USD
expect claim S1 customer contents state=paid
expect ledger S1 1 debit=customer_remedies credit=carrier_receivable amount=60000USD
claim S1 customer contents credit amount=60000USD -> rejected wrong_state
act S1 remedy remedy=refund amount=60000USD -> rejected already_remedied
expect ledgers S1 1
expect incident S1 money_customer=60000USD
expect parked 0
