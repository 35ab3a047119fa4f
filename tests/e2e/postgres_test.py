#!/usr/bin/env python3
"""`aftermile serve` on PostgreSQL, over HTTP: what is posted is read back, also after the sessions
were cut and the program was killed; one program writes at a time."""
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time
import unittest

ROOT = pathlib.Path(os.environ.get("AFTERMILE_SOURCE_DIR", pathlib.Path(__file__).parents[2]))
sys.path[:0] = [str(ROOT / "tools"), str(ROOT / "tests/doors")]
import with_postgres  # noqa: E402
from serving import PROGRAM, Server, command  # noqa: E402

START = "2026-01-05T12:00:00Z"
ADDRESS = {"name": "Robin Sample", "line1": "1 Long Road", "city": "Portland", "region": "OR",
           "postcode": "97205", "country": "US"}
ORDER = {"reference": "O1", "placed_at": "2026-01-04T10:00:00Z", "currency": "USD",
         "customer": {"email": "robin@shopper.example", "name": "Robin Sample"},
         "ship_to": ADDRESS, "lines": [{
             "reference": "l1", "sku": "LAMP", "title": "Desk lamp", "category": "home",
             "quantity": 1, "unit_price": {"amount": 4900, "currency": "USD"}}]}
SHIPMENT = {"reference": "S1", "order": "ref:O1", "carrier": "ups", "service": "ground",
            "tracking_number": "1Z999AA10123456784", "ship_to": ADDRESS,
            "ship_from": {"city": "Reno", "region": "NV", "postcode": "89502", "country": "US"},
            "label_created_at": "2026-01-04T18:00:00Z", "promised": {"latest": "2026-01-09"}}


def scan(milestone, at, **more):
    return {"carrier": "ups", "tracking_number": SHIPMENT["tracking_number"],
            "milestone": milestone, "occurred_at": at, **more}


