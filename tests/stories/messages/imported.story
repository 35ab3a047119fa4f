story What is imported is decided and never told
clock 2026-01-05T18:00:00Z
import begins
order O1 promised=2026-01-04 to=US-CA placed=2026-01-01T18:00:00Z
shipment S1 order=O1 label=2026-01-02T18:00:00Z
scan S1 milestone=accepted at=2026-01-02T20:00:00Z
import ends
expect incident S1 kind=transit_silence imported=yes
expect exception S1 late opened_at=2026-01-05T08:00:00Z
expect answer S1 customer_told none=imported
expect answer S1 ticket none=imported
expect answer S1 cover id
expect answer S1 carrier_claim none=imported
expect answer S1 performance id
expect answer S1 return_risk id
scan S1 milestone=delivered
advance 2d
expect messages 0
expect tickets 0
expect parked 0
