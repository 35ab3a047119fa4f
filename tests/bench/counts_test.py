#!/usr/bin/env python3
"""Runs the measurements of `aftermile bench` that start a server, for a second each: that they end,
print what they promise and find in the store what was acknowledged. Not their figures.
"""
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(os.environ.get("AFTERMILE_SOURCE_DIR", pathlib.Path(__file__).parents[2]))
sys.path[:0] = [str(ROOT / "tests/doors")]
from serving import PROGRAM  # noqa: E402

# So many parcels that none is delivered before the end, however fast the machine.
BRIEFLY = ["--warm-up", "1", "--seconds", "1"]


def bench(name, *arguments):
    done = subprocess.run([PROGRAM, "bench", name, *arguments, "--json"], capture_output=True,
                          text=True, timeout=300)
    if done.returncode != 0:
        raise AssertionError(f"bench {name}: {done.stdout}{done.stderr}")
    return json.loads(done.stdout)


class Counts(unittest.TestCase):
    def holds(self, counts, prefix=""):
        self.assertGreater(counts[prefix + "scans"], 0)
        self.assertEqual(counts[prefix + "scans"], counts[prefix + "scans_acknowledged"])
        for name in ("parked", "events_without_because", "scans_not_in_state",
                     "shipments_without_timer", "incidents_without_six_answers"):
            self.assertEqual(counts[prefix + name], 0, name)

    def test_ingest_without_the_raw_loop(self):
        told = bench("ingest", "--no-raw", "--shipments", "20000", *BRIEFLY)
        self.assertGreater(told["http_events_per_second"], 0)
        self.assertNotIn("ratio", told)
        self.holds(told["counts"])

    def test_webhooks(self):
        for more in ([], ["--histories"]):
            told = bench("webhooks", "--shipments", "3000", *more, *BRIEFLY)
            self.assertGreater(told["ratio"], 0)
            self.assertGreater(told["bare_per_second"], 0)
            self.holds(told)

    def test_reads_go_on_where_scale_ended(self):
        with tempfile.TemporaryDirectory() as folder:
            told = bench("scale", "--fewer", "20000", "--shipments", "30000", "--data", folder,
                         *BRIEFLY)
            self.assertGreater(told["ratio"], 0)
            self.assertGreater(told["memory_peak"], 0)
            self.holds(told, "few_")
            self.holds(told, "many_")
            self.assertEqual(os.listdir(folder), ["30000"])
            read = bench("reads", "--data", os.path.join(folder, "30000"), *BRIEFLY)
            self.assertEqual(read["wrong_answers"], 0)
            for kind in ("shipment", "timeline", "incidents"):
                self.assertGreater(read[kind + "_p99"], 0)
            self.assertGreater(read["scans"], told["many_scans"])
            self.holds(read)


if __name__ == "__main__":
    sys.exit(unittest.main())
