"""What breaks an interface and what only adds to it."""

import unittest

import compare
import layout

BEFORE = """
struct pop3_ops size=24
  0 4 abi uint32_t
  4 4 size uint32_t
  8 8 name const char *
  16 4 flags uint32_t

struct pop3_pair size=8
  0 4 a uint32_t
  4 4 b uint32_t

enum pop3_io size=4
  POP3_IO_DONE = 0
  POP3_IO_FAIL = 4
  POP3_IO_COUNT = 5

type pop3_fn = int (*)(void *)
constant POP3_ABI = ((UINT32_C(1) << 16) | UINT32_C(0))
constant POP3_FLAG = UINT32_C(1)
"""


class Compare(unittest.TestCase):
    """Each change to BEFORE, and what it is called."""

    def changes(self, *replacements):
        """The changes that replacing makes: [(kind, words)]."""
        after = BEFORE
        for old, new in replacements:
            self.assertIn(old, after)
            after = after.replace(old, new)
        return list(compare.compare(compare.parse(BEFORE), compare.parse(after)))

    def breaks(self, old, new, words):
        """A replacement is incompatible."""
        self.assertEqual([("breaks", words)], self.changes((old, new)))

    def appends(self, old, new, words):
        """A replacement adds something."""
        self.assertEqual([("append", words)], self.changes((old, new)))

    def test_nothing(self):
        self.assertEqual([], self.changes())

    def test_members(self):
        self.breaks("  16 4 flags uint32_t\n", "", "struct pop3_ops: member flags is gone")
        self.breaks(
            "8 8 name const char *",
            "8 8 title const char *",
            "struct pop3_ops: member 8 8 name const char * is now 8 8 title const char *",
        )
        self.breaks(
            "16 4 flags uint32_t",
            "16 8 flags uint64_t",
            "struct pop3_ops: member 16 4 flags uint32_t is now 16 8 flags uint64_t",
        )
        # Another order of the same members.
        self.breaks(
            "0 4 a uint32_t\n  4 4 b",
            "0 4 b uint32_t\n  4 4 a",
            "struct pop3_pair: member 0 4 a uint32_t is now 0 4 b uint32_t",
        )

    def test_appended_members(self):
        added = "  16 4 flags uint32_t\n  24 8 more void *\n"
        self.appends("  16 4 flags uint32_t\n", added, "struct pop3_ops: member more")
        self.breaks(
            "  16 4 flags uint32_t\n",
            "  16 4 flags uint32_t\n  20 4 more int\n",
            "struct pop3_ops: member more lies in what was padding: older ones would seem to have it",
        )
        self.breaks(
            "  4 4 b uint32_t\n",
            "  4 4 b uint32_t\n  8 8 more void *\n",
            "struct pop3_pair: member more was added, and it has no size to tell by",
        )

    def test_size(self):
        self.breaks(
            "pop3_pair size=8", "pop3_pair size=16", "struct pop3_pair: its size was 8 and is 16"
        )

    def test_enums(self):
        self.breaks(
            "POP3_IO_FAIL = 4",
            "POP3_IO_FAIL = 5",
            "enum pop3_io: POP3_IO_FAIL = 4 is gone or another number",
        )
        self.appends(
            "POP3_IO_FAIL = 4",
            "POP3_IO_FAIL = 4\n  POP3_IO_MORE = 5",
            "enum pop3_io: POP3_IO_MORE = 5",
        )
        self.breaks(
            "COUNT = 5", "COUNT = 6", "enum pop3_io: POP3_IO_COUNT = 5 is gone or another number"
        )

    def test_types_and_constants(self):
        self.breaks("int (*)(void *)", "void (*)(void)", "type pop3_fn = void (*)(void) was int (*)(void *)")
        self.breaks(
            "POP3_FLAG = UINT32_C(1)",
            "POP3_FLAG = UINT32_C(2)",
            "constant POP3_FLAG = UINT32_C(2) was UINT32_C(1)",
        )
        self.breaks("constant POP3_FLAG = UINT32_C(1)\n", "", "constant POP3_FLAG is gone")
        self.appends(
            "constant POP3_FLAG",
            "constant POP3_NEW = 1\nconstant POP3_FLAG",
            "constant POP3_NEW is new",
        )

    def test_versions(self):
        self.appends("| UINT32_C(0)", "| UINT32_C(1)", "the minor version of the interface")
        self.assertEqual("breaks", self.changes(("C(1) << 16", "C(2) << 16"))[0][0])
        self.assertEqual(1, compare.major(compare.parse(BEFORE)))


class Constants(unittest.TestCase):
    """Which macros are numbers."""

    def test_constants(self):
        header = (
            "#define POP3_H_\n#define POP3_A UINT32_C(1)  // one\n#define POP3_B \\\n  (1 | 2)\n"
            "#define POP3_INIT { 0, NULL }\n#define POP3_F(x) (x)\n#define POP3_C UINT64_MAX\n"
        )
        self.assertEqual(
            {
                "constant POP3_A": "constant POP3_A = UINT32_C(1)",
                "constant POP3_B": "constant POP3_B = (1 | 2)",
                "constant POP3_C": "constant POP3_C = UINT64_MAX",
            },
            layout.describe_constants(header),
        )


if __name__ == "__main__":
    unittest.main()
