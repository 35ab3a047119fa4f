#!/usr/bin/env python3
"""The demo as a story: one parcel stalls when the clock is advanced and six answers appear, its
e-mail and the shopper's page say the same, the claim counts down, the parcel is found and what
that refutes is taken back; starting again is quick. Also keeps the README's example real.

usage: guided_test.py            check
       guided_test.py --write    write the example of README.md anew
       guided_test.py --measure  time and memory of the full demo
"""
import html
import os
import re
import subprocess
import sys
import tempfile
import unittest

from demo_server import PROGRAM, ROOT, DemoServer

ANSWERS = ["customer_told", "ticket", "cover", "carrier_claim", "performance", "return_risk"]
BEGIN, END = "<!-- example -->\n", "<!-- /example -->\n"


def money(amount):
    return f"{amount['amount'] / 100:.2f} {amount['currency']}"


def written(demo, incident):
    """The README's example, from what the API answers."""
    answers = incident["answers"]
    mail = demo.call(f"/v1/notifications/{answers['customer_told']['id']}")["rendered"]
    ticket, cover, claim = answers["ticket"], answers["cover"], answers["carrier_claim"]
    lane = answers["performance"]
    said = {
        "customer_told": f"e-mail {answers['customer_told']['state']}: {mail['subject']}",
        "ticket": f"{ticket['state']}, {ticket['severity']}, to {ticket['assignee']}",
        "cover": f"{money(cover['amount'])} from the {cover['funding']}, offer: {cover['remedy']}",
        "carrier_claim": f"{claim['ground']}, {money(claim['amount'])}, from "
                         f"{claim['opens_at'][:10]} until {claim['deadline'][:10]}, terms "
                         f"{claim['grade']}",
        "performance": f"{lane['carrier']} {lane['service']} {lane['lane']}",
        "return_risk": answers["return_risk"]["level"],
    }
    lines = ["```text", f"{incident['id']}  {incident['text']}; opened {incident['opened_at']}"]
    for name in ANSWERS:
        lines.append(f"  {name:14} {answers[name]['id']}  {said[name]}")
        lines.append(f"{'':36}because {answers[name]['because']['rule']}")
    return "\n".join([*lines, "```", ""])


def without_ids(text):
    """Ids number the merchant's events: they shift with every message that joins."""
    return re.sub(r"_[0-9A-Z]{13}", "_…", text)


def without_tags(page):
    page = re.sub(r"<(style|script|head).*?</\1>", " ", page, flags=re.DOTALL)
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", page)))


