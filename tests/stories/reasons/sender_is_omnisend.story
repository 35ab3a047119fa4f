story sender_is_omnisend
clock 2026-01-05T18:00:00Z
fact {
  policy {
    [[message]]
    kind = "delayed_revised_eta"
    sender = "omnisend"
    why = "That tool writes to the shopper."
  }
}
order O1 promised=2026-01-20
shipment S1 order=O1
scan S1 milestone=accepted at=-1h
scan S1 exception=delayed_by_carrier
reason customer_told S1 sender_is_omnisend
