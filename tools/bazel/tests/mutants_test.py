"""tools/mutants.py decides whether the tests are good: it must itself be right.

    python3 mutants_test.py PATH-OF-ONE-OF-THE-SCRIPTS
"""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import unittest

SCRIPTS = (
    "mutant_list.py",
    "mutant_programs.py",
    "mutant_runs.py",
    "mutants.py",
    "sources.py",
)
TOOLS = os.path.dirname(os.path.abspath(sys.argv[1]))
sys.path.insert(0, TOOLS)
sys.dont_write_bytecode = True

# pylint: disable=wrong-import-position
import mutant_list
import mutant_programs
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

# Stand for Bazel, and for what it runs. There is one program, which is what its sources say; a test
# passes or not by that. A shell starts faster than Python.
_BAZEL = r"""#!/bin/sh
verb=
labels=
for word; do
  case $word in
  --*) continue ;;
  //*) labels="$labels $word" ;;
  esac
  [ -n "$verb" ] || verb=$word
done
bin=bazel-out/bin/tests
case $verb in
query)
  case "$*" in
  *"attr("*) exit 0 ;;
  esac
  case "$*" in *a_test*) echo cc_test rule //tests:a_test ;; esac
  case "$*" in *p_test*) echo sh_test rule //tests:p_test ;; esac
  exit 3
  ;;
info) printf 'execution_root: %s\nbazel-bin: %s\n' "$PWD" "$PWD/bazel-out/bin" ;;
aquery)
  cat <<END
{"actions": [
  {"mnemonic": "CppCompile", "arguments":
    ["sh", "${0%/*}/compile.sh", "-c", "core/a.c", "-MF", "a.d", "-o", "bazel-out/a.o"]},
  {"mnemonic": "CppLink", "arguments": ["sh", "${0%/*}/link.sh", "@bazel-out/program.params"],
    "environmentVariables": [{"key": "PATH", "value": "/bin:/usr/bin"}]}
]}
END
  ;;
build)
  mkdir -p $bin
  case $(cat core/a.h) in
  *BROKEN*) echo core/a.h:1:2: error: no && exit 1 ;;
  *CRASHED*) echo bazel is ill && exit 37 ;;
  esac
  cat core/a.c core/a.h >bazel-out/a.o
  cat bazel-out/a.o >$bin/program
  chmod 444 $bin/program
  printf '%s\n' bazel-out/a.o -o $bin/program >bazel-out/program.params
  for label in $labels; do
    echo "tests/program $PWD/$bin/program" >"$bin/${label#*:}.runfiles_manifest"
  done
  ;;
test)
  for label in $labels; do
    folder=bazel-testlogs/tests/${label#*:}
    mkdir -p "$folder"
    echo "mutants: {\"folder\": \"$PWD\", \"env\":
      {\"PATH\": \"/bin:/usr/bin\", \"TEST_TMPDIR\": \"/old\", \"OTHER\": \"/old\"},
      \"words\": [\"sh\", \"${0%/*}/test.sh\", \"$label\"]}" | tr '\n' ' ' >"$folder/test.log"
  done
  ;;
esac
"""

_COMPILE = """
grep -q BROKEN core/a.c && echo core/a.c:1:2: error: no && exit 1
[ "$*" = "-c core/a.c -MF /dev/null -o bazel-out/a.o" ] || exit 2
cat core/a.c core/a.h >bazel-out/a.o
"""

_LINK = "cp bazel-out/a.o bazel-out/bin/tests/program"

