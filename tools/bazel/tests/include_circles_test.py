"""tools/include_circles.py finds files that include each other in a circle.

    python3 include_circles_test.py PATH-OF-THE-SCRIPT
"""

import os
import sys
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(sys.argv[1])))
sys.dont_write_bytecode = True

# pylint: disable=wrong-import-position
import include_circles


def _text(*headers):
    return "".join('#include "%s"\n' % header for header in headers)


class Check(unittest.TestCase):
    """check()"""

    def circles(self, files):
        return list(include_circles.check(files.items()))

    def test_downwards(self):
        files = {
            "core/a.c": _text("core/a.h", "core/b.h", "core/c.h"),
            "core/a.h": _text("core/b.h"),
            "core/b.c": "#include <core/a.h>\n" + _text("core/b.h", "core/c.h", "core/missing.h"),
            "core/b.h": "// #include \"core/a.h\"\n",
            "core/c.h": "",
        }
        self.assertEqual(self.circles(files), [])
        self.assertEqual(self.circles({}), [])

    def test_headers_and_sources_are_one_part(self):
        files = {
            "tools/x/a.c": _text("tools/x/a.h", "tools/x/b.h"),
            "tools/x/a.h": "",
            "tools/x/b.cc": _text("tools/x/b.h"),
            "tools/x/b.h": "  #  include \"tools/x/a.h\"  // why\n",
        }
        self.assertEqual(self.circles(files), ["tools/x: a circle of includes: a -> b -> a"])

    def test_the_shortest_way(self):
        files = {
            "f/a.c": _text("f/b.h", "f/d.h"),
            "f/b.h": _text("f/c.h"),
            "f/c.h": _text("f/a.h"),
            "f/d.h": _text("f/a.h", "f/e.h"),
            "f/e.h": "",
            "f/top.c": _text("f/a.h"),
            "f/a.h": "",
        }
        self.assertEqual(
            self.circles(files),
            ["f: a circle of includes: a -> d -> a", "f: a circle of includes: b -> c -> a -> b"],
        )

    def test_circles_by_folder(self):
        files = {
            "f/a.h": _text("f/b.h"),
            "f/b.h": _text("f/a.h"),
            "f/x/a.h": _text("f/x/b.h"),
            "f/x/b.h": _text("f/x/a.h"),
        }
        both = ["f: a circle of includes: a -> b -> a", "f/x: a circle of includes: a -> b -> a"]
        self.assertEqual(self.circles(files), both)

    def test_between_folders(self):
        files = {"f/a.h": _text("g/a.h", "g/b.h"), "g/a.h": _text("f/a.h"), "g/b.h": ""}
        self.assertEqual(self.circles(files), [])


if __name__ == "__main__":
    unittest.main()
