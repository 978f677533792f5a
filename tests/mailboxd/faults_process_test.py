"""What mailboxd does wrong when it is told to."""

import time
import unittest

from account import PASSWORD
from process_test import ProcessTest


class Faults(ProcessTest):
    """One switch for each test."""

    def test_no_pipelining_is_only_not_said(self):
        client = self.mailboxd("--generate=1x512", "--no-pipelining").connect()
        self.assertNotIn(b"PIPELINING", client.multi("CAPA"))
        client.close()

    def test_lie_pipelining(self):
        server = self.mailboxd("--generate=2x512", "--lie-pipelining")
        client = server.connect()
        self.assertIn(b"\r\nPIPELINING\r\n", client.multi("CAPA"))
        client.send(f"USER alice\r\nPASS {PASSWORD}\r\nSTAT\r\nNOOP\r\n".encode())
        self.assertRegex(client.line(), b"^.OK")
        self.assertRegex(client.line(), b"^.OK")
        client.sock.settimeout(0.3)
        with self.assertRaises(TimeoutError):
            client.line()
        client.close()
        client = server.connect().login()
        client.send(b"STAT\r\nRETR 1\r\nSTAT\r\n")  # from here on it works
        self.assertEqual(b"+OK 2 1024", client.line())
        client.line()
        client.body()
        self.assertEqual(b"+OK 2 1024", client.line())
        client.close()

    def test_chunk(self):
        server = self.mailboxd("--generate=2x40K", "--chunk=1")
        client = server.connect().login()
        client.send(b"RETR 1\r\nRETR 2\r\nSTAT\r\n")
        for _ in range(2):
            self.assertEqual(b"+OK 40960 octets", client.line())
            self.assertEqual(40960, len(client.body()))
        self.assertEqual(b"+OK 2 81920", client.line())
        client.close()

    def test_delay(self):
        server = self.mailboxd("--generate=2x20M", "--delay=200")
        start = time.monotonic()
        client = server.connect()
        greeted = time.monotonic()
        self.assertGreaterEqual(greeted - start, 0.19)
        client.send(f"USER alice\r\nPASS {PASSWORD}\r\nRETR 1\r\n".encode())
        for _ in range(3):
            client.line()
        self.assertEqual(20 << 20, len(client.body()))
        # Three replies: one wait for each, and none within the long one.
        self.assertTrue(0.58 <= time.monotonic() - greeted < 12)
        client.quit()

    def test_drop_after(self):
        for limit in (1, 10, 100, 5000, 300000):
            server = self.mailboxd("--generate=100x4K", f"--drop-after={limit}")
            client = server.connect(greeting=False)
            client.send(f"USER alice\r\nPASS {PASSWORD}\r\n".encode())
            client.send(b"".join(b"RETR %d\r\n" % n for n in range(1, 101)))
            self.assertEqual(limit, len(client.file.read()))
            client.close()
            # The maildrop is free: the next one is not told that it is in use.
            client = server.connect(greeting=False)
            client.send(f"USER alice\r\nPASS {PASSWORD}\r\nQUIT\r\n".encode())
            self.assertNotIn(b"IN-USE", client.file.read())
            client.close()

    def test_quit_fails(self):
        server = self.mailboxd("--generate=2x512", "--quit-fails")
        client = server.connect().login()
        client.ok("DELE 1")
        self.assertRegex(client.quit(), rb"^-ERR \[SYS/TEMP\] ")
        client = server.connect().login()
        self.assertEqual(b"2 1024", client.ok("STAT"))
        client.close()
        client = server.connect()
        self.assertEqual(b"+OK Bye", client.quit())  # nobody was logged in: nothing can fail

    def test_all_at_once(self):
        server = self.mailboxd("--generate=3x2K", "--chunk=100", "--delay=1", "--drop-after=6000")
        client = server.connect().login()
        client.send(b"RETR 1\r\nRETR 2\r\nRETR 3\r\n")
        self.assertLess(len(client.file.read()), 6000)
        client.close()


if __name__ == "__main__":
    unittest.main()
