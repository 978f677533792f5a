"""Runs tests with Bazel in copies of the tree, as they are and with one wrong change at a time."""

import os
import re
import shutil
import stat
import subprocess
import time
import xml.etree.ElementTree

from sources import source_files

# Bazel's exit statuses.
_PASSED, _NOT_BUILT, _FAILED = 0, 1, 3


class RunError(Exception):
    """The tests say nothing about any mutant: they fail without one, or cannot be run."""


def matches(pattern, name):
    """Whether GoogleTest's filter `pattern` selects the test `name`."""

    def one_of(patterns):
        for glob in patterns.split(":"):
            if re.fullmatch(re.escape(glob).replace(r"\*", ".*").replace(r"\?", "."), name):
                return True
        return False

    chosen, _, left_out = pattern.partition("-")
    return one_of(chosen or "*") and not (left_out and one_of(left_out))


def union(filters):
    """Returns one filter that selects all that any of `filters` does, and maybe more."""
    if any(not one or "-" in one for one in filters):
        return ""
    return ":".join(sorted(set(filters)))


def tests_run(xml_text):
    """Returns the names of the tests in a test.xml that were run and not skipped."""
    names = []
    for case in xml.etree.ElementTree.fromstring(xml_text).iter("testcase"):
        if case.get("status") == "run" and case.get("result", "completed") == "completed":
            names.append("%s.%s" % (case.get("classname"), case.get("name")))
    return names


class Verdict:
    """What came out of one mutant."""

    def __init__(self, kind, detail="", seconds=0.0):
        self.kind = kind  # killed, survived, alike, not tested, does not build, text not found
        self.detail = detail
        self.seconds = seconds


