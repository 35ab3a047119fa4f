story carrier_unknown
clock 2026-01-05T18:00:00Z
order O1 promised=2026-01-20
fact {
  shipment S1 order=O1 carrier=none
}
otherwise {
  shipment S1 order=O1 carrier=ups
}
report S1 lost
reason carrier_claim S1 carrier_unknown
reason performance S1 carrier_unknown
