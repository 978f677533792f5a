#!/usr/bin/env python3
"""Compares the public structs, enums and constants with what abi.txt says they are.

    abi.py --archive FILE --description FILE [--update [--incompatible]] HEADER...

Fails on what breaks a rule for all of them (rules.py), on an incompatible change, and on an addition,
which --update writes into the description:

    bazel run //tests/abi:update

An incompatible change demands another major version in POP3_ABI; with --incompatible --update
writes it all the same, which is right only before the interface has been released.
"""

import argparse
import os
import sys

import compare
import layout
import rules

_HEAD = """\
# How libpop3's public structs, enums and constants are laid out where pointers have 8 octets: offset,
# size, name and type of each member. Compared by //tests/abi:abi_test.
# After an addition: bazel run //tests/abi:update
"""


def _write(path, blocks):
    text = _HEAD
    for kind in ("struct", "enum", "type", "constant"):
        found = [blocks[title] for title in sorted(blocks) if title.split()[0] == kind]
        # A line each for what has one, a paragraph for what has more.
        between = "\n\n" if kind in ("struct", "enum") else "\n"
        text += "\n" + between.join(found) + "\n"
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)


def _read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def _arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument("--archive", required=True)
    parser.add_argument("--description", required=True)
    parser.add_argument("--update", action="store_true")
    parser.add_argument("--incompatible", action="store_true")
    parser.add_argument("headers", nargs="+")
    return parser.parse_args()


def main():
    """The exit status is 0 if nothing has changed, or was written."""
    args = _arguments()
    if layout.pointer_size(args.archive) != 8:
        print("abi.txt is about pointers of 8 octets, and here they have fewer: nothing to compare")
        return 0
    new = layout.describe(args.archive, args.headers)
    broken = list(rules.check(new, [_read(header) for header in args.headers]))
    for words in broken:
        print("RULE: " + words)
    if broken:
        return 1
    path = args.description
    if args.update:
        path = os.path.join(os.environ.get("BUILD_WORKSPACE_DIRECTORY", ""), path)
    old = {}
    if os.path.exists(path):
        old = compare.parse(_read(path))
    changes = list(compare.compare(old, new))
    for kind, words in changes:
        print("%s: %s" % ("INCOMPATIBLE" if kind == "breaks" else "append", words))
    same_major = compare.major(old) == compare.major(new)
    breaks = same_major and any(kind == "breaks" for kind, _ in changes)
    if args.update and not (breaks and not args.incompatible):
        _write(path, new)
        print("%s: %d entries, %d changes" % (path, len(new), len(changes)))
        return 0
    if breaks:
        print("what was built before would not work any more: undo it, or raise POP3_ABI's major")
        return 1
    if changes:
        print("update the file: bazel run //tests/abi:update")
        return 1
    print("PASSED: %d entries are as described" % len(new))
    return 0


if __name__ == "__main__":
    sys.exit(main())
