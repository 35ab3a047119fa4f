story A remedy is booked once, pays the shopper's claim, and leaves the carrier's claim running
clock 2026-01-05T18:00:00Z
order O1 promised=2026-01-12 to=US-CA value=5000USD
shipment S1 order=O1
scan S1 milestone=accepted at=2026-01-05T17:00:00Z
advance to 2026-01-07T18:00:00Z
scan S1 milestone=in_transit
advance to 2026-01-08T20:00:00Z
scan S1 milestone=delivered
report S1 damaged
act S1 remedy remedy=none -> rejected bad_value
act S1 remedy remedy=refund amount=-5USD -> rejected out_of_range
act S1 remedy remedy=refund amount=5000USD by=usr_mia
expect incident S1 customer_state=remedied money_state=open money_customer=5000USD remedy=refund
expect ledgers S1 1
expect ledger S1 1 debit=customer_remedies credit=reserve amount=5000USD
expect claim S1 customer damage state=paid
expect claim S1 carrier damage state=queued
expect coverage S1 state=claimed
expect exception S1 damaged cleared_at=2026-01-08T20:00:00Z retracted=no
ticket S1 solve
# Support is finished; finance still waits for the carrier.
act S1 close
expect incident S1 customer_state=closed money_state=open closed_at=none
claim S1 carrier damage file evidence=photos,proof_of_value method=portal case=C-7 by=usr_lee
expect claim S1 carrier damage state=filed filed_by=usr_lee case_number=C-7
claim S1 carrier damage decide verdict=approved amount=4000USD
claim S1 carrier damage credit amount=4000USD
expect claim S1 carrier damage state=reconciled decided_amount=4000USD
expect ledger S1 2 debit=bank credit=carrier_recoveries amount=4000USD
expect incident S1 money_state=settled money_carrier=4000USD closed_at=2026-01-08T20:00:00Z
expect parked 0
