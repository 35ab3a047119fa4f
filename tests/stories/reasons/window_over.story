story window_over
clock 2026-04-05T18:00:00Z
fact {
  order O1 promised=2026-01-20 placed=2026-01-05T18:00:00Z
}
otherwise {
  order O1 promised=2026-03-20 placed=2026-01-05T18:00:00Z
}
shipment S1 order=O1 label=2026-01-05T18:00:00Z
scan S1 milestone=accepted exception=lost at=2026-01-06T18:00:00Z
reason carrier_claim S1 "window_over ups.loss.us"
