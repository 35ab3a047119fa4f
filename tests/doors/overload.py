"""Too much, and a disk without room."""
import os
import time

from serving import Server, command, small_disk
from shop import DOORS, accepted, check, expect, order, refused, scan, shipment_of


@check
def fifty_megabytes_are_refused_while_still_being_sent(shop):
    size = 50_000_000
    for head in (f"Content-Length: {size}\r\n\r\n", "Transfer-Encoding: chunked\r\n\r\n"):
        for door in DOORS:
            sent, reply = shop.server.flood(door, head, size, shop.key)
            refused(reply, 413, "body_too_large")
            if sent >= size:
                raise AssertionError(f"{door} took all {sent} bytes before it answered")


@check
def more_elements_than_a_request_may_have_are_refused(shop):
    reply = shop.post(DOORS[0], [scan("1ZMANY")] * 10_001)
    refused(reply, reply.status, "too_many_elements")
    expect("nothing was kept", shipment_of(shop, "1ZMANY"), [])



def disk_full(folder, mounted):
    """Writes are refused while the disk is full, reads go on, and all is well after."""
    with small_disk(folder, mounted) as disk:
        command(disk.data, "merchants", "create", "One", "--mode", "live")
        key = command(disk.data, "keys", "create", "--merchant", "One", "--scopes", "all")
        server = Server(disk.data)
        headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}

        def post(number):
            now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
            return server.send("POST", DOORS[0], [scan(f"1Z{number}X{each}", occurred_at=now)
                                                  for each in range(50)], headers)
        try:
            accepted(post(0), 50)
            disk.fill(server)
            kept, reply = 1, post(1)
            while reply.status == 200 and kept < 200:
                kept, reply = kept + 1, post(kept + 1)
            refused(reply, reply.status, reply.json["code"])
            expect(f"status of {reply.body!r}", reply.status in (503, 507), True)
            for method, path, body, more in (
                    ("POST", DOORS[1], order("FULL"), {}),
                    ("POST", DOORS[1], order("FULL"), {"Idempotency-Key": "full"}),
                    ("POST", DOORS[2], {"reference": "FULL"}, {}),
                    ("POST", "/v1/webhook-sources", {"source": "easypost", "secret": "s"}, {}),
                    ("PUT", "/v1/mode", {"mode": "shadow"}, {})):
                reply = server.send(method, path, body, {**headers, **more})
                if reply.status not in (503, 507):
                    raise AssertionError(f"{method} {path}: {reply.status} {reply.body[:300]!r}")
                refused(reply, reply.status, reply.json["code"])
            for again in range(3):
                expect("still refused", post(kept + again).status in (503, 507), True)
                found = server.send("GET", "/v1/shipments?tracking_number=1Z0X0", None, headers)
                expect("reads go on", (found.status, len(found.json["data"])), (200, 1))
            expect("alive", (server.is_running(), server.send("GET", "/livez", None, {}).status),
                   (True, 200))
            disk.free(server)
            end = time.monotonic() + 15
            while (reply := post(kept)).status != 200 and time.monotonic() < end:
                time.sleep(0.2)
            accepted(reply, 50)
            accepted(post(kept + 1), 50)
            found = server.send("GET", "/v1/shipments?limit=100&tracking_number=1Z0X49", None,
                                headers)
            expect("what was kept before is there", len(found.json["data"]), 1)
        finally:
            server.stop()


@check
def a_file_that_may_not_grow_is_answered_and_survived(shop):
    disk_full(os.path.join(os.path.dirname(shop.data), "limited"), mounted=False)


@check
def a_full_disk_is_answered_and_survived(shop):
    disk_full(os.path.join(os.path.dirname(shop.data), "small"), mounted=True)
