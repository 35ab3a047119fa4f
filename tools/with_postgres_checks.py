#!/usr/bin/env python3
"""Tests of with_postgres.py: it ends its server whatever happens, and no two meet."""
import os
import pathlib
import signal
import subprocess
import sys
import time
import unittest

TOOL = pathlib.Path(__file__).with_name("with_postgres.py")
FOLDER = "url=$AFTERMILE_TEST_POSTGRES; folder=${url##*host=}; "


def start(script):
    return subprocess.Popen([sys.executable, TOOL, "bash", "-c", FOLDER + script],
                            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def postmaster_of(folder):
    return int(pathlib.Path(folder, "data/postmaster.pid").read_text().split()[0])


class WithPostgres(unittest.TestCase):
    def wait_until_gone(self, process):
        deadline = time.monotonic() + 30
        while os.path.exists(f"/proc/{process}"):
            self.assertLess(time.monotonic(), deadline, "the server goes on")
            time.sleep(0.05)

    def begun(self, status=0):
        """A run that ends with its input: it, its folder, its server's process."""
        run = start(f"echo $folder; read -r; exit {status}")
        self.addCleanup(run.stdout.close)
        self.addCleanup(run.stdin.close)
        folder = run.stdout.readline().strip()
        return run, folder, postmaster_of(folder)

    def test_the_commands_status_is_its_own_and_nothing_is_left(self):
        run, folder, server = self.begun(7)
        run.stdin.close()
        self.assertEqual(run.wait(), 7)
        self.wait_until_gone(server)
        self.assertFalse(os.path.exists(folder))

    def test_two_at_once_have_servers_of_their_own_and_no_port(self):
        first, folder, server = self.begun()
        second, other_folder, other_server = self.begun()
        self.assertNotEqual((folder, server), (other_folder, other_server))
        for process in (server, other_server):
            files = os.listdir(f"/proc/{process}/fd")
            sockets = {os.readlink(f"/proc/{process}/fd/{each}") for each in files}
            listening = [line.split()[9] for line in
                         pathlib.Path("/proc/net/tcp").read_text().splitlines()[1:]]
            self.assertFalse(sockets & {f"socket:[{inode}]" for inode in listening})
        for run in (first, second):
            run.terminate()
            self.assertEqual(run.wait(), 128 + signal.SIGTERM)
        self.wait_until_gone(server)
        self.wait_until_gone(other_server)

    def test_a_killed_run_takes_its_server_along_and_the_next_cleans_up(self):
        run, folder, server = self.begun()
        run.kill()
        run.wait()
        self.wait_until_gone(server)
        second = self.begun()[0]
        second.stdin.close()
        self.assertEqual(second.wait(), 0)
        self.assertFalse(os.path.exists(folder))


if __name__ == "__main__":
    unittest.main()
