"""The lists of wrong changes, tools/mutants/FOLDER.txt, and what they say about the sources.

    # A comment.
    @ core/codec/dot.c //tests/core:core_test Dot*
    @@ //tests/session:transcript_test *Dots*
    The dot of a stuffed line stays.
    -   if (*p == '.') p++;
    +   if (*p == '!') p++;

A mutant begins with its file and the test that should notice it, with a filter: GoogleTest's, or
what Python's unittest takes behind -k. `@@` names further tests. One line says what is wrong then.
`-` is text that is in the file once, `+` what takes its place; behind the sign and one blank every
character counts. A last line `= alike: WHY` says that nobody can notice it, `= not tested: WHY`
that no test here can. An empty line ends a mutant.
"""

import glob
import os


class ListError(Exception):
    """A line of a list is not as it should be."""


class Mutant:
    """One wrong change."""

    def __init__(self, place, file):
        self.place = place  # LIST:LINE
        self.file = file
        self.tests = []  # (label, filter or "")
        self.words = ""
        self.old = None
        self.new = ""
        self.alike = ""
        self.not_tested = ""

    @property
    def folder(self):
        """Where the table counts it: the first folder, of tools/ the second."""
        parts = self.file.split("/")
        return "/".join(parts[: 2 if parts[0] == "tools" else 1])

    def line(self, text):
        """Returns the line of `text`, the file, where the change begins; None if it is not there
        exactly once."""
        if text.count(self.old) != 1:
            return None
        before = text[: text.index(self.old)]
        # What two lines share at their beginnings is context.
        for old, new in zip(self.old.split("\n"), self.new.split("\n")):
            if old != new:
                break
            before += old + "\n"
        return before.count("\n") + 1

    def apply(self, text):
        """Returns the text of the file with the change."""
        return text.replace(self.old, self.new)


class _Parser:
    def __init__(self, name):
        self._name = name
        self._at = 0
        self._mutant = None
        self._removed, self._added = [], []
        self.mutants = []

    def _fail(self, words):
        raise ListError("%s:%d: %s" % (self._name, self._at, words))

    def line(self, line):
        """Takes the next line."""
        self._at += 1
        if line.startswith("@ "):
            self._begin(line[2:].split())
        elif not line.strip():
            self.end()
        elif self._mutant is None:
            if not line.startswith("#"):
                self._fail("a mutant begins with `@ FILE LABEL`")
        else:
            self._inside(line)

    def _begin(self, fields):
        if self._mutant:
            self._fail("an empty line ends the mutant before")
        if len(fields) < 2:
            self._fail("`@ FILE LABEL [FILTER]`")
        self._mutant = Mutant("%s:%d" % (self._name, self._at), fields[0])
        self._test(fields[1:])

    def _test(self, fields):
        if len(fields) not in (1, 2) or not fields[0].startswith("//") or ":" not in fields[0]:
            self._fail("`//PACKAGE:NAME [FILTER]`, without blanks in them")
        self._mutant.tests.append((fields[0], fields[1] if len(fields) == 2 else ""))

    def _inside(self, line):
        mutant = self._mutant
        explained = mutant.alike or mutant.not_tested
        if line.startswith("@@ "):
            if mutant.words:
                self._fail("the tests stand above the words")
            self._test(line[3:].split())
        elif not mutant.words:
            if line[0] in "#@-+=":
                self._fail("here stands what is wrong, in words")
            mutant.words = line
        elif explained:
            self._fail("`=` is the last line of a mutant")
        elif line == "-" or line.startswith("- "):
            if self._added:
                self._fail("`-` stands above `+`")
            self._removed.append(line[2:])
        elif line == "+" or line.startswith("+ "):
            self._added.append(line[2:])
        elif line.startswith("= alike: "):
            mutant.alike = line[len("= alike: ") :].strip()
        elif line.startswith("= not tested: "):
            mutant.not_tested = line[len("= not tested: ") :].strip()
        else:
            self._fail("not `- TEXT`, `+ TEXT`, `= alike: WHY` or `= not tested: WHY`")

    def end(self):
        """Ends the mutant, if there is one."""
        mutant, self._mutant = self._mutant, None
        if mutant is None:
            return
        mutant.old, mutant.new = "\n".join(self._removed), "\n".join(self._added)
        self._removed, self._added = [], []
        if not mutant.old:
            self._fail("the mutant above takes nothing away")
        if mutant.old == mutant.new:
            self._fail("the mutant above changes nothing")
        self.mutants.append(mutant)


def parse(name, text):
    """Returns the mutants of a list; raises ListError."""
    parser = _Parser(name)
    for line in text.split("\n"):
        parser.line(line)
    parser.end()
    return parser.mutants


def read(root, names):
    """Returns the mutants of the lists `names`, or of all in `root`/tools/mutants."""
    names = names or sorted(glob.glob(os.path.join(root, "tools/mutants/*.txt")))
    mutants, seen = [], {}
    for name in names:
        with open(name, encoding="utf-8") as file:
            text = file.read()
        for mutant in parse(os.path.relpath(name, root), text):
            key = (mutant.file, mutant.old, mutant.new)
            if key in seen:
                raise ListError("%s: the same as %s" % (mutant.place, seen[key]))
            seen[key] = mutant.place
            mutants.append(mutant)
    return mutants


def texts(root, mutants):
    """Returns the text of each file that is changed, None for one that cannot be read."""
    found = {}
    for name in {mutant.file for mutant in mutants}:
        try:
            with open(os.path.join(root, name), encoding="utf-8", newline="") as file:
                found[name] = file.read()
        except (OSError, UnicodeError):
            found[name] = None
    return found


def misplaced(mutant, text):
    """Says why the change cannot be made to `text`; "" if it can."""
    if text is None:
        return "there is no such file"
    count = text.count(mutant.old)
    return "" if count == 1 else "the text is there %d times" % count
