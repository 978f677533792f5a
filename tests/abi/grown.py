#!/usr/bin/env python3
"""Says whether every public struct that may grow has done so in the interface of a later day, with
which the tests of old and new programs and plugins are built (//tests/plugins/newer).

    grown.py --today ARCHIVE --later ARCHIVE
"""

import argparse
import sys

import layout
import rules


def main():
    """The exit status is 0 if all have."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--today", required=True)
    parser.add_argument("--later", required=True)
    args = parser.parse_args()
    today = layout.describe(args.today, [])
    wrong = list(rules.check_grown(today, layout.describe(args.later, [])))
    for words in wrong:
        print(words)
    growing = [name for name, block in rules.structs(today) if rules.may_grow(block)]
    print("%d structs may grow, %d have not" % (len(growing), len(wrong)))
    return 1 if wrong or not growing else 0


if __name__ == "__main__":
    sys.exit(main())
