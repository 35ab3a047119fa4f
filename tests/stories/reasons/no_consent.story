story no_consent
clock 2026-01-05T18:00:00Z
fact {
  order O1 promised=2026-01-20 consent=no
}
otherwise {
  order O1 promised=2026-01-20 consent=yes
}
shipment S1 order=O1
scan S1 milestone=accepted at=-1h
scan S1 exception=lost
reason customer_told S1 no_consent
