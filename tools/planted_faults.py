#!/usr/bin/env python3
"""Shows that the tests of arrival order would see a fault in the fold.

usage: planted_faults.py COMPILER SOURCE_DIR LINK_ARGUMENT...

Plants each fault below in a copy of the digest or the fold, builds the tests of arrival order with
it and expects them to fail; without a fault they must pass. A fault whose place is no longer found
in the source fails too. The link arguments are the libraries that the tests need.
"""
import concurrent.futures
import pathlib
import subprocess
import sys
import tempfile

FOLDER = "src/core/delivery"
TEST = "arrival_order_test.cpp"
PARTS = ("digest.cpp", "track.cpp")
FLAGS = ("-std=c++23", "-O1")
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

    def compile(self, file, name):
        out = self.folder / f"{name}.o"
        code, said = run(
            self.compiler, *FLAGS, f"-I{self.source / 'src'}", "-c", file, "-o", out
        )
        if code:
            raise RuntimeError(f"{name} does not compile:\n{said}")
        return out

    def passes(self, objects, name):
        program = self.folder / name
        code, said = run(self.compiler, *objects, *self.link, "-o", program)
        if code:
            raise RuntimeError(f"{name} does not link:\n{said}")
        code, said = run(program, "--gtest_brief=1", seconds=RUN_SECONDS_MAX)
        if code not in (0, 1):
            raise RuntimeError(f"{name} ends with {code} and not by a test's verdict:\n{said}")
        return code == 0, said

    def plant(self, number):
        _, part, text, replacement = FAULTS[number]
        source = (self.source / FOLDER / part).read_text(encoding="utf-8")
        if source.count(text) != 1:
            raise RuntimeError(f"{part} holds {source.count(text)} times, not once: {text}")
        file = self.folder / f"fault{number}_{part}"
        file.write_text(source.replace(text, replacement), encoding="utf-8")
        return self.compile(file, f"fault{number}")


def check(bench):
    folder = bench.source / FOLDER
    with concurrent.futures.ThreadPoolExecutor(max_workers=2) as pool:
        test = pool.submit(bench.compile, folder / TEST, "test")
        sound = {part: pool.submit(bench.compile, folder / part, part) for part in PARTS}
        planted = [pool.submit(bench.plant, number) for number in range(len(FAULTS))]
        test = test.result()
        sound = {part: job.result() for part, job in sound.items()}
        planted = [job.result() for job in planted]
    passed, said = bench.passes([test, *sound.values()], "sound")
    if not passed:
        return [f"the tests fail without a fault:\n{said}"]
    faults = []
    for number, (name, part, _, _) in enumerate(FAULTS):
        objects = [test, planted[number]] + [sound[p] for p in PARTS if p != part]
        passed, said = bench.passes(objects, f"with_fault{number}")
        first = next((line for line in said.splitlines() if "Failure" in line), "").strip()
        print(f"{'NOT SEEN' if passed else 'seen'}: {name} ({part}) {first}")
        if passed:
            faults.append(f"not seen: {name}")
    return faults


def main(arguments):
    if len(arguments) < 3:
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