class Labels:
    """What Bazel knows about the tests."""

    def __init__(self, root, labels):
        self._root = root
        wanted = "set(%s)" % " ".join(sorted(labels))
        self.kinds = {}
        for line in self._query(wanted, "--output=label_kind").splitlines():
            kind, _, label = line.split()
            self.kinds[label] = kind
        self.missing = sorted(
            label for label in labels if not self.kinds.get(label, "").endswith("_test")
        )
        there = "set(%s)" % " ".join(sorted(self.kinds))
        tagged = "attr(tags, '[\\[ ]noasan[\\],]', %s)" % there
        self.without_asan = set(self._query(tagged).split()) if self.kinds else set()

    def _query(self, *words):
        result = subprocess.run(
            ["bazel", "query", "--noshow_progress", "--keep_going"] + list(words),
            cwd=self._root,
            check=False,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        if result.returncode not in (0, 3):  # 3: some of them are not there
            raise RunError("bazel query failed:\n" + result.stderr)
        return result.stdout

    def config(self, label):
        """Returns the configuration that a test is run with."""
        return "mutant_opt" if label in self.without_asan else "mutant"

    def is_googletest(self, label):
        """Whether a test takes GoogleTest's filters, not unittest's."""
        return self.kinds[label] == "cc_test"


class Copy:
    """A copy of the tree, and a Bazel of its own for it."""

    def __init__(self, root, folder, disk_cache, processors):
        self._root = root
        self._tree = os.path.join(folder, "tree")
        self._base = os.path.join(folder, "base")
        self._disk_cache = disk_cache
        self._processors = processors

    def update(self):
        """Makes the copy the same as the tree. Only what differs is written."""
        os.makedirs(self._tree, exist_ok=True)
        wanted = set(source_files(""))
        for name in wanted:
            self._update_file(name)
        for folder, folders, files in os.walk(self._tree):
            folders[:] = [f for f in folders if not f.startswith("bazel-")]
            for name in files:
                path = os.path.join(folder, name)
                if os.path.relpath(path, self._tree) not in wanted:
                    os.unlink(path)

    def _update_file(self, name):
        source, target = os.path.join(self._root, name), os.path.join(self._tree, name)
        with open(source, "rb") as file:
            data = file.read()
        mode = stat.S_IMODE(os.stat(source).st_mode)
        try:
            with open(target, "rb") as file:
                same = file.read() == data and stat.S_IMODE(os.stat(target).st_mode) == mode
            if same:
                return
        except OSError:
            os.makedirs(os.path.dirname(target), exist_ok=True)
        with open(target, "wb") as file:
            file.write(data)
        os.chmod(target, mode)

    def write(self, name, text):
        """Replaces a file of the copy."""
        with open(os.path.join(self._tree, name), "w", encoding="utf-8", newline="") as file:
            file.write(text)

    def bazel(self, command, config, *words, fill_cache=False, processors=None):
        """Runs Bazel; returns its exit status and what it says."""
        options = ["--config=ci", "--config=" + config]
        options.append("--jobs=%d" % (processors or self._processors))
        if fill_cache:
            options.append("--disk_cache=" + self._disk_cache)
        else:
            # What a mutant is built into, nobody wants again.
            options.append("--disk_cache=")
        return self._run(command, *options, *words)

    def _run(self, *words):
        result = subprocess.run(
            ["bazel", "--output_base=" + self._base, "--max_idle_secs=600"] + list(words),
            cwd=self._tree,
            check=False,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
        )
        return result.returncode, result.stdout

    def left(self, label, name):
        """Returns the text of what the last run of a test has left, test.xml or test.log."""
        folder = label[2:].replace(":", "/")
        path = os.path.join(self._tree, "bazel-testlogs", folder, name)
        with open(path, encoding="utf-8", errors="replace") as file:
            return file.read()

    def shut_down(self):
        """Ends Bazel's server."""
        if os.path.isdir(self._base):
            self._run("shutdown")


def remove(folder):
    """Removes a cache. Bazel has made some of its folders read-only."""
    for path, _, _ in os.walk(folder):
        os.chmod(path, 0o700)
    shutil.rmtree(folder, ignore_errors=True)


class Runner:
    """Knows the tests, and how long they take without a mutant."""

    def __init__(self, labels, timeout):
        self._labels = labels
        self._timeout = timeout
        self._seconds = {}

    def build(self, copy, names):
        """Builds the tests `names` in a copy."""
        for config in ("mutant", "mutant_opt"):
            mine = sorted(name for name in names if self._labels.config(name) == config)
            if mine:
                status, said = copy.bazel("build", config, *mine, fill_cache=True)
                if status != _PASSED:
                    raise RunError("the tests cannot be built:\n" + said)

    def unchanged(self, copy, tests, processors):
        """Runs the tests, (label, filter) each, without a mutant; raises RunError if one fails or a
        filter selects none. Yields a line about each run."""
        for label in sorted({label for label, _ in tests}):
            filters = sorted({one for other, one in tests if other == label})
            if self._labels.is_googletest(label):
                yield self._unchanged(copy, label, union(filters), processors)
                names = tests_run(copy.left(label, "test.xml"))
                for one in filters:
                    if not any(matches(one or "*", name) for name in names):
                        raise RunError("%s: %s selects no test" % (label, one or "nothing"))
            else:
                for one in filters:
                    yield self._unchanged(copy, label, one, processors)
                    ran = re.search(r"^Ran (\d+) test", copy.left(label, "test.log"), re.MULTILINE)
                    if one and (ran is None or ran.group(1) == "0"):
                        raise RunError("%s: %s selects no test" % (label, one))

    def _unchanged(self, copy, label, one, processors):
        status, said = copy.bazel(
            "test",
            self._labels.config(label),
            "--test_filter=" + one,
            "--test_output=errors",
            label,
            fill_cache=True,
            processors=processors,
        )
        if status != _PASSED:
            raise RunError("%s fails without a mutant:\n%s" % (label, said))
        took = re.search(r"PASSED in ([0-9.]+)s", said)
        seconds = float(took.group(1)) if took else 0.0
        self._seconds[label] = max(seconds, self._seconds.get(label, 0.0))
        return "%7.1f s  %s %s" % (seconds, label, one)

    def judge(self, copy, mutant, text):
        """Returns the verdict about a mutant; `text` is what its file has in it."""
        start = time.monotonic()
        copy.write(mutant.file, mutant.apply(text))
        try:
            kind, detail = self._tests(copy, mutant)
        finally:
            copy.write(mutant.file, text)
        return Verdict(kind, detail, time.monotonic() - start)

    def _tests(self, copy, mutant):
        for label, one in mutant.tests:
            # A machine that is busy is no endless loop.
            timeout = max(self._timeout, int(4 * self._seconds.get(label, 0)))
            status, said = copy.bazel(
                "test",
                self._labels.config(label),
                "--test_filter=" + one,
                "--test_timeout=%d" % timeout,
                "--test_output=summary",
                label,
            )
            if status == _FAILED:
                late = re.search(r"^//\S+ +TIMEOUT ", said, re.MULTILINE)
                return "killed", (label + " " + one).strip() + (" (timeout)" if late else "")
            if status == _NOT_BUILT:
                error = re.search(r"^.*(\berror: |undefined reference).*$", said, re.MULTILINE)
                return "does not build", error.group() if error else said[-500:]
            if status != _PASSED:
                raise RunError("bazel has failed (exit status %d):\n%s" % (status, said))
        return "survived", ""
