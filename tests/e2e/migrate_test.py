#!/usr/bin/env python3
"""`aftermile migrate --to`: an installation moves from its data folder into PostgreSQL, killed on
the way and gone on with; afterwards it answers the same, and a changed byte does not go unseen."""
import contextlib
import json
import os
import pathlib
import shutil
import sqlite3
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
PARCELS = 40
MANY = 1_200  # stored replies: more than a page of one part


def address(number):
    return {"name": f"Robin Sample {number}", "line1": f"{number} Long Road", "city": "Portland",
            "region": "OR", "postcode": "97205", "country": "US"}


def order(number):
    return {"reference": f"O{number}", "placed_at": "2026-01-04T10:00:00Z", "currency": "USD",
            "customer": {"email": f"robin{number}@shopper.example", "name": f"Robin {number}"},
            "ship_to": address(number), "lines": [{
                "reference": "l1", "sku": "LAMP", "title": "Desk lamp ö", "category": "home",
                "quantity": 1, "unit_price": {"amount": 4900, "currency": "USD"}}]}


def tracking_number(number):
    return f"1Z999AA1{number:010}"


def shipment(number):
    return {"reference": f"S{number}", "order": f"ref:O{number}", "carrier": "ups",
            "service": "ground", "tracking_number": tracking_number(number),
            "ship_to": address(number),
            "ship_from": {"city": "Reno", "region": "NV", "postcode": "89502", "country": "US"},
            "label_created_at": "2026-01-04T18:00:00Z", "promised": {"latest": "2026-01-09"}}


def scan(number, milestone, at, **more):
    return {"carrier": "ups", "tracking_number": tracking_number(number), "milestone": milestone,
            "occurred_at": at, **more}


