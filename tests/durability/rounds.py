#!/usr/bin/env python3
"""Kills the program in the middle of its work, again and again, and holds what is left on disk to
the senders' own log of what was acknowledged.

    rounds.py [--program FILE] [--rounds 30] [--seed N] [--keep] [--points a,b] [--swept]
              [--expect-loss]

A round counts only if 50 or more elements were in flight when the process died. Each failpoint
must be hit at least three times (of 20 rounds and more), and in between the process is killed at
random moments. After every kill the file is read as it is: every acknowledged event is there, none
twice. A part of the requests carries an Idempotency-Key and is sent again after each kill: it is
answered with the same reply, and as one request, also where the first reply never arrived.
At the end: everything open is sent again and what was acknowledged is a duplicate, every incident
has six answers, no message was decided twice, mails were repeated at most once a crash, and
deciding everything again gives the same decisions byte for byte.

--swept has the rows of shipments follow their events: where they stand is then compared at the end,
and the rounds that died with rows behind are counted.

--expect-loss turns the verdict round: the program has a planted fault that must be found.
"""
import argparse
import collections
import http.client
import json
import os
import random
import re
import shutil
import sys
import tempfile
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import world  # noqa: E402

# How often a point is passed, at most, before the program dies there. The points around a commit
# are passed twice for each.
MOST_PASSES = {"before_commit": 60, "inside_commit": 30, "after_commit": 60, "before_sync": 30,
               "before_reply": 30, "before_send": 25, "after_send": 25}
POINTS = list(MOST_PASSES)
SENDERS = 16
IN_FLIGHT_MIN = 50
TOKEN = re.compile(rb"dur-[0-9a-f]+r\d+-\d+-\d+-\d+-\d|nte-[0-9a-f]+r\d+-\d+-\d+-\d")
MILESTONES = ["pending", "info_received", "accepted", "in_transit", "at_destination",
              "out_for_delivery", "available_for_pickup", "attempt_failed", "delivered"]
ROUND_SECONDS_MAX = 5.0
QUEUED = 3  # of the notification states: decided shadowed held queued sent ...


class Loss(Exception):
    """An acknowledged event is not there."""


