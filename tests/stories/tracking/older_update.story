story An older update of an order or shipment is a duplicate
clock 2026-01-05T18:00:00Z
order O1 promised=2026-01-20 to=US-CA updated=2026-01-05T17:00:00Z
order O1 promised=2026-01-25 updated=2026-01-05T16:00:00Z -> duplicate
shipment S1 order=O1 updated=2026-01-05T17:00:00Z cost=900USD
shipment S1 cost=100USD updated=2026-01-05T16:00:00Z -> duplicate
expect shipment S1 label_cost=900USD
shipment S1 cost=100USD updated=2026-01-05T17:30:00Z
expect shipment S1 label_cost=100USD
shipment S1 updated=2026-01-05T17:45:00Z cleared=label_cost
expect shipment S1 label_cost=none
expect order O1 promises="1 entries"
expect parked 0
