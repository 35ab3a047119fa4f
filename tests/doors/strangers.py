"""Codes that no row knows, and callers who may not."""
import hashlib
import hmac
import json
import time
from urllib.parse import urlsplit

from shop import (DEEP, DOORS, accepted, check, coded, expect, invalid, order, refused, scan,
                  shipment_of)


@check
def an_unknown_code_keeps_the_state_and_becomes_a_mapping_task(shop):
    accepted(shop.post(DOORS[0], scan("1ZMAP", milestone="out_for_delivery")))
    before = shipment_of(shop, "1ZMAP")[0]
    accepted(shop.post(DOORS[0], coded("1ZMAP", {"type": "Q", "code": "QQ7"},
                                       description="Delivered to the front door")))
    after = shipment_of(shop, "1ZMAP")[0]
    for kept in ("milestone", "exceptions_open", "attempts"):
        expect(kept, after[kept], before[kept])
    tasks = {(each["carrier"], each["code"]): each
             for each in shop.get("/v1/mapping-tasks")["data"]}
    expect("task", tasks[("ups", "Q/QQ7")]["description"], "Delivered to the front door")
    timeline = shop.get(f"/v1/shipments/{after['id']}/timeline")["data"]
    expect("in the timeline", any(each.get("code") == "Q/QQ7" for each in timeline), True)


@check
def an_unknown_carrier_keeps_the_state_and_becomes_a_mapping_task(shop):
    accepted(shop.post(DOORS[0], coded("NOPE1", {"code": "DELIVERED"}, "Nope Express",
                                       description="Delivered")))
    parcel = shipment_of(shop, "NOPE1")[0]
    expect("no guess", (parcel["carrier"], parcel["milestone"], parcel["exceptions_open"]),
           ("nope_express", "pending", []))
    tasks = shop.get("/v1/mapping-tasks?carrier=nope_express")["data"]
    expect("task", [(each["code"], each["count"]) for each in tasks], [("DELIVERED", 1)])
    invalid(shop.post(DOORS[0], scan("NOPE2", carrier="!!!")), "/carrier", "missing")



@check
def keys_that_are_not_in_force_are_refused(shop):
    mistyped = shop.key[:-1] + ("A" if shop.key[-1] != "A" else "B")
    expect("the key before", shop.send("GET", "/v1/orders", key=shop.revoked).status, 200)
    shop.change_key(shop.revoked, "DELETE FROM admin WHERE name = ?")
    end = time.monotonic() + 5
    while (shop.send("GET", "/v1/orders", key=shop.revoked).status == 200
           and time.monotonic() < end):
        time.sleep(0.1)
    for what, key in (("expired", shop.expired), ("revoked", shop.revoked), ("mistyped", mistyped),
                      ("empty", " "), ("huge", "am_live_" + "x" * 5_000),
                      ("SQL", "am_live_' OR 1=1 --")):
        for method, path, body in (("GET", "/v1/orders", None), ("POST", DOORS[0], scan("1ZKEY"))):
            try:
                refused(shop.send(method, path, body, key=key), 401, "no_credentials")
            except AssertionError as error:
                raise AssertionError(f"{what}: {error}") from error
    for header in ("", "Basic eDp5", "Bearer"):
        refused(shop.send("GET", "/v1/orders", Authorization=header), 401, "no_credentials")
    expect("nothing was kept", shipment_of(shop, "1ZKEY"), [])


@check
def a_missing_scope_is_refused_and_named(shop):
    for key, method, path, body, scope in (
            (shop.reader, "POST", DOORS[0], scan("1ZSCOPE"), "ingest"),
            (shop.reader, "PUT", "/v1/mode", {"mode": "shadow"}, "configure"),
            (shop.sender, "GET", "/v1/orders", None, "read"),
            (shop.sender, "POST", "/v1/webhook-sources", {"source": "easypost", "secret": "s"},
             "configure")):
        reply = shop.send(method, path, body, key=key)
        refused(reply, 403, "scope_missing")
        expect("named", scope in reply.json["detail"], True)
    expect("nothing was kept", shipment_of(shop, "1ZSCOPE"), [])


