"""One session at a time, and what becomes of deletions."""

import socket
import struct
import unittest

from account import PASSWORD
from process_test import ProcessTest
from waiting import until


class Locks(ProcessTest):
    """A user with four messages."""

    def setUp(self):
        super().setUp()
        self.server = self.mailboxd("--generate=4x512", "--user=other:pw")

    def in_use(self):
        """Whether the maildrop of `alice` is locked."""
        client = self.server.connect()
        client.ok("USER alice")
        reply = client.say("PASS " + PASSWORD)
        client.close()
        if not reply.startswith(b"+OK"):
            self.assertRegex(reply, rb"^-ERR \[IN-USE\] ")
        return not reply.startswith(b"+OK")

    def wait_until_free(self):
        """The server sees the end of a connection a moment later than the client."""
        until(lambda: not self.in_use(), "the maildrop stays locked")

    def test_second_session(self):
        client = self.server.connect().login()
        self.assertTrue(self.in_use())
        other = self.server.connect().login("other", "pw")  # has a maildrop of its own
        other.quit()
        client.quit()
        # QUIT's reply means that it is free, without any waiting.
        for _ in range(100):
            self.server.connect().login().quit()

    def test_refused_session_may_try_again(self):
        client = self.server.connect().login()
        other = self.server.connect()
        other.ok("USER alice")
        self.assertRegex(other.say("PASS " + PASSWORD), rb"^-ERR \[IN-USE\] ")
        client.quit()
        other.login().quit()

    def test_disconnect_releases(self):
        client = self.server.connect().login()
        client.close()
        self.wait_until_free()

    def test_reset_releases(self):
        client = self.server.connect().login()
        client.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        client.close()
        self.wait_until_free()

    def test_disconnect_in_the_middle_of_mail_releases(self):
        server = self.mailboxd("--generate=100x1M")
        self.server = server
        client = server.connect().login()
        client.send(b"".join(b"RETR %d\r\n" % n for n in range(1, 101)))
        client.sock.recv(1000)
        client.close()
        self.wait_until_free()

    def test_deletion_only_with_quit(self):
        client = self.server.connect().login()
        client.ok("DELE 1")
        self.assertEqual(b"3 1536", client.ok("STAT"))
        client.close()
        self.wait_until_free()
        client = self.server.connect().login()
        self.assertEqual(b"4 2048", client.ok("STAT"))
        uid = client.ok("UIDL 2").split()[1]
        client.ok("DELE 1")
        client.ok("DELE 2")
        client.ok("RSET")
        client.ok("DELE 1")
        client.quit()
        client = self.server.connect().login()
        self.assertEqual(b"3 1536", client.ok("STAT"))
        self.assertEqual(uid, client.ok("UIDL 1").split()[1])
        client.quit()
        # The other user's messages are others.
        client = self.server.connect().login("other", "pw")
        self.assertEqual(b"4 2048", client.ok("STAT"))
        client.quit()

    def test_quit_sent_before_closing_counts(self):
        client = self.server.connect().login()
        client.send(b"DELE 1\r\nQUIT\r\n")
        client.close()
        self.wait_until_free()
        client = self.server.connect().login()
        self.assertEqual(b"3 1536", client.ok("STAT"))
        client.quit()

    def test_no_lock(self):
        server = self.mailboxd("--generate=4x512", "--no-lock")
        clients = [server.connect().login() for _ in range(3)]
        for client in clients:
            client.ok("DELE 1")
        for client in clients:
            self.assertEqual(b"+OK Bye", client.quit())
        client = server.connect().login()
        self.assertEqual(b"3 1536", client.ok("STAT"))
        client.quit()


if __name__ == "__main__":
    unittest.main()
