story A policy changes what is decided later, and made decisions stand
clock 2026-01-05T18:00:00Z
order O1 promised=2026-01-06 to=US-CA
shipment S1 order=O1
scan S1 milestone=accepted
advance to 2026-01-07T08:00:00Z
expect answer S1 ticket none=below_severity
expect timer incident S1 hold_ends due=2026-01-08T02:00:00Z
policy {
  [delivery]
  late_grace_hours = 2
  [tickets]
  from = "low"
}
# What was decided stands.
expect answer S1 ticket none=below_severity
order O2 promised=2026-01-06 to=US-CA customer=bob@example.test
shipment S2 order=O2
scan S2 milestone=accepted
expect answer S2 ticket id because.policy_version=2
expect answer S2 customer_told none=scan_lag_grace
expect timer incident S2 hold_ends due=2026-01-07T10:00:00Z
policy version=2 -> rejected version_conflict {
}
expect parked 0
