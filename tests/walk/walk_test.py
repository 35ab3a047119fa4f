#!/usr/bin/env python3
"""Holds docs/walk.md to the sources: every C++ snippet stands in the file named last before it,
token for token (line breaks aside), its parts between `// …` in that order; every file linked from
the walk, the README and docs/HACKING.md exists."""
import os
import pathlib
import re
import unittest

ROOT = pathlib.Path(os.environ.get("AFTERMILE_SOURCE_DIR", pathlib.Path(__file__).parents[2]))
LINK = re.compile(r"\]\(([^)#\s]+)")
SOURCE = re.compile(r"\((?:\.\./)?(src/[^)]+\.[ch]pp)\)")


def squeezed(text):
    return re.sub(r"\s+", "", text)


def missing_part(snippet, source):
    """The first part of the snippet that the source lacks, or None."""
    code, at = squeezed(source), 0
    for part in re.split(r"^\s*// …\s*$", snippet, flags=re.MULTILINE):
        found = code.find(squeezed(part), at)
        if found < 0:
            return part.strip()
        at = found + len(squeezed(part))
    return None


def snippets(text):
    """(file, snippet) for each C++ block: the file is the source linked last before it."""
    source, block = None, None
    for line in text.splitlines():
        if block is None:
            if line.startswith("```cpp"):
                block = []
            elif found := SOURCE.findall(line):
                source = found[-1]
        elif line.startswith("```"):
            yield source, "\n".join(block)
            block = None
        else:
            block.append(line)


class Walk(unittest.TestCase):
    def test_every_snippet_stands_in_its_file(self):
        found = list(snippets((ROOT / "docs/walk.md").read_text()))
        self.assertGreaterEqual(len(found), 10)
        for source, snippet in found:
            with self.subTest(file=source):
                self.assertIsNotNone(source)
                self.assertIsNone(missing_part(snippet, (ROOT / source).read_text()))

    def test_a_changed_line_and_a_wrong_order_are_caught(self):
        source = "int a() {\n    return 1;\n}\nint b();\n"
        self.assertIsNone(missing_part("int a() {\n// …\nint b();", source))
        changed = "int a() {\n    return 2;"
        self.assertEqual(missing_part(changed, source), changed)
        self.assertEqual(missing_part("int b();\n// …\nint a() {", source), "int a() {")

    def test_every_linked_file_exists(self):
        for page in ("README.md", "docs/walk.md", "docs/HACKING.md"):
            path = ROOT / page
            for target in LINK.findall(path.read_text()):
                if not target.startswith(("http:", "https:", "mailto:")):
                    with self.subTest(page=page, link=target):
                        self.assertTrue((path.parent / target).exists())


if __name__ == "__main__":
    unittest.main()
