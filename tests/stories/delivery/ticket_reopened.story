story A ticket that settled by itself opens again when the trouble comes back
clock 2026-01-05T18:00:00Z
order O1 promised=2026-01-20 to=US-CA
shipment S1 order=O1
scan S1 milestone=accepted
advance 1h
scan S1 milestone=attempt_failed exception=attempt_failed
expect ticket S1 state=open
advance 1h
scan S1 milestone=out_for_delivery
expect ticket S1 state=solved
advance 1h
scan S1 milestone=attempt_failed exception=attempt_failed
expect ticket S1 state=open
expect line S1 ticket_reopened
expect tickets 1
expect contributions 2
expect parked 0
