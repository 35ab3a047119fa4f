#!/usr/bin/env python3
"""Runs a command beside a PostgreSQL of its own, which ends with it.

usage: with_postgres.py [--set NAME=VALUE]... COMMAND [ARGUMENT...]

The server is Debian's postgresql-15, in a new temporary folder, on a Unix socket alone and without
waiting for the disk (it lives no longer than the test); --set gives it other settings, for
measurements. The command finds its URL in AFTERMILE_TEST_POSTGRES, and in place of {url} in its
arguments. Ends with the command's status; any number may run side by side.
"""
import ctypes
import os
import pathlib
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time

VARIABLE = "AFTERMILE_TEST_POSTGRES"
BINARIES = pathlib.Path(os.environ.get("AFTERMILE_POSTGRES_BIN", "/usr/lib/postgresql/15/bin"))
PATIENCE = 60  # seconds to start, on a busy machine
SETTINGS = {
    "listen_addresses": "", "fsync": "off", "full_page_writes": "off", "max_connections": "60",
    "shared_buffers": "64MB", "max_wal_size": "256MB", "autovacuum_naptime": "5s",
    "log_min_messages": "warning", "log_checkpoints": "off",
}
PREFIX = "am-pg-"
PR_SET_PDEATHSIG = 1


def other_user():
    """initdb refuses root: whom to be then."""
    if os.geteuid() != 0:
        return {}
    for name in ("postgres", "nobody"):
        try:
            user = pwd.getpwnam(name)
        except KeyError:
            continue
        return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
    raise SystemExit("with_postgres.py: root needs a user `postgres` or `nobody` to run it as")


def end_with_parent():
    # Also when this program is killed: a fast shutdown.
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGINT)


def remove_leftovers():
    """The folders of those who were killed: their servers ended with them."""
    for folder in pathlib.Path("/tmp").glob(f"{PREFIX}*-*"):
        owner = folder.name.removeprefix(PREFIX).split("-")[0]
        if owner.isdigit() and not os.path.exists(f"/proc/{owner}"):
            shutil.rmtree(folder, ignore_errors=True)


class Server:
    """`with Server() as server:` gives a running one; `server.url`."""

    def __init__(self, **settings):
        self.settings = {**SETTINGS, **settings}
        self.user = other_user()
        self.folder = None
        self.process = None

    def __enter__(self):
        if not (BINARIES / "initdb").exists():
            raise SystemExit(f"with_postgres.py: there is no PostgreSQL in {BINARIES}; "
                             "install Debian's postgresql-15")
        remove_leftovers()
        # The socket's path has at most 107 characters: not below a deep temporary folder.
        self.folder = tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-", dir="/tmp")
        try:
            self.start()
        except BaseException:
            self.stop()
            raise
        return self

    def start(self):
        if self.user:
            os.chown(self.folder, self.user["user"], self.user["group"])
        data = os.path.join(self.folder, "data")
        environment = {"PATH": os.environ.get("PATH", ""), "LC_ALL": "C", "TZ": "UTC"}
        made = subprocess.run(
            [BINARIES / "initdb", "-D", data, "-U", "aftermile", "--auth=trust", "-E", "UTF8",
             "--locale=C", "--no-sync", "--no-instructions"],
            capture_output=True, text=True, env=environment, cwd=self.folder, **self.user)
        if made.returncode != 0:
            raise SystemExit(f"with_postgres.py: initdb failed: {made.stdout}{made.stderr}")
        arguments = [f"--{name}={value}" for name, value in self.settings.items()]
        with open(os.path.join(self.folder, "server.log"), "ab") as log:
            self.process = subprocess.Popen(
                [BINARIES / "postgres", "-D", data, "-k", self.folder, *arguments],
                stdout=log, stderr=log, stdin=subprocess.DEVNULL, env=environment,
                cwd=self.folder, preexec_fn=end_with_parent, start_new_session=True, **self.user)
        self.url = f"postgres://aftermile@/postgres?host={self.folder}"
        deadline = time.monotonic() + PATIENCE
        while subprocess.run([BINARIES / "pg_isready", "-q", "-h", self.folder],
                             check=False).returncode != 0:
            if self.process.poll() is not None or time.monotonic() > deadline:
                said = pathlib.Path(self.folder, "server.log").read_text(errors="replace")
                raise SystemExit(f"with_postgres.py: the server does not start: {said[-2000:]}")
            time.sleep(0.05)

    def stop(self):
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)  # ends the sessions that are left
            try:
                self.process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                self.process.send_signal(signal.SIGQUIT)
                self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    def __exit__(self, *_):
        self.stop()


def give_up(number, _frame):
    raise SystemExit(128 + number)


def main(arguments):
    settings = {}
    while len(arguments) > 1 and arguments[0] == "--set" and "=" in arguments[1]:
        name, value = arguments[1].split("=", 1)
        settings[name] = value
        arguments = arguments[2:]
    if not arguments:
        print(__doc__.strip(), file=sys.stderr)
        return 2
    for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
        signal.signal(number, give_up)
    with Server(**settings) as server:
        arguments = [each.replace("{url}", server.url) for each in arguments]
        child = subprocess.Popen(arguments, env={**os.environ, VARIABLE: server.url},
                                 preexec_fn=end_with_parent)
        try:
            status = child.wait()
        except BaseException:
            child.terminate()
            child.wait()
            raise
    return status if status >= 0 else 128 - status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
