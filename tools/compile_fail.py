#!/usr/bin/env python3
"""Shows that what must not compile does not.

usage: compile_fail.py COMPILER SOURCE_DIR FILE...

Each FILE compiles with -DSOUND and is refused without it, with the text of its line
"// refused: TEXT" in the compiler's message.
"""
import pathlib
import re
import subprocess
import sys


def compile_file(compiler, source, file, *flags):
    command = [compiler, "-std=c++23", "-fsyntax-only", f"-I{source}/src", *flags, str(file)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.returncode == 0, done.stderr


def check_file(compiler, source, file):
    expected = re.search(r"^// refused: (.+)$", file.read_text(), re.MULTILINE)
    if not expected:
        return f"{file.name}: no line `// refused: TEXT`"
    sound, message = compile_file(compiler, source, file, "-DSOUND")
    if not sound:
        return f"{file.name}: does not compile with -DSOUND:\n{message}"
    accepted, message = compile_file(compiler, source, file)
    if accepted:
        return f"{file.name}: compiles, and must not"
    if expected.group(1).strip() not in message:
        return f"{file.name}: refused for another reason:\n{message}"
    return None


def main(arguments):
    if len(arguments) < 2:
        print(__doc__, file=sys.stderr)
        return 2
    compiler, source, *files = arguments
    faults = [check_file(compiler, source, pathlib.Path(file)) for file in files]
    faults = [fault for fault in faults if fault]
    print("\n".join(faults) or f"refused as it must be: {len(files)} files")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
