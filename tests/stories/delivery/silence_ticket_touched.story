story A ticket that a person has touched is noted and not solved when the parcel is found
clock 2026-01-05T18:00:00Z
order O1 promised=2026-01-20 to=US-CA
shipment S1 order=O1
scan S1 milestone=accepted at=2026-01-05T20:00:00Z
advance to 2026-01-08T18:00:00Z
expect ticket S1 state=open
ticket S1 pend by=usr_lee text="Asked the carrier."
scan S1 milestone=in_transit
expect ticket S1 state=pending touched=yes notes.1.author=aftermile
advance 3h
scan S1 milestone=delivered
# Nothing stands open, but a person's ticket does: the incident waits for it.
advance 4d
expect incident S1 customer_state=waiting closed_at=none
ticket S1 solve
advance 4d
expect incident S1 customer_state=closed
expect parked 0
