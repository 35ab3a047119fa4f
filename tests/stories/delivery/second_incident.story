story After an incident is closed a new exception opens another
clock 2026-01-05T18:00:00Z
order O1 promised=2026-01-20 to=US-CA
shipment S1 order=O1
scan S1 milestone=accepted
advance 1h
scan S1 milestone=delivered
report S1 damaged
act S1 remedy remedy=refund amount=5000USD
ticket S1 solve
claim S1 carrier damage withdraw
act S1 close
expect incident S1 closed_at=2026-01-05T19:00:00Z
expect incidents 1
report S1 wrong_item
expect incidents 2
expect incident S1 kind=contents_wrong customer_state=open
expect answer S1 ticket id
expect tickets 2
expect parked 0
