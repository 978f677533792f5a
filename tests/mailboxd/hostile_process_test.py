"""Clients that mean no good."""

import random
import select
import unittest

import mailboxd
from account import PASSWORD
from process_test import ProcessTest


class Hostile(ProcessTest):
    """After each attack the server must still serve others."""

    def setUp(self):
        super().setUp()
        self.server = self.mailboxd("--generate=100x4K", "--max-bad=1000000", "--no-lock")
        self.addCleanup(self.still_serves)

    def still_serves(self):
        client = self.server.connect().login()
        self.assertEqual(b"100 409600", client.ok("STAT"))
        self.assertEqual(4096, len(client.multi("RETR 100")))
        client.quit()

    def test_lines(self):
        client = self.server.connect().login()
        for data in (
            b"NOOP\nNOOP\r\n",
            b"NOOP\rNOOP\r\n",
            b"NO\0OP\r\n",
            b"NOOP\0\r\n",
            b"\x01\r\n",
            b"\x7f\r\n",
            b"NOOP\t\r\n",
            b"\xff\xfe\xfd\r\n",
            b"RETR 1\0\r\n",
            b"x" * 511 + b"\r\n",
            b"x" * 512 + b"\r\n",
            b"x" * 100000 + b"\r\n",
            b"DELE " + b"1" * 5000 + b"\r\n",
            b"\r" * 600 + b"\r\n",
            b"GET / HTTP/1.0\r\n",
            b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n",
        ):
            client.send(data)
            self.assertRegex(client.line(), b"^-ERR ", data[:20])
            # One reply to one line: the next reply is the next command's.
            self.assertEqual(b"0", client.ok("LAST"), data[:20])
        client.close()

    def test_a_command_of_the_longest_line(self):
        client = self.server.connect()
        client.ok("USER " + "x" * (512 - 2 - 5))
        self.assertEqual(b"-ERR Command line too long", client.say("USER " + "x" * (512 - 2 - 4)))
        client.close()

    def test_bare_line_feeds_are_told_at_once(self):
        client = self.server.connect()
        client.send(b"NOOP\n")  # as somebody does who uses netcat
        self.assertRegex(client.line(), b"^-ERR .*bare LF")
        client.close()

    def test_octet_by_octet(self):
        client = self.server.connect()
        for octet in f"USER alice\r\nPASS {PASSWORD}\r\nSTAT\r\n".encode():
            client.send(bytes([octet]))
        client.line()
        client.line()
        self.assertEqual(b"+OK 100 409600", client.line())
        client.close()

    def test_an_endless_line(self):
        client = self.server.connect()
        before = self.server.resident_kib()
        for _ in range(200):
            client.send(b"y" * 65536)
        self.assertEqual(b"-ERR Command line too long", client.line())
        client.send(b"\r\nQUIT\r\n")
        self.assertEqual(b"+OK Bye", client.line())
        self.assertLess(self.server.resident_kib() - before, 65536 if mailboxd.is_sanitized() else 4096)
        client.close()

    def test_who_does_not_read_gets_no_memory(self):
        before = self.server.resident_kib()
        client = self.server.connect().login()
        client.sock.setblocking(False)
        # As much as it takes, until it does not read any more.
        sent = 0
        burst = b"RETR 1\r\n" * 8192
        while sent < 256 << 20:
            if not select.select([], [client.sock], [], 0)[1]:
                self.server.wait_until_idle()
                if not select.select([], [client.sock], [], 0)[1]:
                    break
            sent += client.sock.send(burst)
        self.assertLess(sent, 64 << 20)
        grown = self.server.resident_kib() - before
        self.assertLess(grown, 65536 if mailboxd.is_sanitized() else 16384)
        client.sock.setblocking(True)
        client.close()

    def test_many_who_do_not_read(self):
        before = self.server.resident_kib()
        clients = [self.server.connect().login() for _ in range(100)]
        for client in clients:
            client.send(b"RETR 1\r\n" * 4000)
        self.server.wait_until_idle()
        self.assertLess(self.server.resident_kib() - before, 65536)
        for client in clients:
            client.close()

    def test_noise(self):
        noise = random.Random(20261122)
        words = [
            b"USER alice", b"PASS " + PASSWORD.encode(), b"APOP alice x", b"RPOP alice", b"AUTH",
            b"STAT", b"LIST", b"LIST 1", b"RETR 1", b"RETR 101", b"DELE 1", b"NOOP", b"RSET",
            b"TOP 1 1", b"UIDL", b"UIDL 1", b"LAST", b"CAPA", b"UTF8", b"LANG", b"LANG de", b"QUIT",
            b"\r\n", b"\r\n", b"\r\n", b"\r\n", b"\r\n", b"\n", b"\r", b"\0", b" ", b"4294967296",
        ]  # fmt: skip
        for _ in range(300):
            client = self.server.connect(greeting=False)
            data = bytearray()
            for _ in range(noise.randrange(60)):
                kind = noise.randrange(10)
                if kind < 7:
                    data += noise.choice(words)
                elif kind < 9:
                    data += bytes(noise.randrange(256) for _ in range(noise.randrange(20)))
                else:
                    data += b"z" * noise.randrange(2000)
            try:
                at = 0
                while at < len(data):
                    n = noise.choice((1, 2, 7, 100, 100000))
                    client.send(data[at : at + n])
                    at += n
                if noise.randrange(2):
                    client.sock.shutdown(1)
                    reply = client.file.read()
                    self.assertTrue(reply.startswith(b"+OK mailboxd"))
            except (BrokenPipeError, ConnectionResetError):
                pass  # it said QUIT, and something behind it
            client.close()

    def test_connections_that_say_nothing_at_all(self):
        clients = [self.server.connect(greeting=False) for _ in range(200)]
        for client in clients:
            client.close()


if __name__ == "__main__":
    unittest.main()
