story What joins an incident later is told as a fact of its own
clock 2026-01-05T18:00:00Z
order O1 promised=2026-01-20 to=US-CA
shipment S1 order=O1
scan S1 milestone=accepted
advance 1h
scan S1 exception=delayed_by_carrier
expect mails 2
advance 1h
scan S1 exception=address_problem
expect mails 3
expect mail 3 kind=exception_action_needed variant=address_problem
expect incident S1 kind=address_problem severity=high
expect earlier S1 ticket none=below_severity
expect answer S1 ticket id
expect incidents 1
# The carrier's word that the address is right again; the delay still stands.
advance 1h
scan S1 clears=address_problem
expect exception S1 address_problem retracted=no
expect exception S1 delayed_by_carrier cleared_at=none
expect incident S1 kind=delayed_by_carrier customer_state=open
expect answer S1 customer_told id
expect mails 3
expect parked 0
