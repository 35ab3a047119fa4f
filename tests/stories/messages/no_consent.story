story Who refused messages is not written to, and the ticket is made all the same
clock 2026-01-05T18:00:00Z
order O1 promised=2026-01-20 to=US-CA consent=no
shipment S1 order=O1
scan S1 milestone=accepted
advance 2d
expect answer S1 customer_told none=no_consent
expect answer S1 ticket id
expect messages 0
# Consent given later counts from then on, for what still stands open too.
order O1 consent=yes customer=ana@example.test updated=now
expect answer S1 customer_told id
expect mails 1
order O1 consent=yes customer=ana@example.test -> duplicate
advance 1h
scan S1 exception=lost
expect answer S1 customer_told id
expect mails 2
expect parked 0
