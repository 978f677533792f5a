"""Makes programs anew after a change of one source, and runs tests, as Bazel would but much quicker.

Bazel has built the tests of a copy of the tree; it tells once how each object and program is made, and
how each test is run. From then on only what has the changed source in it is compiled and linked, and
put back afterwards: Bazel does not notice.
"""

import contextlib
import json
import os
import shlex
import signal
import subprocess
import sys
import tempfile
import threading
import time

# Behind the name of a file that something else stands in for.
_ASIDE = ".unchanged"

_MARK = "mutants: "

_ENOUGH_SAID = 5000  # octets


# The process groups of the tests that run now, and whether none shall run any more.
_running = set()
_stopped = threading.Event()


class MakeError(Exception):
    """A changed source does not compile, or a program cannot be linked."""


class Steps:
    """The commands by which objects, archives and programs are made."""

    def __init__(self, execroot, actions):
        self._execroot = execroot
        self._objects = {}  # by source: (object, action) of each
        self._links = {}  # by what is made: (its parts, action)
        for action in actions:
            words = action["arguments"]
            if action["mnemonic"] == "CppCompile":
                source, output = _behind("-c", words), _behind("-o", words)
                self._objects.setdefault(source, []).append((output, action))
            else:
                # Of what no test wants, not even the arguments are there.
                with contextlib.suppress(FileNotFoundError):
                    self._add_link(action)

    def _add_link(self, action):
        lines, words = [], action["arguments"]
        for at, word in enumerate(words[1:], 1):
            if word.startswith("@"):
                with open(os.path.join(self._execroot, word[1:]), encoding="utf-8") as file:
                    said = file.read().splitlines()
                # Bazel 4 also tells what is in the file: nothing may be linked twice.
                if set(lines) <= set(said):
                    lines = []
                    action = dict(action, arguments=words[:1] + words[at:])
                lines += said
            else:
                lines.append(word)
        if action["mnemonic"] == "CppLink":
            output = _behind("-o", lines)
        else:
            output = next(line for line in lines if line.startswith("bazel-out/"))
        self._links[output] = (set(lines) - {output}, action)

    def plan(self, source, wanted):
        """Returns what of the files `wanted`, and of their parts, has `source` in it: (file, action)
        each, parts first."""
        steps = dict(self._objects.get(source, ()))
        plan, known = {}, {}

        def visit(output):
            if output not in known:
                known[output] = False
                parts, action = self._links.get(output, ((), steps.get(output)))
                changed = [visit(part) for part in sorted(parts)]
                known[output] = any(changed) or output in steps
                if known[output]:
                    plan[output] = action
            return known[output]

        for output in sorted(wanted):
            visit(output)
        return list(plan.items())

    @contextlib.contextmanager
    def made(self, plan):
        """While the context lasts, what `plan` makes is made from the sources as they are now."""
        aside = []
        try:
            for output, action in plan:
                path = os.path.join(self._execroot, output)
                os.rename(path, path + _ASIDE)
                aside.append(path)
                self._make(action)
            yield
        finally:
            for path in aside:
                os.replace(path + _ASIDE, path)

    def _make(self, action):
        words = list(action["arguments"])
        if "-MF" in words:  # which headers there are, Bazel knows already
            words[words.index("-MF") + 1] = os.devnull
        result = subprocess.run(
            words,
            cwd=self._execroot,
            check=False,
            env={one["key"]: one["value"] for one in action.get("environmentVariables", ())},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
        )
        if result.returncode != 0:
            raise MakeError(result.stdout)


def _behind(option, words):
    return words[words.index(option) + 1]


class Ended:
    """How a test has ended, and what it has left."""

    def __init__(self, status, said, xml, seconds):
        self.status = status  # None: it took too long, and was killed
        self.said = said
        self.xml = xml
        self.seconds = seconds


