#!/usr/bin/env python3
"""Workers and an API node on one PostgreSQL: a worker that stops keeps its slots for as long as it
still writes, and a submission that cannot be read or committed holds nobody else up."""
import http.client
import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import types
import unittest

ROOT = pathlib.Path(os.environ.get("AFTERMILE_SOURCE_DIR", pathlib.Path(__file__).parents[2]))
sys.path[:0] = [str(ROOT / "tools"), str(ROOT / "tests/doors"), str(ROOT / "tests/durability")]
import with_postgres  # noqa: E402
from serving import PROGRAM, command  # noqa: E402
from workers import Process, Trial, order  # noqa: E402

LEASE_SECONDS = 5
SLOT_OF_ONE = 158


class Workers(unittest.TestCase):
    def setUp(self):
        self.postgres = self.enterContext(with_postgres.Server())
        self.folder = tempfile.mkdtemp(prefix="aftermile-workers-")
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        store = ("--store", self.postgres.url)
        command(self.folder, "merchants", "create", "One", "--mode", "live", *store)
        self.merchant = {"key": command(self.folder, "keys", "create", "--merchant", "One",
                                        "--scopes", "all", *store)}
        self.worker = self.start("worker")
        self.node = self.start("serve", "--api-only")
        self.wait_for("SELECT count(*) FROM slots WHERE epoch <> 0", "256")

    def start(self, *arguments, failpoints=""):
        trial = types.SimpleNamespace(program=PROGRAM, data=self.folder, postgres=self.postgres)
        process = Process(trial, arguments[0], list(arguments),
                          {"AFTERMILE_FAILPOINTS": failpoints} if failpoints else {})
        self.addCleanup(process.process.stderr.close)
        self.addCleanup(process.kill)
        return process

    def ask_database(self, sql):
        done = subprocess.run([with_postgres.BINARIES / "psql", self.postgres.url, "-Atqc", sql],
                              capture_output=True, text=True, check=True)
        return done.stdout.strip()

    def wait_for(self, sql, said, seconds=30):
        until = time.monotonic() + seconds
        while (found := self.ask_database(sql)) != said:
            self.assertLess(time.monotonic(), until, f"{sql}: {found}, not {said}")
            time.sleep(0.05)

    def post(self, reference):
        return Trial.send(None, self.node, "POST", "/v1/orders", order(reference), self.merchant)

    def posting(self, reference):
        replies = []
        thread = threading.Thread(target=lambda: replies.append(self.post(reference)))
        thread.start()
        self.addCleanup(thread.join)
        return thread, replies

    def test_a_repetition_at_another_node_is_answered_from_what_the_worker_kept(self):
        other = self.start("serve", "--api-only")
        dying = self.start("serve", "--api-only", failpoints="before_reply:1")

        def post(node, reference):
            return Trial.send(None, node, "POST", "/v1/orders", order(reference), self.merchant,
                              {"Idempotency-Key": "k-1"})
        with self.assertRaises((OSError, http.client.HTTPException)):
            post(dying, "ONCE")
        first = post(other, "ONCE")
        self.assertEqual((first[0], json.loads(first[1])["accepted"]), (200, 1),
                         "as the node that died would have answered")
        self.assertEqual(post(self.node, "ONCE"), first)
        changed = post(self.node, "OTHER")
        self.assertEqual((changed[0], json.loads(changed[1])["code"]),
                         (422, "idempotency_key_reused"))
        self.assertEqual(self.ask_database("SELECT count(*) FROM events"), "1")

    def test_one_request_at_two_nodes_at_once_has_one_effect(self):
        other = self.start("serve", "--api-only")
        self.worker.process.send_signal(signal.SIGSTOP)
        replies = []
        threads = [threading.Thread(target=lambda node=node: replies.append(Trial.send(
            None, node, "POST", "/v1/orders", order("ONCE"), self.merchant,
            {"Idempotency-Key": "k-2"}))) for node in (self.node, other)]
        for thread in threads:
            thread.start()
        self.wait_for("SELECT count(*) FROM intake", "2")
        self.worker.process.send_signal(signal.SIGCONT)
        for thread in threads:
            thread.join()
        self.assertEqual((replies[0][0], json.loads(replies[0][1])["accepted"]), (200, 1))
        self.assertEqual(replies[0], replies[1])
        self.assertEqual(self.ask_database("SELECT count(*) FROM events"), "1")

    def test_a_worker_that_stops_keeps_its_slots_until_its_last_commit(self):
        other = self.start("worker")
        self.wait_for(f"SELECT count(DISTINCT epoch) FROM slots WHERE slot <> {SLOT_OF_ONE}", "2")
        time.sleep(1)  # until the slots given up are taken
        epoch = self.ask_database(f"SELECT epoch FROM slots WHERE slot = {SLOT_OF_ONE}")
        pid = int(self.ask_database(
            f"SELECT split_part(holder, '/', 2) FROM leases WHERE epoch = {epoch}"))
        holder = self.worker if self.worker.process.pid == pid else other
        locked = subprocess.Popen(
            [with_postgres.BINARIES / "psql", self.postgres.url, "-Atqc",
             "BEGIN; LOCK TABLE events IN EXCLUSIVE MODE; "
             f"SELECT pg_sleep({LEASE_SECONDS + 4}); COMMIT"], stdout=subprocess.DEVNULL)
        self.wait_for("SELECT count(*) FROM pg_locks WHERE relation = 'events'::regclass "
                      "AND mode = 'ExclusiveLock' AND granted", "1")
        thread, replies = self.posting("LAST")
        self.wait_for("SELECT count(*) FROM pg_locks WHERE relation = 'events'::regclass "
                      "AND NOT granted", "1")
        holder.process.send_signal(signal.SIGTERM)
        locked.wait()
        thread.join()
        self.assertEqual(replies[0][0], 200, replies)
        self.assertEqual(holder.process.wait(timeout=20), 0, holder.said)
        self.assertFalse(any("over" in line or "fenced" in line
                             for line in self.worker.said + other.said), "nobody ended its lease")
        self.wait_for("SELECT count(*) FROM slots s JOIN leases l USING (epoch) "
                      f"WHERE l.ended_at IS NULL AND l.epoch <> {epoch}", "256")
        self.assertEqual(self.post("NEXT")[0], 200)

    def test_what_cannot_be_read_or_committed_is_set_aside_and_tried_by_the_next_worker(self):
        self.ask_database(
            "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION 'a \"value\"' USING ERRCODE = '22003'; END $$; "
            "CREATE TRIGGER refuse BEFORE INSERT ON orders FOR EACH ROW "
            "WHEN (NEW.reference = 'POISON') EXECUTE FUNCTION refuse()")
        self.ask_database("INSERT INTO intake (merchant, id, node, slot, body) "
                          f"VALUES (1, 1, 1, {SLOT_OF_ONE}, 'nothing that is known')")
        thread, replies = self.posting("POISON")
        for number in range(20):
            status, said = self.post(f"GOOD-{number}")
            self.assertEqual(status, 200, f"{said} {self.worker.said}")
        self.wait_for("SELECT count(*) FROM intake WHERE slot = -1 - 158", "2", 10)
        self.assertEqual(self.post("AFTER")[0], 200)
        status, said = Trial.send(None, self.worker, "GET", "/metrics", None, self.merchant)
        self.assertEqual(status, 200)
        self.assertIn("aftermile_intake_set_aside_total 2", said)
        aside = [line for line in self.worker.said if "was set aside" in line]
        self.assertEqual(len(aside), 2)
        for line in self.worker.said:
            json.loads(line)
        thread.join()
        self.assertEqual((replies[0][0], json.loads(replies[0][1])["code"]), (503, "no_worker"))

        self.ask_database("DROP TRIGGER refuse ON orders")
        self.start("worker")
        self.wait_for("SELECT count(*) FROM orders WHERE reference = 'POISON'", "1")
        self.wait_for("SELECT count(*) FROM intake WHERE slot < 0", "1")


if __name__ == "__main__":
    unittest.main()
