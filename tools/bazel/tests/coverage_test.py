"""tools/coverage_report.py says whether the tests reach enough: what counts, and what does not.

    python3 coverage_test.py PATH-OF-ONE-OF-THE-SCRIPTS
"""

import os
import sys
import tempfile
import unittest
import unittest.mock

sys.path.insert(0, os.path.dirname(os.path.abspath(sys.argv[1])))
sys.dont_write_bytecode = True

# pylint: disable=wrong-import-position
import coverage_report

# Lines 1 to 8 of core/a.c.
_TEXT = "f() {\n  if (a)\n    b();\n}\ng() {\n  assert(c);\n  d();\n}"


def _line(number, count, *branches):
    taken = [{"count": times, "throw": False} for times in branches]
    return {"line_number": number, "count": count, "branches": taken}


def _document(*lines, name="core/a.c"):
    functions = [
        {"name": "f", "start_line": 1, "end_line": 4},
        {"name": "g", "start_line": 5, "end_line": 8},
    ]
    return {"files": [{"file": name, "functions": functions, "lines": list(lines)}]}


def _files(*documents):
    return coverage_report.collect(documents)


class Coverage(unittest.TestCase):
    """The report."""

    def whole(self):
        """f is run without b, g is never run."""
        lines = _line(1, 1), _line(2, 1, 0, 1), _line(3, 0), _line(5, 0), _line(6, 0, 0, 0)
        return _files(_document(*lines, _line(7, 0)))

    def test_objects_add_up(self):
        one = _document(_line(2, 1, 0, 1), _line(3, 0))
        other = _document(_line(2, 2, 2, 0), _line(3, 2))
        file = _files(one, other)["core/a.c"]
        self.assertEqual({2: 3, 3: 2}, file.lines)
        self.assertEqual([2, 1], file.branches[2])

    def test_only_our_files(self):
        names = ("tests/core/a_test.cc", "external/x.c", "tools/bench/b.c", "tools/cli/c.c")
        files = _files(*[_document(_line(1, 1), name=name) for name in names])
        self.assertEqual(["tools/cli/c.c"], list(files))

    def test_what_cannot_be_taken(self):
        throws = {"line_number": 1, "count": 1, "branches": [{"count": 0, "throw": True}]}
        self.assertEqual([], _files(_document(throws))["core/a.c"].branches[1])
        files = self.whole()
        coverage_report.leave_out_asserts(files, lambda name: _TEXT)
        self.assertEqual([0, 1], files["core/a.c"].branches[2])
        self.assertNotIn(6, files["core/a.c"].branches)

    def test_pieces(self):
        file = self.whole()["core/a.c"]
        self.assertEqual([(3, 3, 1, "f"), (5, 7, 3, "g")], file.pieces())
        self.assertEqual([2], file.half_taken())
        self.assertIn("3  core/a.c:5-7  g", coverage_report.largest(self.whole(), 1)[0])

    def apply(self, text):
        files = self.whole()
        reasons = coverage_report.parse_reasons(text)
        return files["core/a.c"], coverage_report.apply_reasons(files, lambda name: _TEXT, reasons)

    def test_reasons(self):
        file, problems = self.apply("# Why.\n\ncore/a.c: g() -- never\ncore/a.c: b(); -- no\n")
        self.assertEqual([], problems)
        self.assertEqual({1: 1, 2: 1}, file.lines)
        self.assertEqual({2: [0, 1]}, {n: one for n, one in file.branches.items() if one})

    def test_a_reason_for_several_lines(self):
        file, problems = self.apply("core/a.c: b(); ... assert(c) -- no\n")
        self.assertEqual([], problems)
        self.assertEqual({1: 1, 2: 1, 7: 0}, file.lines)
        file, problems = self.apply("core/a.c: b(); ... (); -- no\n")
        self.assertEqual([], problems)
        self.assertEqual({1: 1, 2: 1, 5: 0, 6: 0, 7: 0}, file.lines, "one line may have both")
        with unittest.mock.patch("coverage_report.MOST_LINES", 3):
            for last, problems in (("g()", []), ("assert(c)", ["1: core/a.c: b(); ... assert(c) is more than 3 lines"])):
                self.assertEqual(problems, self.apply("core/a.c: b(); ... %s -- no\n" % last)[1])

    def test_reasons_that_are_wrong(self):
        for text, words in [
            ("core/a.c: h() -- never", "1: core/a.c has no h()"),
            ("core/b.c: f() -- never", "1: core/b.c has no f()"),
            ("core/a.c: f() { -- never", "f() { is reached"),
        ]:
            with self.subTest(text=text):
                _, problems = self.apply(text)
                self.assertEqual(1, len(problems))
                self.assertIn(words, problems[0])
        with self.assertRaises(coverage_report.ReasonError):
            coverage_report.parse_reasons("core/a.c: f()")

    def low(self, reached, all_lines, taken, all_branches):
        """The folders that have too little, when all are like this."""
        lines = [_line(i + 1, int(i < reached)) for i in range(all_lines)]
        branches = [int(i < taken) for i in range(all_branches)]
        lines[0] = _line(1, 1, *branches)
        names = [folder + "/a.c" for folder in coverage_report.MUST]
        return coverage_report.table(_files(*[_document(*lines, name=name) for name in names]))[1]

    def test_limits(self):
        self.assertEqual([], self.low(95, 100, 9, 10))
        self.assertEqual(list(coverage_report.MUST), self.low(94, 100, 9, 10))
        self.assertEqual(list(coverage_report.MUST), self.low(95, 100, 8, 10))
        self.assertEqual(list(coverage_report.MUST), coverage_report.table({})[1])

    def test_data_is_put_beside_the_notes(self):
        with tempfile.TemporaryDirectory() as root:
            folder, data = os.path.join(root, "out/bin/core"), os.path.join(root, "data")
            os.makedirs(folder)
            os.makedirs(data)
            for path in (
                os.path.join(folder, "old.gcda"),
                os.path.join(data, "#proc#self#cwd#out#bin#core#a.pic.gcda"),
                os.path.join(data, "#proc#self#cwd#gone#b.pic.gcda"),
            ):
                with open(path, "wb"):
                    pass
            coverage_report.place_data(root, os.path.join(root, "out"), data)
            self.assertEqual(["a.pic.gcda"], os.listdir(folder))


if __name__ == "__main__":
    unittest.main()
