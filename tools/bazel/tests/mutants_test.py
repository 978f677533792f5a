"""tools/mutants.py decides whether the tests are good: it must itself be right.

    python3 mutants_test.py PATH-OF-ONE-OF-THE-SCRIPTS
"""

import os
import shutil
import subprocess
import sys
import tempfile
import unittest

TOOLS = os.path.dirname(os.path.abspath(sys.argv[1]))
sys.path.insert(0, TOOLS)
sys.dont_write_bytecode = True

# pylint: disable=wrong-import-position
import mutant_list
import mutant_runs
import mutants

_GOOD = """# A comment.

@ core/dot.c //tests/core:core_test Dot*
@@ //tests/session:transcript_test
The dot of a stuffed line stays.
-   if (*p == '.') p++;
-
-   x();
+   if (*p == '.') p++;
+   y();

@ tools/cli/a.c //tests/cli:cli_test
Gone.
- z();
= alike: nobody calls it
"""

# Stands for Bazel: a test passes or not by what is in a.c. A shell starts faster than Python.
_BAZEL = """#!/bin/sh
verb= label=
for word; do
  case $word in
  --*) continue ;;
  esac
  [ -n "$verb" ] || verb=$word
  label=$word
done
case $verb in
query)
  case "$*" in
  *"attr("*) exit 0 ;;
  esac
  case "$*" in *a_test*) echo cc_test rule //tests:a_test ;; esac
  case "$*" in *p_test*) echo sh_test rule //tests:p_test ;; esac
  exit 3
  ;;
test)
  read -r text <core/a.c
  case $text in
  *BROKEN*) echo core/a.c:1:2: error: no && exit 1 ;;
  *KILLED*) echo "$label  FAILED in 0.1s" && exit 3 ;;
  *LATE*) echo "$label   TIMEOUT in 60.0s" && exit 3 ;;
  *CRASHED*) echo bazel is ill && exit 37 ;;
  *"NOTICED BY P"*) [ "$label" = //tests:a_test ] || exit 3 ;;
  esac
  folder=bazel-testlogs/tests/${label#*:}
  [ -d "$folder" ] || mkdir -p "$folder"
  echo '<a><testcase classname="Dot" name="One" status="run"/></a>' >"$folder/test.xml"
  case "$*" in
  *nothing*) echo Ran 0 tests in 1s ;;
  *) echo Ran 3 tests in 1s ;;
  esac >"$folder/test.log"
  echo "$label PASSED in 1.5s"
  ;;
esac
"""


class List(unittest.TestCase):
    """mutant_list.py"""

    def test_good(self):
        first, second = mutant_list.parse("x.txt", _GOOD)
        self.assertEqual("x.txt:3", first.place)
        self.assertEqual("core/dot.c", first.file)
        tests = [("//tests/core:core_test", "Dot*"), ("//tests/session:transcript_test", "")]
        self.assertEqual(tests, first.tests)
        self.assertEqual("The dot of a stuffed line stays.", first.words)
        self.assertEqual("  if (*p == '.') p++;\n\n  x();", first.old)
        self.assertEqual("  if (*p == '.') p++;\n  y();", first.new)
        self.assertEqual(("", ""), (first.alike, first.not_tested))
        self.assertEqual(("z();", "", "nobody calls it"), (second.old, second.new, second.alike))
        self.assertEqual(["core", "tools/cli"], [first.folder, second.folder])

    def test_the_line_is_that_of_the_change(self):
        first, second = mutant_list.parse("x.txt", _GOOD)
        text = "a\nb\n  if (*p == '.') p++;\n\n  x();\n"
        self.assertEqual(4, first.line(text))
        self.assertEqual("a\nb\n  if (*p == '.') p++;\n  y();\n", first.apply(text))
        self.assertIsNone(second.line(text))
        self.assertEqual("", mutant_list.misplaced(first, text))
        self.assertIn("0 times", mutant_list.misplaced(second, text))
        self.assertIn("2 times", mutant_list.misplaced(second, "z();z();"))
        self.assertIn("no such file", mutant_list.misplaced(second, None))

    def test_not_tested(self):
        text = _GOOD.replace("alike", "not tested")
        self.assertEqual("nobody calls it", mutant_list.parse("x", text)[1].not_tested)

    def test_mistakes(self):
        head = "@ a.c //t:t\n"
        for text, words in [
            ("oops\n", "x:1: a mutant begins"),
            ("@ a.c\n", "x:1: `@ FILE LABEL"),
            ("@ a.c //t:t A B\n", "x:1: `//PACKAGE:NAME"),
            ("@ a.c t:t\n", "x:1: `//PACKAGE:NAME"),
            (head + "Words.\n@@ //t:u\n", "x:3: the tests stand above"),
            (head + "- a\n", "x:2: here stands what is wrong"),
            (head + "Words.\n+ a\n- a\n", "x:4: `-` stands above"),
            (head + "Words.\n- a\nmore\n", "x:4: not `- TEXT`"),
            (head + "Words.\n- a\n= alike:\n", "x:4: not `- TEXT`"),
            (head + "Words.\n- a\n= alike: b\n+ c\n", "x:5: `=` is the last"),
            (head + "Words.\n- a\n" + head, "x:4: an empty line ends"),
            (head + "Words.\n\n", "takes nothing away"),
            (head + "Words.\n- a\n+ a\n", "changes nothing"),
        ]:
            with self.subTest(text=text):
                with self.assertRaises(mutant_list.ListError) as caught:
                    mutant_list.parse("x", text)
                self.assertIn(words, str(caught.exception))


