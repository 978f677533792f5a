"""Each Python case counts, with its name, its outcome and why it was skipped; filters choose.

    bazel_unittest_test.py TEST_REPORT.py
"""

import json
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import unittest
import xml.etree.ElementTree

import bazel_unittest

REPORT = os.path.abspath(sys.argv[1])

SIGNALS = """
import signal, subprocess, unittest

class A(unittest.TestCase):
    def test(self):
        for name in ("HUP", "INT", "TERM"):
            done = subprocess.run(["sh", "-c", f"kill -{name} $$"])
            self.assertEqual(-getattr(signal, "SIG" + name), done.returncode)
"""

SAMPLE = r'''
import sys
import unittest

ARGUMENT = sys.argv.pop(1)

class Good(unittest.TestCase):
    def test_argument(self):
        self.assertEqual("argument", ARGUMENT)

    def test_subtests(self):
        for number in range(3):
            with self.subTest(number=number):
                self.assertLess(number, 3)

    @unittest.expectedFailure
    def test_expected(self):
        self.fail("as expected")

class Skips(unittest.TestCase):
    @unittest.skip("no server")
    def test_decorated(self):
        self.fail("runs")

    def test_inside(self):
        self.skipTest("no IPv6")

class Bad(unittest.TestCase):
    def test_assertion(self):
        self.fail("wrong\0\x1b[1m \udcff")

    def test_exception(self):
        raise RuntimeError("broken")

    def test_subtest(self):
        for number in range(3):
            with self.subTest(number=number):
                self.assertNotEqual(number, 1, "one")

    @unittest.expectedFailure
    def test_unexpected(self):
        pass

class Unset(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        raise RuntimeError("cannot be set up")

    def test_never(self):
        pass
'''


