#!/usr/bin/env python3
"""Bad input over real HTTP: whatever is sent, the answer names the fault, the good beside the bad
is kept, and the program lives. Each case is one check; the last line counts them. Names of checks
as arguments run these alone."""
import os
import re
import shutil
import sys
import tempfile
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from shop import Shop, accepted, check, checks, expect, scan, shipment_of  # noqa: E402
import malformed  # noqa: E402, F401: each adds its checks
import values  # noqa: E402, F401
import strangers  # noqa: E402, F401
import smuggling  # noqa: E402, F401
import overload  # noqa: E402, F401


@check
def after_everything_a_good_event_still_works(shop):
    accepted(shop.post("/v1/tracking-events", scan("1ZLAST", milestone="delivered")))
    expect("its parcel", shipment_of(shop, "1ZLAST")[0]["milestone"], "delivered")
    expect("alive", (shop.server.is_running(), shop.send("GET", "/readyz").status), (True, 200))
    told = shop.server.errors()
    crash = re.search(r"Sanitizer|runtime error|terminate called", told)
    expect("a crash in the log", crash, None)


def main():
    started = time.monotonic()
    folder = tempfile.mkdtemp(prefix="aftermile-bad-input-")
    wanted, failed = sys.argv[1:], 0
    shop = Shop(folder)
    try:
        for each in checks:
            if wanted and each.__name__ not in wanted:
                continue
            try:
                each(shop)
                if not shop.server.is_running():
                    raise AssertionError("the program ended")
                print("ok    ", each.__name__)
            except Exception as error:  # noqa: BLE001: the other checks still have their say
                failed += 1
                print(f"FAILED {each.__name__}: {type(error).__name__}: {error}")
    finally:
        shop.close()
        shutil.rmtree(folder, ignore_errors=True)
    ran = len([each for each in checks if not wanted or each.__name__ in wanted])
    print(f"{ran - failed} passed, {failed} failed in {time.monotonic() - started:.1f} s")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
