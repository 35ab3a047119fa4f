story What the channel answers is kept: sent, bounced, failed after every attempt
clock 2026-01-05T18:00:00Z
policy {
  [[silence]]
  hours = 2000
  why = "Nobody waits for these parcels."
}
order O1 promised=2026-01-20 to=US-CA
shipment S1 order=O1
shipment S2 order=O1
shipment S3 order=O1
scan S1 milestone=accepted
expect message 1 state=sent sent_at=2026-01-05T18:00:00Z reply="250 taken"
expect line S1 told
mail is rejected
scan S2 milestone=accepted
expect message 2 state=bounced reply~=550
expect line S2 told_bounced
mail is deferred
scan S3 milestone=accepted
expect message 3 state=queued attempts=1
expect outbox 1
advance 1d
expect message 3 state=queued
advance 2d
expect message 3 state=failed
expect line S3 told_failed
expect outbox 0
expect parked 0