class Run(unittest.TestCase):
    """Of a sample, in a process of its own."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.xml = self.folder / "test.xml"
        self.before = None

    def run_sample(self, pattern=None, sample=SAMPLE, **names):
        """Returns the exit status and the outcome of each case; `names` are set in its environment."""
        path = self.folder / "sample_test.py"
        path.write_text(sample, encoding="utf-8")
        names["XML_OUTPUT_FILE"] = str(self.xml)
        if pattern is not None:
            names["TESTBRIDGE_TEST_ONLY"] = pattern
        done = subprocess.run(
            [sys.executable, "-B", bazel_unittest.__file__, str(path), "argument"],
            check=False, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            env={"PATH": os.defpath, "LC_ALL": "C.UTF-8", **names}, preexec_fn=self.before,
        )
        self.output = done.stdout.decode(errors="replace")
        cases = {}
        if self.xml.exists():
            for case in xml.etree.ElementTree.parse(self.xml).getroot().iter("testcase"):
                outcome = [f"{child.tag}: {child.get('message')}" for child in case] or ["passed"]
                cases[f"{case.get('classname')}.{case.get('name')}"] = outcome[0]
        return done.returncode, cases

    def report(self, status, *options):
        """What test_report.py says of the last run."""
        events = [
            {"id": {"testResult": {"label": "//a"}},
             "testResult": {"testActionOutput": [{"name": "test.xml", "uri": self.xml.as_uri()}]}},
            {"id": {"testSummary": {"label": "//a"}}, "testSummary": {"overallStatus": status}},
        ]
        path = self.folder / "events"
        path.write_text("".join(json.dumps(event) + "\n" for event in events), encoding="utf-8")
        done = subprocess.run([sys.executable, "-B", REPORT, *options, "x", str(path)],
                              check=False, stdout=subprocess.PIPE)
        return done.returncode, done.stdout.decode()

    def test_each_case_has_its_outcome(self):
        code, cases = self.run_sample()
        self.assertEqual(1, code, self.output)
        self.assertEqual({
            "Good.test_argument": "passed",
            "Good.test_subtests": "passed",
            "Good.test_expected": "passed",
            "Skips.test_decorated": "skipped: no server",
            "Skips.test_inside": "skipped: no IPv6",
            "Bad.test_assertion": "failure: AssertionError: wrong\\x00\\x1b[1m \\xdcff",
            "Bad.test_exception": "error: RuntimeError: broken",
            "Bad.test_subtest": "failure: AssertionError: 1 == 1 : one",
            "Bad.test_unexpected": "failure: passes, which it should not",
            "Unset.setUpClass": "error: RuntimeError: cannot be set up",
        }, cases)

    def test_the_report_counts_them(self):
        self.assertEqual(1, self.run_sample()[0])
        code, said = self.report("FAILED")
        self.assertEqual((1, "x: 3 passed, 5 failed"), (code, said.splitlines()[-1]), said)
        self.assertIn("x: FAILED: //a: Bad.test_exception\n", said)

    def test_a_strict_report_sees_what_is_skipped(self):
        self.assertEqual(0, self.run_sample("Skips")[0], self.output)
        code, said = self.report("PASSED", "--strict")
        self.assertEqual(1, code, said)
        self.assertIn("x: skipped: //a: Skips.test_decorated (no server)\n", said)
        self.assertIn("x: FAILED: //a: Skips.test_decorated: nothing may be skipped here\n", said)
        self.assertNotIn("FAILED: //a: Skips.test_inside", said, "that is about the machine")

    def test_a_filter_chooses_as_k_does(self):
        for pattern, names in (
            ("Good", ["Good.test_argument", "Good.test_expected", "Good.test_subtests"]),
            ("Good.test_arg", ["Good.test_argument"]),
            ("*.Good.*_sub*", ["Good.test_subtests"]),
        ):
            code, cases = self.run_sample(pattern)
            self.assertEqual((0, names), (code, sorted(cases)), self.output)

    def test_shards_have_each_case_once(self):
        _, whole = self.run_sample()
        for total in (3, 12):
            shares = []
            for index in range(total):
                status = self.folder / f"status{total}_{index}"
                self.xml.unlink(missing_ok=True)
                code, cases = self.run_sample(
                    TEST_TOTAL_SHARDS=str(total), TEST_SHARD_INDEX=str(index),
                    TEST_SHARD_STATUS_FILE=str(status),
                )
                self.assertTrue(status.exists())
                bad = any(words.startswith(("error", "failure")) for words in cases.values())
                self.assertEqual(1 if bad else 0, code, self.output)
                shares.append(cases)
            together = {name: words for share in shares for name, words in share.items()}
            self.assertEqual(whole, together)
            self.assertEqual(len(whole), sum(len(share) for share in shares))
            self.assertLessEqual(max(map(len, shares)) - min(map(len, shares)), 1)

    def test_a_filter_that_matches_nothing_fails_in_each_shard(self):
        for index in "01":
            code, _ = self.run_sample("Nothing", TEST_TOTAL_SHARDS="2", TEST_SHARD_INDEX=index)
            self.assertEqual(bazel_unittest.NOTHING_RAN, code)

    def test_nothing_run_is_a_failure(self):
        for pattern in ("Nothing", "Good.*"):
            code, cases = self.run_sample(pattern)
            self.assertEqual((bazel_unittest.NOTHING_RAN, {}), (code, cases))
            self.assertIn(f"no case matches '{pattern}'", self.output)
        code, _ = self.run_sample(sample="import sys\n")
        self.assertEqual(bazel_unittest.NOTHING_RAN, code)
        self.assertIn("there is no case", self.output)

    def test_a_file_that_cannot_be_loaded(self):
        code, cases = self.run_sample(sample="import pop3_is_no_module\n")
        self.assertEqual((1, {}), (code, cases))
        self.assertIn("pop3_is_no_module", self.output)

    def test_nothing_is_left_beside_the_file(self):
        (self.folder / "beside.py").write_text("VALUE = 1\n", encoding="utf-8")
        sample = "import unittest, beside\nclass A(unittest.TestCase):\n  def test(self): pass\n"
        self.assertEqual(0, self.run_sample(sample=sample)[0], self.output)
        self.assertFalse((self.folder / "__pycache__").exists())

    def test_no_signal_is_ignored_or_blocked(self):
        def as_nohup():
            signal.signal(signal.SIGHUP, signal.SIG_IGN)
            signal.signal(signal.SIGINT, signal.SIG_IGN)
            signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})

        self.before = as_nohup
        code, cases = self.run_sample(sample=SIGNALS)
        self.assertEqual((0, {"A.test": "passed"}), (code, cases), self.output)


if __name__ == "__main__":
    unittest.main()
