"""The rules for public structs, each broken once."""

import unittest

import compare
import rules

GOOD = """
struct pop3_limits size=8
  0 4 size uint32_t
  4 4 number uint32_t

struct pop3_plugin size=16
  0 4 abi uint32_t
  4 4 size uint32_t
  8 8 name const char *

struct pop3_option size=8
  0 8 name const char *

struct pop3_item size=16
  0 4 size uint32_t
  8 8 options const pop3_option *

enum pop3_io size=4
  POP3_IO_DONE = 0
"""

HEADER = """
#define POP3_LIMITS_INIT {0}
void pop3_limits_init(pop3_limits *limits, size_t size);
void pop3_take(const pop3_limits *limits, pop3_option option,
               void (*then)(void *arg, const pop3_item *item));
pop3_option pop3_give(void);
"""


class Rules(unittest.TestCase):
    """What check says of changes to GOOD and HEADER."""

    def expect(self, words, old, new):
        """Replacing, in either, makes check say that alone."""
        self.assertIn(old, GOOD + HEADER)
        blocks = compare.parse(GOOD.replace(old, new))
        self.assertEqual(words, list(rules.check(blocks, [HEADER.replace(old, new)])))

    def test_good(self):
        self.expect([], "", "")

    def test_without_a_size(self):
        self.expect(
            ["struct pop3_item has no member size: then it must never change (FROZEN)"],
            "0 4 size uint32_t\n  8 8 options",
            "0 4 kind uint32_t\n  8 8 options",
        )
        self.expect(
            [
                "struct pop3_option has a size: it need not be in FROZEN",
                "struct pop3_option: there is no POP3_OPTION_INIT to start from",
                "struct pop3_option: there is no pop3_option_init for other languages",
                "struct pop3_option may grow: it cannot be returned by value",
                "struct pop3_option may grow: it cannot be passed by value",
            ],
            "  0 8 name const char *\n\nstruct pop3_item",
            "  0 4 size uint32_t\n\nstruct pop3_item",
        )

    def test_part_of_another(self):
        words = "struct pop3_item: pop3_limits may grow, and with it what stands behind options"
        for kind in ("pop3_limits", "const pop3_limits", "pop3_limits[3]"):
            self.expect([words], "options const pop3_option *", "options " + kind)

    def test_by_value(self):
        self.expect(
            ["struct pop3_limits may grow: it cannot be passed by value"],
            "pop3_take(const pop3_limits *limits",
            "pop3_take(pop3_limits limits",
        )
        self.expect(
            ["struct pop3_item may grow: it cannot be passed by value"],
            "const pop3_item *item",
            "const pop3_item item",
        )
        self.expect(
            ["struct pop3_limits may grow: it cannot be returned by value"],
            "pop3_option pop3_give",
            "pop3_limits pop3_give",
        )

    def test_initializers(self):
        self.expect(
            ["struct pop3_limits: there is no POP3_LIMITS_INIT to start from"], "#define", "#undef"
        )
        self.expect(
            ["struct pop3_limits: there is no pop3_limits_init for other languages"],
            "pop3_limits_init",
            "pop3_limits_make",
        )

    def test_casts(self):
        for cast in ("(uint32_t)sizeof(x)", "(unsigned)(x)", "(const char *)&x"):
            self.expect(
                [cast + " is a cast of C: POP3_CAST is for both languages"], "INIT {0}", "INIT " + cast
            )

    def test_counts(self):
        self.expect(
            ["enum pop3_io: POP3_IO_COUNT moves with each new one: it has no place in an interface"],
            "  POP3_IO_DONE = 0\n",
            "  POP3_IO_DONE = 0\n  POP3_IO_COUNT = 1\n",
        )


class Grown(unittest.TestCase):
    """What check_grown says of an interface of a later day."""

    LATER = (
        GOOD.replace("4 4 number uint32_t", "4 4 number uint32_t\n  8 8 later int64_t")
        .replace("  8 8 name const char *", "  8 8 name const char *\n  16 8 later void *")
        .replace("8 8 options const pop3_option *", "8 8 options const pop3_option *\n  16 8 later long")
    )

    def expect(self, words, old, new):
        """Replacing in LATER makes check_grown say that."""
        later = self.LATER.replace(old, new)
        found = list(rules.check_grown(compare.parse(GOOD), compare.parse(later)))
        self.assertEqual(words, found)

    def test_all(self):
        self.expect([], "", "")

    def test_one_that_has_not(self):
        words = "struct pop3_plugin: no member more: let newer.sed add one"
        self.expect([words], "\n  16 8 later void *", "")
        self.expect([words], "  8 8 name const char *\n  16", "  8 8 word const char *\n  16")

    def test_one_that_should_not(self):
        words = "struct pop3_option: it has no size, and has changed"
        self.expect([words], "pop3_option size=8", "pop3_option size=16")

    def test_too_small(self):
        words = "struct pop3_item: the member more is not of eight octets at its end"
        self.expect([words], "16 8 later long", "16 4 later int")
        self.expect([words], "16 8 later long", "12 8 later long")


if __name__ == "__main__":
    unittest.main()
