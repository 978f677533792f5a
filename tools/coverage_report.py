#!/usr/bin/env python3
"""Says how many lines and branches of our C files the tests have reached, from what gcov knows.

    tools/coverage_report.py [--reasons FILE] [--most N] EXECROOT FOLDER DATA

EXECROOT is where Bazel ran the compiler, FOLDER has the .gcno files, DATA the .gcda files that the
programs have left. tools/coverage.sh calls this. FILE (tools/coverage.txt) names what need not be
reached, and why:

    # A comment.
    core/codec/scan.c: pop3_scan_neon() -- this processor has no NEON
    core/codec/scan.c: case POP3_NEVER: -- cannot happen
    core/codec/scan.c: case POP3_GONE: ... return; -- cannot happen either

A function, each line with that text, or what is from each line with the first text to the next with
the other. What is named does not count; an entry that names nothing, or only what was reached, is a
mistake.

The exit status is 0 if core, transports, auth and plugins each have 95 % of the lines and 90 % of
the branches, and the reasons are right.
"""

import argparse
import collections
import json
import os
import re
import shutil
import subprocess
import sys

from sources import ROOT

MUST = ("core", "transports", "auth", "plugins")
FOLDERS = MUST + ("tools/cli", "tools/mailboxd")
LINES, BRANCHES = 95.0, 90.0  # per cent
MOST_LINES = 12  # of a reason for several


class ReasonError(Exception):
    """A line of the reasons is not as it should be."""


class File:
    """What was reached of a source file."""

    def __init__(self, name):
        self.name = name
        self.lines = {}  # number: times
        self.branches = {}  # number: times of each
        self.functions = {}  # name: (first line, last line)

    def add(self, entry):
        """Takes what gcov says about the file in one object. It may be compiled more than once."""
        for function in entry["functions"]:
            self.functions[function["name"]] = (function["start_line"], function["end_line"])
        branches = {}
        for line in entry["lines"]:
            number = line["line_number"]
            self.lines[number] = self.lines.get(number, 0) + line["count"]
            # A line can be there once for each function that it is part of.
            branches.setdefault(number, []).extend(
                branch["count"] for branch in line["branches"] if not branch.get("throw")
            )
        for number, counts in branches.items():
            before = self.branches.get(number, [])
            if len(before) == len(counts):
                counts = [a + b for a, b in zip(before, counts)]
            elif len(before) > len(counts):
                counts = before
            self.branches[number] = counts

    def leave_out(self, numbers):
        """Forgets lines; returns whether one of them had something that was not reached."""
        missed = False
        for number in numbers:
            missed = self.lines.pop(number, 1) == 0 or missed
            missed = 0 in self.branches.pop(number, []) or missed
        return missed

    def function_at(self, number):
        """Returns the name of the function that a line is part of."""
        for name, (first, last) in self.functions.items():
            if first <= number <= last:
                return name
        return ""

    def pieces(self):
        """Returns (first line, last line, how many, function) of each piece not reached."""
        found = []
        for number in sorted(self.lines):
            if self.lines[number]:
                found.append(None)
            elif found and found[-1] and found[-1][3] == self.function_at(number):
                first, _, count, name = found[-1]
                found[-1] = (first, number, count + 1, name)
            else:
                found.append((number, number, 1, self.function_at(number)))
        return [piece for piece in found if piece]

    def half_taken(self):
        """Returns the lines that were reached, but not with every branch."""
        never = (number for number, counts in self.branches.items() if 0 in counts)
        return sorted(number for number in never if self.lines.get(number))


def folder_of(name):
    """Returns the folder that a file counts in; None if it is not ours to measure."""
    return next((one for one in FOLDERS if name.startswith(one + "/")), None)


def collect(documents):
    """Returns the files, by name, from the JSON documents of gcov."""
    files = {}
    for document in documents:
        for entry in document["files"]:
            name = os.path.normpath(entry["file"])
            if folder_of(name) and name.endswith((".c", ".h")):
                files.setdefault(name, File(name)).add(entry)
    return files


def place_data(execroot, folder, data):
    """Puts each .gcda file beside its .gcno, where gcov looks for it, and removes those of before.

    A program names it by the path that the compiler saw, # for /; Bazel says that this is
    /proc/self/cwd.
    """
    for path, _, names in os.walk(folder):
        for name in names:
            if name.endswith(".gcda"):
                os.unlink(os.path.join(path, name))
    for name in os.listdir(data):
        path = name.replace("#", "/")
        target = os.path.join(execroot, path.replace("/proc/self/cwd/", "", 1))
        if name.endswith(".gcda") and os.path.isdir(os.path.dirname(target)):
            shutil.copyfile(os.path.join(data, name), target)


def run_gcov(execroot, folder):
    """Returns what gcov says about every object in a folder."""
    notes = []
    for path, _, names in os.walk(folder):
        notes += [os.path.join(path, name) for name in sorted(names) if name.endswith(".gcno")]
    documents = []
    for at in range(0, len(notes), 50):
        result = subprocess.run(
            ["gcov", "--json-format", "--stdout", "--branch-probabilities"] + notes[at : at + 50],
            cwd=execroot,
            check=True,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # tells which objects were never run
        )
        documents += [json.loads(line) for line in result.stdout.splitlines() if line.strip()]
    return documents


