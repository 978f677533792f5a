#!/usr/bin/env python3
"""Makes small wrong changes to the library, one at a time, and looks whether a test notices.

    tools/mutants.py [OPTION...] [FILE...]

    FILE          lists of mutants (tools/mutant_list.py says what is in them); all of
                  tools/mutants/*.txt without one
    --only REGEX  those whose file or words match
    --list        says which there are
    --check       only looks whether the lists fit the tree: each text is in its file once, and each
                  test is there. Builds nothing.
    --jobs N      so many at a time (default: one for each processor)
    --cache DIR   keeps the copies of the tree and what was built from them, for the next time
    --disk-cache DIR  what unchanged files are built into (default: in the cache); the one of other
                  builds will do, it gets nothing of the mutants

The tree itself is never changed: each job has a copy of it, with an output base of its own, where
Bazel builds the tests once (tools/mutant_programs.py does the rest). All are run without a mutant
first, as Bazel has made them and as this makes them, since a test that fails anyway notices nothing. Then one line per mutant says what came out:

    killed          by the test that the line names, which failed or ran for longer than a minute
    survived        no test has noticed
    alike           nobody could notice; not run, not counted
    not tested      no test in this tree can notice; not run
    does not build  and
    text not found  are mistakes of the list

The exit status is 0 if every mutant is killed or explained, and 95 % of those in each folder are
killed. Needs what tools/packages.sh has in the groups build and test.
"""

import argparse
import collections
import os
import queue
import re
import signal
import sys
import tempfile
import threading
import time

import mutant_list
import mutant_programs
import mutant_runs
from sources import ROOT

ENOUGH = 95.0  # per cent

_EXPLAINED = ("alike", "not tested")
_MISTAKES = ("does not build", "text not found")


def table(results):
    """Returns the lines of the table by folder, and whether all is well; `results` are pairs of a
    mutant and its verdict."""
    rows = {}
    for mutant, verdict in results:
        rows.setdefault(mutant.folder, collections.Counter())[verdict.kind] += 1
    lines = ["folder          mutants  killed  survived  explained  mistakes  killed %"]
    good = bool(rows)
    for folder in sorted(rows):
        row = rows[folder]
        mistakes = sum(row[kind] for kind in _MISTAKES)
        explained = sum(row[kind] for kind in _EXPLAINED)
        count = sum(row.values())
        counted = count - row["alike"] - mistakes
        share = 100.0 * row["killed"] / counted if counted else 100.0
        survived = row["survived"]
        # Rounded down: 94.96 is not 95.
        lines.append(
            "%-15s %7d %7d %9d %10d %9d %8.1f%%"
            % (folder, count, row["killed"], survived, explained, mistakes, int(share * 10) / 10)
        )
        good = good and not survived and not mistakes and share >= ENOUGH
    return lines, good


def groups(mutants, most=8):
    """Returns the mutants in groups of one file, so that little is built anew between them."""
    found = []
    for mutant in sorted(mutants, key=lambda one: (one.folder, one.file)):
        if found and found[-1][0].file == mutant.file and len(found[-1]) < most:
            found[-1].append(mutant)
        else:
            found.append([mutant])
    return found


class _Report:
    """Prints each verdict, and keeps it."""

    def __init__(self, texts):
        self._texts = texts
        self._lock = threading.Lock()
        self.results = []

    def add(self, mutant, verdict):
        """Takes a verdict, from any thread."""
        line = mutant.line(self._texts[mutant.file] or "")
        where = "%s:%s" % (mutant.file, line if line else "?")
        with self._lock:
            self.results.append((mutant, verdict))
            detail = ("  [%s]" % verdict.detail) if verdict.detail else ""
            print(
                "%-14s %6.1f s  %s  %s%s"
                % (verdict.kind, verdict.seconds, where, mutant.words, detail),
                flush=True,
            )


def _without_running(mutant, text):
    """Returns the verdict about a mutant that is not run, or None."""
    words = mutant_list.misplaced(mutant, text)
    if words:
        return mutant_runs.Verdict("text not found", "%s: %s" % (mutant.place, words))
    if mutant.alike:
        return mutant_runs.Verdict("alike", mutant.alike)
    if mutant.not_tested:
        return mutant_runs.Verdict("not tested", mutant.not_tested)
    return None


def _work(waiting, runner, report, texts, failures):
    """What one job does until nothing is left, or one of the others has failed."""
    try:
        while not failures:
            for mutant in waiting.get_nowait():
                verdict = runner.judge(mutant, texts[mutant.file])
                if failures:  # the test may have been killed for that, not by the mutant
                    break
                report.add(mutant, verdict)
    except queue.Empty:
        pass
    except (mutant_runs.RunError, OSError) as error:
        failures.append(error)


