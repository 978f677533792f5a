"""`pop3 fetch --delete` when a system call fails, and in which order it makes them."""

import errno
import os
import pathlib
import unittest

from pop3_program import CliTest

FAULTS = os.path.abspath("tests/cli/faults.so")  # see faults.c


class Faults(CliTest):
    """Against a mailbox of a hundred messages."""

    def setUp(self):
        super().setUp()
        self.server = self.mailboxd("--generate", "100x2000")

    def fetch(self, *arguments, server=None, **faults):
        """Fetches and deletes with FAULTS_... in the environment."""
        self.faults = {f"FAULTS_{name.upper()}": value for name, value in faults.items()}
        server = server or self.server
        return self.pop3("fetch", server.url(), *arguments, "--delete", "--auth", "user")

    def environment(self):
        preload = {"LD_PRELOAD": FAULTS} if self.faults else {}
        return {**super().environment(), **preload, **self.faults}

    faults = {}

    def left(self):
        """How many messages the server has."""
        self.faults = {}
        return int(self.pop3("stat", self.server.url()).out.split()[0])

    def stored(self, option, path):
        """How many messages are in a place."""
        if option == "--mbox":
            return pathlib.Path(path).read_bytes().count(b"From MAILER-DAEMON ")
        return len(os.listdir(os.path.join(path, "new") if option == "--maildir" else path))

    PLACES = ("--dir", "--maildir", "--mbox")

    def test_what_is_deleted_was_synced(self):
        for option in self.PLACES:
            log = self.path("log" + option)
            server = self.script()
            self.check(self.fetch(option, self.path("o" + option), server=server, log=log))
            lines = pathlib.Path(log).read_text().splitlines()
            deleted = lines.index("send DELE")
            before = [line.split()[0] for line in lines[:deleted] if not line.startswith("send")]
            # Directories that were made, the file, its name, its directory.
            if option == "--mbox":
                # Not the lock's temporary file, which is written, too.
                mbox = self.path("o" + option)
                written = max(n for n in range(deleted) if lines[n] == "write " + mbox)
                self.assertIn("fsync " + mbox, lines[written:deleted])
                continue
            renamed = before.index("rename")
            self.assertIn("fsync", before[before.index("write"):renamed], "the file")
            self.assertIn("fsync", before[renamed:], "its name")

    def test_a_disk_that_gets_full_midway(self):
        for option in self.PLACES:
            place = (option, self.path("p" + option))
            # A write is 64 KiB or a message, whichever is less.
            result = self.fetch(*place, fail=f"write:41:{errno.ENOSPC}")
            self.check(result, 8, b"", "No space left on device")
            stored = self.stored(*place)
            self.assertGreater(stored, 20)
            self.assertEqual(100, self.left() + stored, "what is stored is deleted, nothing else")
            self.assertNotIn("keeps", result.err)
            self.check(self.fetch(*place))
            self.assertEqual(100, self.stored(*place), "and the rest comes later")
            self.assertEqual(0, self.left())
            self.renew()

    def renew(self):
        """Fills the server's mailbox again."""
        self.server.stop()
        self.server = self.mailboxd("--generate", "100x2000")

    def test_a_disk_that_does_not_sync(self):
        for option in self.PLACES:
            place = (option, self.path("p" + option))
            # The first syncs are of directories that are made, and of those of new files.
            made = {"--dir": 1, "--maildir": 4, "--mbox": 1}[option]
            result = self.fetch(*place, fail=f"fsync:{made + 1}:{errno.EIO}")
            self.check(result, 8, b"", "Input/output error")
            self.assertEqual(100, self.left(), "nothing is deleted that may be lost")
            if option != "--mbox":
                self.assertEqual(0, self.stored(*place))

    def test_a_directory_that_does_not_sync(self):
        # The one where it is made, three files, then their directory: few enough for one flush.
        result = self.fetch("--dir", self.path("d"), "--messages", "1-3",
                            fail=f"fsync:5:{errno.EIO}")
        self.check(result, 8, b"", "cannot write the directory in ")
        self.assertEqual(100, self.left())

    def test_the_first_failure_is_the_one_that_is_told(self):
        # The disk is full; then what was complete before cannot be synced either. A second message
        # that comes too late for the same flush would change the order.
        result = self.fetch("--dir", self.path("full"), "--messages", "1-2",
                            fail=f"write:2:{errno.ENOSPC},fsync:2:{errno.EIO}")
        self.check(result, 8, b"", "No space left on device")
        self.assertEqual(1, result.err.count("\n"), result.err)
        self.assertEqual(100, self.left())
        result = self.fetch("--mbox", self.path("box"), fail=f"write:1:{errno.ENOSPC}")
        self.check(result, 8, b"", "No space left on device")
        self.assertEqual(1, result.err.count("\n"), result.err)
        result = self.fetch("--dir", self.path("d"), fail=f"rename:3:{errno.EDQUOT}")
        self.check(result, 8, b"", "Disk quota exceeded")
        self.assertEqual(1, result.err.count("\n"), result.err)
        self.assertEqual(2, self.stored("--dir", self.path("d")))
        self.assertEqual(98, self.left(), "those that have their names")

    def test_a_connection_that_takes_no_more(self):
        # The login is five sends; then come RETR, and DELE.
        result = self.fetch("--maildir", self.path("m"), fail=f"send:8:{errno.EPIPE}")
        self.assertEqual(3, result.code, result.err)
        stored = self.stored("--maildir", self.path("m"))
        self.assertEqual(100, self.left())
        if stored:
            which = "stored one" if stored == 1 else f"{stored} stored ones"
            self.assertIn(f"the server keeps all messages, the {which} too", result.err)

    def test_nothing_is_stored_after_a_failure(self):
        # The third message is empty: it can be stored without a write.
        server = self.script({b"LIST": b"+OK\r\n1 8\r\n2 8\r\n3 0\r\n.\r\n",
                              b"UIDL": b"+OK\r\n1 a\r\n2 b\r\n3 c\r\n.\r\n",
                              b"RETR 3": b"+OK\r\n.\r\n"})
        for option in ("--dir", "--maildir"):
            place = (option, self.path("e" + option))
            result = self.fetch(*place, server=server, fail=f"write:2:{errno.ENOSPC}")
            self.check(result, 8, b"", "No space left on device")
            self.assertEqual(1, self.stored(*place))
        self.assertEqual({b"DELE 1"}, {line for line in server.lines if line[:4] == b"DELE"})

    def test_few_octets_are_under_way(self):
        # Else there would be too much to read until what is stored can be deleted.
        self.server.stop()
        self.server = self.mailboxd("--generate", "20x1M")
        place = ("--dir", self.path("d"))
        result = self.fetch(*place, fail=f"write:100:{errno.ENOSPC}")
        self.check(result, 8, b"", "No space left on device")
        self.assertNotIn("keeps", result.err)
        stored = self.stored(*place)
        self.assertGreater(stored, 0)
        self.assertEqual(20, self.left() + stored)


if __name__ == "__main__":
    unittest.main()
