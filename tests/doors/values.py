"""Wrong values, each named by its pointer."""
import json

from shop import (DOORS, accepted, check, coded, expect, invalid, money, order, refused, scan,
                  shipment_of)


@check
def wrong_types_are_named_by_pointer(shop):
    invalid(shop.post(DOORS[0], scan(milestone=5)), "/milestone", "wrong_type")
    invalid(shop.post(DOORS[0], scan(location=[])), "/location", "wrong_type")
    invalid(shop.post(DOORS[0], scan(location={"city": 5})), "/location/city", "wrong_type")
    invalid(shop.post(DOORS[0], coded("1ZT", {"code": {}})), "/code/code", "wrong_type")
    reply = shop.post(DOORS[1], {"reference": ["z"], "customer": {"email": 5}, "ship_to": [],
                                 "lines": [{"reference": 5, "quantity": "x", "unit_price": 3}]})
    for pointer in ("/reference", "/customer/email", "/ship_to", "/lines/0/reference",
                    "/lines/0/quantity", "/lines/0/unit_price"):
        invalid(reply, pointer, "wrong_type")
    invalid(shop.post(DOORS[2], {"reference": "w", "dimensions_mm": [1, "2", 3]}),
            "/dimensions_mm/1", "wrong_type")
    for door in DOORS:
        for body in ("5", '"x"', "null", "true"):
            invalid(shop.post(door, body), "", "wrong_type")


@check
def unknown_fields_are_refused_by_name(shop):
    invalid(shop.post(DOORS[0], scan(occured_at="x")), "/occured_at", "unknown_field")
    invalid(shop.post(DOORS[0], scan(location={"town": "x"})), "/location/town", "unknown_field")
    invalid(shop.post(DOORS[1], order("u", lines=[{"reference": "1", "quantity": 1, "colour": "x",
                                                   "unit_price": money(1)}])),
            "/lines/0/colour", "unknown_field")
    invalid(shop.post(DOORS[2], {"reference": "u", "ship_to": {"street": "x"}}), "/ship_to/street",
            "unknown_field")
    invalid(shop.post("/v1/reports", {"kind": "lost", "tracking_number": "1ZBAD", "mood": "bad"}),
            "/mood", "unknown_field")


@check
def pointers_of_odd_names_are_escaped(shop):
    for door, body in ((DOORS[0], scan()), (DOORS[1], order("u"))):
        invalid(shop.post(door, {**body, "a/b~c": 1}), "/a~1b~0c", "unknown_field")
    invalid(shop.post(DOORS[0], scan(location={"a/b": "x"})), "/location/a~1b", "unknown_field")


@check
def a_huge_name_is_not_echoed_whole(shop):
    for door, body in ((DOORS[0], scan()), (DOORS[1], order("u"))):
        reply = shop.post(door, {**body, "k" * 1_000_000: 1})
        refused(reply, 422, "invalid")
        if len(reply.body) > 10_000:
            raise AssertionError(f"{door} answers with {len(reply.body)} bytes")


@check
def unknown_parameters_are_refused_by_name(shop):
    refused(shop.send("GET", "/v1/orders?bogus=1"), 400, "unknown_parameter", "bogus",
            "unknown_parameter")
    for wrong in ("limit=0", "limit=x", "limit=1e400", "limit=-1", "since=1960", "cursor=%FF",
                  "cursor=AAAA"):
        reply = shop.send("GET", f"/v1/orders?{wrong}")
        refused(reply, 400, reply.json.get("code"))


@check
def numbers_beyond_every_range_are_refused(shop):
    def with_amount(text):
        return ('{"reference":"big","currency":"USD","totals":{"items":'
                f'{{"amount":{text},"currency":"USD"}}}}}}')
    at = "/totals/items/amount"
    invalid(shop.post(DOORS[1], with_amount("1e400")), at, "wrong_type")
    invalid(shop.post(DOORS[1], with_amount("49.99")), at, "wrong_type")
    invalid(shop.post(DOORS[1], with_amount("9" * 30)), at, "out_of_range")
    invalid(shop.post(DOORS[1], with_amount("9" * 18)), "/totals/items", "out_of_range")
    invalid(shop.post(DOORS[2], '{"reference":"big","weight_grams":1e400}'), "/weight_grams",
            "wrong_type")
    invalid(shop.post(DOORS[2], {"reference": "big", "weight_grams": -1}), "/weight_grams",
            "out_of_range")


@check
def negative_money_is_refused(shop):
    invalid(shop.post(DOORS[1], order("n", totals={"refunded": money(-5)})), "/totals/refunded",
            "out_of_range")
    invalid(shop.post(DOORS[1], order("n", lines=[{"reference": "1", "quantity": 1,
                                                   "unit_price": money(-1)}])),
            "/lines/0/unit_price", "out_of_range")
    for field in ("label_cost", "declared_value"):
        invalid(shop.post(DOORS[2], {"reference": "n", field: money(-1)}), f"/{field}",
                "out_of_range")
    refused(shop.send("GET", "/v1/orders/ref:n"), 404, "not_found")


@check
def currencies_of_one_order_are_not_mixed(shop):
    invalid(shop.post(DOORS[1], order("m", totals={"items": money(5, "EUR")})), "/totals/items",
            "currency_mismatch")
    invalid(shop.post(DOORS[1], {"reference": "m", "totals": {"items": money(5, "EUR"),
                                                              "tax": money(5, "USD")}}),
            "/totals/tax", "currency_mismatch")
    for wrong in ("US", "usd", "XQQ", "€"):
        invalid(shop.post(DOORS[1], {"reference": "m", "currency": wrong}), "/currency",
                "bad_value")
    invalid(shop.post(DOORS[1], order("m", totals={"items": {"amount": 5}})),
            "/totals/items/currency", "missing")


