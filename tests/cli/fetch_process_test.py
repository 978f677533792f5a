"""`pop3 fetch`: what arrives, where, and what happens when it cannot."""

import json
import mailbox
import os
import resource
import signal
import socket
import threading
import unittest

from account import PASSWORD
from pop3_program import CliTest, wire_form

MAIL = [
    b"From: a\nSubject: dots\n\n.\n..\n...x\n.\n",
    b"Subject: From\n\nFrom me to you\n>From you to me\n\n\nFrom\n",
    b"Subject: 8 bit\n\n" + bytes(range(128, 256)) + b"\x00\x01\x7f\n",
    b"Subject: no end of line\n\nbody",
    b"Subject: no body\n\n",
    b"Subject: long line\n\n" + b"x" * 1000000 + b"\n",
    b"Subject: large\n\n" + b"0123456789abcdef" * 4 * 20000 + b"\n",
    b"\n",
]


def eml(number):
    """The name of the file for message `number` of MAIL."""
    return f"{number:03}.x.eml"


class Fetch(CliTest):
    """Against mailboxd with a Maildir."""

    def setUp(self):
        super().setUp()
        for name in ("m", "m/cur", "m/new", "m/tmp"):
            os.mkdir(self.path(name))
        for number, data in enumerate(MAIL, 1):
            self.write(f"m/new/{number:03}.x", data)
        self.server = self.mailboxd("--maildir", self.path("m"), "--unix", self.path("sock"))
        self.url = self.server.url()
        self.wire = [wire_form(data) for data in MAIL]

    def files(self, *names):
        """The sorted names in a directory."""
        return sorted(os.listdir(self.path(*names)))

    def test_maildir(self):
        for url in (self.url, self.server.unix_url()):
            self.check(self.pop3("fetch", url, "--maildir", self.path("out")), 0, b"")
        self.assertEqual(["cur", "new", "tmp"], self.files("out"))
        self.assertEqual([], self.files("out", "tmp"))
        arrived = [self.read("out", "new", name) for name in self.files("out", "new")]
        self.assertCountEqual(self.wire * 2, arrived)
        self.assertTrue(self.pop3("stat", self.url).out.startswith(b"8 "), "nothing is deleted")

    def test_maildir_in_order(self):
        self.check(self.pop3("fetch", self.url, "--maildir", self.path("out")), 0, b"")
        names = self.files("out", "new")
        names.sort(key=lambda name: int(name.split("Q")[1].split(".")[0]))
        self.assertEqual(self.wire, [self.read("out", "new", name) for name in names])

    def test_dir(self):
        self.check(self.pop3("fetch", self.url, "--dir", self.path("out")), 0, b"")
        self.assertEqual([eml(n) for n in range(1, 9)], self.files("out"))
        for number, data in enumerate(self.wire, 1):
            self.assertEqual(data, self.read("out", eml(number)))

    def test_dir_replaces_nothing(self):
        os.mkdir(self.path("out"))
        self.write("out/003.x.eml", "mine")
        for _ in range(2):  # nor is anything there twice
            self.check(self.pop3("fetch", self.url, "--dir", self.path("out")), 0, b"")
            self.assertEqual(sorted([*map(eml, range(1, 9)), "003.x~2.eml"]), self.files("out"))
        self.assertEqual(b"mine", self.read("out", "003.x.eml"))
        self.assertEqual(self.wire[2], self.read("out", "003.x~2.eml"))
        self.check(self.pop3("fetch", self.url, "--dir", self.path("out"), "--force"), 0, b"")
        self.assertEqual(self.wire[2], self.read("out", "003.x.eml"))

    def test_force_and_delete_together_are_refused(self):
        result = self.pop3("fetch", self.url, "--dir", self.path("out"), "--force", "--delete")
        self.check(result, 2, b"", "--force and --delete together could destroy mail")
        self.assertFalse(os.path.exists(self.path("out")))

    def test_numbers_start_again_each_day(self):
        for day, mail in enumerate((MAIL[:2], MAIL[2:4])):
            os.mkdir(self.path(f"day{day}"))
            box = b"".join(b"From x\n" + data.replace(b"From ", b">From ") + b"\n" for data in mail)
            server = type(self.server)(self.path(f"day{day}"), "--no-uidl", "--mbox",
                                       self.write(f"box{day}", box))
            self.addCleanup(server.stop)
            result = self.pop3("fetch", server.url(), "--dir", self.path("out"), "--delete")
            self.check(result, 0, b"")
            self.check(self.pop3("stat", server.url()), 0, b"0 0\n")
        self.assertEqual(["1.eml", "1~2.eml", "2.eml", "2~2.eml"], self.files("out"))
        self.assertCountEqual(self.wire[:4], [self.read("out", x) for x in self.files("out")])

    def test_stdout(self):
        self.check(self.pop3("fetch", self.url), 0, b"".join(self.wire))
        self.check(self.pop3("fetch", self.url, "--messages", "2,4-5"), 0,
                   self.wire[1] + self.wire[3] + self.wire[4])

    def test_eol_lf(self):
        self.check(self.pop3("fetch", self.url, "--dir", self.path("out"), "--eol", "lf"), 0, b"")
        for number, data in enumerate(self.wire, 1):
            self.assertEqual(data.replace(b"\r\n", b"\n"), self.read("out", eml(number)))

    def test_mbox(self):
        path = self.write("mbox", "From x Thu Jan  1 00:00:00 1970\nSubject: old\n\nold\n")
        self.check(self.pop3("fetch", self.url, "--mbox", path), 0, b"")
        self.assertFalse(os.path.exists(path + ".lock"))
        box = mailbox.mbox(path)
        self.addCleanup(box.close)
        self.assertEqual(9, len(box))
        for number, data in enumerate(self.wire, 1):
            got = box.get_bytes(number).replace(b"\n>From ", b"\nFrom ").replace(b"\n>>", b"\n>")
            self.assertEqual(data.replace(b"\r\n", b"\n"), got)

    def test_mbox_is_read_back_by_mailboxd(self):
        for eol in ("lf", "crlf"):
            path = self.path("mbox-" + eol)
            self.check(self.pop3("fetch", self.url, "--mbox", path, "--eol", eol), 0, b"")
            os.mkdir(self.path(eol))
            again = type(self.server)(self.path(eol), "--mbox", path)
            self.addCleanup(again.stop)
            result = self.pop3("fetch", again.url(), "--dir", self.path("out-" + eol))
            self.assertEqual(0, result.code, result.err)
            for name, data in zip(self.names(again.url()), self.wire, strict=True):
                self.assertEqual(data, self.read("out-" + eol, name), name)

    def test_mbox_that_is_locked(self):
        path = self.write("mbox", "old\n")
        self.write("mbox.lock", "")
        result = self.pop3("fetch", self.url, "--mbox", path)
        # The lock is waited for, ten seconds long; so is this test.
        self.check(result, 8, b"", "mbox.lock is there")
        self.assertEqual(b"old\n", self.read("mbox"))

    def test_numbers_and_sizes(self):
        result = self.pop3("fetch", self.url, "--dir", self.path("out"), "--max-size", "1k")
        self.check(result, 0, b"")
        self.assertEqual([*map(eml, (1, 2, 3, 4, 5, 8))], self.files("out"))
        result = self.pop3("fetch", self.url, "--dir", self.path("o2"), "--messages", "7-9,1")
        self.check(result, 0, b"", "1 of the messages asked for are not there")
        self.assertEqual([*map(eml, (1, 7, 8))], self.files("o2"))
        result = self.pop3("fetch", self.url, "--dir", self.path("o3"), "--messages", "9")
        self.check(result, 7, b"", "not there")

    def test_json_summary(self):
        result = self.pop3("fetch", self.url, "--maildir", self.path("out"), "--json", "--delete")
        self.check(result)
        summary = json.loads(result.out)
        self.assertEqual(8, summary["stored"])
        self.assertEqual(sum(map(len, self.wire)), summary["octets"])
        self.assertEqual(8, summary["marked_for_deletion"])
        self.assertEqual("committed", summary["quit"])

    def test_delete(self):
        result = self.pop3("fetch", self.url, "--maildir", self.path("out"), "--delete",
                           "--messages", "1-3", "-v")
        self.assertEqual(0, result.code, result.err)
        self.assertIn("3 deleted on the server", result.err)
        self.assertEqual(3, len(self.files("out", "new")))
        self.assertTrue(self.pop3("stat", self.url).out.startswith(b"5 "))
        self.assertEqual(5, len(self.files("m", "new")) + len(self.files("m", "cur")))

    def test_a_mailbox_that_is_in_use(self):
        with socket.create_connection(("127.0.0.1", self.server.port)) as other:
            reader = other.makefile("rb")
            reader.readline()
            for line in ("USER alice", f"PASS {PASSWORD}"):
                other.sendall(line.encode() + b"\r\n")
                self.assertTrue(reader.readline().startswith(b"+OK"))
            result = self.pop3("fetch", self.url, "--maildir", self.path("out"))
        self.assertEqual(6, result.code, result.err)

    def test_places_that_cannot_be_used(self):
        os.mkfifo(self.path("fifo"))
        for arguments in (["--maildir", "/dev/null/x"], ["--maildir", self.write("file", "")],
                          ["--mbox", self.path("none", "mbox")], ["--mbox", self.path("fifo")],
                          ["--dir", self.path("none", "dir")]):
            result = self.pop3("fetch", "pop3://a:b@127.0.0.1:1", *arguments)
            self.assertEqual(8, result.code, result.err)  # before the server is asked

    def limited(self, size):
        """Lets files grow to `size` octets only."""

        def limit():
            resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))

        return limit

    def test_a_disk_that_gets_full(self):
        limit = self.limited(500000)
        result = self.pop3("fetch", self.url, "--maildir", self.path("out"), preexec_fn=limit)
        self.check(result, 8, b"", "File too large")
        self.assertEqual([], self.files("out", "tmp"))
        self.assertEqual(5, len(self.files("out", "new")), "the messages before are kept")
        result = self.pop3("fetch", self.url, "--dir", self.path("d"), preexec_fn=limit)
        self.check(result, 8, b"", "File too large")
        self.assertEqual([*map(eml, range(1, 6))], self.files("d"))
        path = self.write("mbox", "old\n\n")
        result = self.pop3("fetch", self.url, "--mbox", path, preexec_fn=limit)
        self.check(result, 8, b"", "File too large")
        self.assertEqual(5, self.read("mbox").count(b"From MAILER-DAEMON "))
        self.assertTrue(self.read("mbox").endswith(b"Subject: no body\n\n\n"))
        self.assertFalse(os.path.exists(path + ".lock"))

    def test_a_disk_that_gets_full_while_deleting(self):
        result = self.pop3("fetch", self.url, "--maildir", self.path("out"), "--delete",
                           preexec_fn=self.limited(500000))
        self.assertEqual(8, result.code, result.err)
        left = int(self.pop3("stat", self.url).out.split()[0])
        stored = len(self.files("out", "new"))
        self.assertEqual(5, stored)
        # Either the stored ones are gone from the server, or it was said that they are not.
        if left != 3:
            self.assertEqual(8, left)
            self.assertIn("the server keeps all messages, the 5 stored ones too", result.err)


