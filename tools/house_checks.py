#!/usr/bin/env python3
"""Tests of the checkers: each planted fault is caught, and clean code passes."""
import contextlib
import io
import pathlib
import shutil
import subprocess
import tempfile
import unittest

import check_purity
import check_rooms
import compile_fail
import embed
import new
import tidy_test

TOOLS = pathlib.Path(__file__).parent


class Planted(unittest.TestCase):
    def setUp(self):
        self.root = pathlib.Path(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, self.root)
        for room in check_rooms.Law((TOOLS / "rooms.txt").read_text()).arrows:
            (self.root / "src" / room).mkdir(parents=True)
        (self.root / "tools").mkdir()
        shutil.copy(TOOLS / "rooms.txt", self.root / "tools")

    def plant(self, path, text):
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)

    def run_checker(self, checker, *arguments):
        with contextlib.redirect_stdout(io.StringIO()) as out:
            status = checker.main([str(argument) for argument in arguments])
        return status, out.getvalue()


class Rooms(Planted):
    def faults(self):
        status, out = self.run_checker(check_rooms, self.root)
        lines = [line for line in out.splitlines() if line.startswith(("src/", "CMake"))]
        self.assertEqual(status, 1 if lines else 0)
        return lines

    def include(self, path, included):
        self.plant(path, f'#pragma once\n#include "{included}"\n')

    def test_downward_includes_pass(self):
        self.include("src/core/decide.hpp", "model/incident.hpp")
        self.include("src/engine/batch.cpp", "core/decide.hpp")
        self.include("src/app/main.cpp", "storage/sqlite/store.hpp")
        self.include("src/core/delivery/fold.cpp", "core/policy/terms/grace.hpp")
        self.include("src/core/delivery/exceptions/late.cpp", "core/delivery/fold.hpp")
        self.include("src/core/decide.cpp", "core/audit/claims.hpp")
        self.assertEqual(self.faults(), [])

    def test_upward_include_is_caught(self):
        self.include("src/model/event.hpp", "core/decide.hpp")
        self.assertIn("no arrow model -> core", self.faults()[0])

    def test_sibling_rooms_never_meet(self):
        self.include("src/storage/a.cpp", "transport/http.hpp")
        self.assertEqual(len(self.faults()), 1)

    def test_skipped_floor_is_caught(self):
        self.include("src/surface/api/a.cpp", "core/decide.hpp")
        self.assertEqual(len(self.faults()), 1)

    def test_layers_of_core_never_meet(self):
        self.include("src/core/audit/claims.cpp", "core/returns/risk.hpp")
        self.assertIn("core/audit and core/returns never meet", self.faults()[0])

    def test_connectors_never_meet(self):
        self.include("src/connectors/carriers/ups/codec.cpp", "connectors/carriers/fedex/codes.hpp")
        self.include("src/connectors/carriers/ups/other.cpp", "connectors/tables.hpp")
        self.assertEqual(len(self.faults()), 1)

    def test_includes_outside_the_rooms_are_caught(self):
        self.include("src/engine/a.cpp", "sim/seed.hpp")
        self.include("src/engine/b.cpp", "../core/x.hpp")
        self.include("src/engine/c.cpp", "neighbour.hpp")
        self.assertEqual(len(self.faults()), 3)

    def test_unknown_room_is_caught(self):
        (self.root / "src/utils").mkdir()
        self.assertEqual(len(self.faults()), 1)

    def test_link_line_that_differs_is_caught(self):
        text = (TOOLS.parent / "CMakeLists.txt").read_text()
        law = check_rooms.Law((TOOLS / "rooms.txt").read_text())
        self.assertEqual(check_rooms.check_links(law, text), [])
        wrong = text.replace("aftermile_room(core LINKS model base)",
                             "aftermile_room(core LINKS model base ports)")
        self.assertIn("ports", check_rooms.check_links(law, wrong)[0])