@check
def times_before_1970_are_refused(shop):
    for wrong in ("1969-12-31T23:59:59Z", "1900-01-01", "1969-12-31T12:00:00-05:00"):
        invalid(shop.post(DOORS[0], scan("1ZOLD", occurred_at=wrong)), "/occurred_at",
                "before_1970")
    invalid(shop.post(DOORS[1], order("o", placed_at="1960-01-01T00:00:00Z")), "/placed_at",
            "before_1970")
    invalid(shop.post(DOORS[1], order("o", promised={"latest": "1960-01-01"})), "/promised",
            "before_1970")
    shop.post(DOORS[0], scan("1ZREPORT"))
    invalid(shop.post("/v1/reports", {"kind": "lost", "tracking_number": "1ZREPORT",
                                      "occurred_at": "1950-01-01T00:00:00Z"}), "/occurred_at",
            "before_1970")
    expect("nothing was kept", shipment_of(shop, "1ZOLD"), [])


@check
def times_that_do_not_exist_are_refused(shop):
    for wrong in ("10000-01-01T00:00:00Z", "2026-02-30T00:00:00Z", "2026-01-05T25:00:00Z", "",
                  "yesterday", "0000-01-01", "2026-01-05T10:00:00+99:00", "1767607200"):
        reply = shop.post(DOORS[0], scan("1ZNEVER", occurred_at=wrong))
        refused(reply, 422, "invalid")
        expect(f"where of {wrong}", reply.json["errors"][0]["pointer"], "/occurred_at")


@check
def more_than_a_day_ahead_is_parked_and_visible(shop):
    accepted(shop.post(DOORS[0], scan("1ZSOON", occurred_at="2026-01-06T11:59:00Z")))
    for door, body in ((DOORS[0], scan("1ZAHEAD", occurred_at="2026-01-06T12:00:01Z")),
                       (DOORS[0], scan("1ZAGES", occurred_at="9999-12-31T23:59:59Z")),
                       (DOORS[1], order("AHEAD", placed_at="2030-01-01T00:00:00Z")),
                       (DOORS[2], {"reference": "AHEAD", "label_created_at": "2030-01-01"})):
        reply = shop.post(door, body)
        accepted(reply, 0)
        expect("named", [(each["index"], each["code"]) for each in reply.json["parked"]],
               [(0, "in_the_future")])
    parked = shop.get("/v1/parked?code=in_the_future")["data"]
    shown = {(each["kind"], each.get("tracking_number") or each.get("reference"))
             for each in parked}
    expect("visible", shown, {("tracking_event", "1ZAHEAD"), ("tracking_event", "1ZAGES"),
                              ("order", "AHEAD"), ("shipment", "AHEAD")})
    expect("no parcel of it", shipment_of(shop, "1ZAHEAD"), [])
    reply = shop.post("/v1/reports", {"kind": "lost", "tracking_number": "1ZSOON",
                                      "occurred_at": "2030-01-01T00:00:00Z"})
    invalid(reply, "/occurred_at", "in_the_future")


@check
def texts_over_their_length_are_refused(shop):
    long = "x" * 5_000
    invalid(shop.post(DOORS[1], order("r" * 201)), "/reference", "out_of_range")
    invalid(shop.post(DOORS[1], order("t", customer={"name": long})), "/customer/name",
            "out_of_range")
    invalid(shop.post(DOORS[1], order("t", ship_to={"line1": long})), "/ship_to/line1",
            "out_of_range")
    invalid(shop.post(DOORS[1], order("t", lines=[{"reference": "1", "title": long, "quantity": 1,
                                                   "unit_price": money(1)}])),
            "/lines/0/title", "out_of_range")
    invalid(shop.post(DOORS[2], {"reference": "t", "service": long}), "/service", "out_of_range")
    invalid(shop.post(DOORS[2], {"reference": "t", "pieces": ["1" * 50]}), "/pieces/0",
            "bad_value")
    invalid(shop.post(DOORS[0], scan("1" * 101)), "/tracking_number", "out_of_range")
    invalid(shop.post(DOORS[0], scan("1ZLONG", carrier=long)), "/carrier", "out_of_range")
    invalid(shop.post(DOORS[0], coded("1ZLONG", {"code": long})), "/code/code", "out_of_range")
    invalid(shop.post(DOORS[0], scan("1ZLONG", description=long)), "/description", "out_of_range")
    accepted(shop.post(DOORS[0], scan("1ZLONG", description="é" * 2_000)))


@check
def words_that_no_vocabulary_knows_are_refused(shop):
    invalid(shop.post(DOORS[0], scan(milestone="teleported")), "/milestone", "bad_value")
    without = {name: each for name, each in scan().items() if name != "milestone"}
    invalid(shop.post(DOORS[0], {**without, "exception": "eaten"}), "/exception", "bad_value")
    invalid(shop.post(DOORS[0], without), "/code", "missing")
    invalid(shop.post("/v1/reports", {"kind": "eaten", "tracking_number": "1ZBAD"}), "/kind",
            "bad_value")
    invalid(shop.post(DOORS[1], order("c", ship_to={"country": "Germany"})), "/ship_to/country",
            "bad_value")


@check
def other_media_types_and_methods_are_refused(shop):
    for door in DOORS:
        refused(shop.post(door, "{}", "text/plain"), 415, "media_type")
        refused(shop.send("DELETE", door), 405, "method_not_allowed")
    refused(shop.send("GET", "/v1/nothing"), 404, "not_found")
