"""What is sent as data stays data: in SQL, in pages, in messages, in HTTP."""
import json
import os
import re
from email import message_from_bytes, policy
from urllib.parse import quote, urlsplit

from serving import command
from shop import (CANARIES, DOORS, START, accepted, check, expect, invalid, money, order, scan,
                  shipment_of)


@check
def injections_into_sql_are_stored_and_given_back_as_data(shop):
    for number, canary in enumerate(CANARIES):
        accepted(shop.post(DOORS[1], order(canary, customer={
            "email": f"canary{number}@example.com", "name": canary, "reference": canary})))
        found = shop.get(f"/v1/orders/ref:{quote(canary, safe='')}")
        expect("given back", (found["reference"], found["customer_name"]), (canary, canary))
        listed = shop.get(f"/v1/orders?reference={quote(canary)}")["data"]
        expect("listed", [each["reference"] for each in listed], [canary])
    expect("no other order matches", shop.get("/v1/orders?reference=%27%20OR%201%3D1")["data"], [])
    expect("no table is gone", shop.send("GET", "/v1/orders?limit=100").status, 200)


@check
def markup_is_shown_as_text_on_the_tracking_page(shop):
    accepted(shop.post(DOORS[1], order("<b>&'\"", customer={
        "email": "markup@example.com", "name": "<script>alert(2)</script>"},
        lines=[{"reference": "1", "title": "<img src=x onerror=alert(3)>", "quantity": 1,
                "unit_price": money(100), "image_url": "javascript:alert(4)"}])))
    accepted(shop.post(DOORS[2], {"reference": "XSS-1", "order": "ref:<b>&'\"", "carrier": "ups",
                                  "tracking_number": "1ZXSS"}))
    for number, canary in enumerate(CANARIES):
        accepted(shop.post(DOORS[0], scan("1ZXSS", description=canary, source_id=canary,
                                          occurred_at=f"2026-01-05T0{number}:00:00Z",
                                          location={"city": canary, "region": canary,
                                                    "postcode": canary, "country": "US"})))
    parcel = shipment_of(shop, "1ZXSS")[0]
    timeline = shop.get(f"/v1/shipments/{parcel['id']}/timeline")["data"]
    told = {each.get("description") for each in timeline}
    expect("given back as data", told & set(CANARIES), set(CANARIES))
    page = shop.server.send("GET", urlsplit(parcel["tracking_page_url"]).path, None, {})
    expect("the page", page.status, 200)
    html = page.body.decode().lower()
    for forbidden in ("<script>alert", "<img src=x", "<b>&", 'href="javascript',
                      'src="javascript'):
        expect(f"{forbidden} in the page", forbidden in html, False)
    expect("it is there, as text", "&lt;script&gt;alert(1)&lt;/script&gt;" in html, True)
    refused_page = shop.server.send("GET", "/t/%3Cscript%3Ealert(1)%3C%2Fscript%3E", None, {})
    expect("a made-up token", (refused_page.status, b"<script>alert" in refused_page.body),
           (404, False))


@check
def markup_posted_to_the_tracking_page_is_text(shop):
    accepted(shop.post(DOORS[0], scan("1ZFORM", milestone="delivered")))
    path = urlsplit(shipment_of(shop, "1ZFORM")[0]["tracking_page_url"]).path
    for body in ("kind=eaten&words=x", "", "kind", "%FF=%FF&kind=%00", "words=" + "x" * 100_000,
                 "kind=damaged&words=" + "x" * 200_000):
        reply = shop.server.send("POST", path, body.encode(),
                                 {"Content-Type": "application/x-www-form-urlencoded"})
        if not 200 <= reply.status < 500:
            raise AssertionError(f"{body[:30]!r}: {reply.status} {reply.body[:200]!r}")
    reply = shop.server.send("POST", path, f"kind=damaged&words={quote(CANARIES[2])}".encode(),
                             {"Content-Type": "application/x-www-form-urlencoded"})
    expect("taken", (reply.status, "\n" in reply.headers["Location"]), (303, False))
    page = shop.server.send("GET", reply.headers["Location"], None, {})
    expect("shown, not run", (page.status, b"<script>alert" in page.body), (200, False))