class Guided(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory(prefix="aftermile-guided-")
        cls.demo = DemoServer(shipments=120, folder=cls.folder.name).__enter__()
        cls.started_first = cls.demo.call("/v1/test-clock")["now"]

    @classmethod
    def tearDownClass(cls):
        cls.demo.__exit__()
        cls.folder.cleanup()

    def shipment(self):
        return self.demo.call("/v1/shipments/ref:AF-GUIDE-1")

    def incident(self):
        shipment = self.shipment()
        self.assertEqual(len(shipment["incidents"]), 1)
        return self.demo.call(f"/v1/incidents/{shipment['incidents'][0]}")

    def exceptions(self):
        return {each["kind"]: each for each in self.incident()["exceptions"]}

    def claims(self):
        listed = self.demo.call("/v1/claims?shipment=ref:AF-GUIDE-1")["data"]
        return {(each["side"], each["ground"]): each for each in listed}

    def test_1_nothing_is_wrong_before_the_clock_moves(self):
        self.assertEqual(self.started_first, "2026-04-07T15:00:00Z")
        self.assertEqual(self.shipment()["incidents"], [])
        self.assertIn("8 April", self.shipment()["text"])
        self.assertEqual(self.demo.call("/v1/parked")["data"], [])

    def test_2_it_stalls_and_six_answers_are_things(self):
        self.demo.advance_to("2026-04-12T15:00:00Z")
        incident = self.incident()
        self.assertEqual(set(self.exceptions()), {"late", "transit_silence"})
        for name in ANSWERS:
            self.assertRegex(incident["answers"][name].get("id", ""), r"^[a-z]{3}_", name)
        claim = self.claims()[("carrier", "late_guarantee")]
        self.assertEqual(claim["state"], "queued")
        self.assertGreater(claim["deadline"], "2026-04-12T15:00:00Z")
        self.assertEqual(incident["deadline"], min(c["deadline"] for c in self.claims().values()))

    def page(self):
        address = self.shipment()["tracking_page_url"]
        return without_tags(self.demo.text(address.replace(self.demo.url, "")))

    def test_3_the_mail_and_the_page_say_the_same(self):
        told = self.incident()["answers"]["customer_told"]["id"]
        mail = self.demo.call(f"/v1/notifications/{told}")
        self.assertEqual(mail["state"], "sent")
        sentence = "late, and we do not have a new date yet"
        self.assertIn(sentence, mail["rendered"]["text"])
        self.assertIn(self.shipment()["tracking_page_url"], mail["rendered"]["text"])
        self.assertIn("we do not have a new date yet", self.page())

    def test_3_what_was_decided_stands_before_what_came_of_it(self):
        timeline = self.demo.call(f"/v1/shipments/{self.shipment()['id']}/timeline")["data"]
        messages = {}
        for entry in timeline:
            if entry["type"] == "message":
                messages.setdefault(entry["id"], []).append(entry["text"].split(" the ")[0])
        self.assertIn(["Will tell", "Told"], messages.values())
        self.assertNotIn(["Told", "Will tell"], messages.values())

    def test_4_the_readme_shows_what_the_api_answers(self):
        example = written(self.demo, self.incident())
        readme = (ROOT / "README.md").read_text()
        shown = readme.split(BEGIN)[1].split(END)[0]
        self.assertEqual(without_ids(shown), without_ids(example),
                         "run tests/e2e/guided_test.py --write")

    def test_5_lost_then_found_takes_back_what_it_refutes(self):
        self.demo.advance_to("2026-04-14T15:00:00Z")
        self.assertEqual(self.incident()["kind"], "lost")
        self.assertIn("Last scan: Tuesday, April 7", self.page(), "a report of loss is no sight")
        self.assertIn("Lost, Salt Lake City", self.page())
        self.assertEqual(self.claims()[("customer", "loss")]["state"], "draft")
        self.demo.advance_to("2026-04-17T15:00:00Z")
        self.assertEqual(self.shipment()["milestone"], "delivered")
        exceptions = self.exceptions()
        self.assertIn("retracted_at", exceptions["transit_silence"])
        self.assertNotIn("retracted_at", exceptions["late"])
        self.assertIn("cleared_at", exceptions["lost"])
        claims = self.claims()
        self.assertEqual(claims[("customer", "loss")]["state"], "withdrawn")
        self.assertEqual(claims[("carrier", "loss")]["state"], "withdrawn")
        self.assertEqual(claims[("carrier", "late_guarantee")]["state"], "queued")

    def test_6_every_decision_can_be_made_again(self):
        self.demo.process.terminate()
        self.demo.process.wait(timeout=30)
        again = subprocess.run(
            [PROGRAM, "--data", self.folder.name, "replay", "verify", "--merchant",
             "Alder & Finch"], capture_output=True, text=True, timeout=200)
        self.assertEqual(again.returncode, 0, again.stdout + again.stderr)

    def test_7_a_seeded_folder_starts_at_once_and_goes_on(self):
        type(self).demo.__exit__()
        type(self).demo = DemoServer(shipments=120, folder=self.folder.name).__enter__()
        self.assertLess(self.demo.ready_after, 3.0)  # 0.1 s on an idle machine
        self.assertEqual(self.demo.call("/v1/test-clock")["now"], "2026-04-17T15:00:00Z")
        self.assertEqual(self.shipment()["milestone"], "delivered")
        if not os.environ.get("AFTERMILE_SANITIZED"):  # a sanitizer keeps memory of its own
            self.assertLess(self.demo.memory_mb(), 150)
        self.demo.advance_to("2026-04-18T15:00:00Z")
        self.assertEqual(self.demo.call("/v1/parked")["data"], [])


def write_readme():
    with DemoServer(shipments=120) as demo:
        demo.advance_to("2026-04-12T15:00:00Z")
        shipment = demo.call("/v1/shipments/ref:AF-GUIDE-1")
        example = written(demo, demo.call(f"/v1/incidents/{shipment['incident']}"))
    path = ROOT / "README.md"
    before, rest = path.read_text().split(BEGIN)
    path.write_text(before + BEGIN + example + END + rest.split(END)[1])


def measure():
    with tempfile.TemporaryDirectory(prefix="aftermile-measure-") as folder:
        for what in ("first start, seeding 5,000 shipments", "start on the seeded folder"):
            with DemoServer(shipments=5000, folder=folder) as demo:
                print(f"{what}: ready after {demo.ready_after:.2f} s, "
                      f"{demo.memory_mb():.0f} MB resident")
        with DemoServer(shipments=5000, folder=folder) as demo:
            demo.advance_to("2026-04-17T15:00:00Z")
            print(f"ten days later: {demo.memory_mb():.0f} MB resident")


if __name__ == "__main__":
    if "--write" in sys.argv:
        write_readme()
    elif "--measure" in sys.argv:
        measure()
    else:
        unittest.main()
