story What was learnt is published hourly, and the lane's rate moves the cover rule
clock 2026-01-05T18:00:00Z
policy {
  [[cover]]
  id = "risky_lane"
  lane_exception_ppm_min = 500000
  lane_n_min = 2
  funding = "insurer"
  remedy = "reship_or_refund"
  why = "For this story two parcels are enough."
  [[cover]]
  id = "own_reserve"
  funding = "reserve"
  remedy = "reship_or_refund"
  why = "Everything else."
}
order O1 promised=2026-01-20 to=US-CA value=5000USD
shipment S1 order=O1
shipment S2 order=O1
scan S1 milestone=accepted
scan S2 milestone=accepted
scan S1 exception=lost at=2026-01-05T18:00:01Z
expect contributions 3
expect profiles 0
expect timer merchant profile_due due=2026-01-05T19:00:00Z
# Not published, not read.
shipment S3 order=O1
expect coverage S3 rule=own_reserve
advance 1h
expect profiles 1
expect profile 1 version=1 cells.0.exposures=2
shipment S4 order=O1
expect coverage S4 rule=risky_lane because.profile_version=1 because.numbers.0.n=2 because.numbers.0.left=500000
expect coverage S3 rule=own_reserve
expect no timer merchant profile_due
expect parked 0
