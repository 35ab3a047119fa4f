"""The world around the program under test: its process, its database on disk, its mail server and
its senders, who keep their own log of what was acknowledged."""
import http.client
import json
import os
import random
import re
import signal
import socket
import sqlite3
import subprocess
import threading
import time
from datetime import datetime, timedelta, timezone

ROOT = os.environ.get("AFTERMILE_SOURCE_DIR") or os.path.dirname(
    os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
SINK = os.path.join(ROOT, "src/transport/testing/smtp_sink.py")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class MailSink:
    """The SMTP server; `copies()` counts what arrived, by message id."""

    def __init__(self, folder):
        self.folder = folder
        os.makedirs(folder, exist_ok=True)
        self.process = subprocess.Popen(
            ["/usr/bin/python3", SINK, "--port", "0", "--dir", folder],
            stdout=subprocess.PIPE, text=True)
        self.port = int(self.process.stdout.readline())
        self.read = {}

    def copies(self):
        """Message id -> [the order of arrival of each copy]."""
        for name in os.listdir(self.folder):
            if not name.endswith(".json") or name in self.read:
                continue
            with open(os.path.join(self.folder, name[:-5] + ".eml"), "rb") as file:
                match = re.search(rb"^Message-ID:\s*<([^>@]+)@", file.read(), re.M | re.I)
            self.read[name] = match.group(1).decode()
        found = {}
        for name in sorted(self.read):
            found.setdefault(self.read[name], []).append(int(name[:6]))
        return found

    def count(self):
        return sum(name.endswith(".json") for name in os.listdir(self.folder))

    def stop(self):
        self.process.terminate()
        self.process.wait()


class Program:
    """`aftermile serve` on one data folder, started again and again."""

    def __init__(self, binary, folder, sink):
        self.binary, self.folder, self.sink = binary, folder, sink
        self.data = os.path.join(folder, "data")
        self.hits = os.path.join(folder, "failpoints.log")
        self.log = open(os.path.join(folder, "serve.log"), "ab")
        self.process, self.port = None, 0
        os.makedirs(self.data, exist_ok=True)

    def command(self, *arguments):
        done = subprocess.run([self.binary, *arguments, "--data", self.data],
                              capture_output=True, text=True, timeout=60)
        if done.returncode != 0:
            raise RuntimeError(f"{' '.join(arguments)}: {done.stdout}{done.stderr}")
        return done.stdout.strip()

    def start(self, failpoints=""):
        environment = {**os.environ, "AFTERMILE_FAILPOINT_LOG": self.hits,
                       "AFTERMILE_SMTP_URL": f"smtp://127.0.0.1:{self.sink.port}",
                       "AFTERMILE_LOG_LEVEL": "warn"}
        environment.pop("AFTERMILE_FAILPOINTS", None)
        if failpoints:
            environment["AFTERMILE_FAILPOINTS"] = failpoints
        self.port = free_port()
        self.process = subprocess.Popen(
            [self.binary, "serve", "--listen", f"127.0.0.1:{self.port}", "--data", self.data],
            env=environment, stdout=self.log, stderr=self.log)
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                return False  # killed as soon as something was left to do from before
            try:
                connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
                connection.request("GET", "/readyz")
                if connection.getresponse().status == 200:
                    return True
            except OSError:
                pass
            time.sleep(0.02)
        raise RuntimeError("serve did not become ready within 30 s")

    def is_running(self):
        return self.process is not None and self.process.poll() is None

    def kill(self):
        self.process.kill()
        self.process.wait()

    def stop(self):
        if self.is_running():
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(timeout=30)

    def failpoint_hits(self):
        hits = {}
        if os.path.exists(self.hits):
            with open(self.hits, encoding="utf-8") as file:
                for line in file:
                    hits[line.split()[0]] = hits.get(line.split()[0], 0) + 1
        return hits

    def database(self):
        """The file as the crash left it; read when nobody runs."""
        return sqlite3.connect(os.path.join(self.data, "aftermile.db"))


# What goes where it is day, because messages wait through the night: hours east of UTC.
DESTINATIONS = [(-8, "Portland", "OR", "97205", "US"), (-5, "Albany", "NY", "12207", "US"),
                (-3, "Recife", "PE", "50030-000", "BR"), (1, "Hannover", "NI", "30159", "DE"),
                (4, "Dubai", "", "", "AE"), (7, "Bangkok", "", "10100", "TH"),
                (9, "Osaka", "", "530-0001", "JP"), (12, "Wellington", "", "6011", "NZ")]


def destination():
    hour = datetime.now(timezone.utc).hour
    east, city, region, postcode, country = min(
        DESTINATIONS, key=lambda each: abs((hour + each[0]) % 24 - 13))
    return {key: value for key, value in
            (("city", city), ("region", region), ("postcode", postcode), ("country", country))
            if value}


STORY = ["info_received", "accepted", "in_transit", "in_transit", "at_destination",
         "out_for_delivery", "delivered"]
EXCEPTIONS = ["address_problem", "damaged", "delayed_by_carrier"]


class Element:
    """One order, shipment or tracking event as its sender remembers it."""
    __slots__ = ("kind", "token", "number", "step", "body")

    def __init__(self, kind, token, body, number="", step=-1):
        self.kind, self.token, self.body = kind, token, json.dumps(body)
        self.number, self.step = number, step


class Asked:
    """One request: its elements, and the key that makes it one request however often it is sent.
    `fresh` elements are in no other request."""
    __slots__ = ("path", "elements", "once", "fresh", "sent", "reply")

    def __init__(self, path, elements, once=None):
        self.path, self.elements, self.once = path, elements, once
        self.fresh, self.sent, self.reply = 0, 0, None


class Chapter:
    """A few parcels from order to door, each with every identity of its own."""

    def __init__(self, name, rng, parcels=12):
        now = datetime.now(timezone.utc)
        at = lambda minutes: (now + timedelta(minutes=minutes)).strftime("%Y-%m-%dT%H:%M:%SZ")
        to = destination()
        self.requests = []
        self.troubled = []  # numbers of parcels that an incident is about, probably
        self.notes = [f"nte-{name}-{i}" for i in range(2)]
        orders, shipments, events = [], [], []
        for i in range(parcels):
            ref = f"{name}-{i}"
            number = f"DUR{name}{i:02}".upper().replace("-", "X")
            address = {"name": "Robin Sample", "line1": f"{i} Long Road", **to}
            orders.append(Element("order", f"o-{ref}", {
                "reference": f"o-{ref}", "placed_at": at(-1600), "currency": "USD",
                "customer": {"email": f"{ref}@shopper.example", "name": "Robin Sample"},
                "ship_to": address, "lines": [{
                    "reference": "l1", "sku": "LAMP", "title": "Desk lamp", "category": "home",
                    "quantity": 1, "unit_price": {"amount": 4900, "currency": "USD"}}]}))
            shipments.append(Element("shipment", f"s-{ref}", {
                "reference": f"s-{ref}", "order": f"ref:o-{ref}", "carrier": "ups",
                "service": "ground", "tracking_number": number, "ship_to": address,
                "ship_from": {"city": "Reno", "region": "NV", "postcode": "89502",
                              "country": "US"},
                "label_created_at": at(-1500),
                "promised": {"latest": (now + timedelta(days=6)).strftime("%Y-%m-%d")}}))
            trouble = rng.randrange(len(STORY)) if rng.random() < 0.2 else -1
            for step, milestone in enumerate(STORY):
                token = f"dur-{ref}-{step}"
                body = {"carrier": "ups", "tracking_number": number, "milestone": milestone,
                        "description": "Scanned at the belt. " * 12,
                        "occurred_at": at(-1400 + step * 60), "source_id": token,
                        "location": {"city": "Reno", "region": "NV", "country": "US"}}
                if step == trouble:
                    body["exception"] = rng.choice(EXCEPTIONS)
                    self.troubled.append(number)
                events.append(Element("event", token, body, number, step))
        rng.shuffle(events)
        for at_event in range(len(events)):  # 5 % again, sometimes while the first is under way
            if rng.random() < 0.05:
                events.insert(rng.randrange(at_event, len(events) + 1), events[at_event])
        self.requests.append(Asked("/v1/orders", orders))
        self.requests.append(Asked("/v1/shipments", shipments))
        for first in range(0, len(events), 24):
            self.requests.append(Asked("/v1/tracking-events", events[first:first + 24]))
        where = {}
        for asked in self.requests:
            for element in asked.elements:
                where.setdefault(element.token, set()).add(id(asked))
        for i, asked in enumerate(self.requests):
            asked.fresh = len({element.token for element in asked.elements
                               if len(where[element.token]) == 1})
            if rng.random() < 0.4:
                asked.once = f"{name}-{i}"


class Log:
    """The senders' own log: the truth that the store is held to."""

    def __init__(self):
        self.lock = threading.Lock()
        self.acknowledged = {}  # token -> element
        self.open = {}          # token -> element: sent at least once, no reply yet
        self.accepted = {}      # token -> how often a reply counted it as new, single or whole
        self.faults = []
        self.answered = []  # requests with a key whose sender saw the reply
        # Requests with a key, sent again after a crash: answered from what was kept, or worked on
        # for the first time; and those whose reply was seen before, answered with the same.
        self.kept, self.worked, self.same = 0, 0, 0


def post(connection, key, asked):
    """The reply's text and whether it was a stored one, or None where nothing was kept."""
    headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/x-ndjson"}
    if asked.once:
        headers["Idempotency-Key"] = asked.once
    if asked.path.endswith("/note"):
        headers["Content-Type"] = "application/json"
    body = "\n".join(element.body for element in asked.elements) + "\n"
    connection.request("POST", asked.path, body, headers)
    reply = connection.getresponse()
    text = reply.read()
    if reply.status in (503, 429) or reply.status == 409 and b'"in_flight"' in text:
        return None
    if reply.status != 200:
        raise RuntimeError(f"{asked.path}: {reply.status} {text[:300]!r}")
    return text, reply.getheader("Idempotent-Replayed") == "true"


def incident_of(connection, key, number):
    """The id of one that is about that parcel, if there is one."""
    def first(path):
        connection.request("GET", f"{path}&limit=1", headers={"Authorization": f"Bearer {key}"})
        found = json.loads(connection.getresponse().read())["data"]
        return found[0]["id"] if found else None
    shipment = first(f"/v1/shipments?tracking_number={number}")
    return shipment and first(f"/v1/incidents?shipment={shipment}")


class Sender(threading.Thread):
    """One connection that sends request after request until the program is gone or time is up."""

    def __init__(self, name, program, key, log, pending, until):
        super().__init__(daemon=True)
        self.tag, self.program, self.key, self.log = name, program, key, log
        self.pending, self.until = pending, until  # requests of earlier rounds, sent first
        self.rng = random.Random(name)
        self.in_flight = 0   # elements sent and not answered, when the program went
        self.unsent = []     # requests that this sender did not come to

    def run(self):
        connection = http.client.HTTPConnection("127.0.0.1", self.program.port, timeout=30)
        chapter = 0
        queue, told = list(self.pending), None
        while time.monotonic() < self.until:
            if not queue:
                told = Chapter(f"{self.tag}-{chapter}", self.rng)
                queue, chapter = told.requests, chapter + 1
            asked = queue[0]
            self.in_flight = len(asked.elements)
            with self.log.lock:
                for element in asked.elements:
                    if element.token not in self.log.acknowledged:
                        self.log.open[element.token] = element
            asked.sent += 1
            try:
                reply = post(connection, self.key, asked)
            except (OSError, http.client.HTTPException):
                break
            except RuntimeError as error:
                self.log.faults.append(str(error))
                break
            self.in_flight = 0
            if reply is None:
                asked.sent -= 1
                time.sleep(0.02)
                continue
            self.note(asked, *reply)
            queue.pop(0)
            if not queue and told:
                queue, told = self.notes_of(told, connection), None
        self.unsent = queue

    def notes_of(self, chapter, connection):
        """What a team writes: done again whenever it is sent again, but for its key."""
        notes = []
        try:
            for token, number in zip(chapter.notes, chapter.troubled):
                if incident := incident_of(connection, self.key, number):
                    notes.append(Asked(f"/v1/incidents/{incident}/note",
                                       [Element("event", token, {"text": token})], once=token))
        except (OSError, http.client.HTTPException):
            pass  # the program is gone, which the next request finds out too
        return notes

    def note(self, asked, text, stored):
        with self.log.lock:
            if asked.once:
                self.note_key(asked, text, stored)
            if not asked.path.endswith("/note"):
                self.note_counts(asked, json.loads(text))
            for element in asked.elements:
                self.log.acknowledged[element.token] = element
                self.log.open.pop(element.token, None)

    def note_counts(self, asked, reply):
        if reply["parked"]:
            self.log.faults.append(f"{asked.path} parked {reply['parked'][:2]}")
        elif reply["accepted"] + reply["duplicates"] != len(asked.elements):
            self.log.faults.append(f"{asked.path} answered for {reply} of {len(asked.elements)}")
        elif asked.once and reply["accepted"] < asked.fresh:
            self.log.faults.append(
                f"{asked.once}, sent {asked.sent} times, was answered as if it were several: "
                f"{reply['accepted']} new of {asked.fresh}")

    def note_key(self, asked, text, stored):
        if asked.reply is not None:
            self.log.same += 1
            if not stored or text != asked.reply:
                self.log.faults.append(
                    f"{asked.once} was answered anew: {text[:200]!r}, not {asked.reply[:200]!r}")
            return
        if asked.sent > 1:
            self.log.kept += stored
            self.log.worked += not stored
        elif stored:
            self.log.faults.append(f"{asked.once} was answered before it was sent")
        asked.reply = text
        self.log.answered.append(asked)
