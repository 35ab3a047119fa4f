#!/usr/bin/env python3
"""What guards the doors, over real HTTP: merchants apart, keys and sessions, idempotency, bad
bodies beside good ones, signed webhooks, pages."""
import hashlib
import hmac
import json
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from contract_test import PROGRAM, START, Client  # noqa: E402

failures = []


def expect(what, found, wanted):
    if found != wanted:
        failures.append(f"{what}: {found!r} where {wanted!r} was due")


class Shop:
    """A running server with two merchants."""

    def __init__(self):
        self.data = tempfile.mkdtemp(prefix="aftermile-doors-")
        self.run("merchants", "create", "One", "--mode", "live")
        self.run("merchants", "create", "Two", "--mode", "live")
        self.keys = [self.run("keys", "create", "--merchant", name, "--scopes", "all")
                     for name in ("One", "Two")]
        self.reader = self.run("keys", "create", "--merchant", "One", "--scopes", "read")
        self.server = subprocess.Popen(
            [PROGRAM, "serve", "--data", self.data, "--listen", "127.0.0.1:0", "--test-clock",
             START], stderr=subprocess.PIPE, text=True)
        for line in self.server.stderr:
            if found := re.search(r"listening on port (\d+)", line):
                self.base = f"http://127.0.0.1:{found[1]}"
                break
        threading.Thread(target=self.server.stderr.read, daemon=True).start()

    def run(self, *args):
        return subprocess.run([PROGRAM, *args, "--data", self.data], check=True,
                              capture_output=True, text=True).stdout.strip()

    def client(self, key):
        return Client(self.base, key)

    def close(self):
        self.server.send_signal(signal.SIGTERM)
        expect("exit", self.server.wait(timeout=30), 0)
        shutil.rmtree(self.data, ignore_errors=True)


def scan(number, milestone="in_transit", at="2026-01-05T10:00:00Z", **more):
    return {"carrier": "ups", "tracking_number": number, "milestone": milestone,
            "occurred_at": at, **more}


def merchants_are_apart(shop):
    one, two = (shop.client(key) for key in shop.keys)
    status, _, body = one.send("POST", "/v1/orders", {"reference": "A", "currency": "USD"})
    order = json.loads(body)["data"][0]["id"]
    expect("own order", one.send("GET", f"/v1/orders/{order}")[0], 200)
    expect("another's order by id", two.send("GET", f"/v1/orders/{order}")[0], 404)
    expect("another's order by reference", two.send("GET", "/v1/orders/ref:A")[0], 404)
    expect("another's list", json.loads(two.send("GET", "/v1/orders")[2])["data"], [])
    expect("another's why", two.send("GET", f"/v1/why/{order.replace('ord', 'evt')}")[0], 404)
    expect("another merchant's header", two.send(
        "GET", "/v1/orders", headers={"Aftermile-Merchant": "mer_0000000000001"})[0], 403)
    cursor = json.loads(one.send("POST", "/v1/orders", [{"reference": str(i), "currency": "USD"}
                                                        for i in range(3)])[2])
    expect("three orders", cursor["accepted"], 3)
    page = json.loads(one.send("GET", "/v1/orders?limit=1")[2])
    expect("a cursor of another merchant",
           two.send("GET", "/v1/orders?limit=1&cursor=" + page["next_cursor"])[0], 400)
    seen = []
    while True:
        seen += [each["reference"] for each in page["data"]]
        if not page["has_more"]:
            break
        page = json.loads(one.send("GET", "/v1/orders?limit=1&cursor=" +
                                   page["next_cursor"])[2])
    expect("pages hold each order once", seen, ["2", "1", "0", "A"])


