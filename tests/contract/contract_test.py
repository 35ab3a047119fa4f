#!/usr/bin/env python3
"""Drives every operation of openapi/aftermile.yaml against a running server and holds each reply
to its schema. The description is read as the server gives it (/v1/openapi.json), so the
conversion of the YAML is part of what is tested.

An operation's example is sent where it has one; ids in paths are those of a small story that is
told first: an order, its shipment, a scan, a broken promise, a damage report.
"""
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request

PROGRAM = os.environ.get("AFTERMILE_PROGRAM", "build/release/aftermile")
START = "2026-01-05T20:00:00Z"


class Client:
    def __init__(self, base, key):
        self.base, self.key = base, key

    def send(self, method, path, body=None, content_type="application/json", headers=None):
        if body is not None and not isinstance(body, bytes):
            body = body.encode() if isinstance(body, str) else json.dumps(body).encode()
        every = {"Authorization": "Bearer " + self.key}
        if body is not None:
            every["Content-Type"] = content_type
        every.update(headers or {})
        request = urllib.request.Request(self.base + path, data=body, method=method, headers=every)
        try:
            with urllib.request.urlopen(request, timeout=30) as reply:
                return reply.status, dict(reply.headers), reply.read()
        except urllib.error.HTTPError as error:
            return error.code, dict(error.headers), error.read()


def problems(api, schema, value, at="$"):
    """What of the value is not as the schema says; the keywords that the description uses."""
    if "$ref" in schema:
        target = api
        for part in schema["$ref"][2:].split("/"):
            target = target[part]
        return problems(api, target, value, at)
    found = []
    if "oneOf" in schema:
        tries = [problems(api, each, value, at) for each in schema["oneOf"]]
        if sum(not each for each in tries) != 1:
            found.append(f"{at}: fits {sum(not each for each in tries)} of oneOf")
        return found
    types = {"object": dict, "array": list, "string": str, "boolean": bool, "null": type(None)}
    wanted = schema.get("type")
    if wanted:
        names = wanted if isinstance(wanted, list) else [wanted]

        def fits(name):
            if name == "integer":
                return isinstance(value, int) and not isinstance(value, bool)
            if name == "number":
                return isinstance(value, (int, float)) and not isinstance(value, bool)
            return isinstance(value, types[name])

        if not any(fits(name) for name in names):
            return [f"{at}: {json.dumps(value)[:60]} is not {wanted}"]
    if "enum" in schema and value not in schema["enum"]:
        found.append(f"{at}: {value!r} is not of {schema['enum']}")
    if isinstance(value, str):
        if "pattern" in schema and not re.search(schema["pattern"], value):
            found.append(f"{at}: {value!r} does not match {schema['pattern']}")
        if schema.get("format") == "date-time" and not re.fullmatch(
                r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)", value):
            found.append(f"{at}: {value!r} is no instant")
        if schema.get("format") == "date" and not re.fullmatch(r"\d{4}-\d\d-\d\d", value):
            found.append(f"{at}: {value!r} is no day")
    if isinstance(value, dict):
        members = schema.get("properties", {})
        for name in schema.get("required", []):
            if name not in value:
                found.append(f"{at}: {name} is missing")
        for name, member in value.items():
            if name in members:
                found += problems(api, members[name], member, f"{at}.{name}")
            elif members and schema.get("additionalProperties") is not True:
                found.append(f"{at}: {name} is not described")
    if isinstance(value, list) and "items" in schema:
        for index, item in enumerate(value):
            found += problems(api, schema["items"], item, f"{at}[{index}]")
    return found


def deref(api, thing):
    while "$ref" in thing:
        target = api
        for part in thing["$ref"][2:].split("/"):
            target = target[part]
        thing = target
    return thing


