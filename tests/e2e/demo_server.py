"""A demo server of the program under test, on a free port and a folder of its own, for tests that
look at it from outside."""
import json
import os
import pathlib
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

ROOT = pathlib.Path(os.environ.get("AFTERMILE_SOURCE_DIR", pathlib.Path(__file__).parents[2]))
PROGRAM = os.environ.get("AFTERMILE_PROGRAM", str(ROOT / "build/release/aftermile"))


class DemoServer:
    """`with DemoServer(shipments=300) as demo:`; `folder` keeps a store for the next start."""

    def __init__(self, shipments=300, seed=1, folder=None, patience=240):
        self.own_folder = folder is None
        self.folder = folder or tempfile.mkdtemp(prefix="aftermile-demo-")
        self.arguments = ["--shipments", str(shipments), "--seed", str(seed)]
        self.patience = patience

    def __enter__(self):
        environment = {k: v for k, v in os.environ.items() if not k.startswith("AFTERMILE_")}
        self.log = open(os.path.join(self.folder, "stderr.log"), "ab")
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        began = time.monotonic()
        self.process = subprocess.Popen(
            [PROGRAM, "demo", "--listen", f"127.0.0.1:{port}", "--data", self.folder,
             *self.arguments],
            stdout=subprocess.PIPE, stderr=self.log, text=True, env=environment)
        try:
            self.greeting = self.read_greeting(began)
        except BaseException:
            self.__exit__()
            raise
        self.ready_after = time.monotonic() - began
        self.sign_in_link = re.search(r"^Console +(\S+)$", self.greeting, re.MULTILINE)[1]
        self.key = re.search(r"^API key +(\S+)$", self.greeting, re.MULTILINE)[1]
        self.url = self.sign_in_link.split("/console")[0]
        return self

    def read_greeting(self, began):
        text = ""
        while "Ctrl-C stops" not in text:
            line = self.process.stdout.readline()
            if not line:
                errors = pathlib.Path(self.log.name).read_text()[-2000:]
                raise RuntimeError(f"the demo ended: {self.process.wait()}\n{text}{errors}")
            if time.monotonic() - began > self.patience:
                raise RuntimeError(f"the demo is not ready after {self.patience} s")
            text += line
        return text

    def __exit__(self, *_):
        if self.process.poll() is not None:
            print(f"the demo ended by itself: {self.process.returncode}\n"
                  f"{pathlib.Path(self.log.name).read_text()[-8000:]}", file=sys.stderr)
        self.process.terminate()
        try:
            self.process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process.stdout.close()
        self.log.close()
        if self.own_folder:
            shutil.rmtree(self.folder, ignore_errors=True)

    def call(self, path, body=None, method=None):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(
            self.url + path, data=data, method=method or ("GET" if body is None else "POST"),
            headers={"Authorization": f"Bearer {self.key}", "Content-Type": "application/json"})
        try:
            with urllib.request.urlopen(request, timeout=300) as reply:
                return json.load(reply)
        except urllib.error.HTTPError as error:
            raise AssertionError(f"{path}: {error.code} {error.read().decode()}") from error

    def text(self, path):
        with urllib.request.urlopen(self.url + path, timeout=60) as reply:
            return reply.read().decode()

    def advance_to(self, instant):
        return self.call("/v1/test-clock", {"advance_to": instant})

    def memory_mb(self):
        """Resident memory in MB (10^6 bytes)."""
        status = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(r"VmRSS:\s+(\d+)", status)[1]) * 1024 / 1e6