class Migrate(unittest.TestCase):
    def setUp(self):
        self.postgres = self.enterContext(with_postgres.Server())
        self.folder = tempfile.mkdtemp(prefix="aftermile-migrate-")
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        command(self.folder, "merchants", "create", "One", "--mode", "live")
        command(self.folder, "merchants", "create", "Two")
        self.key = command(self.folder, "keys", "create", "--merchant", "One")

    def serve(self, *arguments):
        self.server = Server(self.folder, "--test-clock", START, *arguments)
        self.addCleanup(self.end, self.server)

    @staticmethod
    def end(server):
        if server.is_running():
            server.process.kill()
        server.process.wait()
        server.listener.join()
        server.process.stderr.close()

    def call(self, path, body=None, **headers):
        reply = self.server.send("GET" if body is None else "POST", path, body,
                                 {"Authorization": f"Bearer {self.key}",
                                  "Content-Type": "application/json", **headers})
        self.assertLess(reply.status, 300, f"{path}: {reply.status} {reply.body}")
        return reply.json

    def migrate(self, *arguments, **environment):
        return subprocess.run(
            [PROGRAM, "migrate", "--data", self.folder, "--to", self.postgres.url, *arguments],
            capture_output=True, text=True, timeout=300, env={**os.environ, **environment})

    def ask_database(self, sql):
        done = subprocess.run([with_postgres.BINARIES / "psql", self.postgres.url, "-Atqc", sql],
                              capture_output=True, text=True, check=True)
        return done.stdout.strip()

    def post_trade(self, parcels=PARCELS):
        for number in range(parcels):
            self.call("/v1/orders", order(number))
            self.call("/v1/shipments", shipment(number))
            self.call("/v1/tracking-events", scan(number, "accepted", "2026-01-05T01:00:00Z"))
            more = {"exception": "damaged"} if number % 4 == 0 else {}
            self.call("/v1/tracking-events",
                      scan(number, "in_transit", "2026-01-05T08:00:00Z", **more))

    def read_all(self):
        """What the API answers about everything, page by page."""
        said = {}
        for path in ("/v1/orders", "/v1/shipments", "/v1/incidents", "/v1/customers",
                     "/v1/claims", "/v1/tickets", "/v1/notifications"):
            listed, after = [], ""
            while True:
                page = self.call(f"{path}?limit=50{after}")
                listed += page["data"]
                if not page.get("next_cursor"):
                    break
                after = f"&cursor={page['next_cursor']}"
            self.assertIn("data", page)
            said[path] = listed
        for each in said["/v1/shipments"]:
            said[each["id"]] = [self.call(f"/v1/shipments/{each['id']}"),
                                self.call(f"/v1/shipments/{each['id']}/timeline")]
        for each in said["/v1/incidents"]:
            said[each["id"]] = self.call(f"/v1/incidents/{each['id']}")
        return said

    def source_bytes(self):
        return {name: pathlib.Path(self.folder, name).read_bytes()
                for name in ("aftermile.db", "keyring.db", "master.key")}

    def test_a_move_killed_twice_goes_on_and_answers_the_same(self):
        self.serve()
        self.post_trade()
        for number in range(MANY):
            self.call("/v1/tracking-events", scan(number % PARCELS, "in_transit",
                                                  f"2026-01-05T09:{number // 60:02}:"
                                                  f"{number % 60:02}Z"),
                      **{"Idempotency-Key": f"key-{number}"})
        before = self.read_all()
        self.assertEqual(len(before["/v1/shipments"]), PARCELS)
        self.assertEqual(len(before["/v1/incidents"]), PARCELS // 4)

        refused = self.migrate()
        self.assertEqual(refused.returncode, 1)
        self.assertIn("is running. Stop it", refused.stderr)
        self.server.stop()
        source = self.source_bytes()

        killed = self.migrate(AFTERMILE_FAILPOINTS="moved_page:9")
        self.assertEqual(killed.returncode, -9)
        half = int(self.ask_database("SELECT sum(rows) FROM moving"))
        self.assertGreater(half, 0)
        started = subprocess.run(
            [PROGRAM, "serve", "--data", self.folder, "--listen", "127.0.0.1:0", "--store",
             self.postgres.url], capture_output=True, text=True, timeout=60)
        self.assertEqual(started.returncode, 1)
        self.assertIn("is not finished", started.stdout + started.stderr)
        # Within the log of events, of which a first page was put.
        killed = self.migrate(AFTERMILE_FAILPOINTS="moved_page:17")
        self.assertEqual(killed.returncode, -9)

        done = self.migrate("--json")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(done.stderr, "", "progress is for terminals")
        report = json.loads(done.stdout)
        self.assertGreater(report["resumed_after"], half)
        self.assertGreater(report["parts"]["events"]["rows"], MANY)
        self.assertGreaterEqual(report["parts"]["keys"]["rows"], PARCELS)
        self.assertGreaterEqual(report["parts"]["admin"]["rows"], MANY)
        self.assertEqual(report["parts"]["events"]["rows"],
                         int(self.ask_database("SELECT count(*) FROM events")))
        self.assertEqual(self.source_bytes(), source)

        again = self.migrate()
        self.assertEqual(again.returncode, 1)
        self.assertIn("already holds data", again.stderr)
        mark = pathlib.Path(self.folder, "moved")
        self.assertEqual(mark.read_text(encoding="utf-8"), f"{self.postgres.folder}/postgres")
        refused = subprocess.run([PROGRAM, "serve", "--data", self.folder, "--listen",
                                  "127.0.0.1:0"], capture_output=True, text=True, timeout=60)
        self.assertEqual(refused.returncode, 1)
        self.assertIn(f"delete the file {mark}", refused.stderr)

        store = ("--store", self.postgres.url)
        self.serve(*store)
        self.assertEqual(self.read_all(), before)
        # A stored reply answers a repeated request, and new work has its place.
        self.call("/v1/tracking-events", scan(5, "in_transit", "2026-01-05T09:00:05Z"),
                  **{"Idempotency-Key": "key-5"})
        self.call("/v1/tracking-events", scan(1, "delivered", "2026-01-05T11:30:00Z"))
        self.assertEqual(self.call("/v1/shipments/ref:S1")["milestone"], "delivered")
        self.server.stop()
        verified = command(self.folder, "replay", "verify", "--merchant", "One", "--json", *store)
        said = json.loads(verified)
        self.assertGreater(said["events"], MANY)
        self.assertEqual((said["decisions_differ"], said["records_differ"]), (0, 0))
        third = command(self.folder, "merchants", "create", "Three", *store)
        mark.unlink()  # the folder again, as it was
        self.assertNotIn(third, command(self.folder, "merchants", "list").split())

    def test_the_password_need_not_be_in_the_url(self):
        folder = os.path.join(self.postgres.folder, "data")
        self.ask_database("ALTER ROLE aftermile PASSWORD 'hush'; COPY (SELECT 'local all all "
                          f"scram-sha-256') TO '{folder}/pg_hba.conf'; SELECT pg_reload_conf()")
        nowhere = os.path.join(self.folder, "no.pgpass")
        until = time.monotonic() + 20
        while (refused := self.migrate(PGPASSFILE=nowhere)).returncode == 0 or \
                "password" not in refused.stderr:
            self.assertLess(time.monotonic(), until, refused.stderr)
        wrong = self.migrate(PGPASSFILE=nowhere, PGPASSWORD="shh")
        self.assertEqual(wrong.returncode, 1)
        self.assertNotIn("shh", wrong.stderr)
        passwords = pathlib.Path(self.folder, "passwords")
        passwords.write_text("*:*:*:aftermile:hush\n", encoding="utf-8")
        passwords.chmod(0o600)
        killed = self.migrate(PGPASSFILE=str(passwords), AFTERMILE_FAILPOINTS="before_compare:1")
        self.assertEqual(killed.returncode, -9, killed.stderr)
        done = self.migrate(PGPASSFILE=nowhere, PGPASSWORD="hush")
        self.assertEqual(done.returncode, 0, done.stderr)

    def test_a_changed_byte_is_found_and_the_store_stays_shut(self):
        self.serve()
        self.post_trade(3)
        self.server.stop()
        for change in ("UPDATE events SET payload = set_byte(payload, 3, "
                       "(get_byte(payload, 3) + 1) % 256) WHERE id = (SELECT max(id) FROM events)",
                       "UPDATE sealed SET owner = 'x' || substr(owner, 2) "
                       "WHERE about = (SELECT min(about) FROM sealed)",
                       "UPDATE keys SET wrapped = set_byte(wrapped, 9, "
                       "(get_byte(wrapped, 9) + 1) % 256) WHERE merchant = 1",
                       "DELETE FROM orders WHERE id = (SELECT min(id) FROM orders)",
                       "UPDATE shipments SET due = coalesce(due, 0) + 1"):
            table = change.split()[2 if change.startswith("DELETE") else 1]
            with self.subTest(table):
                self.ask_database("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
                killed = self.migrate(AFTERMILE_FAILPOINTS="before_compare:1")
                self.assertEqual(killed.returncode, -9)
                self.ask_database(change)
                found = self.migrate()
                self.assertEqual(found.returncode, 1)
                self.assertIn("not what the data folder holds", found.stderr)
                self.assertIn(f"{table} (", found.stderr)
                self.assertEqual(self.ask_database("SELECT to_regclass('moving')"), "moving")

    def test_a_data_folder_that_went_on_meanwhile_is_found(self):
        self.serve()
        self.post_trade(3)
        self.server.stop()
        self.assertEqual(self.migrate(AFTERMILE_FAILPOINTS="before_compare:1").returncode, -9)
        self.serve()
        self.call("/v1/tracking-events", scan(1, "delivered", "2026-01-05T11:30:00Z"))
        self.server.stop()
        found = self.migrate()
        self.assertEqual(found.returncode, 1)
        self.assertIn("shipments (3 rows here, 3 there)", found.stderr)
        self.assertIn("begin again", found.stderr)

    def test_another_version_of_the_data_folder_is_refused(self):
        with contextlib.closing(sqlite3.connect(pathlib.Path(self.folder, "aftermile.db"))) as data:
            for version, words in ((99, "schema version 99"), (1, "`aftermile migrate` without")):
                data.execute(f"PRAGMA user_version = {version}")
                refused = self.migrate()
                self.assertEqual(refused.returncode, 1)
                self.assertIn(words, refused.stderr)
        self.assertEqual(self.ask_database("SELECT to_regclass('events') IS NULL"), "t")

    def test_what_is_not_its_own_or_not_there_is_refused(self):
        other = tempfile.mkdtemp(prefix="aftermile-migrate-")
        self.addCleanup(shutil.rmtree, other, ignore_errors=True)
        missing = subprocess.run([PROGRAM, "migrate", "--data", other, "--to", self.postgres.url],
                                 capture_output=True, text=True, timeout=60)
        self.assertEqual(missing.returncode, 1)
        self.assertIn("no store to move", missing.stderr)

        # Of another installation: half moved, then whole.
        command(other, "merchants", "create", "Other")
        killed = subprocess.run([PROGRAM, "migrate", "--data", other, "--to", self.postgres.url],
                                capture_output=True, text=True, timeout=60,
                                env={**os.environ, "AFTERMILE_FAILPOINTS": "moved_page:3"})
        self.assertEqual(killed.returncode, -9)
        refused = self.migrate()
        self.assertEqual(refused.returncode, 1)
        self.assertIn("master.key is not the one", refused.stderr)
        command(other, "migrate", "--to", self.postgres.url)
        refused = self.migrate()
        self.assertEqual(refused.returncode, 1)
        self.assertIn("already holds data", refused.stderr)

        self.ask_database("UPDATE schema_version SET version = 99")
        refused = self.migrate()
        self.assertEqual(refused.returncode, 1)
        self.assertIn("schema version 99", refused.stderr)
        self.assertEqual(self.migrate("--to", "mysql://db").returncode, 2)


if __name__ == "__main__":
    unittest.main()
