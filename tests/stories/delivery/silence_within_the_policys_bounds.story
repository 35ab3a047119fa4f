story However slow a lane is, the policy's bound holds; a silence that was noticed stays noticed
clock 2026-01-05T18:00:00Z
policy {
  [delivery]
  silence_lane_n_min = 1
}
shipment A1 to=US-CA
scan A1 milestone=in_transit
advance 199h
scan A1 milestone=out_for_delivery
shipment B to=US-CA
scan B milestone=in_transit at=2026-01-10T00:00:00Z
expect exception B transit_silence opened_at=2026-01-13T00:00:00Z cleared_at=none
scan A1 milestone=delivered
advance 2h
expect profile 1 version=1
# 204 hours by its one parcel, 144 by the policy. B was silent for longer than 72 and less than 144.
shipment C to=US-CA
scan C milestone=in_transit
expect timer shipment C silence due=2026-01-20T03:00:00Z
report B damaged
expect exception B transit_silence cleared_at=none
expect exception B damaged cleared_at=none
advance to 2026-01-20T03:00:00Z
expect exception C transit_silence because.numbers.1.left=204 because.numbers.1.right=72
expect exception C transit_silence because.numbers.2.name=lane_gap_hours_bound because.numbers.2.right=144
expect parked 0
