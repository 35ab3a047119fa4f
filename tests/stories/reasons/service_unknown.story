story service_unknown
clock 2026-01-05T18:00:00Z
order O1 promised=2026-01-06 to=US-CA
fact {
  shipment S1 order=O1 service=none cost=4200USD
}
otherwise {
  shipment S1 order=O1 service=next_day_air cost=4200USD
}
scan S1 milestone=accepted at=-1h
advance to 2026-01-07T09:00:00Z
reason carrier_claim S1 service_unknown
