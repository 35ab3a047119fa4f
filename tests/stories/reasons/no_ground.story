story no_ground
clock 2026-01-05T18:00:00Z
order O1 promised=2026-01-20
shipment S1 order=O1
scan S1 milestone=accepted at=-1h
fact {
  scan S1 exception=address_problem
}
otherwise {
  scan S1 exception=lost
}
reason carrier_claim S1 "no_ground address_problem"