class Postgres(unittest.TestCase):
    def setUp(self):
        self.postgres = self.enterContext(with_postgres.Server())
        self.folder = tempfile.mkdtemp(prefix="aftermile-postgres-")
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        self.store = ("--store", self.postgres.url)
        self.number = command(self.folder, "merchants", "create", "One", "--mode", "live",
                              *self.store)
        self.key = command(self.folder, "keys", "create", "--merchant", "One", *self.store)
        self.serve()

    def serve(self):
        self.server = Server(self.folder, "--test-clock", START, *self.store)
        self.addCleanup(self.end, self.server)

    @staticmethod
    def end(server):
        if server.is_running():
            server.process.kill()
        server.process.wait()
        server.listener.join()
        server.process.stderr.close()

    def call(self, path, body=None):
        reply = self.server.send("GET" if body is None else "POST", path, body,
                                 {"Authorization": f"Bearer {self.key}",
                                  "Content-Type": "application/json"})
        self.assertLess(reply.status, 300, f"{path}: {reply.status} {reply.body}")
        return reply.json

    def ask_database(self, sql):
        done = subprocess.run([with_postgres.BINARIES / "psql", self.postgres.url, "-Atqc", sql],
                              capture_output=True, text=True, check=True)
        return done.stdout.strip()

    def post_parcel(self):
        self.call("/v1/orders", ORDER)
        self.call("/v1/shipments", SHIPMENT)
        for event in (scan("accepted", "2026-01-05T01:00:00Z"),
                      scan("in_transit", "2026-01-05T08:00:00Z"),
                      scan("in_transit", "2026-01-05T11:00:00Z", exception="damaged")):
            self.call("/v1/tracking-events", event)

    def expect_parcel(self):
        shipment = self.call("/v1/shipments/ref:S1")
        self.assertEqual(shipment["reference"], "S1")
        self.assertEqual(shipment["milestone"], "in_transit")
        self.assertEqual(shipment["tracking_number"], SHIPMENT["tracking_number"])
        self.assertEqual(self.call("/v1/orders/ref:O1")["reference"], "O1")
        incidents = self.call("/v1/incidents")["data"]
        self.assertEqual([each["kind"] for each in incidents], ["damaged"])
        answers = self.call(f"/v1/incidents/{incidents[0]['id']}")["answers"]
        self.assertEqual(len(answers), 6)
        self.assertEqual(self.call("/v1/customers?limit=5")["data"][0]["name"], "Robin Sample")
        timeline = self.call(f"/v1/shipments/{shipment['id']}/timeline")["data"]
        self.assertGreaterEqual(len(timeline), 4)
        return shipment["id"]

    def test_what_was_posted_is_read_back_and_outlives_the_program(self):
        self.post_parcel()
        shipment = self.expect_parcel()
        self.assertFalse(os.path.exists(os.path.join(self.folder, "aftermile.db")))
        self.assertTrue(os.path.exists(os.path.join(self.folder, "master.key")))
        events = int(self.ask_database("SELECT count(*) FROM events"))
        self.assertGreaterEqual(events, 5)
        for personal in ("robin@shopper.example", "Robin Sample"):
            self.assertEqual(self.ask_database(
                f"SELECT count(*) FROM orders WHERE position('{personal}' IN body::text) > 0 "
                f"OR position('{personal.encode().hex()}' IN body::text) > 0"), "0")

        self.server.process.kill()
        self.server.process.wait()
        self.serve()
        self.assertEqual(self.expect_parcel(), shipment)
        self.call("/v1/tracking-events", scan("delivered", "2026-01-05T11:30:00Z"))
        self.assertEqual(self.call("/v1/shipments/ref:S1")["milestone"], "delivered")
        self.assertGreater(int(self.ask_database("SELECT count(*) FROM events")), events)
        self.server.stop()
        why = command(self.folder, "why", shipment, *self.store)
        self.assertIn("2026-01-05T11:30:00", why)

    def test_serving_goes_on_after_its_sessions_were_cut(self):
        self.post_parcel()
        cut = self.ask_database("SELECT count(pg_terminate_backend(pid, 10000)) FROM "
                                "pg_stat_activity WHERE application_name = 'aftermile'")
        self.assertGreaterEqual(int(cut), 4)
        self.expect_parcel()
        self.call("/v1/tracking-events", scan("delivered", "2026-01-05T11:30:00Z"))
        self.assertEqual(self.call("/v1/shipments/ref:S1")["milestone"], "delivered")

    def test_what_the_database_says_is_for_the_log_alone(self):
        self.call("/v1/orders", ORDER)
        self.ask_database('ALTER TABLE shipments RENAME TO "moved ""away"""')
        reply = self.server.send("POST", "/v1/shipments", SHIPMENT,
                                 {"Authorization": f"Bearer {self.key}",
                                  "Content-Type": "application/json"})
        self.assertEqual((reply.status, reply.json["code"]), (503, "store_failed"))
        self.assertIn("Something is wrong on our side", reply.json["detail"])
        for word in ("shipments", "relation", "aftermile@", self.folder):
            self.assertNotIn(word, reply.json["detail"])
        until = time.monotonic() + 10
        while not any(reply.json["request_id"] in line for line in self.server.said):
            self.assertLess(time.monotonic(), until, self.server.said)
            time.sleep(0.05)
        lines = [json.loads(line) for line in self.server.said]
        self.assertTrue(any('relation "shipments" does not exist' in line["text"]
                            and reply.json["request_id"] in line["text"] for line in lines), lines)

    def test_a_second_program_is_refused(self):
        done = subprocess.run([PROGRAM, "serve", "--listen", "127.0.0.1:0", "--data", self.folder,
                               *self.store], capture_output=True, text=True, timeout=60)
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("Another process already writes", done.stdout + done.stderr)
        self.post_parcel()
        self.expect_parcel()


if __name__ == "__main__":
    unittest.main()
