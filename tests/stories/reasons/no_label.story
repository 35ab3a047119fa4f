story no_label
clock 2026-01-05T18:00:00Z
order O1 promised=2026-01-20
fact {
  shipment S1 order=O1 label=none
}
otherwise {
  shipment S1 order=O1 label=now
}
scan S1 milestone=accepted at=-1h
scan S1 exception=lost
reason cover S1 no_label
