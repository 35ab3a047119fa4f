story clock_not_started
clock 2026-01-05T18:00:00Z
fact {
  order O1
}
otherwise {
  order O1 promised=2026-01-20
}
shipment S1 order=O1
scan S1 milestone=accepted at=-1h
scan S1 exception=lost
reason carrier_claim S1 "clock_not_started scheduled_delivery"
