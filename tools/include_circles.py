"""Finds files of one folder that include each other in a circle.

NAME.c (or NAME.cc) and NAME.h are one part. It stands on another part of its folder if one of its
files includes a header of that. Where parts stand on each other in a circle, none can be read,
tested or changed without all of them: something that several need is missing below.
"""

import collections
import os
import re

_INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*"([^"]+)"', re.MULTILINE)


def _part(name):
    return os.path.splitext(name)[0]


def _includes(files):
    """Returns {part: set of the parts of its folder that it includes} of (name, text) pairs."""
    files = list(files)
    includes = {_part(name): set() for name, _ in files}
    for name, text in files:
        for header in _INCLUDE.findall(text):
            other = _part(header)
            if os.path.dirname(header) == os.path.dirname(name) and other in includes:
                includes[_part(name)].add(other)
        includes[_part(name)].discard(_part(name))
    return includes


def _circle_from(part, includes):
    """Returns the shortest way from a part back to itself, both ends included, or None."""
    before, waiting = {}, collections.deque([part])
    while waiting:
        here = waiting.popleft()
        for other in sorted(includes[here]):
            if other == part:
                way = [part, here]
                while way[-1] != part:
                    way.append(before[way[-1]])
                return way[::-1]
            if other not in before:
                before[other] = here
                waiting.append(other)
    return None


def check(files):
    """Yields the circles of (name, text) pairs, as text.

    Each part that is in a circle is in one of those that are named.
    """
    includes = _includes(files)
    named = set()
    for part in sorted(includes):
        circle = None if part in named else _circle_from(part, includes)
        if circle:
            named.update(circle)
            names = " -> ".join(os.path.basename(name) for name in circle)
            yield "%s: a circle of includes: %s" % (os.path.dirname(part), names)
