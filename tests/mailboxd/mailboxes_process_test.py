"""Maildirs, mboxes and generated mail, each octet of it."""

import os
import pathlib
import unittest

import mailboxd
from account import PASSWORD
from process_test import ProcessTest

FROM = b"From me@example.org Thu Jan  1 00:00:00 1970\n"

# A bit of everything: {file name: (stored, sent)}.
MESSAGES = {
    "new/1.lf": (b"S: 1\n\nbody\n", b"S: 1\r\n\r\nbody\r\n"),
    "new/2.crlf": (b"S: 2\r\n\r\nbody\r\n", b"S: 2\r\n\r\nbody\r\n"),
    "new/3.no-end": (b"S: 3\n\nno end", b"S: 3\r\n\r\nno end\r\n"),
    "new/4.dots": (b"S: 4\n\n.\n..\n.x\nx.\n", b"S: 4\r\n\r\n.\r\n..\r\n.x\r\nx.\r\n"),
    "new/5.bare-cr": (b"S: 5\n\na\rb\r\r\n\r", b"S: 5\r\n\r\na\rb\r\r\n\r\r\n"),
    "new/6.octets": (bytes(range(256)), None),
    "new/7.empty": (b"", b""),
    "new/8.line": (b"S: 8\n\n" + b"x" * 1000000, b"S: 8\r\n\r\n" + b"x" * 1000000 + b"\r\n"),
    "new/9.large-crlf": (b"S: 9\r\n\r\n" + (b"y" * 70 + b"\r\n") * 20000, None),
    "new/10.large-lf": (b"S: 10\n\n" + (b"." * 70 + b"\n") * 200000, None),
    "cur/11.header-only:2,S": (b"S: 11\n", b"S: 11\r\n"),
    "cur/12.from:2,": (b"S: 12\n\n>From x\n", b"S: 12\r\n\r\n>From x\r\n"),
}


def sent(name):
    """What a client has to get of a message."""
    stored, wanted = MESSAGES[name]
    if wanted is not None:
        return wanted
    lines = stored.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
    return lines if lines.endswith(b"\r\n") else lines + b"\r\n"


def top(message, lines):
    """What TOP has to give of it."""
    header, empty, body = message.partition(b"\r\n\r\n")
    rows = body.split(b"\r\n")[:-1]
    return header + empty + b"".join(row + b"\r\n" for row in rows[:lines])


class Maildirs(ProcessTest):
    """A Maildir of awkward messages."""

    def setUp(self):
        super().setUp()
        self.names = sorted(MESSAGES, key=lambda name: int(name[4:].split(".")[0]))
        self.dir = self.maildir({name: stored for name, (stored, _) in MESSAGES.items()})

    def check_all(self, server):
        client = server.connect().login()
        sizes = [int(line.split()[1]) for line in client.multi("LIST").splitlines()]
        for n, name in enumerate(self.names, 1):
            wanted = sent(name)
            self.assertEqual(b"%d octets" % len(wanted), client.ok(f"RETR {n}"), name)
            got = client.body()
            self.assertTrue(wanted == got, name)
            self.assertEqual(len(wanted), sizes[n - 1], name)
            for lines in (0, 1, 2, 10000, 4294967295):
                self.assertTrue(top(wanted, lines) == client.multi(f"TOP {n} {lines}"), name)
        self.assertEqual(b"%d %d" % (len(sizes), sum(sizes)), client.ok("STAT"))
        client.quit()

    def test_every_octet(self):
        server = self.mailboxd("--maildir", self.dir)
        self.check_all(server)
        self.check_all(server)  # now from the cache

    def test_without_a_cache(self):
        self.check_all(self.mailboxd("--maildir", self.dir, "--cache=0"))

    def test_uids_stay(self):
        uids = []
        for _ in range(2):
            client = self.mailboxd("--maildir", self.dir).connect().login()
            uids.append(client.multi("UIDL"))
            client.quit()
        self.assertEqual(uids[0], uids[1])
        self.assertIn(b"1 1.lf\r\n", uids[0])
        self.assertIn(b"11 11.header-only\r\n", uids[0])

    def test_deletion(self):
        server = self.mailboxd("--maildir", self.dir)
        client = server.connect().login()
        client.ok("DELE 1")
        client.ok("DELE 11")
        self.assertTrue(os.path.exists(os.path.join(self.dir, "new/1.lf")))
        client.quit()
        self.assertFalse(os.path.exists(os.path.join(self.dir, "new/1.lf")))
        self.assertEqual(["12.from:2,"], os.listdir(os.path.join(self.dir, "cur")))

    def test_file_that_vanishes(self):
        server = self.mailboxd("--maildir", self.dir)
        client = server.connect().login()
        os.unlink(os.path.join(self.dir, "new/2.crlf"))
        client.send(b"RETR 1\r\nRETR 2\r\nTOP 2 0\r\nRETR 3\r\n")
        self.assertEqual(b"+OK 14 octets", client.line())
        client.body()
        self.assertRegex(client.line(), rb"^-ERR \[SYS/TEMP\] ")
        self.assertRegex(client.line(), rb"^-ERR \[SYS/TEMP\] ")
        self.assertEqual(b"+OK 16 octets", client.line())
        client.body()
        client.quit()

    def test_file_that_is_truncated_while_it_is_sent(self):
        for name in ("new/13.large-crlf", "new/13.large-lf"):
            end = b"\r\n" if name.endswith("crlf") else b"\n"
            path = self.write(
                os.path.join("Maildir", name), b"S: 13" + end * 2 + (b"z" * 70 + end) * 800000
            )
            server = self.mailboxd("--maildir", self.dir)
            client = server.connect().login()
            client.send(b"RETR 13\r\n")
            got = client.sock.recv(65536)
            os.truncate(path, 1000000)
            while piece := client.sock.recv(1 << 20):
                got += piece
            # Cut off in the middle, and not made to look complete; the server lives.
            self.assertLess(len(got), 57000000)
            self.assertNotIn(b"\r\n.\r\n", got)
            client.close()
            os.unlink(path)
            self.check_all(server)

    def test_missing(self):
        client = self.mailboxd("--maildir", self.path("nowhere")).connect()
        client.ok("USER alice")
        self.assertRegex(client.say("PASS " + PASSWORD), rb"^-ERR \[SYS/PERM\] ")
        client.close()


