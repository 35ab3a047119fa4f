story A lane whose parcels are always slow moves the threshold of silence, with enough of them
clock 2026-01-05T18:00:00Z
policy {
  [delivery]
  silence_lane_n_min = 3
}
shipment A1 to=US-CA
shipment A2 to=US-CA
shipment A3 to=US-CA
scan A1 milestone=in_transit
scan A2 milestone=in_transit
advance 90h
# Nothing is published yet: the policy's own 72 hours held for both.
expect exception A1 transit_silence opened_at=2026-01-08T18:00:00Z because.rule=delivery.transit_silence.threshold
scan A1 milestone=out_for_delivery
scan A1 milestone=delivered at=2026-01-09T13:00:00Z
scan A2 milestone=out_for_delivery
scan A2 milestone=delivered at=2026-01-09T13:00:00Z
advance 2h
expect profile 1 version=1
# Two parcels are too few.
scan A3 milestone=in_transit
expect timer shipment A3 silence due=2026-01-12T14:00:00Z
advance 60h
scan A3 milestone=out_for_delivery
scan A3 milestone=delivered at=2026-01-12T03:00:00Z
advance 2h
expect profile 2 version=2
# Three are enough: of 90, 90 and 60 hours, 95 of 100 are within 96.
shipment D to=US-CA
scan D milestone=in_transit
expect timer shipment D silence due=2026-01-16T04:00:00Z
# Another lane knows nothing of it.
shipment E to=US-WA
scan E milestone=in_transit
expect timer shipment E silence due=2026-01-15T04:00:00Z
advance to 2026-01-15T05:00:00Z
expect exception E transit_silence cleared_at=none
expect no exception D transit_silence
advance to 2026-01-16T04:00:00Z
expect exception D transit_silence because.rule=delivery.transit_silence.lane_threshold because.profile_version=7
expect exception D transit_silence because.numbers.0.left=96 because.numbers.0.right=96
expect exception D transit_silence because.numbers.1.name=lane_gap_hours because.numbers.1.left=96 because.numbers.1.right=72 because.numbers.1.n=3
expect parked 0