class Purity(Planted):
    def faults(self, *library):
        status, out = self.run_checker(check_purity, self.root, *library)
        self.assertEqual(status, 0 if out.startswith("core: no I/O") else 1)
        return [] if status == 0 else out.splitlines()

    def library(self, text):
        source = self.root / "planted.cpp"
        source.write_text(text)
        built, archive = self.root / "planted.o", self.root / "libplanted.a"
        subprocess.run(["g++", "-std=c++23", "-O1", "-c", source, "-o", built], check=True)
        subprocess.run(["ar", "rcs", archive, built], check=True)
        return archive

    def test_pure_source_passes(self):
        self.plant("src/core/a.cpp", "#include <algorithm>\n// never calls clock::now()\n")
        self.plant("src/core/a_test.cpp", "#include <random>\n")
        self.assertEqual(self.faults(), [])

    def test_denied_header_is_caught(self):
        for header in ("iostream", "fstream", "thread", "mutex", "random", "ctime", "locale",
                       "cstdlib", "stdio.h", "filesystem"):
            self.plant("src/core/a.cpp", f"#include <{header}>\n")
            self.assertEqual(len(self.faults()), 1, header)

    def test_clock_in_source_is_caught(self):
        self.plant("src/core/a.hpp", "auto t = std::chrono::system_clock::now();\n")
        self.assertEqual(len(self.faults()), 1)

    def test_pure_library_passes(self):
        archive = self.library(
            "#include <string>\n#include <string_view>\n#include <vector>\n"
            "constexpr std::string_view names[] = {\"a\", \"b\"};\n"
            "std::string f(std::vector<int>& v, unsigned i) {\n"
            "  v.push_back(1); return std::string(names[i]) + std::to_string(v[0]); }\n")
        self.assertEqual(self.faults(archive), [])

    def test_constant_with_deduced_type_is_no_mutable_global(self):
        text = ("#include <algorithm>\n#include <array>\nenum class K : unsigned char { a, b };\n"
                "constexpr std::array kinds{K::b, K::a};\n"
                "bool f(K k) { return std::ranges::find(kinds, k) != kinds.end(); }\n")
        self.plant("src/core/a.cpp", text)
        self.assertEqual(self.faults(self.library(text)), [])

    def test_denied_calls_are_caught(self):
        calls = {
            "#include <ctime>\nlong f() { return time(nullptr); }\n": "time",
            "#include <chrono>\nauto f() { return std::chrono::system_clock::now(); }\n": "now()",
            "#include <cstdlib>\nchar* f() { return getenv(\"A\"); }\n": "getenv",
            "#include <cstdlib>\nint f() { return rand(); }\n": "rand",
            "#include <fcntl.h>\nint f() { return open(\"a\", 0); }\n": "open",
            "#include <sys/socket.h>\nint f() { return socket(1, 1, 0); }\n": "socket",
            "#include <thread>\nvoid f() { std::thread([] {}).join(); }\n": "thread",
            "#include <clocale>\nvoid f() { setlocale(LC_ALL, \"\"); }\n": "setlocale",
            "#include <locale>\nvoid f() { std::locale::global(std::locale(\"C\")); }\n": "locale",
            "#include <fstream>\nvoid f() { std::ofstream(\"a\") << 1; }\n": "ofstream",
        }
        for text, name in calls.items():
            faults = self.faults(self.library(text))
            self.assertTrue(any(name in fault for fault in faults), f"{name}: {faults}")

    def test_mutable_globals_are_caught(self):
        for text in ("int counter; int f() { return ++counter; }\n",
                     "static int n = 7; int f() { return ++n; }\n",
                     "#include <string>\nconst std::string& f() {\n"
                     "  static const std::string s(100, 'a'); return s; }\n",
                     "thread_local int t; int f() { return ++t; }\n"):
            faults = self.faults(self.library(text))
            self.assertTrue(any("mutable global" in fault for fault in faults), text)


