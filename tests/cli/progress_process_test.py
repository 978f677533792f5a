"""The progress line of `pop3 fetch`: on a terminal, and nowhere else."""

import re
import time
import unittest

from pop3_program import CliTest
from terminal import Terminal, set_columns

LINE = re.compile(rb"\r(\d+/\d+[^\r]*?)\x1b\[K")


class Progress(CliTest):
    """Against a mailboxd that is slow enough to watch."""

    def setUp(self):
        super().setUp()
        # 40 messages, each after a pause: a fetch of more than a second.
        self.server = self.mailboxd("--generate", "40x100000", "--delay", "30")

    def fetch(self, *arguments, **options):
        """Starts a fetch on a terminal."""
        return Terminal(self, "fetch", self.server.url(), "--dir", self.path("d"), *arguments,
                        **options)

    def test_on_a_terminal(self):
        started = time.monotonic()
        terminal = self.fetch()
        self.assertEqual(0, terminal.end(), terminal.text)
        tenths = (time.monotonic() - started) * 10
        lines = LINE.findall(terminal.text)
        self.assertGreaterEqual(len(lines), 3, terminal.text)
        self.assertLessEqual(len(lines), tenths + 1, "ten times a second at the most")
        for line in lines:
            self.assertRegex(line, rb"^\d+/40  +\d+%  \[[=> ]+\]  [0-9.]+ k?M?B of 4.0 MB")
            self.assertLess(len(line), 80)
        self.assertRegex(lines[-1], rb"MB/s|kB/s")
        self.assertRegex(b"".join(lines), rb"s left")
        counts = [int(line.split(b"/")[0]) for line in lines]
        self.assertEqual(sorted(counts), counts)
        # At the end the line is gone and a summary stands there.
        self.assertRegex(terminal.text,
                         rb"\r\x1b\[Kpop3: fetch: 40 messages, 4.0 MB in [0-9.]+ s \(.*/s\)\r\n$")

    def test_the_width_of_the_window_counts(self):
        for columns in (30, 50, 120):
            terminal = self.fetch("--force", columns=columns)
            self.assertEqual(0, terminal.end(), terminal.text)
            lines = LINE.findall(terminal.text)
            self.assertGreaterEqual(len(lines), 3, terminal.text)
            self.assertLess(max(map(len, lines)), columns)

    def test_a_window_that_changes(self):
        terminal = self.fetch(columns=100)
        terminal.wait_for(b"/40")
        set_columns(terminal.fd, 24)
        # What was on its way before is as wide as before.
        while not any(len(line) < 24 for line in LINE.findall(terminal.text)):
            self.assertTrue(terminal.read(), terminal.text)
        terminal.text = b""
        self.assertEqual(0, terminal.end(), terminal.text)
        self.assertLess(max(map(len, LINE.findall(terminal.text)[1:])), 24)

    def test_quiet(self):
        for arguments, term in ((["--quiet"], "xterm"), ([], "dumb")):
            terminal = self.fetch("--force", *arguments, term=term)
            self.assertEqual(0, terminal.end(), terminal.text)
            self.assertNotIn(b"%", terminal.text)
        self.assertIn(b"40 messages", terminal.text, "a dumb terminal gets the summary")

    def test_verbose_has_no_progress(self):
        terminal = self.fetch("-v")
        self.assertEqual(0, terminal.end(), terminal.text)
        self.assertNotIn(b"\x1b", terminal.text)
        self.assertIn(b"-> RETR 40\r\n", terminal.text)

    def test_silent_without_a_terminal(self):
        self.check(self.pop3("fetch", self.server.url(), "--dir", self.path("d")), 0, b"")

    def test_notes_do_not_tear_the_line(self):
        server = self.script({b"LIST": b"+OK\r\n1 6\r\n.\r\n"})
        terminal = Terminal(self, "fetch", server.url(), "--dir", self.path("d"))
        self.assertEqual(0, terminal.end(), terminal.text)
        self.assertIn(b"pop3: fetch: message 1: LIST says 6 octets, 8 came\r\n", terminal.text)


if __name__ == "__main__":
    unittest.main()
