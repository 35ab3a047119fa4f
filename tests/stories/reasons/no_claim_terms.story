story no_claim_terms
clock 2026-01-05T18:00:00Z
order O1 promised=2026-01-20
fact {
  shipment S1 order=O1 carrier=tortoise
}
otherwise {
  shipment S1 order=O1 carrier=ups
}
scan S1 milestone=accepted at=-1h
scan S1 exception=lost
reason carrier_claim S1 "no_claim_terms tortoise/ground"
