#!/usr/bin/env python3
"""Shows that the tests of arrival order would see a fault in the fold.

usage: planted_faults.py COMPILER SOURCE_DIR TEST_OBJECT LIBRARY...

Plants each fault below in a copy of the digest or the fold, links the compiled tests of arrival
order with it and expects them to fail; without a fault they must pass. A fault whose place is no
longer found in the source fails too. The libraries, core first, give everything else.
"""
import concurrent.futures
import pathlib
import subprocess
import sys
import tempfile

FOLDER = "src/core/delivery"
FLAGS = ("-std=c++23", "-O1")
FILTER = "--gtest_filter=ArrivalOrder.*"
RUN_SECONDS_MAX = 60

# Name, file, text, what replaces it.
FAULTS = (
    (
        "the order of arrival decides ties",
        "digest.cpp",
        "return a.identity < b.identity;",
        "return false;",
    ),
    (
        "a delivered parcel goes back without a correction",
        "track.cpp",
        "if (is_over() && !correction && (words || !reopened)) {",
        "if (is_over() && !correction && words) {",
    ),
    (
        "a void takes back another piece's scan",
        "track.cpp",
        "return earlier.piece == entry.piece && earlier.milestone;",
        "return earlier.milestone.has_value();",
    ),
    (
        "a zone-less time is read as UTC",
        "digest.cpp",
        "return zone.earliest(base::LocalTime{base::Span{time}});",
        "return zone.name().empty() ? base::Instant{} : base::instant_of(time);",
    ),
    (
        "a synthetic scan breaks the silence",
        "track.cpp",
        "return entry.milestone && (entry.flags & model::scan_flag::synthetic) == 0 &&",
        "return entry.milestone &&",
    ),
)


def run(*command, seconds=None):
    done = subprocess.run(
        [str(part) for part in command], capture_output=True, text=True, check=False,
        timeout=seconds,
    )
    return done.returncode, done.stdout + done.stderr


class Bench:
    """Compiles and links in a folder of its own."""

    def __init__(self, compiler, source, link, folder):
        self.compiler, self.source, self.link, self.folder = compiler, source, link, folder

    # The planted object comes first: the library's own is then not linked.
    def passes(self, name, planted=()):
        program = self.folder / name
        code, said = run(self.compiler, *planted, *self.link, "-o", program)
        if code:
            raise RuntimeError(f"{name} does not link:\n{said}")
        code, said = run(
            program, "--gtest_brief=1", "--gtest_fail_fast", FILTER, seconds=RUN_SECONDS_MAX
        )
        if code not in (0, 1):
            raise RuntimeError(f"{name} ends with {code} and not by a test's verdict:\n{said}")
        return code == 0, said

    def plant(self, number):
        _, part, text, replacement = FAULTS[number]
        source = (self.source / FOLDER / part).read_text(encoding="utf-8")
        if source.count(text) != 1:
            raise RuntimeError(f"{part} holds {source.count(text)} times, not once: {text}")
        name = f"fault{number}"
        file, out = self.folder / f"{name}_{part}", self.folder / f"{name}.o"
        file.write_text(source.replace(text, replacement), encoding="utf-8")
        code, said = run(
            self.compiler, *FLAGS, f"-I{self.source / 'src'}", "-c", file, "-o", out
        )
        if code:
            raise RuntimeError(f"{name} does not compile:\n{said}")
        return self.passes(name, [out])


def check(bench):
    with concurrent.futures.ThreadPoolExecutor(max_workers=2) as pool:
        sound = pool.submit(bench.passes, "sound")
        planted = [pool.submit(bench.plant, number) for number in range(len(FAULTS))]
        passed, said = sound.result()
        if not passed or "[  PASSED  ]" not in said:
            return [f"the tests do not pass without a fault:\n{said}"]
        faults = []
        for (name, part, _, _), job in zip(FAULTS, planted, strict=True):
            passed, said = job.result()
            first = next((line for line in said.splitlines() if "Failure" in line), "").strip()
            print(f"{'NOT SEEN' if passed else 'seen'}: {name} ({part}) {first}")
            if passed:
                faults.append(f"not seen: {name}")
    return faults


def main(arguments):
    if len(arguments) < 4:
        print(__doc__, file=sys.stderr)
        return 2
    compiler, source, *link = arguments
    with tempfile.TemporaryDirectory(prefix="planted_faults_") as folder:
        try:
            faults = check(Bench(compiler, pathlib.Path(source), link, pathlib.Path(folder)))
        except (RuntimeError, subprocess.TimeoutExpired) as error:
            faults = [str(error)]
    print("\n".join(faults) or f"{len(FAULTS)} planted faults, all seen")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
