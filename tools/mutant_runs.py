"""Runs tests with Bazel in copies of the tree, as they are and with one wrong change at a time."""

import contextlib
import itertools
import os
import re
import shutil
import stat
import subprocess
import time
import xml.etree.ElementTree

import mutant_programs
from sources import source_files

# Bazel's exit statuses.
_PASSED, _NOT_BUILT = 0, 1


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

    def link_into(self, folder):
        """Links all that the tree has into a folder, as Bazel does where it works."""
        for name in os.listdir(self._tree):
            path = os.path.join(folder, name)
            if not name.startswith((".", "bazel-")) and not os.path.lexists(path):
                os.symlink(os.path.join(self._tree, name), path)

    def bazel(self, command, config, *words, fill_cache=False, processors=None):
        """Runs Bazel; returns its exit status and what it says."""
        options = ["--config=ci", "--config=" + config]
        options.append("--jobs=%d" % (processors or self._processors))
        # What a mutant is built into, nobody wants again.
        options.append("--disk_cache=" + (self._disk_cache if fill_cache else ""))
        result = self._run(command, *options, *words, stderr=subprocess.STDOUT)
        return result.returncode, result.stdout

    def ask(self, command, config, *words):
        """Runs Bazel, which must succeed; returns what it answers."""
        options = ["--config=ci", "--config=" + config, "--disk_cache=" + self._disk_cache]
        result = self._run(command, *options, *words, stderr=subprocess.PIPE)
        if result.returncode != _PASSED:
            raise RunError("bazel %s failed:\n%s" % (command, result.stderr))
        return result.stdout

    def _run(self, *words, stderr):
        return subprocess.run(
            ["bazel", "--output_base=" + self._base, "--max_idle_secs=600"] + list(words),
            cwd=self._tree,
            check=False,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=stderr,
            text=True,
            errors="replace",
        )

    def left(self, label, name):
        """Returns the text of what the last run of a test has left, test.xml or test.log."""
        folder = label[2:].replace(":", "/")
        path = os.path.join(self._tree, "bazel-testlogs", folder, name)
        with open(path, encoding="utf-8", errors="replace") as file:
            return file.read()

    def shut_down(self):
        """Ends Bazel's server."""
        if os.path.isdir(self._base):
            self._run("shutdown", stderr=subprocess.DEVNULL)


def remove(folder):
    """Removes a cache. Bazel has made some of its folders read-only."""
    for path, _, _ in os.walk(folder):
        os.chmod(path, 0o700)
    shutil.rmtree(folder, ignore_errors=True)


class Runner:
    """Builds the tests in a copy, and runs them there without a mutant and with one."""

    def __init__(self, copy, labels, timeout, seconds):
        self._copy = copy
        self._labels = labels
        self._timeout = timeout
        self._programs = {}  # by configuration
        self._seconds = seconds  # that each test takes without a mutant, which unchanged() finds out

    def build(self, names, processors=None):
        """Builds the tests `names`."""
        for config in ("mutant", "mutant_opt"):
            mine = sorted(name for name in names if self._labels.config(name) == config)
            if mine:
                status, said = self._copy.bazel(
                    "build", config, *mine, fill_cache=True, processors=processors
                )
                if status != _PASSED:
                    raise RunError("the tests cannot be built:\n" + said)
                self._programs[config] = mutant_programs.Programs(self._copy, config, mine)

    def unchanged(self, tests):
        """Runs the tests, (label, filter) each, without a mutant; raises RunError if one fails or a
        filter selects none. Yields a line about each run."""
        for label in sorted({label for label, _ in tests}):
            filters = sorted({one for other, one in tests if other == label})
            if self._labels.is_googletest(label):
                ended = self._unchanged(label, union(filters))
                yield "%7.1f s  %s" % (ended.seconds, label)
                names = tests_run(ended.xml)
                for one in filters:
                    if not any(matches(one or "*", name) for name in names):
                        raise RunError("%s: %s selects no test" % (label, one or "nothing"))
            else:
                for one in filters:
                    # Without a case it fails.
                    yield "%7.1f s  %s %s" % (self._unchanged(label, one).seconds, label, one)

    def _run(self, label, one, timeout):
        return self._programs[self._labels.config(label)].run(label, one, timeout)

    def _unchanged(self, label, one):
        ended = self._run(label, one, 3600)
        if ended.status != 0:
            raise RunError("%s %s fails without a mutant:\n%s" % (label, one, ended.said))
        self._seconds[label] = max(ended.seconds, self._seconds.get(label, 0.0))
        return ended

    def remade(self, mutant, text):
        """Makes the first test of a mutant anew, but of the unchanged file `text`, and runs it. Raises
        RunError if it fails: it would fail with any mutant."""
        label, one = mutant.tests[0]
        with self._made(mutant.file, text, text, label):
            ended = self._run(label, one, 3600)
        if ended.status != 0:
            words = "%s %s fails when it is made anew, without a mutant:\n%s"
            raise RunError(words % (label, one, ended.said))

    def judge(self, mutant, text):
        """Returns the verdict about a mutant; `text` is what its file has in it."""
        start = time.monotonic()
        kind, detail = self._tests(mutant, text)
        return Verdict(kind, detail, time.monotonic() - start)

    def _tests(self, mutant, text):
        for label, tests in itertools.groupby(mutant.tests, lambda test: test[0]):
            try:
                with self._made(mutant.file, mutant.apply(text), text, label):
                    for _, one in tests:
                        # A machine that is busy is no endless loop.
                        timeout = max(self._timeout, int(4 * self._seconds.get(label, 0)))
                        ended = self._run(label, one, timeout)
                        if ended.status != 0:
                            late = " (timeout)" if ended.status is None else ""
                            return "killed", (label + " " + one).strip() + late
            except mutant_programs.MakeError as problem:
                said = str(problem)
                error = re.search(r"^.*(\berror: |undefined reference).*$", said, re.MULTILINE)
                return "does not build", error.group() if error else said[-500:]
        return "survived", ""

    @contextlib.contextmanager
    def _made(self, file, changed, text, label):
        """While the context lasts, what a test wants is made from a file that has another text."""
        config = self._labels.config(label)
        programs = self._programs[config]
        plan = programs.plan(file, label)
        self._copy.write(file, changed)
        try:
            if plan:
                with programs.made(plan):
                    yield
            else:
                self._build_changed(config, label)
                yield
        finally:
            self._copy.write(file, text)
            if not plan:
                self._copy.bazel("build", config, label)

    def _build_changed(self, config, label):
        status, said = self._copy.bazel("build", config, label)
        if status == _NOT_BUILT:
            raise mutant_programs.MakeError(said)
        if status != _PASSED:
            raise RunError("bazel has failed (exit status %d):\n%s" % (status, said))
