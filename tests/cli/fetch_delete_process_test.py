"""`pop3 fetch --delete`: what is deleted, what is not, and when it is committed."""

import json
import os
import unittest

from account import PASSWORD
from pop3_program import CliTest
from script_server import listing, message


class Sizes(CliTest):
    """Messages that are not what LIST says."""

    PLACES = ("--dir", "--maildir", "--mbox")

    def fetch(self, server, option, *arguments):
        """Fetches into a place of its own."""
        return self.pop3("fetch", server.url(), option, self.path("o" + option), *arguments)

    def stored(self, option):
        """How many messages there are."""
        path = self.path("o" + option)
        if option == "--mbox":
            return self.read(path).count(b"From MAILER-DAEMON ")
        return len(os.listdir(os.path.join(path, "new") if option == "--maildir" else path))

    def test_a_message_that_did_not_come_is_kept(self):
        for option in self.PLACES:
            for body, octets in ((b"+OK\r\n.\r\n", 0), (message(900), 900)):
                server = self.script({
                    b"LIST": listing(b"1 5000", b"2 100", b"3 8"),
                    b"UIDL": listing(b"1 a", b"2 b", b"3 c"),
                    b"RETR 1": body,
                    b"RETR 2": message(100),
                })
                result = self.fetch(server, option, "--delete", "--json")
                self.check(result, 4, None,
                           f"message 1: LIST says 5000 octets, only {octets} came: it stays on the "
                           "server")
                self.assertNotIn(b"DELE 1", server.lines)
                self.assertIn(b"DELE 2", server.lines)
                self.assertIn(b"DELE 3", server.lines)
                summary = json.loads(result.out)
                self.assertEqual(1, summary["not_whole"])
                self.assertEqual(3, summary["stored"], "it may be all that there is")
                self.assertEqual(2, summary["deleted"])
            self.assertGreaterEqual(self.stored(option), 4)

    def test_how_much_less_depends_on_the_lines(self):
        lines = b"+OK\r\nSubject: x\r\n\r\n" + b"1234567\r\n" * 1000 + b".\r\n"
        server = self.script({b"LIST": listing(b"1 9900", b"2 9900"),
                              b"UIDL": listing(b"1 a", b"2 b"),
                              b"RETR 1": lines, b"RETR 2": message(9014)})
        result = self.fetch(server, "--dir", "--delete")
        self.check(result, 4, b"", "message 1: LIST says 9900 octets, 9014 came\n")
        self.assertIn("message 2: LIST says 9900 octets, only 9014 came: it stays", result.err)
        self.assertEqual([b"DELE 1"], [x for x in server.lines if x[:4] == b"DELE"])

    def test_it_is_told_without_delete_and_quietly_too(self):
        server = self.script({b"LIST": listing(b"1 5000")})
        result = self.fetch(server, "--dir", "--quiet")
        self.check(result, 4, b"", "message 1: LIST says 5000 octets, only 8 came\n")

    def test_a_little_less_is_deleted(self):
        server = self.script({b"LIST": listing(b"1 1000"), b"RETR": message(900)})
        result = self.fetch(server, "--dir", "--delete")
        self.check(result, 0, b"", "message 1: LIST says 1000 octets, 900 came\n")
        self.assertIn(b"DELE 1", server.lines)

    def test_more_is_deleted(self):
        server = self.script({b"LIST": listing(b"1 307"), b"RETR": message(1029)})
        self.check(self.fetch(server, "--dir", "--delete"), 0, b"", "LIST says 307 octets")
        self.assertIn(b"DELE 1", server.lines)

    def test_a_number_that_is_listed_twice(self):
        for option in self.PLACES:
            server = self.script({
                b"LIST": listing(b"1 8", b"2 8", b"1 8", b"2 8", b"2 8"),
                b"UIDL": listing(b"1 a", b"2 b", b"1 a", b"2 b"),
            })
            result = self.fetch(server, option, "--delete", "--json")
            self.check(result, 0, None, "3 lines of LIST name a number a second time")
            self.assertEqual(2, self.stored(option))
            for line in (b"RETR 1", b"RETR 2", b"DELE 1", b"DELE 2"):
                self.assertEqual(1, server.lines.count(line), line)
            summary = json.loads(result.out)
            self.assertEqual((2, 2, 3), (summary["listed"], summary["stored"],
                                         summary["listed_twice"]))

    def test_messages_without_an_id_of_their_own(self):
        server = self.script({
            b"LIST": listing(b"1 8", b"2 8", b"3 8", b"4 8"),
            b"UIDL": listing(b"1 same", b"2 2", b"3 same"),
        })
        self.check(self.fetch(server, "--dir", "--delete"))
        self.assertEqual(["2.eml", "no-id~1.eml", "no-id~3.eml", "no-id~4.eml"],
                         sorted(os.listdir(self.path("o--dir"))))

    def test_a_server_whose_uidl_makes_no_sense(self):
        for answer in (b"-ERR no\r\n", listing(b"one a")):
            server = self.script({b"UIDL": answer})
            self.check(self.fetch(server, "--dir", "--delete"))
            self.assertIn(b"DELE 1", server.lines)
        self.assertEqual(["1.eml", "1~2.eml"], sorted(os.listdir(self.path("o--dir"))))

    def test_quit_does_not_matter_if_nothing_was_marked(self):
        server = self.script({b"DELE": b"-ERR read only\r\n", b"QUIT": None})
        result = self.fetch(server, "--dir", "--delete")
        self.check(result, 7, b"", "deleting message 1: read only\n")
        self.assertNotIn("not known", result.err)