def scopes_and_revocation(shop):
    reader = shop.client(shop.reader)
    expect("reading", reader.send("GET", "/v1/orders")[0], 200)
    status, _, body = reader.send("POST", "/v1/orders", {"reference": "X"})
    expect("writing with a reader's key", (status, json.loads(body)["code"]),
           (403, "scope_missing"))
    other = "y" if shop.reader.endswith("x") else "x"
    status, headers, _ = shop.client(shop.reader[:-1] + other).send("GET", "/v1/orders")
    expect("a mistyped key", (status, headers.get("WWW-Authenticate")), (401, "Bearer"))
    extra = shop.run("keys", "create", "--merchant", "One", "--scopes", "all")
    expect("a key made beside the running server", wait_for(
        lambda: shop.client(extra).send("GET", "/v1/orders")[0], 200), 200)
    listed = json.loads(shop.run("keys", "list", "--merchant", "One", "--json"))
    expect("the key that was made last", extra.startswith(listed[-1]["prefix"]), True)
    expect("no list has a secret", [key for key in (extra, *shop.keys)
                                    if key in shop.run("keys", "list")], [])
    expect("of that merchant only", len({each["merchant"] for each in listed}), 1)
    stream = urllib.request.urlopen(urllib.request.Request(
        shop.client(extra).base + "/v1/stream", headers={"Authorization": "Bearer " + extra}),
        timeout=10)
    shop.run("keys", "revoke", listed[-1]["id"])
    expect("a key revoked beside the running server", wait_for(
        lambda: shop.client(extra).send("GET", "/v1/orders")[0], 401), 401)
    expect("its open stream ends", stream.read().decode().startswith("retry:"), True)
    expect("another key stays", shop.client(shop.keys[0]).send("GET", "/v1/orders")[0], 200)
    first = json.loads(shop.run("keys", "list", "--json"))
    shop.run("keys", "revoke", listed[-1]["id"])
    expect("revoked twice is revoked once", json.loads(shop.run("keys", "list", "--json")), first)


def wait_for(ask, wanted, seconds=5):
    end = time.monotonic() + seconds
    while True:
        found = ask()
        if found == wanted or time.monotonic() > end:
            return found
        time.sleep(0.05)


def idempotency(shop):
    client = shop.client(shop.keys[0])
    key = {"Idempotency-Key": "once"}
    first = client.send("POST", "/v1/orders", {"reference": "I", "currency": "USD"}, headers=key)
    again = client.send("POST", "/v1/orders", {"reference": "I", "currency": "USD"}, headers=key)
    expect("the stored reply", again[2], first[2])
    expect("says that it is stored", again[1].get("Idempotent-Replayed"), "true")
    other = client.send("POST", "/v1/orders", {"reference": "J"}, headers=key)
    expect("another body", (other[0], json.loads(other[2])["code"]),
           (422, "idempotency_key_reused"))
    key = {"Idempotency-Key": "only duplicates"}
    first = client.send("POST", "/v1/orders", {"reference": "I", "currency": "USD"}, headers=key)
    again = client.send("POST", "/v1/orders", {"reference": "I", "currency": "USD"}, headers=key)
    expect("with no effect to commit with", (json.loads(first[2])["duplicates"], again[2]),
           (1, first[2]))
    many = "\n".join(json.dumps({"reference": f"M{i}"}) for i in range(4097))
    status, _, body = client.send("POST", "/v1/orders", many, "application/x-ndjson",
                                  headers={"Idempotency-Key": "many"})
    expect("more than one commit takes", (status, json.loads(body)["code"]),
           (422, "too_many_elements"))


def expired_replies(shop):
    """What expired goes by itself while keys are used, however many there are of it."""
    def left():
        return database.execute("SELECT count(*) FROM admin WHERE kind = 'idempotency' "
                                "AND expires_at = 1").fetchone()[0]
    database = sqlite3.connect(os.path.join(shop.data, "aftermile.db"), timeout=10)
    with database:
        database.executemany("INSERT INTO admin (kind, name, merchant, body, expires_at) "
                             "VALUES ('idempotency', ?, 1, x'7b7d', 1)",
                             [(f"1/old-{i}",) for i in range(300)])
    client = shop.client(shop.keys[0])
    for i in range(2 * 64):
        client.send("POST", "/v1/orders", {"reference": "I"},
                    headers={"Idempotency-Key": f"another-{i}"})
    expect("expired replies left", left(), 0)
    database.close()


