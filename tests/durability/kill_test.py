"""Thirty counted rounds of kills: nothing acknowledged is lost, nothing is done twice."""
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import rounds  # noqa: E402

sys.argv[1:] = ["--rounds", "30"]
sys.exit(rounds.main())
