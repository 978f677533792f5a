"""What mailboxd does wrong around TLS when it is told to."""

import ssl
import unittest

from process_test import ProcessTest
from raw_client import tls_context


class TlsFaults(ProcessTest):
    """One fault for each test."""

    def connect(self, *arguments, tls=False):
        """A client of a server that has a certificate, and what it needs for TLS."""
        server = self.mailboxd(
            "--generate=2x100K",
            "--tls-listen=127.0.0.1:0",
            f"--self-signed={self.path('tls')}",
            *arguments,
        )
        context = tls_context(self.path("tls", "ca.pem"))
        return server.connect_tls(context) if tls else server.connect(), context

    def test_stls_strip(self):
        client, _ = self.connect("--fault=stls-strip")
        self.assertNotIn(b"STLS", client.multi("CAPA"))
        self.assertRegex(client.say("STLS"), b"^-ERR Unknown command")

    def test_stls_refuse(self):
        client, _ = self.connect("--fault=stls-refuse")
        self.assertIn(b"STLS\r\n", client.multi("CAPA"))
        self.assertRegex(client.say("STLS"), b"^-ERR TLS is not available now")
        client.login().quit()

    def test_stls_odd(self):
        client, context = self.connect("--fault=stls-odd")
        self.assertEqual(b"OK, if you like", client.say("STLS"))
        client.secure(context)
        client.login().quit()

    def test_stls_inject(self):
        client, context = self.connect("--fault=stls-inject")
        client.ok("STLS")
        self.assertEqual(b"+OK said by somebody else", client.line())
        client.secure(context)
        client.login().quit()

    def test_capa_tamper(self):
        client, context = self.connect("--fault=capa-tamper")
        before = client.multi("CAPA")
        self.assertIn(b"IMPLEMENTATION tampered\r\n", before)
        self.assertIn(b"STLS\r\n", before)
        self.assertNotIn(b"PIPELINING", before)
        after = client.stls(context).multi("CAPA")
        self.assertIn(b"IMPLEMENTATION mailboxd\r\n", after)
        self.assertIn(b"PIPELINING", after)

    def test_tls_truncate(self):
        client, _ = self.connect("--fault=tls-truncate", tls=True)
        client.login()
        client.multi("LIST")
        client.send(b"RETR 1\r\n")
        got = b""
        with self.assertRaisesRegex(ssl.SSLError, "(?i)eof"):
            while piece := client.sock.recv(1 << 16):
                got += piece
        self.assertTrue(50000 < len(got) < 60000, len(got))

    def test_tls_truncate_leaves_clear_connections_alone(self):
        client, _ = self.connect("--fault=tls-truncate")
        client.login().ok("RETR 1")
        self.assertEqual(100 << 10, len(client.body()))

    def test_no_close_notify(self):
        client, _ = self.connect("--fault=no-close-notify", tls=True)
        self.assertEqual(b"+OK Bye", client.say("QUIT"))
        with self.assertRaisesRegex(ssl.SSLError, "(?i)eof"):
            client.sock.recv(1)

    def test_the_other_faults_work_within_tls(self):
        client, _ = self.connect("--chunk=1", "--delay=1", tls=True)
        self.assertEqual(b"2 204800", client.login().ok("STAT"))
        client.quit()
        client, _ = self.connect("--drop-after=5000", tls=True)
        client.login()
        client.send(b"RETR 1\r\n")
        with self.assertRaisesRegex(ssl.SSLError, "(?i)eof"):
            client.file.read()


if __name__ == "__main__":
    unittest.main()
