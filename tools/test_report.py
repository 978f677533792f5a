#!/usr/bin/env python3
"""Counts the test cases of a Bazel run.

    tools/test_report.py [--strict] NAME EVENTS [STATUS]

EVENTS is what `bazel test --build_event_json_file=EVENTS` has written, STATUS its exit status. A
GoogleTest program and a Python unittest file count as their cases, any other test as one. A test
that has crashed or has taken too long counts as one failure, and so does whatever could not be
built, be it a test or not.

Prints what has failed, what was skipped and why, and as its last line `NAME: N passed, N failed`.
With --strict a case that skips itself is a failure, unless the reason is one of those below, which
are about the machine and not about the tests.
"""

import argparse
import json
import sys
import urllib.parse
import urllib.request
import xml.etree.ElementTree

# What a test may end with and still be fine. A flaky one has failed before it passed: that is said.
_FINE = {"PASSED", "FLAKY"}

# What a machine may be, and the tests cannot change. Whoever adds a reason has a reason.
_MACHINE = {
    "no IPv6",
    "only root can give a file away",
}


class Report:
    """The result of one run."""

    def __init__(self):
        self.passed = 0
        self.failed = []
        self.unbuilt = False
        self.skipped = []  # (case, reason)
        self.notes = []


def _read_events(path):
    """Returns the status of each test by label, its XML files, and all that was not built."""
    status, logs, broken, causes = {}, {}, {}, {}
    with open(path, encoding="utf-8") as events:
        for line in events:
            event = json.loads(line)
            ident = event.get("id", {})
            if "testSummary" in ident:
                label = ident["testSummary"]["label"]
                status[label] = event.get("testSummary", {}).get("overallStatus", "NO_STATUS")
            elif "testResult" in ident:
                label = ident["testResult"]["label"]
                for output in event.get("testResult", {}).get("testActionOutput", []):
                    if output.get("name") == "test.xml":
                        logs.setdefault(label, []).append((_order(ident), output.get("uri", "")))
            elif "targetCompleted" in ident:
                label = ident["targetCompleted"]["label"]
                if not _was_built(event):
                    broken[label] = "cannot be built"
            elif "aborted" in event and event["aborted"].get("reason") != "SKIPPED":
                words = event["aborted"].get("description") or event["aborted"].get("reason", "")
                causes[_label_of(ident)] = words.strip() or "aborted"
    # The cause, a missing file for one, counts only if it has not kept a target from being built.
    return status, logs, broken or causes


def _was_built(event):
    if "aborted" in event:  # SKIPPED: not meant for this configuration
        return event["aborted"].get("reason") == "SKIPPED"
    return event.get("completed", {}).get("success", False)


def _label_of(ident):
    for kind in ("targetConfigured", "unconfiguredLabel", "configuredLabel"):
        if kind in ident:
            return ident[kind].get("label", kind)
    return "the build"


def _order(ident):
    """Returns what identifies a part of a test, and which attempt at it this is."""
    result = ident["testResult"]
    part = (result.get("run", 1), result.get("shard", 1))
    return part, result.get("attempt", 1)


def _last_attempts(entries):
    last = {}
    for (part, attempt), uri in entries:
        if part not in last or attempt > last[part][0]:
            last[part] = (attempt, uri)
    return [uri for _, uri in last.values()]


def _cases(uri):
    """Yields (name, outcome) of each case in an XML file."""
    path = urllib.request.url2pathname(urllib.parse.urlparse(uri).path)
    root = xml.etree.ElementTree.parse(path).getroot()
    for suite in root.iter("testsuite"):
        for case in suite.findall("testcase"):
            name = "%s.%s" % (case.get("classname") or suite.get("name"), case.get("name"))
            if case.find("failure") is not None or case.find("error") is not None:
                yield name, "failed"
            elif case.get("result") == "skipped" or case.find("skipped") is not None:
                yield name, _reason(case)
            elif case.get("status") == "notrun":
                yield name, "disabled"
            else:
                yield name, "passed"


def _reason(case):
    """Returns the words of GTEST_SKIP(), without the place where it stands."""
    skipped = case.find("skipped")
    words = (skipped.get("message") or "") if skipped is not None else ""
    lines = [line.strip() for line in words.splitlines() if line.strip()]
    return lines[-1] if lines else "skipped"


def _count(label, status, uris, report):
    failed_before = len(report.failed)
    for uri in uris:
        try:
            cases = list(_cases(uri))
        except (OSError, xml.etree.ElementTree.ParseError) as error:
            report.failed.append("%s: no result that can be read: %s" % (label, error))
            continue
        for name, outcome in cases:
            if outcome == "passed":
                report.passed += 1
            elif outcome == "failed":
                report.failed.append("%s: %s" % (label, name))
            else:
                report.skipped.append(("%s: %s" % (label, name), outcome))
    if status not in _FINE and len(report.failed) == failed_before:
        report.failed.append("%s: %s" % (label, status))
    if status == "FLAKY":
        report.notes.append("%s failed at first, and passed when tried again" % label)


def make_report(path):
    """Returns the Report of a run whose events are in the file `path`."""
    report = Report()
    status, logs, broken = _read_events(path)
    for label in sorted(set(status) - set(broken)):
        _count(label, status[label], _last_attempts(logs.get(label, [])), report)
    report.failed.extend("%s: %s" % item for item in sorted(broken.items()))
    report.unbuilt = bool(broken)
    return report


def main():
    """Prints the report and returns the exit status: 0 if something ran and nothing failed."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--strict", action="store_true")
    parser.add_argument("name")
    parser.add_argument("events")
    parser.add_argument("status", nargs="?", type=int, default=0)
    args = parser.parse_args()

    try:
        report = make_report(args.events)
    except (OSError, ValueError) as error:
        report = Report()
        report.failed.append("bazel has left no results: %s" % error)
    if args.strict:
        report.failed.extend(
            "%s: nothing may be skipped here" % case
            for case, reason in report.skipped
            if reason not in _MACHINE
        )
    # 3: some tests have failed. With any other status there is more to it, a package that cannot be
    # loaded for one, of which the events say nothing.
    if args.status not in (0, 3) and not report.unbuilt or args.status and not report.failed:
        report.failed.append("bazel has ended with status %d, and has said why" % args.status)
    if report.passed == 0 and not report.failed:
        report.failed.append("nothing has run")

    for line in report.notes:
        print("%s: note: %s" % (args.name, line))
    for line in report.skipped:
        print("%s: skipped: %s (%s)" % ((args.name,) + line))
    for line in report.failed:
        print("%s: FAILED: %s" % (args.name, line))
    print("%s: %d passed, %d failed" % (args.name, report.passed, len(report.failed)))
    return 1 if report.failed else 0


if __name__ == "__main__":
    sys.exit(main())