def bad_beside_good(shop):
    client = shop.client(shop.keys[0])
    lines = "\n".join([json.dumps(scan("1ZGOOD1")), '{"carrier":"ups","track',
                       json.dumps(scan("1ZGOOD2", occured_at="2026-01-05")),
                       json.dumps(scan("1ZFUTURE", at="2026-02-05T10:00:00Z")),
                       json.dumps(scan("1ZOLD", at="1969-02-05T10:00:00Z")),
                       json.dumps(scan("1ZGOOD1")), json.dumps(scan("1ZGOOD3"))])
    status, _, body = client.send("POST", "/v1/tracking-events", lines, "application/x-ndjson")
    reply = json.loads(body)
    expect("status", status, 200)
    expect("taken", (reply["accepted"], reply["duplicates"]), (2, 1))
    expect("named", [(each["index"], each["code"]) for each in reply["parked"]],
           [(1, "malformed_json"), (2, "unknown_field"), (3, "in_the_future"),
            (4, "before_1970")])
    parked = json.loads(client.send("GET", "/v1/parked")[2])["data"]
    expect("the future is parked and visible", [each["code"] for each in parked],
           ["in_the_future"])
    expect("a body over the limit", too_large(shop), 413)
    status, _, body = client.send("POST", "/v1/orders", {
        "reference": "N", "currency": "USD", "lines": [
            {"reference": "1", "quantity": 1, "unit_price": {"amount": -1, "currency": "USD"}}]})
    expect("negative money", (status, json.loads(body)["errors"][0]["pointer"]),
           (422, "/lines/0/unit_price"))


def too_large(shop):
    status = subprocess.run(
        ["curl", "-s", "-o", "/dev/null", "-w", "%{http_code}", "-X", "POST", "-H",
         "Authorization: Bearer " + shop.keys[0], "-H", "Content-Type: application/json",
         "--data-binary", "@-", shop.base + "/v1/orders"], input=b" " * 50_000_000,
        capture_output=True).stdout
    return int(status)


def webhooks(shop):
    client = shop.client(shop.keys[0])
    status, _, body = client.send("POST", "/v1/webhook-sources",
                                  {"source": "easypost", "secret": "geheim"})
    expect("an address", status, 201)
    path = json.loads(body)["url"].replace(shop.base, "")
    path = path[path.index("/v1/"):]
    event = json.dumps({
        "id": "evt_1", "object": "Event", "description": "tracker.updated", "result": {
            "id": "trk_1", "object": "Tracker", "tracking_code": "9400110898825022579493",
            "carrier": "USPS", "status": "in_transit", "tracking_details": [{
                "object": "TrackingDetail", "message": "Arrived", "status": "in_transit",
                "datetime": "2026-01-05T10:00:00Z",
                "tracking_location": {"city": "Reno", "state": "NV", "country": "US"}}]}}).encode()
    signature = "hmac-sha256-hex=" + hmac.new(b"geheim", event, hashlib.sha256).hexdigest()
    unsigned = Client(shop.base, "")
    signed = {"X-Hmac-Signature": signature}
    expect("a forged one", unsigned.send("POST", path, event,
                                         headers={"X-Hmac-Signature": signature[:-1] + "0"})[0],
           401)
    status, _, body = unsigned.send("POST", path, event, headers=signed)
    expect("a genuine one", (status, json.loads(body)["accepted"]), (202, 1))
    status, _, body = unsigned.send("POST", path, event, headers=signed)
    expect("the same again", (status, json.loads(body)["duplicates"]), (202, 1))
    found = json.loads(client.send(
        "GET", "/v1/shipments?tracking_number=9400110898825022579493")[2])["data"]
    expect("its shipment", [each["milestone"] for each in found], ["in_transit"])


def today_and_sorted_lists_reach_all(shop):
    client = shop.client(shop.keys[1])
    client.send("POST", "/v1/tracking-events", [scan("1ZGRAVEST", exception="lost")])
    before = sum(json.loads(client.send("GET", "/v1/today")[2])["open_incidents"].values())
    for first in range(0, 1200, 400):
        status, _, body = client.send("POST", "/v1/tracking-events", [
            scan(f"1Z0000000000{number:06}", exception="damaged")
            for number in range(first, first + 400)])
        expect("damaged parcels are told", (status, json.loads(body)["accepted"]), (200, 400))
    today = json.loads(client.send("GET", "/v1/today")[2])
    expect("more open incidents than a page holds",
           sum(today["open_incidents"].values()) - before, 1200)
    expect("those of the last day", today["new_incidents_24h"] >= 1200, True)
    listed, cursor = [], ""
    while cursor is not None:
        page = json.loads(client.send(
            "GET", f"/v1/incidents?state=open&sort=-severity&limit=100{cursor}")[2])
        listed += page["data"]
        cursor = f"&cursor={page['next_cursor']}" if page["has_more"] else None
    expect("the gravest first, though the oldest",
           (listed[0]["kind"], listed[1]["kind"]), ("lost", "damaged"))
    expect("each of them once", len({each["id"] for each in listed}), len(listed))
    expect("all of them", len(listed), sum(today["open_incidents"].values()))


