"""Kills while the rows of shipments follow their events: a restart brings them up to date."""
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import rounds  # noqa: E402

sys.argv[1:] = ["--rounds", "12", "--swept"]
sys.exit(rounds.main())
