#!/usr/bin/env python3
"""In the demo's seeded mix each of the six answers is a thing, not a reason, in at least a fifth of
the incidents where the policy allows it."""
import collections
import unittest

from demo_server import DemoServer

ANSWERS = ["customer_told", "ticket", "cover", "carrier_claim", "performance", "return_risk"]
# The merchant's policy or the carrier's own terms say no: nothing that could have been done.
NOT_ALLOWED = ("message_off", "sender_is", "below_severity", "no_cover_rule", "claims_off",
               "no_ground", "guarantee_suspended", "no_guarantee_terms", "no_claim_terms",
               "no_risk_rule")


class Shares(unittest.TestCase):
    def test_each_answer_is_a_thing_in_a_fifth_of_the_incidents(self):
        things, allowed = collections.Counter(), collections.Counter()
        reasons = collections.defaultdict(collections.Counter)
        with DemoServer(shipments=600) as demo:
            cursor, incidents = "", []
            while cursor is not None:
                page = demo.call(f"/v1/incidents?limit=100{cursor}")
                incidents += page["data"]
                cursor = f"&cursor={page['next_cursor']}" if page["has_more"] else None
            for listed in incidents:
                answers = demo.call(f"/v1/incidents/{listed['id']}")["answers"]
                self.assertEqual(sorted(answers), sorted(ANSWERS), listed["id"])
                for name in ANSWERS:
                    given = [answers[name], *answers[name].get("history", [])]
                    reason = answers[name].get("none", "")
                    if any(each.get("id") for each in given):
                        things[name] += 1
                        allowed[name] += 1
                    elif not reason.startswith(NOT_ALLOWED):
                        allowed[name] += 1
                    reasons[name][reason.split(" ")[0]] += 1
        print(f"{len(incidents)} incidents")
        for name in ANSWERS:
            print(f"  {name:14} a thing in {things[name]} of {allowed[name]} allowed;",
                  ", ".join(f"{reason or 'done'} {count}"
                            for reason, count in reasons[name].most_common(6)))
            self.assertGreaterEqual(5 * things[name], allowed[name], name)
            self.assertGreater(things[name], 0, name)
        self.assertGreater(len(incidents), 30)


if __name__ == "__main__":
    unittest.main()