@check
def header_lines_cannot_be_smuggled_into_messages(shop):
    evil = "X\r\nBcc: evil@example.com\r\n\r\nboo"
    invalid(shop.post(DOORS[1], order(evil)), "/reference", "bad_value")
    for address in ("a@example.com\r\nBcc: evil@example.com", "a@b.c,evil@example.com",
                    "<a@b.c>", "a@b.c\n"):
        reply = shop.post(DOORS[1], order("SMUGGLE", customer={"email": address}))
        if address != "a@b.c\n":  # white space around it may be left away
            invalid(reply, "/customer/email", "bad_value")
    try:
        command(shop.data, "merchants", "create", evil, "--mode", "live")
        raise AssertionError("a merchant's name took a line of a header")
    except RuntimeError as error:
        expect("named", "name" in str(error), True)
    sent = shop.sink.count()
    accepted(shop.post(DOORS[1], order("SMUGGLE-1", customer={
        "email": "shopper@example.com", "name": evil, "locale": "en-US\r\nBcc: evil@example.com",
        "consents": [{"channel": "email", "purpose": "transactional", "granted": True,
                      "source": "checkout", "at": START}]},
        ship_to={"name": evil, "city": evil, "country": "US", "postcode": "80202", "region": "CO"},
        lines=[{"reference": "1", "title": evil, "quantity": 1, "unit_price": money(100)}])))
    accepted(shop.post(DOORS[2], {"reference": "SMUGGLE-1", "order": "ref:SMUGGLE-1",
                                  "carrier": "ups", "tracking_number": "1ZSMUGGLE"}))
    for hour, milestone in ((10, "in_transit"), (11, "out_for_delivery"), (12, "delivered")):
        accepted(shop.post(DOORS[0], scan(
            "1ZSMUGGLE", milestone=milestone, occurred_at=f"2026-01-05T{hour}:00:00Z",
            description=evil, location={"city": evil, "country": "US"})))
    expect("time", shop.post("/v1/test-clock", {"advance_to": "2026-01-07T12:00:00Z"}).status, 200)
    names = sorted(os.listdir(shop.sink.folder))
    expect("messages were sent", shop.sink.count() > sent, True)
    for name in names:
        with open(os.path.join(shop.sink.folder, name), "rb") as file:
            body = file.read()
        if name.endswith(".json"):
            expect("recipients", [to for to in json.loads(body)["to"] if "evil" in to], [])
            continue
        message = message_from_bytes(body, policy=policy.SMTP)
        expect(f"Bcc of {name}", message["Bcc"], None)
        expect("lines of its subject", any(c in str(message["Subject"]) for c in "\r\n"), False)
        head = body.split(b"\r\n\r\n")[0]
        expect("no bare line end", re.search(rb"(?<!\r)\n|\r(?!\n)", head), None)


@check
def requests_cannot_be_smuggled(shop):
    """Heads that two readers could read differently, and heads that never were HTTP."""
    host = f"Host: 127.0.0.1\r\nAuthorization: Bearer {shop.key}\r\n"
    for raw in (f"POST /v1/orders HTTP/1.1\r\n{host}Content-Length: 5\r\n"
                "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                f"POST /v1/orders HTTP/1.1\r\n{host}Content-Length: 2\r\n"
                "Content-Length: 3\r\n\r\n{} ",
                f"POST /v1/orders HTTP/1.1\r\n{host}Content-Length: -1\r\n\r\n",
                f"POST /v1/orders HTTP/1.1\r\n{host}Content-Length: 99999999999999999999\r\n\r\n",
                f"GET /v1/orders HTTP/1.1\r\n{host}X: a\0b\r\n\r\n",
                f"GET /v1/orders HTTP/1.1\r\n{host}X : a\r\n\r\n",
                "GET /v1/ord ers HTTP/1.1\r\n\r\n", "\x16\x03\x01\x02\0\x01\0", "GARBAGE\r\n\r\n",
                f"GET /v1/orders HTTP/1.1\r\n{host}X: {'x' * 200_000}\r\n\r\n",
                f"GET /{'a' * 200_000} HTTP/1.1\r\n{host}\r\n"):
        status, _ = shop.server.raw(raw.encode("latin-1"))
        if not (status is None or 400 <= status < 500):
            raise AssertionError(f"{raw[:80]!r}: {status}")
