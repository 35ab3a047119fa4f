story Where another tool writes to the shopper nothing is sent from here
clock 2026-01-05T18:00:00Z
policy {
  [[message]]
  kind = "shipped"
  sender = "shopify"
  why = "The shop sends its own."
  [[message]]
  kind = "delayed_revised_eta"
  sender = "shopify"
  why = "The shop sends its own."
}
order O1 promised=2026-01-20 to=US-CA
shipment S1 order=O1
scan S1 milestone=accepted
advance 2d
expect answer S1 customer_told none=sender_is_shopify
expect answer S1 ticket id
expect messages 0
expect parked 0