def sessions(shop):
    token = re.search(r"token=([^\s&]+)", shop.run("users", "link"))[1]
    plain = Client(shop.base, "")
    status, headers, _ = plain.send("POST", "/console/session", {"token": token})
    cookie = headers["Set-Cookie"]
    expect("the cookie", ("HttpOnly" in cookie, "SameSite=Strict" in cookie), (True, True))
    session = {"Cookie": cookie.split(";")[0], "Authorization": ""}
    expect("reading", plain.send("GET", "/v1/me", headers=session)[0], 200)
    order = {"reference": "S", "currency": "USD"}
    expect("a change from nowhere", plain.send("POST", "/v1/orders", order, headers=session)[0],
           403)
    expect("a change from another site", plain.send(
        "POST", "/v1/orders", order, headers={**session, "Sec-Fetch-Site": "cross-site"})[0], 403)
    same = {**session, "Sec-Fetch-Site": "same-origin"}
    expect("a change from its pages", plain.send("POST", "/v1/orders", order, headers=same)[0],
           200)
    second = {**same, "Aftermile-Merchant": "mer_0000000000002"}
    expect("another merchant of the installation",
           json.loads(plain.send("GET", "/v1/me", headers=second)[2])["merchant"],
           "mer_0000000000002")
    plain.send("DELETE", "/console/session", headers=same)
    expect("signed out", wait_for(lambda: plain.send("GET", "/v1/me", headers=session)[0], 401),
           401)


def pages(shop):
    client = shop.client(shop.keys[0])
    client.send("POST", "/v1/shipments", {"reference": "P-<b>", "carrier": "ups",
                                          "tracking_number": "1ZPAGE"})
    client.send("POST", "/v1/tracking-events", scan(
        "1ZPAGE", location={"city": "<script>alert(1)</script>", "country": "US"}))
    shipment = json.loads(client.send("GET", "/v1/shipments?tracking_number=1ZPAGE")[2])["data"][0]
    path = "/t/" + shipment["tracking_page_url"].rsplit("/", 1)[1]
    anyone = Client(shop.base, "")
    status, headers, body = anyone.send("GET", path)
    html = body.decode()
    expect("the page", (status, "<h1>" in html, "<script" in html), (200, True, False))
    expect("kept from caches and searches",
           (headers["Cache-Control"], headers["X-Robots-Tag"]), ("no-store", "noindex, nofollow"))
    for wrong in (path[:-1] + ("A" if path[-1] != "A" else "B"), "/t/x", "/t/" + "A" * 27):
        expect(wrong, anyone.send("GET", wrong)[0], 404)
    expect("the API knows the page's exceptions", shipment["exceptions_open"], [])
    status = anyone.send("POST", path, "kind=damaged&words=Broken",
                         "application/x-www-form-urlencoded")
    expect("a report is taken and shown", (status[0], b'role="status"' in status[2]),
           (200, True))
    after = json.loads(client.send("GET", "/v1/shipments/" + shipment["id"])[2])
    expect("the report opened an exception", after["exceptions_open"], ["damaged"])


def main():
    shop = Shop()
    try:
        for part in (merchants_are_apart, scopes_and_revocation, idempotency, expired_replies,
                     bad_beside_good, webhooks, today_and_sorted_lists_reach_all,
                     sessions, pages):
            try:
                part(shop)
            except Exception as error:  # noqa: BLE001: the other parts still have their say
                failures.append(f"{part.__name__}: {error!r}")
    finally:
        shop.close()
    for failure in failures:
        print("FAILED", failure)
    print(f"{len(failures)} failures")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
