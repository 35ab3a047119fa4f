story Who funds a loss follows from value and category
clock 2026-01-05T18:00:00Z
order O1 promised=2026-01-20 to=US-CA value=60000USD
shipment S1 order=O1
expect coverage S1 rule=high_value funding=carrier remedy=refund limit=60000USD
order O2 promised=2026-01-20 to=US-CA value=1000USD
shipment S2 order=O2
expect coverage S2 rule=small_change funding=none
order O3 promised=2026-01-20 to=US-CA value=5000USD category=glass
shipment S3 order=O3
expect coverage S3 rule=fragile funding=insurer remedy=replace_part
# The parcel's own lines are its value.
order O4 promised=2026-01-20 to=US-CA line=A:1:60000USD line=B:1:2000USD
shipment S4 order=O4 lines=B
expect coverage S4 rule=own_reserve limit=2000USD
expect parked 0
