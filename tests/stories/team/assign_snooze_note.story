story Assigning, snoozing, noting, closing and reopening are attributed
clock 2026-01-05T18:00:00Z
order O1 promised=2026-01-20 to=US-CA
shipment S1 order=O1
scan S1 milestone=accepted
advance 2d
act S1 assign owner=usr_lee by=usr_mia
expect incident S1 owner=usr_lee
act S1 note text="Called the depot." by=usr_lee
expect incident S1 notes.0.text="Called the depot." notes.0.author=usr_lee
act S1 snooze until=2026-01-09T18:00:00Z
expect incident S1 snoozed_until=2026-01-09T18:00:00Z
expect line S1 incident_assigned
expect line S1 note
expect line S1 incident_snoozed
ticket S1 assign assignee=usr_lee
expect ticket S1 assignee=usr_lee touched=yes
ticket S1 hold
expect ticket S1 state=on_hold
ticket S1 reopen
expect ticket S1 state=open
act S1 close
# The carrier's claim is not filed: money stays undecided, and not silently.
expect incident S1 customer_state=closed money_state=open closed_at=none
act S1 reopen
expect incident S1 customer_state=open
claim S1 carrier loss withdraw
act S1 close
expect incident S1 customer_state=closed money_state=settled closed_at=2026-01-07T18:00:00Z
act S1 assign owner=usr_kim -> rejected wrong_state
expect parked 0