class Programs:
    """The tests of one configuration, in one copy of the tree."""

    def __init__(self, copy, config, labels):
        labels = sorted(labels)
        self._copy = copy
        places = {}
        for line in copy.ask("info", config, "execution_root", "bazel-bin").splitlines():
            key, _, places[key] = line.partition(": ")
            places[key] = places[key].strip()
        self._execroot, self._bin = places["execution_root"], places["bazel-bin"]
        kinds = "mnemonic('Cpp(Compile|Archive|Link)', deps(set(%s)))" % " ".join(labels)
        answer = json.loads(copy.ask("aquery", config, kinds, "--output=jsonproto"))
        self._steps = Steps(self._execroot, answer["actions"])
        self._files = {label: self._runfiles(label) for label in labels}
        # Nobody but Bazel knows how it runs a test: this file takes the place of the tests, once.
        teller = "--run_under=python3 -B " + shlex.quote(os.path.abspath(__file__))
        copy.ask("test", config, teller, "--strategy=TestRunner=local", *labels)
        self._tests = {label: _told(copy.left(label, "test.log")) for label in labels}

    def _runfiles(self, label):
        """Returns the files that a test may run or load, seen from where Bazel works."""
        name = label[2:].replace(":", "/") + ".runfiles_manifest"
        root = self._execroot + "/"
        with open(os.path.join(self._bin, name), encoding="utf-8") as file:
            paths = [line.rstrip("\n").partition(" ")[2] for line in file]
        return {path[len(root) :] for path in paths if path.startswith(root)}

    def plan(self, source, label):
        """Returns what has to be made anew for a test when a source has changed; nothing if there is
        more to it than compiling that source."""
        return self._steps.plan(source, self._files[label])

    def made(self, plan):
        """While the context lasts, what `plan` makes is made from the changed source."""
        # The last build has left the links that it wanted itself.
        self._copy.link_into(self._execroot)
        return self._steps.made(plan)

    def run(self, label, one, timeout):
        """Runs a test with a filter."""
        told = self._tests[label]
        # What a test has started may still be at work in there.
        with tempfile.TemporaryDirectory(prefix="mutant-", ignore_cleanup_errors=True) as folder:
            tmp, xml = os.path.join(folder, "tmp"), os.path.join(folder, "test.xml")
            os.mkdir(tmp)
            env = dict(told["env"], XML_OUTPUT_FILE=xml, TESTBRIDGE_TEST_ONLY=one)
            for name in [name for name, value in env.items() if value == env["TEST_TMPDIR"]]:
                env[name] = tmp
            if not one:
                del env["TESTBRIDGE_TEST_ONLY"]
            start = time.monotonic()
            with open(os.path.join(folder, "said"), "w+b") as said:
                status = run_alone(told["words"], told["folder"], env, said, timeout)
                said.seek(max(0, os.fstat(said.fileno()).st_size - _ENOUGH_SAID))
                text = said.read().decode("utf-8", "replace")
            return Ended(status, text, _read(xml), time.monotonic() - start)


def run_alone(words, folder, env, said, timeout):
    """Runs a program, and ends what it has started. Returns its exit status, None if it took too long."""
    with subprocess.Popen(
        words,
        cwd=folder,
        env=env,
        stdin=subprocess.DEVNULL,
        stdout=said,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    ) as program:
        _running.add(program.pid)
        if _stopped.is_set():
            _kill(program.pid)
        try:
            return program.wait(timeout)
        except subprocess.TimeoutExpired:
            return None
        finally:
            _running.discard(program.pid)
            _kill(program.pid)


def kill_all():
    """Kills the tests that run now, for whichever thread, and those that come."""
    _stopped.set()
    for group in list(_running):
        _kill(group)


def _kill(group):
    with contextlib.suppress(ProcessLookupError):
        os.killpg(group, signal.SIGKILL)


def _read(name):
    try:
        with open(name, encoding="utf-8", errors="replace") as file:
            return file.read()
    except OSError:
        return ""


def _tell():
    """Says how this process was started."""
    told = {"folder": os.getcwd(), "env": dict(os.environ), "words": sys.argv[1:]}
    print(_MARK + json.dumps(told))


def _told(log):
    """Returns what _tell() has said."""
    return json.loads(next(l for l in log.splitlines() if l.startswith(_MARK))[len(_MARK) :])


if __name__ == "__main__":
    _tell()
