story resolved
clock 2026-01-07T09:00:00Z
order O1 category=toys placed=-2d to=US-CA
scan 1ZS1 milestone=accepted at=-1d
# Delivered late, and over before anybody could notice.
fact {
  scan 1ZS1 milestone=delivered at=2026-01-07T08:30:00Z
}
shipment S1 order=O1 promised=2026-01-06 label=-2d
reason ticket S1 resolved
reason return_risk S1 resolved
