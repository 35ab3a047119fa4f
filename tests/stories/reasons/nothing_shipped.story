story nothing_shipped
clock 2026-01-05T18:00:00Z
order O1 promised=2026-01-06 to=US-CA
advance to 2026-01-07T09:00:00Z
otherwise {
  shipment S1 order=O1
}
reason cover O1 nothing_shipped
reason carrier_claim O1 nothing_shipped
reason performance O1 nothing_shipped
