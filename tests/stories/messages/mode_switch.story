story A switch to live covers what is ordered and labelled afterwards
clock 2026-01-05T18:00:00Z
merchant shadow
order O1 promised=2026-01-12 to=US-CA
shipment S1 order=O1
advance 1h
mode live
mode live -> duplicate
scan S1 milestone=accepted
expect message 1 state=shadowed
order O2 promised=2026-01-12 to=US-CA
shipment S2 order=O2
scan S2 milestone=accepted
expect message 2 state=sent
expect mails 1
expect order O1 mode=shadow
expect order O2 mode=live
expect parked 0
