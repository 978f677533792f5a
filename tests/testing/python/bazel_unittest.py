"""Runs a unittest file as Bazel wants a test to be run: python_test.bzl.

    bazel_unittest.py TEST.py [ARGUMENT...]

$TESTBRIDGE_TEST_ONLY, which is what `bazel test --test_filter` says, chooses cases as unittest's -k
does. With a shard_count each run has its share of them. What became of each case is written to
$XML_OUTPUT_FILE. A run of no cases has failed, unless other shards have some.
"""

import importlib.util
import os
import re
import signal
import sys
import time
import unittest
import xml.etree.ElementTree

NOTHING_RAN = 5  # as Python 3.12 has it

# What XML cannot hold.
_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class Case:
    """What became of one case."""

    def __init__(self, test):
        self.group, self.name = _names(test)
        self.outcome = "passed"  # or "failure", "error", "skipped"
        self.words = ""
        self.began = time.monotonic()
        self.seconds = 0.0

    def became(self, outcome, words):
        """A failure stays one, whatever is said afterwards."""
        if self.outcome not in ("failure", "error"):
            self.outcome, self.words = outcome, words


class Result(unittest.TextTestResult):
    """Tells on the terminal how it goes, and keeps the cases in the order in which they began."""

    def __init__(self, *arguments, **options):
        super().__init__(*arguments, **options)
        self.cases = {}

    def _case(self, test):
        test = getattr(test, "test_case", test)  # of a subtest
        return self.cases.setdefault(test.id(), Case(test))

    def startTest(self, test):
        super().startTest(test)
        self._case(test)

    def stopTest(self, test):
        super().stopTest(test)
        case = self._case(test)
        case.seconds = time.monotonic() - case.began

    def addError(self, test, err):
        super().addError(test, err)
        self._case(test).became("error", self._exc_info_to_string(err, test))

    def addFailure(self, test, err):
        super().addFailure(test, err)
        self._case(test).became("failure", self._exc_info_to_string(err, test))

    def addSubTest(self, test, subtest, err):
        super().addSubTest(test, subtest, err)
        if err is not None:
            words = f"{subtest}\n{self._exc_info_to_string(err, test)}"
            self._case(test).became("failure", words)

    def addSkip(self, test, reason):
        super().addSkip(test, reason)
        self._case(test).became("skipped", reason)

    def addUnexpectedSuccess(self, test):
        super().addUnexpectedSuccess(test)
        self._case(test).became("failure", "passes, which it should not")


def _names(test):
    """The class and the name of a case; of a class or module that cannot be set up, likewise."""
    name = getattr(test, "_testMethodName", None)
    if name is not None:
        return type(test).__qualname__, name
    name, _, group = test.id().partition(" (")
    return group.rstrip(")").rpartition(".")[2], name


def to_xml(suite, cases):
    """The XML of a run, as GoogleTest and Bazel write it."""
    root = xml.etree.ElementTree.Element("testsuites")
    parent = xml.etree.ElementTree.SubElement(root, "testsuite", name=suite, tests=str(len(cases)))
    for kind, plural in (("failure", "failures"), ("error", "errors"), ("skipped", "skipped")):
        parent.set(plural, str(sum(case.outcome == kind for case in cases)))
    for case in cases:
        node = xml.etree.ElementTree.SubElement(
            parent, "testcase", classname=case.group, name=case.name, time=f"{case.seconds:.3f}"
        )
        if case.outcome == "passed":
            continue
        words = _NO_XML.sub(lambda found: f"\\x{ord(found[0]):02x}", case.words)
        last = (words.strip().splitlines() or [""])[-1]
        child = xml.etree.ElementTree.SubElement(node, case.outcome, message=last)
        child.text = words
    return xml.etree.ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)


def load(path, pattern=None):
    """Returns the suite of the cases in a file, those that -k PATTERN chooses."""
    spec = importlib.util.spec_from_file_location(_stem(path), path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    loader = unittest.TestLoader()
    if pattern:
        loader.testNamePatterns = [pattern if "*" in pattern else f"*{pattern}*"]
    return loader.loadTestsFromModule(module)


def share(suite):
    """Returns the cases of a suite that this shard is to run, or all if there are no shards."""
    total = int(os.environ.get("TEST_TOTAL_SHARDS") or 1)
    index = int(os.environ.get("TEST_SHARD_INDEX") or 0)
    if os.environ.get("TEST_SHARD_STATUS_FILE"):
        with open(os.environ["TEST_SHARD_STATUS_FILE"], "wb"):
            pass  # so Bazel knows that the shards are not all the same
    return unittest.TestSuite(list(_cases(suite))[index::total])


def _cases(suite):
    for test in suite:
        if isinstance(test, unittest.TestSuite):
            yield from _cases(test)
        else:
            yield test


def _stem(path):
    return os.path.splitext(os.path.basename(path))[0]


def usual_signals():
    """Ignores and blocks no signal, so that what the cases start does not: nohup ignores some."""
    signal.pthread_sigmask(signal.SIG_SETMASK, ())
    signal.signal(signal.SIGINT, signal.default_int_handler)
    for number in (signal.SIGHUP, signal.SIGQUIT, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)


def main():
    """Runs the file that sys.argv names and returns the exit status."""
    # From here on as if the file had been run by itself. What it may import is what Bazel has put
    # beside it and beside us, not what lies in the source tree, where the links point.
    path, here = os.path.abspath(sys.argv[1]), os.path.dirname(os.path.abspath(sys.argv[0]))
    sys.argv = sys.argv[1:]
    sys.path[0:1] = [os.path.dirname(path), here]
    usual_signals()
    pattern = os.environ.get("TESTBRIDGE_TEST_ONLY")
    everything = load(path, pattern)
    suite = share(everything)
    is_mine = suite.countTestCases() > 0 or everything.countTestCases() == 0
    result = unittest.TextTestRunner(resultclass=Result, verbosity=1).run(suite)
    if os.environ.get("XML_OUTPUT_FILE"):
        with open(os.environ["XML_OUTPUT_FILE"], "wb") as file:
            file.write(to_xml(_stem(path), list(result.cases.values())))
    if not result.cases and is_mine:
        print(f"FAILED: no case matches {pattern!r}" if pattern else "FAILED: there is no case")
        return NOTHING_RAN
    return 0 if result.wasSuccessful() else 1


if __name__ == "__main__":
    sys.exit(main())
