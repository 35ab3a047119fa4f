story Damaged by the carrier's own word: the shopper's claim is drafted, the carrier's is made
clock 2026-01-05T18:00:00Z
order O1 promised=2026-01-12 to=US-CA value=5000USD
shipment S1 order=O1
scan S1 milestone=accepted at=2026-01-05T20:00:00Z
advance to 2026-01-06T20:00:00Z
scan S1 milestone=in_transit exception=damaged
expect incident S1 kind=damaged severity=high remedy=reship_or_refund
expect answer S1 customer_told id
expect mail 2 kind=exception_action_needed variant=damaged
expect answer S1 ticket id
expect answer S1 cover id
expect answer S1 carrier_claim id
expect answer S1 performance id
expect answer S1 return_risk id
expect claim S1 customer damage state=draft amount=5000USD
# The clock is delivery; until then the scheduled day stands for it.
expect claim S1 carrier damage state=eligible amount=5000USD
expect risk S1 level=high incentive=keep_and_credit incentive_amount=1000USD
advance to 2026-01-08T20:00:00Z
scan S1 milestone=delivered
# Damage stays true whatever moves.
expect exception S1 damaged cleared_at=none
report S1 damaged
expect claim S1 customer damage state=submitted
expect claims 2
expect incidents 1
expect parked 0
