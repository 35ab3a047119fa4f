#!/usr/bin/env python3
"""Three workers and two API nodes on one PostgreSQL, under load: kills workers and nodes, stalls
workers past their lease, and holds the store to the senders' own log.

    workers.py [--program FILE] [--rounds 20] [--seed N] [--keep]

Rounds take turns: a worker is killed; one more worker joins, stops itself in the middle of a
commit (its session is in a transaction) and goes on after its slots moved, when its commit must
be refused; an API node is killed. The slots of a worker that is gone are another's within ten
seconds. Orders are sent until they are acknowledged, and notes too, each with an Idempotency-Key,
at any node: a note that is decided twice is there twice, and it must be there once.
"""
import argparse
import collections
import http.client
import json
import os
import pathlib
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time

ROOT = pathlib.Path(os.environ.get("AFTERMILE_SOURCE_DIR", pathlib.Path(__file__).parents[2]))
sys.path[:0] = [str(ROOT / "tools"), str(pathlib.Path(__file__).parent)]
import with_postgres  # noqa: E402

SLOTS = 256
MOVE_SECONDS = 10
MERCHANTS = 12
SENDERS = 8
TOKEN = re.compile(r"(?:wko|wkn)-[0-9]+-[0-9]+x")
ADDRESS = {"name": "Robin Sample", "line1": "1 Long Road", "city": "Portland", "region": "OR",
           "postcode": "97205", "country": "US"}
LISTENING = re.compile(r"listening on port (\d+)")


def order(reference):
    return {"reference": reference, "placed_at": "2026-01-04T10:00:00Z", "currency": "USD",
            "customer": {"email": f"{reference}@shopper.example", "name": "Robin Sample"},
            "ship_to": ADDRESS, "lines": [{
                "reference": "l1", "sku": "LAMP", "title": "Desk lamp", "category": "home",
                "quantity": 1, "unit_price": {"amount": 4900, "currency": "USD"}}]}


def shipment(name):
    return {"reference": f"s-{name}", "order": f"ref:o-{name}", "carrier": "ups",
            "service": "ground", "tracking_number": f"WK{name}X", "ship_to": ADDRESS,
            "ship_from": {"city": "Reno", "region": "NV", "postcode": "89502", "country": "US"},
            "label_created_at": "2026-01-04T18:00:00Z", "promised": {"latest": "2026-01-09"}}


def damaged(name):
    return {"carrier": "ups", "tracking_number": f"WK{name}X", "milestone": "in_transit",
            "exception": "damaged", "occurred_at": "2026-01-05T11:00:00Z"}


class Process:
    """A worker or an API node."""

    def __init__(self, trial, name, arguments, environment):
        self.name, self.said, self.port = name, [], 0
        self.process = subprocess.Popen(
            [trial.program, *arguments, "--data", trial.data, "--store", trial.postgres.url,
             "--listen", "127.0.0.1:0"],
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, errors="replace",
            env={**os.environ, "AFTERMILE_LOG_LEVEL": "info", **environment})
        for line in self.process.stderr:
            self.said.append(line)
            if found := LISTENING.search(line):
                self.port = int(found[1])
                break
        else:
            raise RuntimeError(f"{name} ended: {''.join(self.said)}")
        threading.Thread(target=self.listen, daemon=True).start()

    def listen(self):
        for line in self.process.stderr:
            self.said.append(line)

    def kill(self):
        self.process.kill()
        self.process.wait()

    def is_running(self):
        return self.process.poll() is None

    def is_stopped(self):
        status = pathlib.Path(f"/proc/{self.process.pid}/stat").read_text(encoding="ascii")
        return status.rpartition(") ")[2].startswith("T")


class Sender(threading.Thread):
    def __init__(self, trial, number):
        super().__init__(daemon=True)
        self.trial, self.number = trial, number
        self.rng = random.Random(trial.options.seed * 1000 + number)

    def run(self):
        count = 0
        while not self.trial.over.is_set():
            count += 1
            merchant = self.rng.choice(self.trial.merchants)
            if self.rng.random() < 0.5:
                self.send_order(merchant, f"wko-{self.number}-{count}x")
            else:
                self.send_note(merchant, f"wkn-{self.number}-{count}x")

    def send_order(self, merchant, token):
        while not self.trial.over.is_set():
            status, _ = self.trial.post(merchant, "/v1/orders", order(token), self.rng)
            if status == 200:
                self.trial.acknowledge(token)
                return
            time.sleep(0.02)

    def send_note(self, merchant, token):
        """With a key it may be sent again, at any node: there must be one note in the end."""
        while not self.trial.over.is_set():
            status, _ = self.trial.post(merchant, f"/v1/incidents/{merchant['incident']}/note",
                                        {"text": token}, self.rng, {"Idempotency-Key": token})
            if status == 200:
                self.trial.acknowledge(token)
                return
            time.sleep(0.02)


