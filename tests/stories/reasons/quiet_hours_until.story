story quiet_hours_until
clock 2026-01-05T18:00:00Z
order O1 promised=2026-01-20 to=US-CA
shipment S1 order=O1
scan S1 milestone=accepted at=-1h
fact {
  advance to 2026-01-06T06:00:00Z
}
otherwise {
  advance to 2026-01-06T04:59:00Z
}
scan S1 exception=delayed_by_carrier
reason customer_told S1 "quiet_hours_until 08:00"
