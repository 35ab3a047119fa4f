story A paused channel keeps its messages until it goes on
clock 2026-01-05T18:00:00Z
order O1 promised=2026-01-20 to=US-CA
shipment S1 order=O1
channel email paused=yes
channel email paused=yes -> duplicate
scan S1 milestone=accepted
expect message 1 state=queued
expect mails 0
channel email paused=no
expect mails 1
expect message 1 state=sent
expect parked 0