class Mboxes(ProcessTest):
    """An mbox."""

    def test_messages(self):
        texts = [b"S: 1\n\n>From me\n>>From you\n.\n", b"S: 2\n\nno end"]
        path = self.write("mbox", FROM + texts[0] + b"\n" + FROM + texts[1])
        server = self.mailboxd("--mbox", path)
        client = server.connect().login()
        self.assertEqual(b"S: 1\r\n\r\nFrom me\r\n>From you\r\n.\r\n", client.multi("RETR 1"))
        self.assertEqual(b"S: 2\r\n\r\nno end\r\n", client.multi("RETR 2"))
        self.assertEqual(b"2 47", client.ok("STAT"))
        client.ok("DELE 1")
        client.quit()
        self.assertEqual(FROM + texts[1], pathlib.Path(path).read_bytes())
        client = server.connect().login()
        self.assertEqual(b"1 16", client.ok("STAT"))
        client.quit()

    def test_lock_of_another_program(self):
        text = FROM + b"S: 1\n\n"
        path = self.write("mbox", text)
        self.write("mbox.lock", b"")
        client = self.mailboxd("--mbox", path).connect().login()
        client.ok("DELE 1")
        self.assertRegex(client.quit(), rb"^-ERR \[SYS/TEMP\] ")
        self.assertEqual(text, pathlib.Path(path).read_bytes())


class Users(ProcessTest):
    """A file of users."""

    def test_each_has_a_mailbox(self):
        maildir = self.maildir({"new/1": b"x\n"})
        mbox = self.write("mbox", FROM + b"y\n")
        users = self.write(
            "users",
            b"# comment\n\n"
            + f"a:p:w:maildir={maildir}\r\nb: spaces :mbox={mbox}\n".encode()
            + b"c:pw:generate=7x1K\nd:pw\ne:\n"
            + f"f:pw:maildir={self.folder}/./Maildir\n".encode(),
        )
        server = self.mailboxd("--users", users, "--generate=1x512")
        for user, password, stat in (
            ("a", "p:w", b"1 3"),
            ("b", " spaces ", b"1 3"),
            ("c", "pw", b"7 7168"),
            ("d", "pw", b"1 512"),
            ("alice", PASSWORD, b"1 512"),
        ):
            client = server.connect().login(user, password)
            self.assertEqual(stat, client.ok("STAT"), user)
            client.quit()

    def test_one_path_is_one_maildrop(self):
        maildir = self.maildir({"new/1": b"x\n"})
        users = self.write(
            "users", f"a:pw:maildir={maildir}\nb:pw:maildir={self.folder}/./Maildir/\n".encode()
        )
        server = self.mailboxd("--users", users, users=())
        first = server.connect().login("a", "pw")
        second = server.connect()
        second.ok("USER b")
        self.assertRegex(second.say("PASS pw"), rb"^-ERR \[IN-USE\] ")
        second.close()
        first.quit()

    def test_what_is_wrong_is_said(self):
        for text, words in (
            (b"nocolon\n", "line 1: it must be NAME:PASSWORD"),
            (b"a:pw:generate=1x4K\nb:pw:generate=x\n", "line 2: it must be COUNTxSIZE"),
            (b"a:pw\n", "no mailbox"),
            (b":pw:generate=1x4K\n", "a name"),
            (b"a:pw:maildir=\n", "path is empty"),
        ):
            users = self.write("users", text)
            code, _, err = mailboxd.run("--listen=127.0.0.1:0", "--users", users)
            self.assertEqual(2, code)
            self.assertIn(words, err)
            self.assertNotIn("pw", err)


class Generated(ProcessTest):
    """Generated mail; that its octets are the right ones is for the unit tests."""

    def test_a_gibibyte_needs_no_memory(self):
        server = self.mailboxd("--generate=1x1G")
        client = server.connect().login()
        self.assertEqual(b"1 1073741824", client.ok("STAT"))
        self.assertRegex(client.ok("RETR 1"), b"^1073741824 ")
        got = 0
        buffer = bytearray(1 << 20)
        tail = b""
        reader = client.file
        # The message, its doubled dots, and the final one.
        while not tail.endswith(b"\r\n.\r\n"):
            n = reader.readinto1(buffer)
            self.assertGreater(n, 0)
            got += n
            tail = (tail + bytes(buffer[max(0, n - 5) : n]))[-5:]
        self.assertGreater(got, 1073741824)
        self.assertLess(server.resident_kib(), 100000 if mailboxd.is_sanitized() else 16000)
        client.quit()


if __name__ == "__main__":
    unittest.main()
