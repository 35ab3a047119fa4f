"""A build that acknowledges before the commit must be caught by the rounds."""
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import rounds  # noqa: E402

program = os.environ.get("AFTERMILE_PROGRAM", "build/release/aftermile") + "_faulty"
os.environ["AFTERMILE_FAULT"] = "ack_before_commit"
sys.argv[1:] = ["--program", program, "--rounds", "6", "--points", "before_commit,inside_commit",
                "--expect-loss"]
sys.exit(rounds.main())