class Trial:
    def __init__(self, options, folder):
        self.options, self.folder = options, folder
        self.rng = random.Random(options.seed)
        self.sink = world.MailSink(os.path.join(folder, "mail"))
        self.program = world.Program(options.program, folder, self.sink)
        self.program.command("merchants", "create", "durable", "--mode", "live")
        self.key = self.program.command("keys", "create", "--merchant", "durable", "--scopes",
                                        "all")
        self.log = world.Log()
        self.pending = []                        # requests to be sent again
        self.present = collections.Counter()     # tokens of events on disk, by count
        self.references = collections.Counter()  # of orders and shipments
        self.read_to = 0                         # the last event read from disk
        self.rounds, self.wasted = [], 0
        self.most_passes = dict(MOST_PASSES)
        self.mails_before = {}                   # message id -> copies, before this life
        self.crashes = 0
        self.settled = False
        self.behind = 0                          # rounds that died with rows behind their events

    # ---- one round ----

    def arm(self, point):
        if point == "kill":
            return ""
        most = self.most_passes[point]
        return f"{point}:{self.rng.randint(max(1, most // 8), most)}"

    def round(self, number, point):
        started = self.program.start(self.arm(point))
        self.crashes += 1
        # A quarter of the connections send again what is long acknowledged: all duplicates.
        again = self.again() if number > 0 else []
        senders = []
        until = time.monotonic() + (self.rng.uniform(0.5, 2.0) if point == "kill"
                                    else ROUND_SECONDS_MAX)
        for i in range(SENDERS if started else 0):
            mine = self.pending[i::SENDERS] + again[i::SENDERS]
            senders.append(world.Sender(f"{self.options.tag}{number}-{i}", self.program, self.key,
                                        self.log, mine, time.monotonic() + ROUND_SECONDS_MAX + 3))
        for sender in senders:
            sender.start()
        while self.program.is_running() and time.monotonic() < until:
            time.sleep(0.002)
        died_itself = not self.program.is_running()
        if not died_itself:
            self.program.kill()
        self.program.process.wait()
        for sender in senders:
            sender.join(timeout=30)
        in_flight = sum(sender.in_flight for sender in senders)
        if started:
            self.pending = [request for sender in senders for request in sender.unsent]
        how = point if died_itself else "kill"
        if how != point:  # a slow program did not come that far: less is asked of it next time
            self.most_passes[point] = max(2, self.most_passes[point] // 2)
        self.check_disk()
        self.check_mails_of_this_life()
        counted = in_flight >= IN_FLIGHT_MIN
        if counted:
            self.rounds.append((how, in_flight))
        else:
            self.wasted += 1
        if self.options.verbose:
            print(f"round {len(self.rounds)}: {how}, {in_flight} in flight, "
                  f"{len(self.log.acknowledged)} acknowledged, {self.sink.count()} mails"
                  f"{'' if counted else ' (does not count)'}", flush=True)
        return counted, how

    def again(self):
        events = [e for e in self.rng.sample(sorted(self.log.acknowledged), min(
            120, len(self.log.acknowledged))) if e.startswith("dur-")]
        elements = [self.log.acknowledged[token] for token in events]
        answered = [asked for asked in self.log.answered if asked not in self.pending]
        answered = self.rng.sample(answered, min(24, len(answered)))
        return answered + self.events_again(elements)

    @staticmethod
    def events_again(elements):
        return [world.Asked("/v1/tracking-events", elements[i:i + 20])
                for i in range(0, len(elements), 20)]

    # ---- what must hold ----

    def check_disk(self):
        database = self.program.database()
        if database.execute("PRAGMA quick_check").fetchone()[0] != "ok":
            raise AssertionError("the database is damaged")
        for event, payload in database.execute(
                "SELECT id, payload FROM events WHERE id > ? ORDER BY id", (self.read_to,)):
            self.read_to = event
            for token in TOKEN.findall(payload):
                self.present[token.decode()] += 1
        self.references.clear()
        for table in ("orders", "shipments"):
            self.references.update(row[0] for row in database.execute(
                f"SELECT reference FROM {table} WHERE reference IS NOT NULL"))
        lost = [token for token, element in self.log.acknowledged.items()
                if (self.present if element.kind == "event" else self.references)[token] == 0]
        if lost:
            raise Loss(f"{len(lost)} acknowledged elements are not on disk, such as {lost[:3]}")
        doubled = [token for token, count in (self.present + self.references).items() if count > 1]
        if doubled:
            raise AssertionError(f"{len(doubled)} elements are stored twice: {doubled[:3]}")
        wrong = self.not_where_they_are(database)
        if wrong and (self.settled or not self.options.swept):
            raise AssertionError(f"parcels are not where their events say: {wrong[:3]}")
        self.behind += bool(wrong)
        self.check_messages(database)
        database.close()
        if self.log.faults:
            raise AssertionError("; ".join(self.log.faults[:3]))

    def not_where_they_are(self, database):
        """Whatever was not acknowledged is there with its effect or not at all."""
        reached = {}
        for token in self.present:
            if not token.startswith("dur-"):
                continue
            name, step = token[4:].rsplit("-", 1)
            number = self.number_of(name)
            reached[number] = max(reached.get(number, -1), int(step))
        return [number for number, milestone in database.execute(
                    "SELECT tracking_number, milestone FROM shipments")
                if number in reached
                and MILESTONES[milestone] != world.STORY[reached[number]]]

    @staticmethod
    def number_of(name):
        chapter, parcel = name.rsplit("-", 1)
        return f"DUR{chapter}{int(parcel):02}".upper().replace("-", "X")

    @staticmethod
    def check_messages(database):
        twice = database.execute(
            "SELECT shipment, kind, count(*) FROM notifications WHERE shipment IS NOT NULL "
            "GROUP BY shipment, kind HAVING count(*) > 1 LIMIT 3").fetchall()
        if twice:
            raise AssertionError(f"messages decided twice: {twice}")
        astray = database.execute(
            "SELECT n.id FROM notifications n LEFT JOIN outbox o ON o.id = n.id "
            "WHERE (n.state = ?) <> (o.id IS NOT NULL) LIMIT 3", (QUEUED,)).fetchall()
        if astray:
            raise AssertionError(f"queued without an outbox row, or the reverse: {astray}")

    def check_mails_of_this_life(self):
        """One process hands a message over once; a crash may repeat it once."""
        copies = {mail: len(arrived) for mail, arrived in self.sink.copies().items()}
        for mail, count in copies.items():
            if count - self.mails_before.get(mail, 0) > 1:
                raise AssertionError(f"{mail} was sent {count} times, twice by one process")
        self.mails_before = copies

    # ---- the end: one life without a fault ----

    def get(self, path):
        connection = http.client.HTTPConnection("127.0.0.1", self.program.port, timeout=30)
        connection.request("GET", path, headers={"Authorization": f"Bearer {self.key}"})
        reply = connection.getresponse()
        text = reply.read()
        if reply.status != 200:
            raise AssertionError(f"GET {path}: {reply.status} {text[:300]!r}")
        return json.loads(text)

    def each(self, path):
        cursor = ""
        while True:
            page = self.get(f"{path}?limit=100{cursor}")
            yield from page["data"]
            if not page["has_more"]:
                return
            cursor = f"&cursor={page['next_cursor']}"

    def settle(self):
        if not self.program.start():
            raise AssertionError("serve does not start after the last crash")
        connection = http.client.HTTPConnection("127.0.0.1", self.program.port, timeout=30)
        sender = world.Sender("last", self.program, self.key, self.log, [], 0)
        for asked in self.pending + self.again():
            known = all(element.token in self.log.acknowledged for element in asked.elements)
            asked.sent += 1
            reply = world.post(connection, self.key, asked)
            if reply is None:
                raise AssertionError(f"{asked.path} was refused")
            sender.note(asked, *reply)
            if known and not asked.once and \
                    json.loads(reply[0])["duplicates"] != len(asked.elements):
                raise AssertionError(f"acknowledged, sent again, and not a duplicate: {reply}")
        incidents = 0
        for incident in self.each("/v1/incidents"):
            incidents += 1
            answers = self.get(f"/v1/incidents/{incident['id']}")["answers"] \
                if "answers" not in incident else incident["answers"]
            wrong = [name for name in ("customer_told", "ticket", "cover", "carrier_claim",
                                       "performance", "return_risk")
                     if ("none" in answers[name] and answers[name]["none"] is not None)
                     == bool(answers[name].get("id"))]
            if wrong or len(answers) != 6:
                raise AssertionError(f"{incident['id']}: answers {wrong}: {answers}")
        self.drain_outbox()
        self.program.stop()
        self.settled = True
        self.check_disk()
        self.check_mails_of_this_life()
        return incidents

    def drain_outbox(self):
        # Slow is fine, standing still is not.
        patience, fewest, left = 60, None, None
        deadline = time.monotonic() + patience
        while time.monotonic() < deadline:
            database = self.program.database()
            left = database.execute("SELECT count(*) FROM outbox").fetchone()[0]
            sent = {row[0] for row in database.execute(
                "SELECT id FROM notifications WHERE state = ?", (QUEUED + 1,))}
            database.close()
            if fewest is None or left < fewest:
                fewest, deadline = left, time.monotonic() + patience
            if left == 0:
                if len(self.sink.copies()) < len(sent):
                    raise AssertionError(f"{len(sent)} messages count as sent, "
                                         f"{len(self.sink.copies())} arrived")
                return
            time.sleep(0.1)
        raise AssertionError(f"{left} messages still wait in the outbox")

    def run(self):
        points = self.options.points.split(",") if self.options.points else POINTS + ["kill"]
        number = 0
        while len(self.rounds) < self.options.rounds:
            self.round(number, points[len(self.rounds) % len(points)])
            number += 1
            if self.wasted > self.options.rounds + 10:
                raise AssertionError("too many rounds with too little in flight")
        incidents = self.settle()
        self.program.command("replay", "verify", "--merchant", "durable")
        return incidents

    def report(self, incidents, seconds):
        hits = collections.Counter(how for how, _ in self.rounds)
        flights = sorted(in_flight for _, in_flight in self.rounds)
        repeats = sum(len(copies) - 1 for copies in self.sink.copies().values())
        print(f"{'died at':16} rounds")
        for point in POINTS + ["kill"]:
            print(f"{point:16} {hits[point]:6}")
        print(f"{len(self.rounds)} rounds counted, {self.wasted} did not, {seconds:.0f} s; "
              f"in flight {flights[0]} to {flights[-1]}, median {flights[len(flights) // 2]}; "
              f"{len(self.log.acknowledged)} elements acknowledged, {incidents} incidents, "
              f"{self.sink.count()} mails, {repeats} repeated")
        log = self.log
        print(f"with a key, sent again after a kill: {log.kept} answered from what was kept, "
              f"{log.worked} worked on for the first time, {log.same} answered as before")
        if self.options.rounds >= 20 and not self.options.points and not (
                log.kept and log.worked and log.same):
            raise AssertionError("no request with a key was cut off on either side of its commit")
        if self.options.swept:
            print(f"{self.behind} times the program died with rows behind their events")
            if self.behind < self.options.rounds // 4:
                raise AssertionError("too few rounds died with rows behind")
        logged = self.program.failpoint_hits()
        if any(logged.get(point, 0) < hits[point] for point in POINTS):
            raise AssertionError(f"the program's own log of failpoints differs: {logged}")
        if self.options.rounds >= 20 and not self.options.points:
            rare = [point for point in POINTS if hits[point] < 3]
            if rare:
                raise AssertionError(f"hit fewer than three times: {', '.join(rare)}")

    def close(self):
        if self.program.is_running():
            self.program.kill()
        self.sink.stop()


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--program", default=os.environ.get("AFTERMILE_PROGRAM") or
                        os.path.join(world.ROOT, "build/release/aftermile"))
    parser.add_argument("--rounds", type=int, default=30)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    parser.add_argument("--points", default="")
    parser.add_argument("--keep", action="store_true", help="keep the folder")
    parser.add_argument("--expect-loss", action="store_true")
    parser.add_argument("--swept", action="store_true", help="rows follow their events")
    parser.add_argument("--verbose", action="store_true")
    options = parser.parse_args()
    options.tag = f"{options.seed % 46656:x}r"
    if options.swept:
        os.environ["AFTERMILE_MATERIALISE"] = "swept"  # the program inherits it
    return options


def main():
    options = arguments()
    folder = tempfile.mkdtemp(prefix="aftermile-durability-")
    print(f"durability: seed {options.seed}", flush=True)
    trial = Trial(options, folder)
    started = time.monotonic()
    try:
        incidents = trial.run()
        trial.report(incidents, time.monotonic() - started)
    except Loss as loss:
        print(loss)
        print(f"found in round {len(trial.rounds) + 1}")
        return 0 if options.expect_loss else 1
    except AssertionError as fault:
        print(f"FAILED (folder {folder}): {fault}")
        options.keep = True
        return 1
    finally:
        trial.close()
        if not options.keep:
            shutil.rmtree(folder, ignore_errors=True)
    if options.expect_loss:
        print("the planted fault was not found")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