def _run_all(mutants, labels, report, texts, copies):
    """Judges the mutants with as many jobs as there are copies."""
    seconds = {}
    runners = [mutant_runs.Runner(copy, labels, 60, seconds) for copy in copies]
    start = time.monotonic()
    tests = {test for mutant in mutants for test in mutant.tests}
    for copy, runner in zip(copies, runners):
        copy.update()
        runner.build({label for label, _ in tests}, os.cpu_count() or 1)
    print("%7.1f s  to build the tests; without a mutant:" % (time.monotonic() - start), flush=True)
    for line in runners[0].unchanged(tests):
        print(line, flush=True)
    for mutant in {mutant.tests[0][0]: mutant for mutant in mutants}.values():
        runners[0].remade(mutant, texts[mutant.file])
    print("%7.1f s  in all\n" % (time.monotonic() - start), flush=True)
    waiting, failures = queue.Queue(), []
    for group in groups(mutants):
        waiting.put(group)
    threads = [
        threading.Thread(target=_work, args=(waiting, runner, report, texts, failures))
        for runner in runners
    ]
    try:
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    except mutant_runs.RunError as stopped:
        failures.append(stopped)
        mutant_programs.kill_all()
        for thread in threads:
            if thread.is_alive():
                thread.join()
    if failures:
        raise failures[0]


def _check(mutants, texts, labels):
    """Returns what does not fit the tree."""
    problems = ["%s: there is no test %s" % (_who(mutants, one), one) for one in labels.missing]
    for mutant in mutants:
        words = mutant_list.misplaced(mutant, texts[mutant.file])
        if words:
            problems.append("%s: %s: %s" % (mutant.place, mutant.file, words))
    return problems


def _who(mutants, label):
    return next(one.place for one in mutants if label in (name for name, _ in one.tests))


def _arguments():
    parser = argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        usage=argparse.SUPPRESS,
        add_help=False,
    )
    hidden = argparse.SUPPRESS  # the text at the top describes them
    parser.add_argument("-h", "--help", action="help", help=hidden)
    parser.add_argument("--only", type=re.compile, help=hidden)
    parser.add_argument("--list", action="store_true", help=hidden)
    parser.add_argument("--check", action="store_true", help=hidden)
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help=hidden)
    parser.add_argument("--cache", help=hidden)
    parser.add_argument("--disk-cache", help=hidden)
    parser.add_argument("files", nargs="*", help=hidden)
    return parser.parse_args()


def _main(args):
    wanted = args.only or re.compile("")
    mutants = [
        mutant
        for mutant in mutant_list.read(ROOT, args.files)
        if wanted.search(mutant.file) or wanted.search(mutant.words)
    ]
    if not mutants:
        print("mutants: there are none")
        return 1
    texts = mutant_list.texts(ROOT, mutants)
    if args.list:
        for mutant in mutants:
            line = mutant.line(texts[mutant.file] or "")
            print("%s:%s  %s" % (mutant.file, line or "?", mutant.words))
        print("mutants: %d" % len(mutants))
        return 0
    labels = mutant_runs.Labels(ROOT, {label for one in mutants for label, _ in one.tests})
    problems = _check(mutants, texts, labels)
    if args.check:
        for problem in problems:
            print(problem)
        print("mutants: %d in the lists, %d problems" % (len(mutants), len(problems)))
        return 1 if problems else 0
    if labels.missing:
        raise mutant_runs.RunError("\n".join(problems))
    return _judge(args, mutants, labels, texts)


def _judge(args, mutants, labels, texts):
    report = _Report(texts)
    to_run = []
    for mutant in mutants:
        verdict = _without_running(mutant, texts[mutant.file])
        if verdict:
            report.add(mutant, verdict)
        else:
            to_run.append(mutant)
    start = time.monotonic()
    if to_run:
        _in_copies(args, to_run, labels, report, texts)
    lines, good = table(report.results)
    seconds = time.monotonic() - start
    print("\n" + "\n".join(lines))
    words = "all is well" if good else "FAILED"
    print("mutants: %d in %.0f s, %s" % (len(mutants), seconds, words))
    return 0 if good else 1


def _in_copies(args, mutants, labels, report, texts):
    cache = os.path.abspath(args.cache) if args.cache else tempfile.mkdtemp(prefix="mutants-")
    disk_cache = os.path.abspath(args.disk_cache or os.path.join(cache, "disk"))
    jobs = max(1, min(args.jobs, len(mutants)))
    each = max(1, (os.cpu_count() or 1) // jobs)
    folders = [os.path.join(cache, "job%d" % number) for number in range(jobs)]
    copies = [mutant_runs.Copy(ROOT, folder, disk_cache, each) for folder in folders]
    try:
        _run_all(mutants, labels, report, texts, copies)
    finally:
        for copy in copies:
            copy.shut_down()
        if not args.cache:
            mutant_runs.remove(cache)


def _stop(number, _frame):
    raise mutant_runs.RunError("ended by %s" % signal.Signals(number).name)


def main():
    """Runs it, and returns the exit status."""
    for number in (signal.SIGHUP, signal.SIGINT, signal.SIGTERM):
        if signal.getsignal(number) != signal.SIG_IGN:  # under nohup it stays so
            signal.signal(number, _stop)
    try:
        return _main(_arguments())
    except (mutant_list.ListError, mutant_runs.RunError, OSError, re.error) as error:
        print("mutants: %s" % error)
        return 2


if __name__ == "__main__":
    sys.exit(main())
