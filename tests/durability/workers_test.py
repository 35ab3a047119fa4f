"""Six rounds of kills and stalls among workers and API nodes: nothing acknowledged is lost, nothing
is decided twice, and whoever lost its slots writes nothing."""
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import workers  # noqa: E402

sys.argv[1:] = ["--rounds", "6"]
sys.exit(workers.main())
