story A claim is filed neither too early nor without its evidence nor too late
clock 2026-01-05T18:00:00Z
order O1 promised=2026-01-20 to=US-CA value=5000USD
shipment S1 order=O1 carrier=usps service=ground_advantage
scan S1 milestone=accepted
advance to 2026-01-07T18:00:00Z
# USPS hears of a loss from the 15th to the 60th day after mailing.
expect claim S1 carrier loss state=eligible opens_at=2026-01-20T05:00:00Z deadline=2026-03-07T05:00:00Z terms=usps.loss.insured
claim S1 carrier loss file evidence=proof_of_value -> rejected too_early
advance to 2026-01-20T05:00:00Z
expect claim S1 carrier loss state=queued
claim S1 carrier loss file -> rejected evidence_missing
claim S1 carrier loss add_evidence evidence=proof_of_value
claim S1 carrier loss file method=portal
expect claim S1 carrier loss state=filed
claim S1 carrier loss file -> rejected wrong_state
claim S1 carrier loss decide verdict=denied
claim S1 carrier loss escalate
expect claim S1 carrier loss state=escalated
claim S1 carrier loss write_off
expect claim S1 carrier loss state=written_off
claim S1 carrier loss withdraw -> rejected wrong_state
expect parked 0
