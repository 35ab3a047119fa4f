story Cover is fixed at the label, whatever the policy says later
clock 2026-01-05T18:00:00Z
order O1 promised=2026-01-20 to=US-CA value=5000USD
shipment S1 order=O1
expect coverage S1 rule=own_reserve funding=reserve
policy {
  [[cover]]
  id = "insured"
  funding = "insurer"
  remedy = "refund"
  why = "Everything is insured now."
}
shipment S2 order=O1
expect coverage S1 rule=own_reserve funding=reserve
expect coverage S2 rule=insured funding=insurer
scan S2 milestone=accepted
advance 1h
scan S2 exception=lost
# Who was paid by the insurer does not ask the carrier too.
expect answer S2 carrier_claim none=insurer_recovers
expect no claim S2 carrier loss
expect claim S2 customer loss state=draft
expect parked 0