class Contract:
    def __init__(self, api, client):
        self.api, self.client = api, client
        self.failures, self.driven, self.keys = [], set(), 0

    def check(self, name, operation, status, headers, body):
        reply = operation["responses"].get(str(status))
        if reply is None:
            self.failures.append(f"{name}: {status} is not described: {body[:200]!r}")
            return
        for kind, content in deref(self.api, reply).get("content", {}).items():
            sent = headers.get("Content-Type", "").split(";")[0]
            if kind == sent and kind.endswith("json"):
                for each in problems(self.api, content["schema"], json.loads(body))[:5]:
                    self.failures.append(f"{name} {status}: {each}")
                return
            if kind == sent:
                return
        if deref(self.api, reply).get("content"):
            self.failures.append(f"{name} {status}: unexpected {headers.get('Content-Type')}")

    def drive(self, method, path, ids, body=None, content_type="application/json", expect=None,
              query=""):
        operation = self.api["paths"][path][method]
        name = operation["operationId"]
        self.driven.add(name)
        target = path
        for parameter in operation.get("parameters", []):
            known = deref(self.api, parameter)
            if known["in"] == "path":
                target = target.replace("{%s}" % known["name"],
                                        str(ids.get(known["name"], known.get("example"))))
        extra = {}
        if any(deref(self.api, p)["name"] == "Idempotency-Key"
               for p in operation.get("parameters", [])):
            self.keys += 1
            extra["Idempotency-Key"] = f"contract-{self.keys}"
        status, headers, reply = self.client.send(method.upper(), target + query, body,
                                                  content_type, extra)
        self.check(name, operation, status, headers, reply)
        if expect is not None and status not in expect:
            self.failures.append(f"{name}: {status} where {expect} was due: {reply[:300]!r}")
        return status, json.loads(reply) if reply and headers.get(
            "Content-Type", "").split(";")[0].endswith("json") else None

    def body_of(self, method, path, which=None):
        content = self.api["paths"][path][method]["requestBody"]["content"]["application/json"]
        if "examples" in content:
            return content["examples"][which or "one"]["value"]
        return content.get("example")


def tell_story(contract):
    """The records that paths need; returns the ids by kind."""
    c, api = contract, contract.api
    for path in ("/v1/orders", "/v1/shipments", "/v1/tracking-events"):
        for which in ("one", "many"):
            c.drive("post", path, {}, c.body_of("post", path, which), expect=[200])
        lines = api["paths"][path]["post"]["requestBody"]["content"]["application/x-ndjson"]
        c.drive("post", path, {}, lines["example"], "application/x-ndjson", expect=[200])
    c.drive("post", "/v1/test-clock", {}, {"advance_to": "2026-01-12T12:00:00Z"}, expect=[200])
    report = c.drive("post", "/v1/reports", {}, c.body_of("post", "/v1/reports"), expect=[200])[1]
    c.drive("post", "/v1/test-clock", {}, {"advance_to": "2026-01-12T18:00:00Z"}, expect=[200])

    def newest(path, query=""):
        data = c.drive("get", path, {}, query=query, expect=[200])[1]["data"]
        return data[0]["id"] if data else None

    ids = {"order": "ref:1001", "shipment": "ref:1001-A", "incident": report.get("incident")}
    for kind in ("customer", "notification", "ticket", "coverage", "claim"):
        ids[kind] = newest(f"/v1/{kind}s")
    ids["ledger"] = newest("/v1/ledger")
    ids["scorecard"] = newest("/v1/scorecards")
    for kind in ("incident", "customer", "notification", "ticket", "coverage", "claim"):
        if not ids[kind]:
            c.failures.append(f"the story has no {kind}")
    return ids


