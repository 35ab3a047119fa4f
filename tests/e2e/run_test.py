#!/usr/bin/env python3
"""Drives the console and the shopper's pages in headless Chromium against a small demo.

usage: run_test.py [--shipments N] [WORD]     only the browser tests whose name has WORD
"""
import argparse
import os
import shutil
import subprocess
import sys

from demo_server import ROOT, DemoServer


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shipments", type=int, default=300)
    parser.add_argument("word", nargs="*")
    arguments = parser.parse_args()
    web = ROOT / "web"
    packed = ROOT / "build/tools/node/bin/node"
    node = str(packed) if packed.exists() else shutil.which("node")
    if node is None or not (web / "node_modules/playwright-core").exists():
        print("Node or web/node_modules is missing: ./test installs both.", file=sys.stderr)
        return 1
    with DemoServer(shipments=arguments.shipments) as demo:
        print(f"{arguments.shipments} shipments on {demo.url}, ready after "
              f"{demo.ready_after:.1f} s", flush=True)
        environment = dict(os.environ, BASE_URL=demo.url, SIGN_IN_LINK=demo.sign_in_link,
                           API_KEY=demo.key)
        return subprocess.run([node, "e2e/run.mjs", *arguments.word], cwd=web,
                              env=environment).returncode


if __name__ == "__main__":
    sys.exit(main())
