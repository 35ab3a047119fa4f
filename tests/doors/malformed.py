"""What is not JSON, or not text, at the doors."""
import json

from shop import DEEP, DOORS, accepted, check, expect, invalid, order, refused, scan, shipment_of


@check
def truncated_object_is_refused_at_every_door(shop):
    for door in (*DOORS, "/v1/reports"):
        refused(shop.post(door, '{"reference":"cut'), 400, "malformed_json")


@check
def truncated_array_is_refused_whole(shop):
    whole = json.dumps(scan("1ZCUT"))
    for cut in (f"[{whole},", f"[{whole}", f"[{whole},{whole[:30]}"):
        refused(shop.post(DOORS[0], cut), 400, "malformed_json")
    expect("nothing was kept", shipment_of(shop, "1ZCUT"), [])


@check
def malformed_json_is_refused(shop):
    for door in DOORS:
        for body in ("", " ", "<a/>", "{'reference':1}", '{"reference":"a",}', '{"reference" "a"}',
                     "[1,]", '{"reference":"a\tb"}', '{"reference":"a"'):
            refused(shop.post(door, body), 400, "malformed_json")
    for value in ("tru", "01", "NaN", "+1", ".5", "0x1", "Infinity"):
        for door in DOORS[1:]:
            refused(shop.post(door, f'{{"reference":{value}}}'), 400, "malformed_json")
        reply = shop.post(DOORS[0], json.dumps(scan()).replace('"ups"', value))
        invalid(reply, "/carrier", "wrong_type")


@check
def anything_after_the_value_is_refused(shop):
    for door, body in zip(DOORS, (scan("1ZAFTER"), order("AFTER"), {"reference": "AFTER"})):
        for tail in ("}", "]", "{}", "\0", ",1", "x"):
            refused(shop.post(door, json.dumps(body) + tail), 400, "malformed_json")
    expect("nothing was kept", shipment_of(shop, "1ZAFTER"), [])


@check
def bad_line_in_the_middle_leaves_the_other_lines_unharmed(shop):
    bad = ['{"carrier":"ups","track', "[" * DEEP, b'{"carrier":"\xff"}', "\x01",
           '{"a":' * DEEP, scan("1ZLINE", bogus=1), scan("1ZLINE", milestone=5), "null", "7"]
    lines = [scan("1ZFIRST")]
    for each in bad:
        lines += [each, scan(f"1ZAMID{len(lines)}")]
    reply = shop.lines(DOORS[0], *lines)
    accepted(reply, len(bad) + 1)
    expect("each bad one named by its place", [each["index"] for each in reply.json["parked"]],
           list(range(1, len(lines), 2)))
    expect("codes", {each["code"] for each in reply.json["parked"]},
           {"malformed_json", "wrong_type", "bad_utf8", "unknown_field"})
    expect("the bad lines' parcel", shipment_of(shop, "1ZLINE"), [])


@check
def bad_line_among_orders_and_shipments_leaves_the_others_unharmed(shop):
    for door, word in ((DOORS[1], "ord"), (DOORS[2], "shp")):
        reply = shop.lines(door, {"reference": f"{word}-l1"}, '{"reference":', "[" * DEEP,
                           {"reference": f"{word}-x", "bogus": 1}, {"reference": f"{word}-l2"})
        accepted(reply, 2)
        expect("named", [(each["index"], each["code"]) for each in reply.json["parked"]],
               [(1, "malformed_json"), (2, "too_deep"), (3, "unknown_field")])


@check
def bad_element_of_an_array_leaves_the_others_unharmed(shop):
    for door, make in ((DOORS[0], lambda n: scan(f"1ZARR{n}")), (DOORS[1], lambda n: order(n)),
                       (DOORS[2], lambda n: {"reference": n})):
        reply = shop.post(door, [make("A1"), 5, None, [], {**make("A2"), "bogus": 1}, make("A3")])
        accepted(reply, 2)
        expect("named", [(each["index"], each["code"]) for each in reply.json["parked"]],
               [(1, "wrong_type"), (2, "wrong_type"), (3, "wrong_type"), (4, "unknown_field")])


@check
def ten_thousand_levels_are_refused(shop):
    for door in (*DOORS[1:], "/v1/reports"):
        for body in ("[" * DEEP + "]" * DEEP, '{"a":' * DEEP + "1" + "}" * DEEP, "[" * DEEP,
                     '{"reference":"deep","lines":' + "[" * DEEP + "]" * DEEP + "}"):
            refused(shop.post(door, body), 400, "too_deep")
    invalid(shop.post(DOORS[0], '{"a":' * DEEP + "1" + "}" * DEEP), "/a", "unknown_field")
    invalid(shop.post(DOORS[0], json.dumps(scan()).replace('"ups"', "[" * DEEP + "]" * DEEP)),
            "/carrier", "wrong_type")
    refused(shop.post(DOORS[0], "[" * DEEP), 400, "malformed_json")
    reply = shop.post(DOORS[0], "[" * DEEP + "]" * DEEP)
    accepted(reply, 0)
    expect("the element", reply.json["parked"][0]["code"], "wrong_type")


@check
def invalid_utf8_is_refused(shop):
    for door in DOORS:
        for bad in (b"\xff", b"\xc3", b"\xed\xa0\x80", b"\xc0\xaf", b"\xf5\x80\x80\x80"):
            refused(shop.post(door, b'{"reference":"' + bad + b'"}'), 400, "bad_utf8")
        refused(shop.post(door, '{"reference":"\\ud800","carrier":"\\ud800"}'), 400,
                "malformed_json")


@check
def nul_bytes_are_refused(shop):
    for door in DOORS:
        refused(shop.post(door, b'{"reference":"a\0b"}'), 400, "malformed_json")
    invalid(shop.post(DOORS[1], order("a\0b")), "/reference", "bad_value")
    invalid(shop.post(DOORS[2], {"reference": "a\0b"}), "/reference", "bad_value")
    invalid(shop.post(DOORS[2], {"reference": "nul", "carrier": "u\0ps"}), "/carrier", "bad_value")
    invalid(shop.post(DOORS[2], {"reference": "nul", "tracking_number": "1Z\0A"}),
            "/tracking_number", "bad_value")
    invalid(shop.post(DOORS[0], scan("1ZNUL", location={"city": "a\0b"})), "/location/city",
            "bad_value")
    invalid(shop.post(DOORS[0], scan("1ZNUL", description="a\0b")), "/description", "bad_value")
    refused(shop.send("GET", "/v1/orders/ref:a%00b"), 400, "bad_target")


@check
def a_name_written_twice_is_refused(shop):
    refused(shop.post(DOORS[1], '{"reference":"d","reference":"e"}'), 400, "duplicate_key")
    refused(shop.post(DOORS[1], '{"reference":"d","customer":{"email":"a@b.c","email":"d@e.f"}}'),
            400, "duplicate_key")
    twice = json.dumps(scan())[:-1]
    invalid(shop.post(DOORS[0], twice + ',"carrier":"usps"}'), "/carrier", "duplicate_key")
    invalid(shop.post(DOORS[0], twice + ',"location":{"city":"a","city":"b"}}'), "/location/city",
            "duplicate_key")