def drive_reads(c, ids):
    for path, methods in c.api["paths"].items():
        if "get" not in methods or "{" in path or path in ("/v1/stream", "/v1/context"):
            continue
        c.drive("get", path, {}, expect=[200])
        if any(deref(c.api, p)["name"] == "limit" for p in methods["get"].get("parameters", [])):
            c.drive("get", path, {}, query="?limit=1", expect=[200])
            c.drive("get", path, {}, query="?limit=0", expect=[400])
            c.drive("get", path, {}, query="?cursor=forged", expect=[400])
        for parameter in methods["get"].get("parameters", []):
            known = deref(c.api, parameter)
            if known["in"] == "query" and "example" in known:
                c.drive("get", path, {}, query="?{}={}".format(
                    known["name"], urllib.request.quote(known["example"])), expect=[200])
    for query in ("?email=ada%40example.com", "?order=ref:1001"):
        c.drive("get", "/v1/context", {}, query=query, expect=[200])
    c.drive("get", "/v1/context", {}, expect=[422])
    single = {"orders": "order", "shipments": "shipment", "customers": "customer",
              "incidents": "incident", "notifications": "notification", "tickets": "ticket",
              "coverages": "coverage", "claims": "claim"}
    for plural, kind in single.items():
        c.drive("get", f"/v1/{plural}/{{id}}", {"id": ids[kind]}, expect=[200])
        c.drive("get", f"/v1/{plural}/{{id}}", {"id": "nothing_0000000000000"}, expect=[404])
    c.drive("get", "/v1/ledger/{id}", {"id": ids["ledger"] or "led_0000000000000"},
            expect=[200] if ids["ledger"] else [404])
    c.drive("get", "/v1/scorecards/{id}", {"id": ids["scorecard"] or "none"},
            expect=[200] if ids["scorecard"] else [404])
    c.drive("get", "/v1/carriers/{id}", {"id": "ups"}, expect=[200])
    c.drive("get", "/v1/shipments/{id}/timeline", {"id": ids["shipment"]}, expect=[200])
    for kind in ("incident", "notification", "ticket", "coverage", "claim"):
        c.drive("get", "/v1/why/{id}", {"id": ids[kind]}, expect=[200])


def drive_writes(c, ids):
    incident, ticket, claim = ({"id": ids[k]} for k in ("incident", "ticket", "claim"))
    for act in ("assign", "note", "snooze", "remedy"):
        path = f"/v1/incidents/{{id}}/{act}"
        c.drive("post", path, incident, c.body_of("post", path), expect=[200])
    merge = "/v1/incidents/{id}/merge"
    c.drive("post", merge, incident, {"into": ids["incident"]}, expect=[409, 422])
    for act in ("assign", "note", "solve"):
        path = f"/v1/tickets/{{id}}/{act}"
        c.drive("post", path, ticket, c.body_of("post", path), expect=[200])
    c.drive("post", "/v1/claims/{id}/evidence", claim,
            c.body_of("post", "/v1/claims/{id}/evidence"), expect=[200])
    for act in ("file", "decision", "escalate", "withdraw", "write-off"):
        path = f"/v1/claims/{{id}}/{act}"
        c.drive("post", path, claim, c.body_of("post", path), expect=[200, 409, 422])
    close = "/v1/incidents/{id}/close"
    c.drive("post", close, incident, c.body_of("post", close), expect=[200, 409])
    c.drive("put", "/v1/policies", {}, c.body_of("put", "/v1/policies"), expect=[200, 422])
    c.drive("put", "/v1/policies", {}, {"toml": "[late"}, expect=[422])
    c.drive("put", "/v1/mode", {}, c.body_of("put", "/v1/mode"), expect=[200])
    for act in ("pause", "resume"):
        c.drive("post", f"/v1/channels/{{channel}}/{act}", {"channel": "email"}, expect=[200])
    source = c.drive("post", "/v1/webhook-sources", {},
                     c.body_of("post", "/v1/webhook-sources"), expect=[201])[1]
    c.drive("post", "/v1/webhooks/{source}/{endpoint}",
            {"source": "easypost", "endpoint": source["endpoint"]}, {"id": "evt_1"}, expect=[401])
    c.drive("post", "/v1/webhooks/{source}/{endpoint}",
            {"source": "easypost", "endpoint": "unknown"}, {}, expect=[404])