class Parts(unittest.TestCase):
    """What needs no Bazel."""

    def test_filters(self):
        for pattern, name, expected in [
            ("Dot*", "Dot.One", True),
            ("Dot", "Dot.One", False),
            ("A*:*.One", "Dot.One", True),
            ("-Dot.*", "Dot.One", False),
            ("*-*.Two", "Dot.One", True),
            ("D?t.*", "All/Dot.One/1", False),
            ("*/D?t.*", "All/Dot.One/1", True),
            ("Dot.[O]*", "Dot.One", False),
        ]:
            with self.subTest(pattern=pattern, name=name):
                self.assertEqual(expected, mutant_runs.matches(pattern, name))
        self.assertEqual("A*:B*", mutant_runs.union(["B*", "A*", "B*"]))
        self.assertEqual("", mutant_runs.union(["B*", ""]))
        self.assertEqual("", mutant_runs.union(["B*", "A*-A.B"]))

    def test_only_what_was_run_counts(self):
        xml = """<a><testcase classname="A" name="Runs" status="run" result="completed"/>
        <testcase classname="A" name="Skips" status="run" result="skipped"/>
        <testcase classname="A" name="Off" status="notrun" result="suppressed"/></a>"""
        self.assertEqual(["A.Runs"], mutant_runs.tests_run(xml))

    def results(self, *kinds, file="core/a.c"):
        return [(mutant_list.Mutant("", file), mutant_runs.Verdict(kind)) for kind in kinds]

    def test_table(self):
        lines, good = mutants.table(self.results(*["killed"] * 19, "not tested", "alike"))
        self.assertTrue(good)
        self.assertEqual("core 21 19 0 2 0 95.0%", " ".join(lines[1].split()))
        self.assertFalse(mutants.table(self.results(*["killed"] * 18, "not tested"))[1])
        self.assertFalse(mutants.table(self.results(*["killed"] * 99, "survived"))[1])
        self.assertFalse(mutants.table(self.results("killed", "does not build"))[1])
        self.assertFalse(mutants.table(self.results("killed", "text not found"))[1])
        self.assertTrue(mutants.table(self.results("alike"))[1])
        self.assertFalse(mutants.table([])[1])

    def test_one_weak_folder_is_enough(self):
        weak = self.results("killed", "not tested", file="tools/cli/b.c")
        lines, good = mutants.table(self.results(*["killed"] * 90) + weak)
        self.assertFalse(good)
        self.assertEqual(["core", "tools/cli"], [line.split()[0] for line in lines[1:]])

    def test_groups(self):
        names = ["b.c"] * 3 + ["a.c"] + ["b.c"] * 2
        found = mutants.groups([mutant_list.Mutant("", "core/" + name) for name in names], 4)
        self.assertEqual(
            [["core/a.c"], ["core/b.c"] * 4, ["core/b.c"]],
            [[mutant.file for mutant in group] for group in found],
        )