class Trial:
    def __init__(self, options, postgres, folder):
        self.options, self.program, self.postgres = options, options.program, postgres
        self.data = os.path.join(folder, "data")
        os.makedirs(self.data)
        self.rng = random.Random(options.seed)
        self.lock, self.over = threading.Lock(), threading.Event()
        self.acknowledged, self.faults, self.statuses = set(), [], collections.Counter()
        self.moves, self.fenced, self.kills = [], 0, 0
        self.workers, self.nodes, self.merchants = [], [], []

    # ---- the world ----

    def command(self, *arguments):
        done = subprocess.run([self.program, *arguments, "--data", self.data, "--store",
                               self.postgres.url], capture_output=True, text=True, timeout=60)
        if done.returncode != 0:
            raise RuntimeError(f"{arguments}: {done.stdout}{done.stderr}")
        return done.stdout.strip()

    def ask(self, sql):
        done = subprocess.run([with_postgres.BINARIES / "psql", self.postgres.url, "-Atqc", sql],
                              capture_output=True, text=True, check=True)
        return done.stdout.strip()

    def start(self):
        for i in range(MERCHANTS):
            self.command("merchants", "create", f"M{i}", "--mode", "live")
            self.merchants.append({"name": f"{i}", "key": self.command(
                "keys", "create", "--merchant", f"M{i}", "--scopes", "all")})
        self.workers = [self.start_worker() for _ in range(3)]
        self.nodes = [self.start_node() for _ in range(2)]
        self.wait_for_balance()
        for merchant in self.merchants:
            name = merchant["name"]
            for path, body in (("/v1/orders", order(f"o-{name}")),
                               ("/v1/shipments", shipment(name)),
                               ("/v1/tracking-events", damaged(name))):
                status, text = self.post(merchant, path, body, self.rng)
                if status != 200:
                    raise RuntimeError(f"{path}: {status} {text}")
            found = self.send(self.nodes[0], "GET", "/v1/incidents?limit=1", None, merchant)
            merchant["incident"] = json.loads(found[1])["data"][0]["id"]

    def start_worker(self, **environment):
        return Process(self, "worker", ["worker"], environment)

    def start_node(self):
        return Process(self, "node", ["serve", "--api-only"], {})

    def send(self, node, method, path, body, merchant, headers=None):
        connection = http.client.HTTPConnection("127.0.0.1", node.port, timeout=40)
        try:
            connection.request(method, path, None if body is None else json.dumps(body),
                               {"Authorization": f"Bearer {merchant['key']}",
                                "Content-Type": "application/json", **(headers or {})})
            reply = connection.getresponse()
            return reply.status, reply.read().decode()
        finally:
            connection.close()

    def post(self, merchant, path, body, rng, headers=None):
        """Status 0: the connection broke, and nobody knows."""
        try:
            status, text = self.send(rng.choice(self.nodes), "POST", path, body, merchant,
                                     headers)
        except (OSError, http.client.HTTPException):
            status, text = 0, ""
        with self.lock:
            self.statuses[status] += 1
            if status not in (0, 200, 409, 429, 503):
                self.faults.append(f"{path}: {status} {text[:200]}")
        return status, text

    def acknowledge(self, token):
        with self.lock:
            self.acknowledged.add(token)

    # ---- what must hold ----

    def held_by(self, workers):
        pids = ", ".join(str(each.process.pid) for each in workers)
        return [int(line) for line in self.ask(
            "SELECT (SELECT count(*) FROM slots s JOIN leases l USING (epoch) WHERE l.ended_at IS "
            f"NULL AND split_part(l.holder, '/', 2)::bigint = pid) FROM unnest(ARRAY[{pids}]) "
            "AS pid").split("\n")]

    def wait_for_balance(self):
        until = time.monotonic() + 40
        while True:
            held = self.held_by(self.workers)
            if sum(held) == SLOTS and min(held) >= SLOTS // len(self.workers):
                return
            if time.monotonic() > until:
                raise RuntimeError(f"the workers hold {held}: "
                                   + "".join(each.said[-1] for each in self.workers))
            time.sleep(0.2)

    def wait_for_move(self, gone, since):
        others = [each for each in self.workers if each is not gone]
        while sum(held := self.held_by(others)) != SLOTS:
            if time.monotonic() - since > 30:
                break
            time.sleep(0.1)
        took = time.monotonic() - since
        self.moves.append(took)
        if took > MOVE_SECONDS:
            self.faults.append(f"slots moved after {took:.1f} s: {held}")
        # And are served: each merchant, by whoever has it now.
        for merchant in self.merchants:
            token = f"wko-99-{len(self.moves) * 100 + int(merchant['name'])}x"
            for _ in range(20):
                status, _ = self.post(merchant, "/v1/orders", order(token), self.rng)
                if status == 200:
                    self.acknowledge(token)
                    break
            else:
                self.faults.append(f"merchant {merchant['name']} is not served")

    def lease_of(self, worker):
        epoch, backend, commits = self.ask(
            "SELECT epoch, backend_pid, commits FROM leases WHERE split_part(holder, '/', 2) = "
            f"'{worker.process.pid}' ORDER BY epoch DESC LIMIT 1").split("|")
        return int(epoch), int(backend), int(commits)

    # ---- rounds ----

    def kill_worker(self):
        victim = self.rng.choice(self.workers)
        since = time.monotonic()
        victim.kill()
        self.kills += 1
        self.wait_for_move(victim, since)
        self.replace(victim)

    def kill_node(self):
        victim = self.rng.choice(self.nodes)
        victim.kill()
        self.kills += 1
        self.nodes[self.nodes.index(victim)] = self.start_node()

    def stall_worker(self):
        """One more worker, which stops itself in a commit once it has its share."""
        point = f"inside_commit:{self.rng.randint(15, 60)}:stop"
        victim = self.start_worker(AFTERMILE_FAILPOINTS=point)
        self.workers.append(victim)
        until = time.monotonic() + 60
        while not victim.is_stopped():
            if time.monotonic() > until or not victim.is_running():
                raise RuntimeError(f"the worker did not come to {point}: {victim.said[-3:]}")
            time.sleep(0.01)
        since = time.monotonic()
        epoch, backend, before = self.lease_of(victim)
        state = self.ask(f"SELECT state FROM pg_stat_activity WHERE pid = {backend}")
        if not state.startswith("idle in transaction"):
            self.faults.append(f"it stopped outside of a commit: {state}")
        self.wait_for_move(victim, since)
        os.kill(victim.process.pid, signal.SIGCONT)
        try:
            victim.process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            self.faults.append("a stalled worker goes on")
            victim.kill()
        time.sleep(0.1)
        after = int(self.ask(f"SELECT commits FROM leases WHERE epoch = {epoch}"))
        if after != before:
            self.faults.append(f"{after - before} commits slipped through")
        if any("fenced" in line for line in victim.said):
            self.fenced += 1
        else:
            self.faults.append(f"it was not refused: {victim.said[-3:]}")
        self.workers.remove(victim)
        self.look_at_others()
        self.wait_for_balance()

    def look_at_others(self):
        for each in self.workers:
            if not each.is_running():
                self.faults.append(f"another worker ended: {each.said[-3:]}")

    def replace(self, victim):
        self.workers[self.workers.index(victim)] = self.start_worker()
        self.look_at_others()
        self.wait_for_balance()

    def run(self):
        self.start()
        senders = [Sender(self, i) for i in range(SENDERS)]
        for sender in senders:
            sender.start()
        kinds = [self.kill_worker, self.stall_worker, self.kill_node, self.stall_worker]
        for number in range(self.options.rounds):
            time.sleep(self.rng.uniform(0.3, 1.0))
            kinds[number % len(kinds)]()
            print(f"round {number + 1}: {kinds[number % len(kinds)].__name__}, "
                  f"{len(self.acknowledged)} acknowledged, {len(self.faults)} faults", flush=True)
        self.over.set()
        for sender in senders:
            sender.join(timeout=60)
        until = time.monotonic() + 30
        while self.ask("SELECT count(*) FROM intake") != "0" and time.monotonic() < until:
            time.sleep(0.2)

    def check_log(self):
        there = collections.Counter()
        for payload in self.ask("SELECT encode(payload, 'hex') FROM events").split("\n"):
            there.update(set(TOKEN.findall(bytes.fromhex(payload).decode("latin-1"))))
        lost = self.acknowledged - set(there)
        twice = [token for token, count in there.items() if count > 1]
        if lost:
            self.faults.append(f"{len(lost)} acknowledged are not there: {sorted(lost)[:5]}")
        if twice:
            self.faults.append(f"{len(twice)} are there twice: {sorted(twice)[:5]}")
        if left := int(self.ask("SELECT count(*) FROM intake")):
            self.faults.append(f"{left} submissions were never decided")
        return len(there)

    def stop(self):
        self.over.set()
        for each in self.workers + self.nodes:
            if each.is_running():
                os.kill(each.process.pid, signal.SIGCONT)
                each.kill()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--program", default=os.environ.get(
        "AFTERMILE_PROGRAM", str(ROOT / "build/release/aftermile")))
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--seed", type=int, default=random.randrange(1 << 30))
    parser.add_argument("--keep", action="store_true")
    options = parser.parse_args()
    folder = tempfile.mkdtemp(prefix="aftermile-workers-")
    print(f"seed {options.seed}")
    with with_postgres.Server() as postgres:
        trial = Trial(options, postgres, folder)
        try:
            trial.run()
            events = trial.check_log()
        finally:
            trial.stop()
            if not options.keep:
                shutil.rmtree(folder, ignore_errors=True)
    print(f"{options.rounds} rounds, {trial.kills} kills, {trial.fenced} stalled in a commit and "
          f"refused; slots moved within {max(trial.moves):.1f} s; {len(trial.acknowledged)} "
          f"acknowledged, {events} tokens there; statuses {dict(trial.statuses)}")
    for fault in trial.faults:
        print(f"FAULT: {fault}")
    return 1 if trial.faults or not trial.acknowledged else 0


if __name__ == "__main__":
    sys.exit(main())