def drive_refusals(c):
    for path in ("/v1/orders", "/v1/shipments", "/v1/tracking-events"):
        c.drive("post", path, {}, "{", expect=[400])
        c.drive("post", path, {}, b"{\"carrier\": \"\xff\"}", expect=[400])
        c.drive("post", path, {}, "[" * 10000, expect=[400])
        c.drive("post", path, {}, {"no_such_field": 1}, expect=[422])
        c.drive("post", path, {}, "5", expect=[422])
        c.drive("post", path, {}, "{}", "text/csv", expect=[415])
    key, c.client.key = c.client.key, "am_live_wrong"
    c.drive("get", "/v1/orders", {}, expect=[401])
    c.client.key = key
    c.drive("get", "/v1/orders", {}, query="?no_such=1", expect=[400])


def drive_session(c, program, data):
    link = subprocess.run([program, "users", "link", "--data", data], capture_output=True,
                          text=True).stdout
    token = re.search(r"(?:token|sign-in)=([^\s&]+)", link)
    if not token:
        c.failures.append(f"users link printed no token: {link!r}")
        return
    key, c.client.key = c.client.key, ""
    c.drive("post", "/console/session", {}, {"token": "wrong"}, expect=[401])
    c.drive("post", "/console/session", {}, {"token": token[1]}, expect=[204])
    c.drive("post", "/console/session", {}, {"token": token[1]}, expect=[401])
    c.drive("delete", "/console/session", {}, expect=[204])
    c.client.key = key


def drive_stream(c):
    request = urllib.request.Request(c.client.base + "/v1/stream",
                                     headers={"Authorization": "Bearer " + c.client.key})
    c.driven.add("stream")
    with urllib.request.urlopen(request, timeout=10) as stream:
        c.client.send("POST", "/v1/orders", {"reference": "streamed", "currency": "USD"})
        for _ in range(50):
            line = stream.readline().decode()
            if line.startswith("data:") and '"order"' in line:
                return
    c.failures.append("stream: the order did not come")


def main():
    data = tempfile.mkdtemp(prefix="aftermile-contract-")
    run = lambda *args: subprocess.run([PROGRAM, *args, "--data", data], check=True,
                                       capture_output=True, text=True).stdout.strip()
    run("merchants", "create", "Contract", "--mode", "live")
    key = run("keys", "create", "--merchant", "Contract", "--scopes", "all")
    server = subprocess.Popen(
        [PROGRAM, "serve", "--data", data, "--listen", "127.0.0.1:0", "--test-clock", START],
        stderr=subprocess.PIPE, text=True)
    try:
        port = None
        for line in server.stderr:
            if found := re.search(r"listening on port (\d+)", line):
                port = int(found[1])
                break
        if port is None:
            sys.exit("the server did not start")
        threading.Thread(target=server.stderr.read, daemon=True).start()
        client = Client(f"http://127.0.0.1:{port}", key)
        api = json.loads(client.send("GET", "/v1/openapi.json")[2])
        contract = Contract(api, client)
        ids = tell_story(contract)
        drive_reads(contract, ids)
        drive_writes(contract, ids)
        drive_reads(contract, ids)
        drive_refusals(contract)
        drive_session(contract, PROGRAM, data)
        drive_stream(contract)
        every = {operation["operationId"] for methods in api["paths"].values()
                 for operation in methods.values()}
        for name in sorted(every - contract.driven):
            contract.failures.append(f"{name}: not driven")
        if server.poll() is not None:
            contract.failures.append("the server died")
        for failure in dict.fromkeys(contract.failures):
            print("FAILED", failure)
        print(f"{len(contract.driven)} of {len(every)} operations driven, "
              f"{len(set(contract.failures))} failures")
        return 1 if contract.failures else 0
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(timeout=30)
        shutil.rmtree(data, ignore_errors=True)


if __name__ == "__main__":
    time.tzset()
    sys.exit(main())
