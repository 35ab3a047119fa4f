story claims_off
clock 2026-01-05T18:00:00Z
fact {
  policy {
    [claims]
    file_with_carrier = false
  }
}
order O1 promised=2026-01-20
shipment S1 order=O1
scan S1 milestone=accepted at=-1h
scan S1 exception=lost
reason carrier_claim S1 claims_off