@check
def an_id_of_another_merchant_is_as_if_it_did_not_exist(shop):
    theirs = shop.post(DOORS[1], order("THEIRS"), key=shop.other).json["data"][0]["id"]
    parcel = shop.post(DOORS[0], scan("1ZTHEIRS"), key=shop.other).json["data"][0]["id"]
    paths = [f"/v1/orders/{theirs}", "/v1/orders/ref:THEIRS", f"/v1/shipments/{parcel}",
             f"/v1/shipments/{parcel}/timeline", f"/v1/why/{parcel}"]
    for path in paths:
        expect(f"the owner's {path}", shop.send("GET", path, key=shop.other).status, 200)
        foreign = shop.send("GET", path)
        refused(foreign, 404, "not_found")
        absent = shop.send("GET", path.replace("THEIRS", "ABSENT").replace(parcel, parcel[:-6] +
                                                                           "9ZZZZZ"))
        if "ref:" not in path:
            expect(f"as for none: {path}", absent.status, foreign.status)
    refused(shop.post("/v1/reports", {"kind": "lost", "shipment": parcel}), 404, "not_found")
    invalid(shop.post(DOORS[2], {"reference": "steal", "order": theirs}), "/order", "bad_value")
    expect("filtered by it", shop.get("/v1/shipments?tracking_number=1ZTHEIRS")["data"], [])
    refused(shop.send("GET", "/v1/orders", **{"Aftermile-Merchant": "mer_0000000000002"}), 403,
            "wrong_merchant")


@check
def webhooks_with_bad_signatures_are_refused(shop):
    reply = shop.post("/v1/webhook-sources", {"source": "easypost", "secret": "geheim"})
    expect("an address", reply.status, 201)
    path = urlsplit(reply.json["url"]).path
    event = json.dumps({
        "id": "evt_1", "object": "Event", "description": "tracker.updated", "result": {
            "id": "trk_1", "object": "Tracker", "tracking_code": "9400110898825022579493",
            "carrier": "USPS", "status": "in_transit", "tracking_details": [{
                "object": "TrackingDetail", "message": "Arrived", "status": "in_transit",
                "datetime": "2026-01-05T10:00:00Z"}]}}).encode()

    def sign(body, secret=b"geheim"):
        return "hmac-sha256-hex=" + hmac.new(secret, body, hashlib.sha256).hexdigest()

    def take(body, signature):
        headers = {"Content-Type": "application/json"}
        if signature is not None:
            headers["X-Hmac-Signature"] = signature
        return shop.server.send("POST", path, body, headers)

    for wrong in (None, "", "x", sign(event)[:-1], sign(event, b"other"), sign(event + b" "),
                  sign(event)[16:].upper() + "00"):
        refused(take(event, wrong), 401, "bad_signature")
    refused(take(event + b" ", sign(event)), 401, "bad_signature")
    expect("nothing was kept", shipment_of(shop, "9400110898825022579493"), [])
    for wrong in (b"{", b"[" * DEEP, b"", b"\xff\xfe", b'{"id":"evt_1"', b"[]", b"null"):
        reply = take(wrong, sign(wrong))
        if reply.status not in (400, 422):
            raise AssertionError(f"{wrong[:20]!r}: {reply.status} {reply.body!r}")
        refused(reply, reply.status, reply.json["code"])
    refused(take(b" " * 300_000, sign(event)), 413, "body_too_large")
    refused(shop.server.send("POST", "/v1/webhooks/easypost/nowhere", event,
                             {"X-Hmac-Signature": sign(event)}), 404, "not_found")
    expect("a genuine one", take(event, sign(event)).status, 202)