class Sessions(CliTest):
    """Committing every so many messages."""

    def fetch(self, server, *arguments):
        """Fetches, and returns how many sessions that took."""
        result = self.pop3("fetch", server.url(), "--maildir", self.path("m"), "--delete", "-v",
                           *arguments)
        self.assertEqual(0, result.code, result.err)
        return result.err.count("-> QUIT\n")

    def stored(self):
        """How many messages there are."""
        return len(os.listdir(self.path("m", "new")))

    def mailbox(self, *arguments):
        """A server of 25 messages."""
        if hasattr(self, "server"):
            self.server.stop()
        self.server = self.mailboxd("--generate", "25x600", *arguments)
        return self.server

    def test_a_session_for_every_so_many(self):
        self.assertEqual(3, self.fetch(self.mailbox(), "--commit-every", "10"))
        self.assertEqual(25, self.stored())
        self.check(self.pop3("stat", self.server.url()), 0, b"0 0\n")
        self.assertEqual(25, self.fetch(self.mailbox("--no-pipelining"), "--commit-every=1"))
        self.assertEqual(50, self.stored())
        self.assertEqual(1, self.fetch(self.mailbox(), "--commit-every", "25"))
        self.assertEqual(1, self.fetch(self.mailbox(), "--commit-every", "0"))
        self.assertEqual(100, self.stored())
        self.assertEqual(1, self.fetch(self.mailbox()))

    def test_by_default(self):
        server = self.mailboxd("--generate", "1100x512")
        self.assertEqual(3, self.fetch(server))
        self.assertEqual(1100, self.stored())
        self.check(self.pop3("stat", server.url()), 0, b"0 0\n")

    def test_all_in_one_where_another_would_not_do(self):
        for option in ("--no-uidl", "--no-capa", "--login-delay=60"):
            self.assertEqual(1, self.fetch(self.mailbox(option), "--commit-every", "5"), option)
        # So is one whose time between logins depends on the user.
        server = self.script({b"CAPA": listing(b"USER", b"UIDL", b"LOGIN-DELAY 0 USER"),
                              b"LIST": listing(b"1 8", b"2 8"), b"UIDL": listing(b"1 a", b"2 b")})
        result = self.pop3("fetch", server.url(), "--dir", self.path("d"), "--delete",
                           "--commit-every", "1", "--auth", "user")
        self.check(result)
        self.assertEqual(1, server.clients)
        record = self.path("recording")
        self.assertEqual(1, self.fetch(self.mailbox(), "--commit-every", "5", "--record", record))
        self.assertEqual(100, self.stored())

    def test_without_delete_there_is_nothing_to_commit(self):
        server = self.mailbox()
        result = self.pop3("fetch", server.url(), "--maildir", self.path("m"), "-v",
                           "--commit-every", "5")
        self.assertEqual(1, result.err.count("-> QUIT\n"))
        self.assertEqual(25, self.stored())

    def test_some_of_the_messages(self):
        result = self.pop3("fetch", self.mailbox().url(), "--maildir", self.path("m"), "--delete",
                           "--messages", "3-9,20", "--commit-every", "3", "--json")
        self.assertEqual(0, result.code, result.err)
        summary = json.loads(result.out)
        self.assertEqual((8, 8, "committed"),
                         (summary["stored"], summary["deleted"], summary["quit"]))
        left = self.pop3("uidl", self.server.url()).out.decode().split()[1::2]
        self.assertEqual(17, len(left))
        whole = self.mailbox()
        all_ids = self.pop3("uidl", whole.url()).out.decode().split()[1::2]
        gone = [all_ids.index(uid) + 1 for uid in all_ids if uid not in left]
        self.assertEqual([3, 4, 5, 6, 7, 8, 9, 20], gone)

    def test_the_password_is_asked_for_once(self):
        command = f"echo x >> {self.path('asked')}; echo {PASSWORD}"
        self.mailbox()
        self.server.url = lambda: f"pop3://alice@127.0.0.1:{self.server.port}"
        self.assertEqual(3, self.fetch(self.server, "--commit-every", "10", "--password-command",
                                       command))
        self.assertEqual(b"x\n", self.read("asked"))

    def test_a_server_that_cuts_sessions(self):
        cutting = ("--generate", "30x10000", "--drop-after", "65000")
        server = self.mailboxd(*cutting)
        self.assertEqual(6, self.fetch(server, "--commit-every", "5"))
        self.assertEqual(30, self.stored())
        server.stop()
        # What came through is deleted in a new session; then there are shorter ones.
        server = self.mailboxd(*cutting)
        result = self.pop3("fetch", server.url(), "--maildir", self.path("m"), "--delete", "--json")
        self.check(result, 0, None, "message 7: the server closed the connection")
        self.assertIn("pop3: fetch: goes on in a new session\n", result.err)
        self.assertNotIn("keeps", result.err)
        self.assertEqual(60, self.stored(), "nothing came twice")
        self.check(self.pop3("stat", server.url()), 0, b"0 0\n")
        summary = json.loads(result.out)
        self.assertEqual((30, 30, 30), (summary["stored"], summary["marked_for_deletion"],
                                        summary["deleted"]))

    def test_a_server_that_cuts_sessions_and_where_no_other_is_possible(self):
        for n, option in enumerate((["--no-uidl"], ["--login-delay", "60"])):
            server = self.mailboxd("--generate", "30x10000", "--drop-after", "65000", *option)
            place = self.path(f"p{n}")
            result = self.pop3("fetch", server.url(), "--maildir", place, "--delete")
            self.check(result, 3, b"", "message 7: the server closed the connection")
            self.assertIn("the server keeps all messages, the 6 stored ones too\n", result.err)
            self.assertEqual(6, len(os.listdir(os.path.join(place, "new"))))
            server.stop()

    def test_what_has_another_size_in_the_new_session_is_not_deleted_unseen(self):
        self.sent = 0

        def retr():
            self.sent += 1
            return None if self.sent == 3 else message(50)

        server = self.two_sessions(LIST=(listing(b"1 50", b"2 50", b"3 50"),
                                         listing(b"1 50", b"2 51", b"3 50")),
                                   UIDL=(listing(b"1 a", b"2 b", b"3 c"),) * 2)
        server._replies.update({b"RETR": retr, b"RETR 1": retr, b"RETR 2": retr})
        result = self.pop3("fetch", server.url(), "--dir", self.path("d"), "--delete")
        self.check(result, 7, b"", "1 of the stored messages is not there any more, or has another "
                   "size: not deleted\n")
        # The one that was surely fetched; then the rest.
        self.assertEqual([b"DELE 1", b"QUIT", b"DELE 3", b"QUIT"],
                         [x for x in server.lines if x[:4] in (b"DELE", b"QUIT")])
        self.assertEqual(["a.eml", "b.eml", "c.eml"], sorted(os.listdir(self.path("d"))))

    def test_a_server_that_lets_nothing_more_through(self):
        self.sent = 0

        def retr():
            self.sent += 1
            return message(50) if self.sent <= 2 else None

        server = self.script({
            b"LIST": listing(b"1 50", b"2 50", b"3 50"),
            b"UIDL": listing(b"1 a", b"2 b", b"3 c"),
            b"RETR": retr,
        })
        result = self.pop3("fetch", server.url(), "--dir", self.path("d"), "--delete")
        self.check(result, 3, b"", "message 3: ")
        # The first was cut, the second deletes what is stored, the third was cut at once.
        self.assertEqual([b"DELE 1", b"DELE 2", b"QUIT"],
                         [x for x in server.lines if x[:4] in (b"DELE", b"QUIT")])
        self.assertEqual(3, server.clients)
        self.assertNotIn("keeps", result.err)
        self.assertEqual(["a.eml", "b.eml"], sorted(os.listdir(self.path("d"))))

    def two_sessions(self, **replies):
        """A server of three messages; its second session has other numbers, or other replies."""
        self.scripted = None

        def by_session(first, second):
            return lambda: first if self.scripted.clients == 1 else second

        answers = {
            b"LIST": listing(b"1 50", b"2 50", b"3 50"),
            b"UIDL": by_session(listing(b"1 a", b"2 b", b"3 c"), listing(b"1 new", b"2 c")),
            b"RETR": message(50),
            b"RETR 1": message(50, b"Subject: a\r\n\r\n"),
            b"RETR 2": by_session(message(50, b"Subject: b\r\n\r\n"),
                                  message(50, b"Subject: c\r\n\r\n")),
        }
        for name, pair in replies.items():
            answers[name.encode()] = by_session(*pair)
        self.scripted = self.script(answers)
        return self.scripted

    def test_messages_are_found_by_their_id(self):
        server = self.two_sessions()
        result = self.pop3("fetch", server.url(), "--dir", self.path("d"), "--delete",
                           "--commit-every", "2")
        self.check(result)
        self.assertEqual(["a.eml", "b.eml", "c.eml"], sorted(os.listdir(self.path("d"))))
        for name in "abc":
            self.assertTrue(self.read("d", name + ".eml").startswith(f"Subject: {name}".encode()))
        self.assertEqual([b"DELE 1", b"DELE 2", b"QUIT", b"DELE 2", b"QUIT"],
                         [x for x in server.lines if x[:4] in (b"DELE", b"QUIT")])

    def test_messages_that_are_gone(self):
        server = self.two_sessions(UIDL=(listing(b"1 a", b"2 b", b"3 c"), listing(b"1 new")))
        result = self.pop3("fetch", server.url(), "--dir", self.path("d"), "--delete",
                           "--commit-every", "2", "--quiet", "--json")
        self.check(result, 7, None, "1 of the messages is not there any more, or has another "
                   "unique-id now (--commit-every 0 fetches all in one session)\n")
        self.assertEqual(["a.eml", "b.eml"], sorted(os.listdir(self.path("d"))))
        summary = json.loads(result.out)
        self.assertEqual((3, 1, 2, 2), (summary["selected"], summary["gone"], summary["stored"],
                                        summary["deleted"]))

    def test_a_login_that_is_refused_the_second_time(self):
        server = self.two_sessions(PASS=(b"+OK\r\n", b"-ERR once an hour\r\n"))
        result = self.pop3("fetch", server.url(), "--dir", self.path("d"), "--delete",
                           "--commit-every", "2", "--json", "--auth", "user")
        self.check(result, 5, None, "login: once an hour")
        self.assertIn("1 message is not fetched yet (--commit-every 0 fetches all in one session)\n",
                      result.err)
        summary = json.loads(result.out)
        self.assertEqual((2, 2), (summary["stored"], summary["deleted"]))
        self.assertEqual(2, sum(line.startswith(b"PASS") for line in server.lines))

    def test_another_login_that_fails_for_another_reason_than_too_many(self):
        # The session before it was cut; with nothing left; the server keeps silent.
        refused = {b"PASS": (b"+OK\r\n", b"-ERR not now\r\n")}
        silent = {b"PASS": (b"+OK\r\n", b"")}
        for cut, answers, code, err in (
                (b"RETR 2", refused, 5, "\npop3: fetch: 2 messages are not fetched yet\n"),
                (b"DELE", refused, 5, "try another mechanism)\npop3: fetch: the server keeps all messages, "
                                      "the 3 stored ones too\n"),
                (None, silent, 3, "(--timeout)\npop3: fetch: 1 message is not fetched yet\n")):
            server = self.two_sessions(PASS=answers[b"PASS"])
            server._replies[b"CAPA"] = listing(b"USER", b"UIDL")
            server._replies[cut] = None
            result = self.pop3("fetch", server.url(), "--dir", self.path(f"d{cut}"), "--delete",
                               "--commit-every", "3" if cut else "2", "--auth", "user",
                               "--timeout", "60" if cut else "2")
            self.check(result, code, b"", err)
            self.assertNotIn("--commit-every", result.err)

    def test_one_cut_does_not_make_all_sessions_short(self):
        messages = range(1, 57)
        cuts = [None]
        server = self.script({
            b"CAPA": listing(b"USER", b"UIDL"),
            b"LIST": listing(*(b"%d 50" % n for n in messages)),
            b"UIDL": listing(*(b"%d u%d" % (n, n) for n in messages)),
            b"RETR": message(50),
            b"RETR 2": lambda: cuts.pop() if cuts else message(50),
        })
        result = self.pop3("fetch", server.url(), "--dir", self.path("d"), "--delete",
                           "--commit-every", "16", "--auth", "user")
        self.check(result, 0, b"", "goes on in a new session\n")
        self.assertEqual(56, len(os.listdir(self.path("d"))))
        sessions = [0]
        for line in server.lines:
            if line[:4] == b"USER":
                sessions.append(0)
            sessions[-1] += line[:4] == b"RETR"
        # Cut at the second; what is stored is deleted; then ever more.
        self.assertEqual([2, 0, 1, 2, 4, 8, 16, 16, 8], sessions[1:])

    def test_an_mbox_is_not_locked_while_there_is_no_session(self):
        locked = []

        def password():
            locked.append(os.path.exists(self.path("mbox.lock")))
            return b"+OK\r\n"

        server = self.two_sessions(UIDL=(listing(b"1 a", b"2 b", b"3 c"),) * 2)
        cuts = [None]
        server._replies.update({
            b"CAPA": listing(b"USER", b"UIDL"),
            b"PASS": password,
            b"RETR 2": lambda: cuts.pop() if cuts else message(50),
        })
        result = self.pop3("fetch", server.url(), "--mbox", self.path("mbox"), "--delete",
                           "--auth", "user")
        self.check(result, 0, b"", "goes on in a new session\n")
        self.assertEqual(3, self.read("mbox").count(b"From MAILER-DAEMON "))
        self.assertGreaterEqual(len(locked), 3)
        self.assertNotIn(True, locked)

    def test_a_maildrop_that_is_in_use_for_a_moment(self):
        answers = [b"+OK\r\n", b"-ERR [IN-USE] a moment\r\n", b"+OK\r\n"]
        server = self.two_sessions()
        server._replies[b"CAPA"] = listing(b"USER", b"UIDL", b"RESP-CODES")
        server._replies[b"PASS"] = lambda: answers.pop(0)
        result = self.pop3("fetch", server.url(), "--dir", self.path("d"), "--delete",
                           "--commit-every", "2", "--auth", "user")
        self.check(result)
        self.assertEqual(["a.eml", "b.eml", "c.eml"], sorted(os.listdir(self.path("d"))))

    def test_a_commit_that_fails_ends_it(self):
        server = self.two_sessions(QUIT=(b"-ERR some deleted messages not removed\r\n", b"+OK\r\n"))
        result = self.pop3("fetch", server.url(), "--dir", self.path("d"), "--delete",
                           "--commit-every", "2")
        self.check(result, 7, b"", "the server did not delete all of the messages: ")
        self.assertEqual(1, server.clients)

    def test_deletions_that_are_refused_are_refused_once(self):
        server = self.two_sessions(UIDL=(listing(b"1 a", b"2 b", b"3 c"),) * 2)
        server._replies[b"DELE"] = b"-ERR read only\r\n"
        result = self.pop3("fetch", server.url(), "--dir", self.path("d"), "--delete",
                           "--commit-every", "1")
        self.check(result, 7, b"", "deleting message 1: read only\n")
        self.assertEqual([b"DELE 1", b"QUIT", b"DELE 2", b"QUIT", b"DELE 3", b"QUIT"],
                         [x for x in server.lines if x[:4] in (b"DELE", b"QUIT")])

    def test_the_total_time_is_of_all_sessions(self):
        # Each session is far shorter than that, all together are far longer.
        server = self.mailboxd("--generate", "2000x512", "--delay", "10")
        result = self.pop3("fetch", server.url(), "--maildir", self.path("m"), "--delete",
                           "--commit-every", "1", "--total-timeout", "1.5")
        self.check(result, 3, b"", "not done within 1.5 s (--total-timeout)\n")
        self.assertEqual(1, result.err.count("--total-timeout"), result.err)
        self.assertNotIn("goes on", result.err)
        self.assertNotIn("--commit-every", result.err)

    def test_no_new_session_begins_when_the_total_time_is_over(self):
        server = self.two_sessions()
        server._replies.update({b"RETR 2": b"", b"RETR 3": b""})
        result = self.pop3("fetch", server.url(), "--dir", self.path("d"), "--delete",
                           "--total-timeout", "3")
        self.check(result, 3, b"", "message 2: not done within 3 s (--total-timeout)\npop3: fetch: "
                   "the server keeps all messages, including the stored one\n")
        self.assertEqual(1, result.err.count("--total-timeout"), result.err)
        self.assertEqual(1, server.clients)

    def test_many_messages(self):
        server = self.mailboxd("--generate", "1500x512")
        self.check(self.pop3("fetch", server.url(), "--maildir", self.path("m")), 0, b"")
        self.assertEqual(1500, self.stored(), "more than are in flight at a time")


if __name__ == "__main__":
    unittest.main()
