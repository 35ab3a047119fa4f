story imported
clock 2026-01-05T18:00:00Z
fact {
  import begins
}
otherwise {
  import ends
}
order O1 promised=2026-01-03 placed=2026-01-01T18:00:00Z
shipment S1 order=O1 label=2026-01-02T12:00:00Z
scan S1 milestone=in_transit exception=lost at=2026-01-04T20:00:00Z
reason customer_told S1 imported
reason ticket S1 imported
reason carrier_claim S1 imported
