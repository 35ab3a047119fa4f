story no_cover_rule
clock 2026-01-05T18:00:00Z
fact {
  policy {
    [[cover]]
    id = "glass_only"
    categories = ["glass"]
    funding = "insurer"
    remedy = "refund"
    why = "Only glass is covered."
  }
}
order O1 promised=2026-01-20 category=toys
shipment S1 order=O1
scan S1 milestone=accepted at=-1h
scan S1 exception=lost
reason cover S1 no_cover_rule