def leave_out_asserts(files, texts):
    """The branch of an assertion that fails is not there to be taken."""
    for name, file in files.items():
        for number, line in enumerate(texts(name).split("\n"), 1):
            if re.search(r"\bassert\(", line):
                file.branches.pop(number, None)


def parse_reasons(text):
    """Returns (file, what, why, line of the text) for each entry; raises ReasonError."""
    reasons = []
    for at, line in enumerate(text.split("\n"), 1):
        if not line.strip() or line.startswith("#"):
            continue
        found = re.fullmatch(r"(\S+\.[ch]): (.+?) -- (.+)", line)
        if not found:
            raise ReasonError("%d: not `FILE: FUNCTION() -- WHY` or `FILE: TEXT -- WHY`" % at)
        reasons.append(found.groups() + (at,))
    return reasons


def _lines_with(lines, what):
    """Returns the numbers of the lines with a text; with "A ... B" those from A to the next B."""
    first, _, last = what.partition(" ... ")
    numbers, inside = [], False
    for number, line in enumerate(lines, 1):
        if first in line or inside:
            numbers.append(number)
            inside = bool(last) and last not in line
    return numbers


def _longest(numbers):
    """Returns how many follow on each other without a gap, at most."""
    longest = length = 0
    for number in numbers:
        length = length + 1 if number - 1 in numbers else 1
        longest = max(longest, length)
    return longest


def apply_reasons(files, texts, reasons):
    """Leaves out what the reasons name; returns what is wrong with them."""
    problems = []
    for name, what, _, at in reasons:
        file = files.get(name)
        numbers = []
        if file and what.endswith("()") and what[:-2] in file.functions:
            first, last = file.functions[what[:-2]]
            numbers = range(first, last + 1)
        elif file:
            numbers = _lines_with(texts(name).split("\n"), what)
        if not numbers:
            problems.append("%d: %s has no %s" % (at, name, what))
        elif " ... " in what and _longest(numbers) > MOST_LINES:
            problems.append("%d: %s: %s is more than %d lines" % (at, name, what, MOST_LINES))
        elif not file.leave_out(numbers):
            problems.append("%d: %s: %s is reached, no reason is needed" % (at, name, what))
    return problems


def _share(counts):
    return 100.0 * sum(1 for count in counts if count) / len(counts) if counts else 100.0


def table(files):
    """Returns the lines of the table, and the folders that have too little."""
    rows = collections.OrderedDict((folder, ([], [])) for folder in FOLDERS)
    for file in files.values():
        lines, branches = rows[folder_of(file.name)]
        lines += file.lines.values()
        branches += [count for counts in file.branches.values() for count in counts]
    text, low = ["folder            lines      %   branches      %"], []
    for folder, (lines, branches) in rows.items():
        shares = _share(lines), _share(branches)
        text.append(
            "%-15s %7d %6.1f %10d %6.1f" % (folder, len(lines), shares[0], len(branches), shares[1])
        )
        if folder in MUST and (not lines or shares[0] < LINES or shares[1] < BRANCHES):
            low.append(folder)
    return text, low


def largest(files, most):
    """Returns lines about the largest pieces that were not reached, and about branches."""
    pieces = [(piece, file.name) for file in files.values() for piece in file.pieces()]
    pieces.sort(key=lambda one: (-one[0][2], one[1], one[0]))
    text = [
        "%5d  %s:%d-%d  %s" % (count, name, first, last, function)
        for (first, last, count, function), name in pieces[:most]
    ]
    half = [(file.half_taken(), file.name) for file in files.values()]
    half.sort(key=lambda one: (-len(one[0]), one[1]))
    text += ["", "lines of which a branch was never taken:"]
    text += [
        "%5d  %s:%s" % (len(numbers), name, ",".join(str(number) for number in numbers[:20]))
        for numbers, name in half[:most]
        if numbers
    ]
    return text


def _text(name):
    with open(os.path.join(ROOT, name), encoding="utf-8") as file:
        return file.read()


def main():
    """Prints the report; the exit status is 0 if enough was reached."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--reasons", default=os.path.join(ROOT, "tools/coverage.txt"))
    parser.add_argument("--most", type=int, default=30)
    parser.add_argument("execroot")
    parser.add_argument("folder")
    parser.add_argument("data")
    args = parser.parse_args()
    place_data(args.execroot, args.folder, args.data)
    files = collect(run_gcov(args.execroot, args.folder))
    leave_out_asserts(files, _text)
    try:
        with open(args.reasons, encoding="utf-8") as file:
            problems = apply_reasons(files, _text, parse_reasons(file.read()))
    except ReasonError as error:
        problems = [str(error)]
    print("the largest pieces that were not reached:")
    print("\n".join(largest(files, args.most)))
    text, low = table(files)
    print("\n" + "\n".join(text))
    for problem in problems:
        print("%s:%s" % (os.path.relpath(args.reasons, ROOT), problem))
    print("coverage: %s" % ("too little in " + ", ".join(low) if low else "enough"))
    return 1 if low or problems else 0


if __name__ == "__main__":
    sys.exit(main())
