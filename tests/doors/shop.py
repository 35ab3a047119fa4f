"""What the checks of bad input share: two merchants on one server, and what a refusal is."""
import hashlib
import json
import os
import re
import sqlite3
import sys

from serving import ROOT, Server, command

sys.path.insert(0, os.path.join(ROOT, "tests/durability"))
from world import MailSink  # noqa: E402

START = "2026-01-05T12:00:00Z"
DEEP = 10_000
CANARIES = ["'; DROP TABLE orders; --", "1' OR '1'='1", "<script>alert(1)</script>",
            "\"><img src=x onerror=alert(1)>", "{{#order}}{{{order}}}{{/order}}", "${7*7}", "%s%n"]
checks = []


def check(function):
    checks.append(function)
    return function


class Shop:
    """Two merchants on one server, their keys, and a mail server."""

    def __init__(self, folder):
        self.data = os.path.join(folder, "data")
        self.sink = MailSink(os.path.join(folder, "mail"))
        for name in ("One", "Two"):
            command(self.data, "merchants", "create", name, "--mode", "live")
        self.key, self.reader, self.sender, self.expired, self.revoked = (
            self.new_key("One", scopes) for scopes in ("all", "read", "ingest", "all", "all"))
        self.other = self.new_key("Two", "all")
        self.change_key(self.expired, "UPDATE admin SET expires_at = 1 WHERE name = ?")
        self.server = Server(self.data, "--test-clock", START,
                             AFTERMILE_SMTP_URL=f"smtp://127.0.0.1:{self.sink.port}")

    def new_key(self, merchant, scopes):
        return command(self.data, "keys", "create", "--merchant", merchant, "--scopes", scopes)

    def change_key(self, key, statement):
        name = hashlib.sha256(key.encode()).hexdigest()
        with sqlite3.connect(os.path.join(self.data, "aftermile.db"), timeout=10) as database:
            expect("keys changed", database.execute(statement, (name,)).rowcount, 1)
            database.execute("UPDATE counters SET value = value + 1 WHERE name = 'admin'")
        database.close()

    def send(self, method, path, body=None, key=None, **headers):
        headers = {"Authorization": f"Bearer {key or self.key}", **headers}
        return self.server.send(method, path, body, headers)

    def post(self, path, body, form="application/json", **more):
        return self.send("POST", path, body, **{"Content-Type": form}, **more)

    def lines(self, path, *lines):
        encoded = [each if isinstance(each, bytes) else
                   each.encode() if isinstance(each, str) else json.dumps(each).encode()
                   for each in lines]
        return self.post(path, b"\n".join(encoded), "application/x-ndjson")

    def get(self, path, **more):
        reply = self.send("GET", path, **more)
        expect(f"reading {path}", reply.status, 200)
        return reply.json

    def close(self):
        self.server.stop()
        self.sink.stop()


def expect(what, found, wanted):
    if found != wanted:
        raise AssertionError(f"{what}: {found!r} where {wanted!r} was due")


def refused(reply, status, code, pointer=None, inner=None):
    """A problem of this status and code; of a field, when a pointer is given."""
    told = f"{reply.status} {reply.body[:300]!r}"
    expect(f"status of {told}", reply.status, status)
    expect(f"type of {told}", reply.type, "application/problem+json")
    expect(f"code of {told}", reply.json["code"], code)
    expect(f"status in {told}", reply.json["status"], status)
    if not re.fullmatch(r"req_[0-9a-z]{20}", reply.json.get("request_id", "")):
        raise AssertionError(f"no request_id in {told}")
    if not reply.json.get("detail"):
        raise AssertionError(f"no detail in {told}")
    if pointer is not None:
        named = [(each["pointer"], each["code"]) for each in reply.json["errors"]]
        if (pointer, inner) not in named:
            raise AssertionError(f"{(pointer, inner)} is not among {named}")


def invalid(reply, pointer, inner):
    refused(reply, 422, "invalid", pointer, inner)


def accepted(reply, count=1):
    told = f"{reply.status} {reply.body[:300]!r}"
    expect(f"status of {told}", reply.status, 200)
    expect(f"accepted of {told}", reply.json["accepted"], count)


def scan(number="1ZBAD", **more):
    return {"carrier": "ups", "tracking_number": number, "milestone": "in_transit",
            "occurred_at": "2026-01-05T10:00:00Z", **more}


def coded(number, code, carrier="ups", **more):
    return {"carrier": carrier, "tracking_number": number, "code": code,
            "occurred_at": "2026-01-05T11:00:00Z", **more}


def order(reference, **more):
    return {"reference": reference, "currency": "USD", **more}


def money(amount, currency="USD"):
    return {"amount": amount, "currency": currency}


def shipment_of(shop, number):
    return shop.get(f"/v1/shipments?tracking_number={number}")["data"]


DOORS = ("/v1/tracking-events", "/v1/orders", "/v1/shipments")
