"""`pop3 fetch --delete` from a server that is slow, falls silent or cuts the connection: what is deleted
by then, what later, and what is said about the rest."""

import json
import os
import time
import unittest

from pop3_program import CliTest
from script_server import listing, message


class Cut(CliTest):
    """Against a server without pipelining: one command at a time."""

    def slow_script(self, count, **replies):
        """A server without pipelining with so many messages of 50 octets."""
        numbers = range(1, count + 1)
        answers = {
            b"CAPA": listing(b"USER", b"UIDL"),
            b"LIST": listing(*(b"%d 50" % n for n in numbers)),
            b"UIDL": listing(*(b"%d u%d" % (n, n) for n in numbers)),
            b"RETR": message(50),
        }
        answers.update({name.replace("_", " ").encode(): reply for name, reply in replies.items()})
        return self.script(answers)

    def once(self, first, then):
        """A reply that is another one the first time."""
        answers = [first]
        return lambda: answers.pop() if answers else then

    def deletions(self, server):
        """What of the dialogue deletes."""
        return [x for x in server.lines if x[:4] in (b"DELE", b"QUIT")]

    def test_a_cut_message_is_not_deleted_later(self):
        server = self.slow_script(3, LIST=listing(b"1 5000", b"2 50", b"3 50"),
                                  RETR_1=message(900), RETR_3=self.once(None, message(50)))
        result = self.pop3("fetch", server.url(), "--dir", self.path("d"), "--delete", "--auth",
                           "user")
        self.check(result, 4, b"", "goes on in a new session\n")
        self.assertEqual([b"DELE 2", b"QUIT", b"DELE 3", b"QUIT"], self.deletions(server))

    def test_marks_are_counted_once(self):
        server = self.slow_script(3, DELE_2=self.once(None, b"+OK\r\n"))
        result = self.pop3("fetch", server.url(), "--dir", self.path("d"), "--delete", "--auth",
                           "user", "--json")
        self.check(result, 0, None, "goes on in a new session\n")
        self.assertEqual([b"DELE 1", b"DELE 2", b"DELE 1", b"DELE 2", b"DELE 3", b"QUIT"],
                         self.deletions(server))
        summary = json.loads(result.out)
        self.assertEqual((3, 3, 3), (summary["stored"], summary["marked_for_deletion"],
                                     summary["deleted"]))

    def test_what_is_stored_is_marked_on_the_way(self):
        server = self.slow_script(200)
        self.check(self.pop3("fetch", server.url(), "--dir", self.path("d"), "--delete", "--auth",
                             "user"))
        self.assertLess(server.lines.index(b"DELE 1"), server.lines.index(b"RETR 100"))

    def test_a_slow_server_is_flushed_after_a_while(self):
        flushed = []

        def retr():
            if os.listdir(self.path("m", "new")):
                flushed.append(True)
            else:
                time.sleep(0.1)
            return message(50)

        server = self.slow_script(60, RETR=retr)
        self.check(self.pop3("fetch", server.url(), "--maildir", self.path("m"), "--auth", "user"))
        self.assertTrue(flushed, "before all had come, and fewer than are flushed at a time")

    def test_a_server_that_falls_silent(self):
        server = self.slow_script(3, RETR_2=self.once(b"", message(50)))
        result = self.pop3("fetch", server.url(), "--dir", self.path("d"), "--delete", "--auth",
                           "user", "--timeout", "0.5")
        self.check(result, 0, b"", "goes on in a new session\n")
        self.assertEqual(3, len(os.listdir(self.path("d"))))

    def test_what_is_kept_is_told(self):
        # The second session is cut while it deletes, and so is the third.
        server = self.slow_script(5, DELE_4=None)
        result = self.pop3("fetch", server.url(), "--dir", self.path("d"), "--delete", "--auth",
                           "user", "--commit-every", "3")
        self.check(result, 3, b"", "3 are deleted on the server, which keeps 2 that are stored, too\n")
        self.assertEqual([b"DELE 1", b"DELE 2", b"DELE 3", b"QUIT", b"DELE 4", b"DELE 4"],
                         self.deletions(server))


if __name__ == "__main__":
    unittest.main()