class Rules(Planted):
    def faults(self, path, text):
        return tidy_test.check_file(path, text)

    def assert_caught(self, path, text, word):
        faults = self.faults(path, text)
        self.assertTrue(any(word in fault for fault in faults), f"{word}: {faults}")

    def test_clean_file_passes(self):
        text = '#pragma once\nauto sql = "SELECT 1 FROM t";\n// catalog/work/x, /v1/work\n'
        self.assertEqual(self.faults("src/storage/a.hpp", text), [])
        self.assertEqual(self.faults("src/core/a_test.cpp", "TEST(Fold, is_one_2)\n"), [])

    def test_long_file_is_caught(self):
        self.assert_caught("src/core/a.cpp", "int a;\n" * 601, "601 lines")
        self.assertEqual(self.faults("src/core/a.cpp", "int a;\n" * 600), [])

    def test_long_line_is_caught(self):
        self.assert_caught("src/core/a.cpp", "x" * 101 + "\n", "101 columns")
        self.assertEqual(self.faults("src/core/a.cpp", "é" * 100 + "\n"), [])

    def test_tab_and_trailing_blank_are_caught(self):
        self.assert_caught("src/core/a.cpp", "\tint a;\n", "tab")
        self.assert_caught("tools/a.py", "a = 1 \n", "trailing")

    def test_note_for_later_is_caught(self):
        for word in ("TO" + "DO", "FIX" + "ME"):
            self.assert_caught("sim/a.cpp", f"// {word}: later\n", "later")

    def test_machine_path_is_caught(self):
        for path in ("/wo" + "rk/main", "/ro" + "ot/.ssh", "/home/" + "ann/code"):
            self.assert_caught("README.md", f"see {path} there\n", "machine's path")

    def test_glued_sql_is_caught(self):
        for text in ('fmt::format("SELECT * FROM {}", table)', '"DELETE FROM t WHERE id=" + id',
                     'sql += "UPDATE t SET a = 1"', 'std::string("SELECT ") + "a"',
                     'q = head + "INSERT INTO t VALUES"',
                     '"SELECT a "\n    "FROM t WHERE b = " + b', 'fmt::format(R"(SELECT {})", a)'):
            self.assert_caught("src/storage/sqlite/a.cpp", text + "\n", "SQL")
            self.assertEqual(self.faults("src/storage/sqlite/statement.cpp", text + "\n"), [])

    def test_test_names_are_held(self):
        self.assert_caught("src/core/a_test.cpp", "TEST(Fold, LateScan) {}\n", "snake_case")
        self.assert_caught("tests/stories/a.cpp", "TEST_F(Fold,\n  Late_scan) {}\n", "snake_case")
        self.assert_caught("src/core/a_test.cpp", "TEST(Fold, DISABLED_late) {}\n", "disabled")

    def test_names_and_guards_are_held(self):
        self.assert_caught("src/core/LateScan.cpp", "int a;\n", "snake_case")
        self.assert_caught("src/core/a.hpp", "int a;\n", "pragma once")

    def test_whole_tree_is_read(self):
        self.plant("src/core/a.cpp", "\tint a;\n")
        self.plant("build/a.cpp", "\tint a;\n")
        status, out = self.run_checker(tidy_test, self.root)
        self.assertEqual((status, out.count("\n")), (1, 1))


class CompileFail(Planted):
    def faults(self, text):
        self.plant("a.cpp", text)
        fault = compile_fail.check_file("g++", self.root, self.root / "a.cpp")
        return fault or ""

    def test_refused_code_passes_and_accepted_code_is_caught(self):
        refused = "// refused: was not declared\n#ifndef SOUND\nint a = b;\n#endif\n"
        self.assertEqual(self.faults(refused), "")
        self.assertIn("must not", self.faults("// refused: x\nint a = 1;\n"))

    def test_wrong_reason_and_unsound_file_are_caught(self):
        text = "// refused: no such words\n#ifndef SOUND\nint a = b;\n#endif\n"
        self.assertIn("another reason", self.faults(text))
        self.assertIn("-DSOUND", self.faults("// refused: x\nint a = b;\n"))
        self.assertIn("no line", self.faults("int a = b;\n"))


class New(Planted):
    def create(self, *arguments):
        shutil.copytree(TOOLS / "new", self.root / "tools/new", dirs_exist_ok=True)
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
            return new.main([str(self.root), *arguments])

    def test_every_kind_writes_files_that_keep_the_rules(self):
        for kind in new.kinds(TOOLS.parent):
            self.assertEqual(self.create(kind, "sample_one"), 0, kind)
        self.assertEqual(tidy_test.check(self.root), [])
        self.assertEqual(check_rooms.check_includes(
            check_rooms.Law((TOOLS / "rooms.txt").read_text()), self.root / "src"), [])

    def test_existing_files_and_bad_ids_are_refused(self):
        kind = new.kinds(TOOLS.parent)[0]
        self.assertEqual(self.create(kind, "sample"), 0)
        self.assertEqual(self.create(kind, "sample"), 1)
        self.assertEqual(self.create(kind, "Sample-2"), 2)
        self.assertEqual(self.create("nothing", "sample"), 2)


class Embedding(unittest.TestCase):
    def test_paths_are_sorted_as_the_search_expects(self):
        folder = pathlib.Path(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, folder)
        (folder / "web/dist").mkdir(parents=True)
        for name in ("b.txt", "a.txt", "web/dist/x.js", "web/dist/x.png"):
            (folder / name).write_bytes(b"content " + name.encode())
        files = embed.collect(folder, ["b.txt", "a.txt", "web/dist/x.js", "web/dist/x.png"])
        self.assertEqual([path for path, _ in files],
                         ["a.txt", "b.txt", "web/dist/x.js", "web/dist/x.js.gz", "web/dist/x.png"])
        blob, assembly, table = embed.generate(files)
        self.assertIn(b"content a.txt\0content b.txt\0", blob)
        self.assertEqual(embed.generate(files), (blob, assembly, table))
        self.assertIn("std::array<EmbeddedFile, 5>", table)


if __name__ == "__main__":
    unittest.main()
