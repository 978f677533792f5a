"""The parts of core use each other as ARCHITECTURE.md says, and nothing goes round in a circle.

    python3 arrows_test.py GRAPH CHECK_LAYOUT

GRAPH is what `bazel query 'deps(//core)' --output graph --nograph:factored` writes.
"""

import os
import re
import sys
import unittest

GRAPH, CHECK_LAYOUT = (os.path.abspath(path) for path in sys.argv[1:3])
sys.path.insert(0, os.path.dirname(CHECK_LAYOUT))
sys.dont_write_bytecode = True

# pylint: disable=wrong-import-position
import check_layout

# "//core/engine:engine" -> "//core/codec:codec"; a file of a package is one that has a dot.
_ARROW = re.compile(r'^  "[^"]*//core/(\w+):\w+" -> "[^"]*//core/(\w+):\w+"$', re.MULTILINE)


def arrows(text):
    """Returns {part: parts that it uses} of a graph."""
    used = {}
    for user, part in _ARROW.findall(text):
        used.setdefault(user, set()).add(part)
        used.setdefault(part, set())
    return used


def order(used):
    """Returns the parts, each behind those that it uses; those in a circle are left out."""
    done = []
    while True:
        ready = [part for part in sorted(used) if part not in done and used[part] <= set(done)]
        if not ready:
            return done
        done += ready


class Arrows(unittest.TestCase):
    """What Bazel knows."""

    def setUp(self):
        with open(GRAPH, encoding="utf-8") as file:
            self.used = arrows(file.read())

    def test_there_are_the_parts(self):
        self.assertEqual(sorted(self.used), sorted(check_layout.PARTS))

    def test_each_part_uses_what_it_may(self):
        for part, others in self.used.items():
            self.assertLessEqual(others, check_layout.PARTS[part] - {part}, part)

    def test_no_circle(self):
        self.assertEqual(sorted(order(self.used)), sorted(self.used))
        self.assertEqual(order(self.used)[0], "base")
        self.assertEqual(order(self.used)[-1], "session")

    def test_a_circle_is_found(self):
        graph = '  "//core/%s:%s" -> "//core/%s:%s"\n'
        text = graph % ("a", "a", "b", "b") + graph % ("b", "b", "c", "c")
        self.assertEqual(order(arrows(text)), ["c", "b", "a"])
        text += graph % ("b", "b", "a", "a") + '  "//core/c:c" -> "//core/c:c.h"\n'
        self.assertEqual(order(arrows(text)), ["c"])
