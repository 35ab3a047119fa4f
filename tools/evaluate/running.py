"""Runs the program and talks to its API: what the evaluations share."""
import json
import os
import pathlib
import subprocess
import time
import urllib.error
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
PROGRAM = os.environ.get("AFTERMILE_PROGRAM", str(ROOT / "build/release/aftermile"))


def run(*arguments):
    done = subprocess.run([PROGRAM, *arguments], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise SystemExit(f"{' '.join(arguments)}: {done.stdout}{done.stderr}")
    return done.stdout.strip()


class Server:
    def __init__(self, data, key):
        self.key = key
        port = 18000 + os.getpid() % 10000
        self.url = f"http://127.0.0.1:{port}"
        self.log = open(os.path.join(data, "serve.log"), "w", encoding="utf-8")
        self.process = subprocess.Popen(
            [PROGRAM, "serve", "--data", data, "--listen", f"127.0.0.1:{port}"],
            stdout=self.log, stderr=self.log)
        for _ in range(200):
            try:
                urllib.request.urlopen(self.url + "/readyz", timeout=2).read()
                return
            except OSError:
                time.sleep(0.1)
        raise SystemExit("the server did not become ready")

    def get(self, path):
        request = urllib.request.Request(self.url + path,
                                         headers={"Authorization": f"Bearer {self.key}"})
        with urllib.request.urlopen(request, timeout=30) as reply:
            return json.load(reply)

    def post(self, path, body, headers=None):
        """The status and the decoded body, refusals included."""
        request = urllib.request.Request(
            self.url + path, data=body,
            headers={"Authorization": f"Bearer {self.key}", "Content-Type": "application/json",
                     **(headers or {})})
        try:
            with urllib.request.urlopen(request, timeout=30) as reply:
                return reply.status, json.loads(reply.read() or b"{}")
        except urllib.error.HTTPError as refusal:
            return refusal.code, json.loads(refusal.read() or b"{}")

    def all(self, path):
        records, cursor = [], ""
        while True:
            page = self.get(f"{path}?limit=100" + (f"&cursor={cursor}" if cursor else ""))
            records += page["data"]
            if not page["has_more"]:
                return records
            cursor = page["next_cursor"]

    def stop(self):
        self.process.terminate()
        self.process.wait(timeout=30)
        self.log.close()
