story below_severity
clock 2026-01-05T18:00:00Z
otherwise {
  policy {
    [tickets]
    from = "low"
  }
}
order O1 promised=2026-01-20
shipment S1 order=O1
scan S1 milestone=accepted at=-1h
scan S1 exception=delayed_by_carrier
reason ticket S1 below_severity
