"""The scripts that decide whether a run is green must themselves be right.

    scripts_test.py TOOLS/test_report.py
"""

import json
import os
import subprocess
import sys
import tempfile
import time
import unittest

TOOLS = os.path.dirname(os.path.abspath(sys.argv[1]))

_GTEST = """<testsuites tests="4" failures="1" disabled="1" errors="0"><testsuite name="A">
<testcase name="Passes" status="run" result="completed" classname="A" />
<testcase name="Fails" status="run" result="completed" classname="A"><failure message="no"/></testcase>
<testcase name="Skips" status="run" result="skipped" classname="A"><skipped message="a.cc:3&#x0A;no server"/></testcase>
<testcase name="Off" status="notrun" result="suppressed" classname="A" />
</testsuite></testsuites>"""
_PLAIN = """<testsuites><testsuite name="t" tests="1"><testcase name="t" status="run"/></testsuite>
</testsuites>"""


class Folder(unittest.TestCase):
    """A test with a folder of its own."""

    def setUp(self):
        self._folder = tempfile.TemporaryDirectory()
        self.folder = self._folder.name

    def tearDown(self):
        self._folder.cleanup()

    def write(self, name, text):
        path = os.path.join(self.folder, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        return path

    def run_script(self, name, *arguments):
        result = subprocess.run(
            [sys.executable, "-B", os.path.join(TOOLS, name)] + list(arguments),
            check=False,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        return result.returncode, result.stdout


class TestReport(Folder):
    """tools/test_report.py"""

    def result(self, label, xml, attempt=1):
        path = self.write("%s_%d.xml" % (label.replace("/", "_"), attempt), xml)
        return {
            "id": {"testResult": {"label": label, "run": 1, "shard": 1, "attempt": attempt}},
            "testResult": {"testActionOutput": [{"name": "test.xml", "uri": "file://" + path}]},
        }

    def summary(self, label, status):
        return {
            "id": {"testSummary": {"label": label}},
            "testSummary": {"overallStatus": status},
        }

    def completed(self, label, success):
        return {
            "id": {"targetCompleted": {"label": label}},
            "completed": {"success": True} if success else {"failureDetail": {}},
        }

    def report(self, events, status=0, options=()):
        path = self.write("events", "".join(json.dumps(event) + "\n" for event in events))
        code, output = self.run_script("test_report.py", *options, "x", path, str(status))
        return code, output, output.splitlines()[-1]

    def test_passes(self):
        events = [
            self.completed("//a", True),
            self.result("//a", _PLAIN),
            self.summary("//a", "PASSED"),
        ]
        self.assertEqual(self.report(events)[::2], (0, "x: 1 passed, 0 failed"))

    def test_cases_count_one_by_one(self):
        events = [self.result("//a", _GTEST), self.summary("//a", "FAILED")]
        code, output, last = self.report(events, 3)
        self.assertEqual((code, last), (1, "x: 1 passed, 1 failed"))
        self.assertIn("FAILED: //a: A.Fails", output)
        self.assertIn("skipped: //a: A.Skips (no server)", output)
        self.assertIn("skipped: //a: A.Off (disabled)", output)

    def test_strict(self):
        events = [self.result("//a", _GTEST), self.summary("//a", "FAILED")]
        self.assertEqual(self.report(events, 3, ["--strict"])[2], "x: 1 passed, 3 failed")

    def test_strict_but_the_machine_cannot(self):
        xml = _GTEST.replace("no server", "no IPv6")
        events = [self.result("//a", xml), self.summary("//a", "FAILED")]
        code, output, last = self.report(events, 3, ["--strict"])
        self.assertEqual(last, "x: 1 passed, 2 failed")
        self.assertIn("skipped: //a: A.Skips (no IPv6)", output)

    def test_a_leak_at_exit_is_a_failure(self):
        events = [self.result("//a", _PLAIN), self.summary("//a", "FAILED")]
        self.assertEqual(self.report(events, 3)[2], "x: 1 passed, 1 failed")

    def test_a_timeout_without_results(self):
        code, output, last = self.report([self.summary("//a", "TIMEOUT")], 3)
        self.assertEqual((code, last), (1, "x: 0 passed, 1 failed"))
        self.assertIn("//a: TIMEOUT", output)

    def test_what_is_not_built_is_a_failure(self):
        events = [self.completed("//lib", False), self.completed("//filtered_test", True)]
        self.assertEqual(self.report(events, 1)[2], "x: 0 passed, 1 failed")

    def test_a_retry_counts_once(self):
        events = [
            self.result("//a", _GTEST, 1),
            self.result("//a", _PLAIN, 2),
            self.summary("//a", "FLAKY"),
        ]
        code, output, last = self.report(events)
        self.assertEqual((code, last), (0, "x: 1 passed, 0 failed"))
        self.assertIn("failed at first", output)

    def test_a_broken_build_file(self):
        event = {
            "id": {"pattern": {"pattern": ["//..."]}},
            "aborted": {"reason": "LOADING_FAILURE", "description": "syntax error"},
        }
        code, output, last = self.report([event], 1)
        self.assertEqual((code, last), (1, "x: 0 passed, 1 failed"))
        self.assertIn("syntax error", output)

    def test_a_package_that_cannot_be_loaded(self):
        events = [self.result("//a", _GTEST), self.summary("//a", "FAILED")]
        self.assertEqual(self.report(events, 3)[2], "x: 1 passed, 1 failed")
        self.assertEqual(self.report(events, 1)[2], "x: 1 passed, 2 failed")
        events = [self.result("//a", _PLAIN), self.summary("//a", "PASSED")]
        self.assertEqual(self.report(events, 1)[2], "x: 1 passed, 1 failed")

    def test_nothing_is_a_failure(self):
        self.assertEqual(self.report([], 0)[::2], (1, "x: 0 passed, 1 failed"))
        self.assertEqual(self.report([], 4)[::2], (1, "x: 0 passed, 1 failed"))
        code, output = self.run_script("test_report.py", "x", "/does/not/exist")
        self.assertEqual((code, output.splitlines()[-1]), (1, "x: 0 passed, 1 failed"))


class CheckLayout(Folder):
    """tools/check_layout.py"""

    def check(self):
        code, output = self.run_script("check_layout.py", "--root", self.folder)
        return code, output.splitlines()[:-1]

    def assert_complains(self, words):
        code, lines = self.check()
        self.assertEqual(code, 1)
        self.assertEqual(len(lines), 1, lines)
        self.assertIn(words, lines[0])

    def setUp(self):
        super().setUp()
        self.write("core/base/a.c", '#include <pop3/status.h>\n#include <string.h>\n#include "core/base/b.h"\n')
        self.write("core/base/b.h", "")
        self.write("tests/core/a_test.cc", '#include <gtest/gtest.h>\n#include "core/base/b.h"\n')
        self.write("transports/include/pop3/plugins/tcp.h", "// pop3_plugin_tcp is.\nint pop3_plugin_tcp(void);\n")
        self.write(
            "core/include/pop3/a.h",
            "// What this is.\n#ifndef A_H_\n#define A_H_\n#include <stddef.h>\n\n"
            '#ifdef __cplusplus\nextern "C" {\n#endif\n\n'
            "// POP3_A is.\n#if X\n#define POP3_A(x) \\\n  (x)\n#else\n#define POP3_A(x)\n#endif\n\n"
            "// pop3_kind is.\ntypedef enum pop3_kind {\n  POP3_K  // {\n} pop3_kind;\n\n"
            "typedef struct pop3_late pop3_late;\n\n"
            "// pop3_fn is.\ntypedef int (*pop3_fn)(void *arg,\n                       int x);\n\n"
            "// pop3_f, and pop3_g, are.\nint pop3_f(void);\nint *pop3_g(int a,\n    int b);\n\n"
            "// pop3_late is.\nstruct pop3_late {\n  // x is.\n  int (*x)(void);\n};\n\n"
            "#ifdef __cplusplus\n}\n#endif\n\n#endif  // A_H_\n",
        )

    def test_all_is_well(self):
        self.assertEqual(self.check(), (0, []))

    def test_nothing_to_check_is_a_failure(self):
        with tempfile.TemporaryDirectory() as empty:
            self.assertEqual(self.run_script("check_layout.py", "--root", empty)[0], 1)

    def test_length(self):
        self.write("tools/long.py", "\n" * 499)
        self.assertEqual(self.check(), (0, []))
        self.write("tools/long.py", "\n" * 500)
        self.assert_complains("tools/long.py: 500 lines")

    def test_sockets_in_core(self):
        self.write("core/base/b.h", "#include <sys/socket.h>\n")
        self.assert_complains("no <sys/socket.h>")

    def test_poll_in_one_file_of_core(self):
        self.write("core/session/wait_poll.c", "#include <poll.h>\n")
        self.write("tests/core/wait_poll_test.cc", "")
        self.assertEqual(self.check(), (0, []))
        self.write("core/base/b.h", "#include <poll.h>\n")
        self.assert_complains("core/base/b.h: core needs libc alone")

    def test_the_arrows_between_the_parts_of_core(self):
        self.write("tests/core/e_test.cc", "")
        self.write("core/engine/e.c", '#include <pop3/engine.h>\n#include "core/base/b.h"\n')
        self.assertEqual(self.check(), (0, []))
        self.write("core/base/b.h", '#include "core/engine/e.h"\n')
        self.assert_complains("core/base/b.h: core/base may not use core/engine")
        self.write("core/base/b.h", "#include <pop3/engine.h>\n")
        self.assert_complains("core/base/b.h: <pop3/engine.h> is above core/base")
        self.write("core/base/b.h", "")
        self.write("core/odd/o.h", '#include "core/base/b.h"\n')
        self.assert_complains("core/odd may not use core/base")

    def test_core_includes_downwards(self):
        self.write("core/base/b.h", "#include <pop3/plugins/tcp.h>\n")
        self.assert_complains("<pop3/plugins/tcp.h> is above core/base")

    def test_a_plugin_includes_the_spi(self):
        self.write("tests/auth/x_test.cc", '#include "auth/x.h"\n')
        self.write("auth/x.h", "")
        self.write("auth/x.c", "#include <openssl/md5.h>\n#include <pop3/spi/auth.h>\n")
        self.assertEqual(self.check(), (0, []))
        self.write("auth/x.c", "#include <pop3/session.h>\n")
        self.assert_complains("<pop3/spi/...> only")
        self.write("auth/x.c", "#include <pop3/plugins/tcp.h>\n")
        self.assert_complains("<pop3/spi/...> only")
        self.write("auth/include/pop3/plugins/x.h", "")
        self.write("auth/x.c", "#include <pop3/plugins/x.h>\n")
        self.assertEqual(self.check(), (0, []))
        self.write("auth/x.c", '#include "core/base/b.h"\n')
        self.assert_complains('no "core/base/b.h" here')

    def test_tools_are_users(self):
        self.write("tools/cli/x.c", '#include "tools/cli/x.h"\n#include <pop3/plugins/tcp.h>\n')
        self.write("tools/cli/x.h", "")
        self.assertEqual(self.check(), (0, []))
        self.write("tools/cli/x.h", '#include "core/base/b.h"\n')
        self.assert_complains('no "core/base/b.h" here')

    def test_tests_are_users(self):
        self.write("tests/session/x_test.cc", '#include "core/base/b.h"\n')
        self.assert_complains('"core/base/b.h" is for tests/core')

    def test_circles(self):
        self.write("tools/cli/x.h", '#include "tools/cli/y.h"\n')
        self.write("tools/cli/y.h", "")
        self.write("tools/cli/y.c", '#include "tools/cli/x.h"\n')
        self.assert_complains("tools/cli: a circle of includes: x -> y -> x")

    def test_one_version(self):
        self.write(
            "core/include/pop3/version.h",
            '// What this is.\n#ifndef V_H_\n#define V_H_\n\n'
            '// POP3_VERSION is.\n#define POP3_VERSION "1.2.3"\n\n#endif  // V_H_\n',
        )
        module = 'module(\n    name = "libpop3",\n    version = "%s",\n)\n'
        self.write("MODULE.bazel", module % "1.2.3")
        self.write("tools/dist/BUILD.bazel", 'VERSION = "1.2.3"\n')
        self.assertEqual(self.check(), (0, []))
        self.write("MODULE.bazel", module % "1.2.4")
        self.assert_complains("MODULE.bazel: version ['1.2.4']")
        self.write("MODULE.bazel", module % "1.2.3")
        self.write("tools/dist/BUILD.bazel", "")
        self.assert_complains("tools/dist/BUILD.bazel: version []")

    def test_a_file_without_a_test(self):
        self.write("core/base/c.c", "")
        self.assert_complains("there is no c_test.cc")

    def test_a_namespace_for_each_file_of_cases(self):
        name, good = "tests/core/a_test.cc", (
            "#include <gtest/gtest.h>\n\nnamespace a_test {\nnamespace {\n\n"
            "int x;\n\nTEST(A, Works) {\n}\n\n}  // namespace\n}  // namespace a_test\n"
        )
        self.write(name, good)
        self.assertEqual(self.check(), (0, []))
        self.write(name, good.replace("namespace a_test {", "namespace b_test {"))
        self.assert_complains("no `namespace a_test {`")
        self.write(name, good.replace("namespace a_test {\n", "int y;\n\nnamespace a_test {\n"))
        self.assert_complains("`int y;` is outside")
        self.write(name, good.replace("int x;", "#define X 1"))
        self.assert_complains("the macro X")
        self.write(name, good.replace("int x;", "#define X 1\n#undef X"))
        self.assertEqual(self.check(), (0, []))
        self.write("tests/core/b_test.cc", good.replace("a_test", "b_test"))
        self.assert_complains("the suite A is in tests/core/a_test.cc already")
        os.rename(self.folder + "/tests/core/b_test.cc", self.folder + "/tests/b_test.cc")
        self.assertEqual(self.check(), (0, []))

    def test_comments(self):
        header = "core/include/pop3/b.h"
        self.write(header, "int pop3_x(void);\n")
        self.assert_complains("pop3_x has no comment")
        self.write(header, "// Returns.\nint pop3_x(void);\n")
        self.assert_complains("first word")
        self.write(header, "// pop3_x is.\n\nint pop3_x(void);\n")
        self.assert_complains("pop3_x has no comment")
        self.write(header, "// pop3_x is.\nint pop3_x(void);\nint pop3_y(void);\n")
        self.assert_complains("pop3_y is not mentioned")
        self.write(header, "#define POP3_B 1\n")
        self.assert_complains("POP3_B has no comment")
        self.write(header, "typedef struct pop3_nowhere pop3_nowhere;\n")
        self.assert_complains("pop3_nowhere has no comment")


class Stages(Folder):
    """tools/stages.sh"""

    def run_stages(self, body):
        text = ". %s/stages.sh\nstages_begin\n%s\nstages_end\n" % (TOOLS, body)
        environment = {key: value for key, value in os.environ.items() if key != "POP3_STAGES"}
        result = subprocess.run(
            ["bash", self.write("run.sh", text)],
            check=False,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env=environment,
        )
        lines = result.stdout.splitlines()
        rows = [line.split() for line in lines[[l.split()[:1] for l in lines].index(["stage"]) :]]
        return result.returncode, {row[0]: row[2:] for row in rows if len(row) == 4}, lines[-1]

    def test_counts(self):
        code, rows, last = self.run_stages(
            "stage a echo 'x: 3 passed, 0 failed'\nstage b true\nstage c printf '4 passed, 0 failed'"
        )
        self.assertEqual((code, last), (0, "8 passed, 0 failed"))
        self.assertEqual([rows[name] for name in "abc"], [["3", "0"], ["1", "0"], ["4", "0"]])

    def test_failures(self):
        code, rows, last = self.run_stages(
            "stage a false\nstage b sh -c 'echo 2 passed, 0 failed; exit 3'\n"
            "stage c sh -c 'echo 5 passed, 2 failed; exit 1'\nstage d true"
        )
        self.assertEqual((code, last), (1, "8 passed, 4 failed"))
        self.assertEqual(
            [rows[name] for name in "abcd"], [["0", "1"], ["2", "1"], ["5", "2"], ["1", "0"]]
        )

    def test_nothing_is_a_failure(self):
        self.assertEqual(self.run_stages("")[::2], (1, "0 passed, 0 failed"))

    def test_stages_within(self):
        inner = self.write("inner.sh", ". %s/stages.sh\nstages_begin\nstage i true\nstages_end" % TOOLS)
        code, rows, last = self.run_stages("run_stages bash %s\nstage o true" % inner)
        self.assertEqual((code, last), (0, "2 passed, 0 failed"))
        self.assertEqual([rows["i"], rows["o"]], [["1", "0"], ["1", "0"]])

    def test_stages_behind(self):
        code, rows, last = self.run_stages(
            "stage_behind b sh -c 'sleep 0.2; echo 2 passed, 1 failed'\n"
            "stage_behind c sh -c 'sleep 0.3; exit 3'\nstage_behind d true\nstage a true"
        )
        self.assertEqual((code, last), (1, "4 passed, 2 failed"))
        self.assertEqual(
            [rows[name] for name in "abcd"], [["1", "0"], ["2", "1"], ["0", "1"], ["1", "0"]]
        )

    def test_what_runs_behind_ends_with_the_script(self):
        pid_file = os.path.join(self.folder, "pid")
        self.run_stages("stage_behind b sh -c 'echo $$ >%s; sleep 1000'\n"
                        "while [ ! -s %s ]; do sleep 0.01; done\n"
                        "printf 'stage \\n'; exit 1" % (pid_file, pid_file))
        with open(pid_file, encoding="ascii") as file:
            pid = int(file.read())
        for _ in range(1000):
            if not os.path.exists("/proc/%d" % pid):
                return
            time.sleep(0.01)
        self.fail("it still runs")

    def test_a_script_that_ends_before_its_stages(self):
        code, _, last = self.run_stages("stage o true\nrun_stages false")
        self.assertEqual((code, last), (1, "1 passed, 1 failed"))


class Packages(unittest.TestCase):
    """tools/packages.sh"""

    def run_shell(self, *arguments):
        return subprocess.run(
            ["bash", os.path.join(TOOLS, "packages.sh")] + list(arguments),
            check=False,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def test_the_line_names_each_package_once(self):
        words = self.run_shell("--list", "build", "test", "check").stdout.split()
        self.assertIn("android-libboringssl-dev", words)
        self.assertIn("libgtest-dev", words)
        self.assertEqual(len(words), len(set(words)))

    def test_an_unknown_group(self):
        result = self.run_shell("bulid")
        self.assertEqual(result.returncode, 2)
        self.assertIn("bulid", result.stderr)


if __name__ == "__main__":
    unittest.main()
