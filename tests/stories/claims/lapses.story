story A claim that nobody files lapses at its deadline, and its incident says so
clock 2026-01-05T18:00:00Z
order O1 promised=2026-01-20 to=US-CA value=5000USD
shipment S1 order=O1 carrier=usps service=ground_advantage
scan S1 milestone=accepted
advance to 2026-03-07T04:59:59Z
expect claim S1 carrier loss state=queued
advance to 2026-03-07T05:00:00Z
expect claim S1 carrier loss state=lapsed
claim S1 carrier loss file evidence=proof_of_value -> rejected wrong_state
expect incident S1 deadline=none money_state=open
act S1 close
expect incident S1 money_state=lapsed
expect parked 0