_TEST = """
case $(cat bazel-out/bin/tests/program) in
*KILLED*) exit 1 ;;
*HANGS*) exec >"${0%/*}/hangs" && echo begun && sleep 1000 ;;
*"NOTICED BY P"*) [ "$1" = //tests:a_test ] || exit 1 ;;
esac
[ -d "$TEST_TMPDIR" ] && [ "$OTHER" = "$TEST_TMPDIR" ] || exit 6
[ "$TESTBRIDGE_TEST_ONLY" != nothing ] || exit 5
echo '<a><testcase classname="Dot" name="One" status="run"/></a>' >"$XML_OUTPUT_FILE"
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


class Programs(unittest.TestCase):
    """mutant_programs.py"""

    def action(self, mnemonic, *words):
        return {"mnemonic": mnemonic, "arguments": ["program"] + list(words)}

    def steps(self):
        compiled = [("a.c", "a.o"), ("a.c", "a.pic.o"), ("b.c", "b.o"), ("c.c", "c.o")]
        actions = [self.action("CppCompile", "-c", *pair[:1], "-o", pair[1]) for pair in compiled]
        actions.append(self.action("CppLink", "-o", "t", "bazel-out/l.a", "b.o", "p.so"))
        actions.append(self.action("CppArchive", "rcsD", "bazel-out/l.a", "a.o"))
        actions.append(self.action("CppLink", "-o", "p.so", "a.pic.o"))
        actions.append(self.action("CppLink", "-o", "other", "a.o"))
        return mutant_programs.Steps("/nowhere", actions)

    def test_parts_are_made_first(self):
        plan = [output for output, _ in self.steps().plan("a.c", {"t", "data"})]
        self.assertEqual(["a.o", "bazel-out/l.a", "a.pic.o", "p.so", "t"], plan)

    def test_no_more_is_made_than_is_wanted(self):
        for source, wanted, expected in [
            ("b.c", {"t"}, ["b.o", "t"]),
            ("a.c", {"p.so"}, ["a.pic.o", "p.so"]),
            ("a.c", {"data"}, []),
            ("c.c", {"t"}, []),
            ("a.h", {"t"}, []),
        ]:
            with self.subTest(source=source, wanted=wanted):
                plan = [output for output, _ in self.steps().plan(source, wanted)]
                self.assertEqual(expected, plan)

    def test_nothing_is_linked_twice(self):
        with tempfile.TemporaryDirectory() as folder:
            with open(os.path.join(folder, "t.params"), "w", encoding="utf-8") as file:
                file.write("-o\nt\na.o\n")
            compiled = self.action("CppCompile", "-c", "a.c", "-o", "a.o")
            for words, expected in [
                (["-o", "t", "a.o", "@t.params"], ["@t.params"]),  # as Bazel 4 tells it
                (["@t.params"], ["@t.params"]),  # as Bazel 7 does
                (["-shared", "@t.params"], ["-shared", "@t.params"]),
            ]:
                actions = [compiled, self.action("CppLink", *words)]
                made = mutant_programs.Steps(folder, actions).plan("a.c", {"t"})
                self.assertEqual(["a.o", "t"], [output for output, _ in made])
                self.assertEqual(["program"] + expected, made[1][1]["arguments"])

    def test_a_copy_links_what_is_not_there(self):
        with tempfile.TemporaryDirectory() as folder:
            for name in ("job/tree/core", "job/tree/tools", "job/tree/bazel-out", "root/core"):
                os.makedirs(os.path.join(folder, name))
            copy = mutant_runs.Copy("/nowhere", os.path.join(folder, "job"), "", 1)
            copy.link_into(os.path.join(folder, "root"))
            self.assertEqual(["core", "tools"], sorted(os.listdir(os.path.join(folder, "root"))))
            self.assertFalse(os.path.islink(os.path.join(folder, "root/core")))
            self.assertTrue(os.path.isdir(os.path.join(folder, "root/tools")))

    def test_what_takes_too_long_is_killed(self):
        with tempfile.TemporaryFile() as said:
            words = ["sh", "-c", "sleep 1000 & echo $! && wait"]
            self.assertIsNone(mutant_programs.run_alone(words, "/", dict(os.environ), said, 0.5))

    def test_what_a_test_leaves_running_is_killed(self):
        reader, writer = os.pipe()
        with open(reader, "rb") as end, open(writer, "wb") as said:
            words = ["sh", "-c", "sleep 1000 & exit 3"]
            status = mutant_programs.run_alone(words, "/", dict(os.environ), said, 60)
            said.close()
            self.assertEqual(b"", end.read(), "comes when nobody is left who could write")
        self.assertEqual(3, status)


class Runs(unittest.TestCase):
    """The whole of it, with something that stands for Bazel."""

    def setUp(self):
        self._folder = tempfile.TemporaryDirectory()
        self.addCleanup(self._folder.cleanup)
        self.root = os.path.join(self._folder.name, "root")
        os.makedirs(os.path.join(self.root, "tools/mutants"))
        for name in SCRIPTS:
            shutil.copy(os.path.join(TOOLS, name), os.path.join(self.root, "tools", name))
        self.before = "int a;\n"
        self.write("root/core/a.c", self.before)
        self.write("root/core/a.h", "int h;\n")
        self.write("bin/bazel", _BAZEL)
        self.write("bin/compile.sh", _COMPILE)
        self.write("bin/link.sh", _LINK)
        self.write("bin/test.sh", _TEST)
        os.chmod(os.path.join(self._folder.name, "bin/bazel"), 0o755)

    def write(self, name, text):
        path = os.path.join(self._folder.name, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)

    def mutant(self, new, tests="//tests:a_test Dot*", old="a", end="", file="core/a.c"):
        words = (file, tests, new, old, new, end)
        return "@ %s %s\nWords of %s.\n- int %s;\n+ %s\n%s\n" % words

    def start_script(self, text, *options):
        self.write("root/tools/mutants/core.txt", text)
        return subprocess.Popen(
            [sys.executable, "-B", os.path.join(self.root, "tools/mutants.py"), "--jobs=2"]
            + list(options),
            env={"PATH": os.path.join(self._folder.name, "bin") + ":" + os.environ["PATH"]},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def run_script(self, text, *options):
        with self.start_script(text, *options) as script:
            said = script.communicate()[0]
        with open(os.path.join(self.root, "core/a.c"), encoding="utf-8") as file:
            self.assertEqual(self.before, file.read(), "the tree is never changed")
        return script.returncode, said

    def test_all_are_killed(self):
        lists = self.mutant("KILLED") + self.mutant("KILLED too")
        status, said = self.run_script(lists + self.mutant("same", end="= alike: yes\n"))
        self.assertEqual(0, status, said)
        self.assertRegex(said, r"killed .* core/a.c:1  Words of KILLED.  \[//tests:a_test Dot\*\]")
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

    def header(self, new):
        return self.mutant(new, old="h", file="core/a.h")

    def test_a_header_takes_bazel(self):
        lists = self.mutant("int b;") + self.header("KILLED") + self.header("int i;")
        status, said = self.run_script(lists + self.header("BROKEN"), "--jobs=1")
        self.assertEqual(1, status, said)
        self.assertRegex(said, r"(?m)^survived .* Words of int b;")
        self.assertRegex(said, r"(?m)^killed .* Words of KILLED")
        self.assertRegex(said, r"(?m)^survived .* Words of int i;")
        self.assertRegex(said, r"(?m)^does not build .*core/a.h:1:2: error: no")

    def test_bazel_fails(self):
        status, said = self.run_script(self.header("CRASHED"))
        self.assertEqual(2, status, said)
        self.assertIn("bazel is ill", said)

    def test_the_tests_must_pass_without_a_mutant(self):
        self.before = "int a; // KILLED\n"
        self.write("root/core/a.c", self.before)
        status, said = self.run_script(self.mutant("int b;"))
        self.assertEqual(2, status, said)
        self.assertIn("//tests:a_test Dot* fails without a mutant", said)

    def test_they_must_pass_when_they_are_made_anew(self):
        self.write("bin/link.sh", _LINK + "\necho KILLED >>bazel-out/bin/tests/program")
        status, said = self.run_script(self.mutant("int b;"))
        self.assertEqual(2, status, said)
        self.assertIn("//tests:a_test Dot* fails when it is made anew, without a mutant", said)

    def test_a_filter_must_select_something(self):
        for tests, words in [
            ("//tests:a_test Dit*", "Dit* selects no test"),
            ("//tests:p_test nothing", "nothing fails without a mutant"),
        ]:
            status, said = self.run_script(self.mutant("KILLED", tests))
            self.assertEqual(2, status, said)
            self.assertIn(words, said)

    def test_no_test_outlives_it(self):
        hangs = os.path.join(self._folder.name, "bin/hangs")
        os.mkfifo(hangs)
        with self.start_script(self.mutant("HANGS") + self.mutant("HANGS too")) as script:
            with open(hangs, encoding="utf-8") as end:
                self.assertEqual("begun\n", end.readline())
                script.send_signal(signal.SIGTERM)
                self.assertRegex(end.read(), "^(begun\n)?$", "nobody is left who could write")
            said = script.communicate()[0]
        self.assertEqual(2, script.returncode, said)
        self.assertIn("mutants: ended by SIGTERM", said)
        self.assertNotRegex(said, "(?m)^killed")

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
        lists = self.mutant("KILLED") + self.mutant("LEFT")
        status, said = self.run_script(lists, "--list", "--only", "of L")
        self.assertEqual((0, "core/a.c:1  Words of LEFT.\nmutants: 1\n"), (status, said))
        self.assertEqual(1, self.run_script(lists, "--only", "nowhere")[0])

    def test_a_cache_is_kept(self):
        cache = os.path.join(self._folder.name, "cache")
        self.write("cache/job0/tree/core/old.c", "int old;\n")
        status, said = self.run_script(self.mutant("KILLED"), "--cache", cache)
        self.assertEqual(0, status, said)
        self.assertFalse(os.path.exists(os.path.join(cache, "job0/tree/core/old.c")))
        with open(os.path.join(cache, "job0/tree/core/a.c"), encoding="utf-8") as file:
            self.assertEqual("int a;\n", file.read())
        with open(os.path.join(cache, "job0/tree/bazel-out/bin/tests/program")) as file:
            self.assertEqual("int a;\nint h;\n", file.read())


if __name__ == "__main__":
    unittest.main()
