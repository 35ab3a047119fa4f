story value_unknown
clock 2026-01-05T18:00:00Z
fact {
  order O1 promised=2026-01-20 value=none
}
otherwise {
  order O1 promised=2026-01-20 value=5000USD
}
shipment S1 order=O1
scan S1 milestone=accepted at=-1h
scan S1 exception=lost
reason cover S1 value_unknown
reason carrier_claim S1 value_unknown