class OddServers(CliTest):
    """Against scripted servers."""

    def test_quit_that_is_refused(self):
        server = self.mailboxd("--generate", "3x512", "--quit-fails")
        result = self.pop3("fetch", server.url(), "--dir", self.path("out"), "--delete", "--json")
        self.check(result, 6, None, "the server did not delete all of the messages: ")
        self.assertEqual("refused", json.loads(result.out)["quit"])
        server = self.script({b"QUIT": b"-ERR some deleted messages not removed\r\n"})
        result = self.pop3("fetch", server.url(), "--dir", self.path("o2"), "--delete")
        self.check(result, 7, None, "some deleted messages not removed")
        self.assertEqual(7, self.pop3("dele", server.url(), "1").code)
        result = self.pop3("fetch", server.url(), "--dir", self.path("o3"))
        self.check(result)  # nothing was to be deleted

    def test_quit_without_an_answer(self):
        server = self.script({b"QUIT": None})
        result = self.pop3("fetch", server.url(), "--dir", self.path("out"), "--delete", "--json")
        self.check(result, 3, None, "it is not known whether the messages were deleted: ")
        self.assertEqual("unknown", json.loads(result.out)["quit"])
        self.check(self.pop3("dele", server.url(), "1"), 3, b"", "it is not known")

    def test_a_message_that_is_refused(self):
        server = self.script({
            b"LIST": b"+OK\r\n1 8\r\n2 8\r\n3 8\r\n.\r\n",
            b"RETR 2": b"-ERR this one is broken\r\n",
        })
        result = self.pop3("fetch", server.url(), "--dir", self.path("out"), "--delete", "-v")
        self.check(result, 7, b"", "pop3: fetch: message 2: this one is broken\n")
        self.assertEqual(["no-id~3.eml", "uid.eml"], sorted(os.listdir(self.path("out"))))
        self.assertIn(b"DELE 1", server.lines)
        self.assertNotIn(b"DELE 2", server.lines)
        self.assertIn("2 messages, 16 B", result.err)
        self.assertIn("1 refused, 2 deleted on the server", result.err)

    def test_a_dele_that_is_refused(self):
        server = self.script({b"DELE": b"-ERR read only\r\n"})
        result = self.pop3("fetch", server.url(), "--dir", self.path("out"), "--delete")
        self.check(result, 7, b"", "pop3: fetch: deleting message 1: read only\n")
        self.assertEqual(b"\r\nbody\r\n", self.read("out", "uid.eml"))

    def test_dele_comes_after_the_message_is_stored(self):
        server = self.script({b"RETR": b"+OK\r\nhalf a mess"})
        result = self.pop3("fetch", server.url(), "--dir", self.path("out"), "--delete",
                           "--timeout", "2")
        self.check(result, 3, b"", "pop3: fetch: message 1: ")
        self.assertEqual([], os.listdir(self.path("out")))
        self.assertNotIn(b"DELE 1", server.lines)

    def test_a_size_that_differs(self):
        server = self.script({b"LIST": b"+OK\r\n1 6\r\n.\r\n"})
        result = self.pop3("fetch", server.url(), "--dir", self.path("out"))
        self.check(result, 0, b"", "message 1: LIST says 6 octets, 8 came\n")
        result = self.pop3("fetch", server.url(), "--dir", self.path("o2"), "--quiet")
        self.check(result)

    def test_an_empty_mailbox(self):
        server = self.script({b"LIST": b"+OK\r\n.\r\n"})
        for option in ("--dir", "--maildir", "--mbox"):
            self.check(self.pop3("fetch", server.url(), option, self.path("o" + option)), 0, b"")
        self.assertFalse(os.path.exists(self.path("o--mbox")))

    def test_a_server_without_capa_and_pipelining(self):
        server = self.mailboxd("--generate", "50x1000", "--no-capa")
        self.check(self.pop3("fetch", server.url(), "--dir", self.path("out")), 0, b"")
        self.assertEqual(50, len(os.listdir(self.path("out"))))

    def test_many_messages_with_delete(self):
        server = self.mailboxd("--generate", "1200x512")
        result = self.pop3("fetch", server.url(), "--maildir", self.path("out"), "--delete")
        self.check(result, 0, b"")
        self.assertEqual(1200, len(os.listdir(self.path("out", "new"))))
        self.check(self.pop3("stat", server.url()), 0, b"0 0\n")

    def test_a_disk_that_is_slower_than_a_server_may_be(self):
        # The time that storing takes is not the server's: here it is a lock that is waited for.
        server = self.mailboxd("--generate", "20x1M")
        self.write("mbox.lock", "")
        timer = threading.Timer(2.5, os.unlink, [self.path("mbox.lock")])
        timer.start()
        result = self.pop3("fetch", server.url(), "--mbox", self.path("mbox"), "--timeout", "2")
        timer.join()
        self.check(result, 0, b"")
        self.assertEqual(20, self.read("mbox").count(b"\nFrom: Generator"))

    def test_chunks(self):
        server = self.mailboxd("--generate", "5x20000", "--chunk", "7")
        self.check(self.pop3("fetch", server.url(), "--dir", self.path("out")), 0, b"")
        for name in self.names(server.url()):
            self.assertEqual(20000, len(self.read("out", name)))

    def test_the_first_refusal_counts(self):
        server = self.script({
            b"CAPA": b"+OK\r\nUSER\r\nUIDL\r\nRESP-CODES\r\n.\r\n",
            b"LIST": b"+OK\r\n1 8\r\n2 8\r\n3 8\r\n.\r\n",
            b"RETR 1": b"-ERR [SYS/TEMP] later\r\n",
            b"RETR 2": b"-ERR never\r\n",
        })
        result = self.pop3("fetch", server.url(), "--dir", self.path("out"))
        self.check(result, 6, b"", "pop3: fetch: message 1: [SYS/TEMP] later")
        self.assertIn("pop3: fetch: message 2: never\n", result.err)

    def test_many_sizes_that_differ(self):
        for count in (5, 7):
            lines = b"".join(b"%d 6\r\n" % n for n in range(1, count + 1))
            server = self.script({b"LIST": b"+OK\r\n" + lines + b".\r\n"})
            result = self.pop3("fetch", server.url(), "--maildir", self.path("out"))
            self.assertEqual(0, result.code, result.err)
            self.assertEqual(5, result.err.count("LIST says 6 octets, 8 came\n"), result.err)
            self.assertEqual(count > 5, f"pop3: fetch: {count} messages in all have another size than "
                             "LIST says\n" in result.err, result.err)

    def test_pipelining_that_is_offered_after_the_login(self):
        without = b"+OK\r\nUSER\r\nUIDL\r\n.\r\n"
        answers = [without]
        server = self.script()
        offers = server._replies[b"CAPA"]
        self.check(self.pop3("fetch", server.url(), "--dir", self.path("out")))
        self.assertEqual(1, server.lines.count(b"CAPA"), "it is offered before")
        server = self.script({b"CAPA": lambda: answers.pop() if answers else offers})
        self.check(self.pop3("fetch", server.url(), "--dir", self.path("out")))
        self.assertEqual(2, server.lines.count(b"CAPA"))


if __name__ == "__main__":
    signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
    unittest.main()