class Runs(unittest.TestCase):
    """The whole of it, with something that stands for Bazel."""

    def setUp(self):
        self._folder = tempfile.TemporaryDirectory()
        self.addCleanup(self._folder.cleanup)
        self.root = os.path.join(self._folder.name, "root")
        os.makedirs(os.path.join(self.root, "tools/mutants"))
        for name in ("mutants.py", "mutant_list.py", "mutant_runs.py", "sources.py"):
            shutil.copy(os.path.join(TOOLS, name), os.path.join(self.root, "tools", name))
        self.before = "int a;\n"
        self.write("root/core/a.c", self.before)
        self.write("bin/bazel", _BAZEL)
        os.chmod(os.path.join(self._folder.name, "bin/bazel"), 0o755)

    def write(self, name, text):
        path = os.path.join(self._folder.name, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)

    def mutant(self, new, tests="//tests:a_test Dot*", old="a", end=""):
        return "@ core/a.c %s\nWords of %s.\n- int %s;\n+ %s\n%s\n" % (tests, new, old, new, end)

    def run_script(self, text, *options):
        self.write("root/tools/mutants/core.txt", text)
        result = subprocess.run(
            [sys.executable, "-B", os.path.join(self.root, "tools/mutants.py"), "--jobs=2"]
            + list(options),
            check=False,
            env={"PATH": os.path.join(self._folder.name, "bin") + ":" + os.environ["PATH"]},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        with open(os.path.join(self.root, "core/a.c"), encoding="utf-8") as file:
            self.assertEqual(self.before, file.read(), "the tree is never changed")
        return result.returncode, result.stdout

    def test_all_are_killed(self):
        lists = self.mutant("KILLED") + self.mutant("LATE")
        status, said = self.run_script(lists + self.mutant("same", end="= alike: yes\n"))
        self.assertEqual(0, status, said)
        self.assertRegex(said, r"killed .* core/a.c:1  Words of KILLED.  \[//tests:a_test Dot\*\]")
        self.assertRegex(said, r"killed .* Words of LATE.  \[//tests:a_test Dot\* \(timeout\)\]")
        self.assertRegex(said, r"alike .* Words of same.  \[yes\]")
        self.assertRegex(said, r"\ncore +3 +2 +0 +1 +0 +100.0%\n")

    def test_not_all_are_killed(self):
        for new, words in [
            ("int b;", "survived "),
            ("BROKEN", r"does not build .*core/a.c:1:2: error: no"),
        ]:
            status, said = self.run_script(self.mutant("KILLED") + self.mutant(new))
            self.assertEqual(1, status, said)
            self.assertRegex(said, "(?m)^" + words)
        status, said = self.run_script(self.mutant("KILLED") + self.mutant("x", old="c"))
        self.assertEqual(1, status, said)
        self.assertRegex(said, r"(?m)^text not found .*core/a.c:\?")

    def test_a_further_test_notices(self):
        tests = "//tests:a_test Dot*\n@@ //tests:p_test some"
        status, said = self.run_script(self.mutant("NOTICED BY P", tests))
        self.assertEqual(0, status, said)
        self.assertIn("[//tests:p_test some]", said)

    def test_bazel_fails(self):
        status, said = self.run_script(self.mutant("CRASHED"))
        self.assertEqual(2, status, said)
        self.assertIn("bazel is ill", said)

    def test_the_tests_must_pass_without_a_mutant(self):
        self.before = "int a; // KILLED\n"
        self.write("root/core/a.c", self.before)
        status, said = self.run_script(self.mutant("int b;"))
        self.assertEqual(2, status, said)
        self.assertIn("//tests:a_test fails without a mutant", said)

    def test_a_filter_must_select_something(self):
        for tests in ("//tests:a_test Dit*", "//tests:p_test nothing"):
            status, said = self.run_script(self.mutant("KILLED", tests))
            self.assertEqual(2, status, said)
            self.assertIn("selects no test", said)

    def test_check(self):
        status, said = self.run_script(self.mutant("KILLED"), "--check")
        self.assertEqual((0, "mutants: 1 in the lists, 0 problems\n"), (status, said))
        bad = self.mutant("KILLED", "//tests:gone_test") + self.mutant("y", old="x")
        status, said = self.run_script(bad, "--check")
        self.assertEqual(1, status, said)
        self.assertIn("core.txt:1: there is no test //tests:gone_test", said)
        self.assertIn("core.txt:6: core/a.c: the text is there 0 times", said)
        status, said = self.run_script(self.mutant("y") + "\n" + self.mutant("y"), "--check")
        self.assertEqual(2, status, said)
        self.assertIn("core.txt:7: the same as tools/mutants/core.txt:1", said)

    def test_only_and_list(self):
        lists = self.mutant("KILLED") + self.mutant("LATE")
        status, said = self.run_script(lists, "--list", "--only", "of L")
        self.assertEqual((0, "core/a.c:1  Words of LATE.\nmutants: 1\n"), (status, said))
        self.assertEqual(1, self.run_script(lists, "--only", "nowhere")[0])

    def test_a_cache_is_kept(self):
        cache = os.path.join(self._folder.name, "cache")
        self.write("cache/job0/tree/core/old.c", "int old;\n")
        status, said = self.run_script(self.mutant("KILLED"), "--cache", cache)
        self.assertEqual(0, status, said)
        self.assertFalse(os.path.exists(os.path.join(cache, "job0/tree/core/old.c")))
        with open(os.path.join(cache, "job0/tree/core/a.c"), encoding="utf-8") as file:
            self.assertEqual("int a;\n", file.read())


if __name__ == "__main__":
    unittest.main()
