"""TLS from the first octet and by STLS, with Python's ssl (OpenSSL) as the other side."""

import os
import pathlib
import poplib
import re
import socket
import ssl
import stat
import subprocess
import unittest

import mailboxd
from account import PASSWORD
from process_test import ProcessTest
from raw_client import Client, tls_context
from waiting import TIMEOUT


class TlsTest(ProcessTest):
    """A server with a certificate of its own."""

    def tls_server(self, *arguments, **options):
        """Starts one that listens in both ways."""
        folder = self.path("tls")
        return self.mailboxd(
            "--tls-listen=127.0.0.1:0", f"--self-signed={folder}", *arguments, **options
        )

    def context(self, version=None):
        """What a client needs to trust the server."""
        context = tls_context(self.path("tls", "ca.pem"))
        if version is not None:
            context.minimum_version = context.maximum_version = version
        return context


class Implicit(TlsTest):
    """--tls-listen."""

    def test_session(self):
        server = self.tls_server("--generate=3x4K")
        for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
            context = self.context(version)
            context.set_alpn_protocols(["http/1.1", "pop3"])
            client = server.connect_tls(context)
            self.assertRegex(client.greeting, b"^.OK mailboxd ready")
            self.assertEqual("pop3", client.sock.selected_alpn_protocol())
            self.assertNotIn(b"STLS", client.multi("CAPA"))
            self.assertRegex(client.say("STLS"), b"^-ERR TLS is in use already")
            client.login()
            client.send(b"RETR 1\r\nRETR 2\r\nRETR 3\r\nSTAT\r\n")
            for _ in range(3):
                client.line()
                self.assertEqual(4096, len(client.body()))
            self.assertEqual(b"+OK 3 12288", client.line())
            self.assertEqual(b"+OK Bye", client.say("QUIT"))
            # close_notify: without it OpenSSL reports an error here.
            self.assertEqual(b"", client.file.read())
            client.sock.unwrap()

    def test_large_messages(self):
        crlf = b"Subject: a\r\n\r\n" + b"0123456789abcde\r\n" * 200000
        folder = self.maildir({"cur/a": crlf, "cur/b": crlf.replace(b"\r\n", b"\n")})
        server = self.tls_server(f"--maildir={folder}", "--cache=0")
        client = server.connect_tls(self.context()).login()
        for number in (1, 2):
            client.ok(f"RETR {number}")
            self.assertEqual(crlf, client.body())
        client.quit()

    def test_file_truncated_while_it_is_sent(self):
        folder = self.maildir({"cur/a": b"Subject: a\r\n\r\n" + b"0123456789abcd\r\n" * 2000000})
        server = self.tls_server(f"--maildir={folder}", "--cache=0")
        client = server.connect_tls(self.context()).login()
        client.ok("RETR 1")
        os.truncate(os.path.join(folder, "cur", "a"), 1000)
        with self.assertRaises(AssertionError):
            client.body()
        server.connect().login().quit()  # it is still there

    def test_slow_reader_does_not_hold_up_others(self):
        server = self.tls_server("--generate=1x50M", "--no-lock")
        slow = server.connect_tls(self.context()).login()
        slow.send(b"RETR 1\r\nSTAT\r\n")
        self.assertEqual(b"+OK 1 52428800", server.connect_tls(self.context()).login().say("STAT"))
        self.assertEqual(b"+OK 52428800 octets", slow.line())
        self.assertEqual(52428800, len(slow.body()))
        self.assertEqual(b"+OK 1 52428800", slow.line())

    def test_pipelined_input_of_many_records(self):
        server = self.tls_server("--generate=1x512")
        client = server.connect_tls(self.context()).login()
        count = 30000
        client.send(b"NOOP\r\n" * count)
        for _ in range(count):
            self.assertEqual(b"+OK Nothing done", client.line())
        client.quit()

    def test_one_octet_records(self):
        server = self.tls_server("--generate=1x512")
        client = server.connect_tls(self.context())
        for octet in f"USER alice\r\nPASS {PASSWORD}\r\nSTAT\r\n".encode():
            client.send(bytes([octet]))
        replies = [client.line() for _ in range(3)]
        self.assertEqual(b"+OK 1 512", replies[2])

    def test_resumption(self):
        for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
            server = self.tls_server("--generate=1x512")
            context = self.context(version)
            first = server.connect_tls(context)
            first.ok("NOOP" if first.login() else "")
            session = first.sock.session
            self.assertFalse(first.sock.session_reused)
            first.quit()
            second = server.connect().stls(context, session)
            self.assertTrue(second.sock.session_reused)
            second.login().quit()

    def test_wrong_alpn_is_refused(self):
        server = self.tls_server("--generate=1x512")
        context = self.context()
        context.set_alpn_protocols(["http/1.1"])
        with self.assertRaisesRegex(ssl.SSLError, "(?i)application.protocol"):
            server.connect_tls(context)

    def test_versions(self):
        server = self.tls_server("--generate=1x512", "--tls-max=1.2")
        self.assertEqual("TLSv1.2", server.connect_tls(self.context()).sock.version())
        server = self.tls_server("--generate=1x512", "--tls-min=1.3")
        with self.assertRaises(ssl.SSLError):
            server.connect_tls(self.context(ssl.TLSVersion.TLSv1_2))
        self.assertEqual("TLSv1.3", server.connect_tls(self.context()).sock.version())

    def test_poplib(self):
        server = self.tls_server("--generate=2x4K")
        host, port = server.address_of("tls")
        client = poplib.POP3_SSL(host, port, context=self.context(), timeout=TIMEOUT)
        client.user("alice")
        client.pass_(PASSWORD)
        self.assertEqual((2, 8192), client.stat())
        client.quit()
        client = poplib.POP3(*server.address, timeout=TIMEOUT)
        client.stls(self.context())
        client.apop("alice", PASSWORD)
        self.assertEqual((2, 8192), client.stat())
        client.quit()


class Stls(TlsTest):
    """The command."""

    def test_session(self):
        client = self.tls_server("--generate=1x512").connect()
        self.assertIn(b"STLS\r\n", client.multi("CAPA"))
        client.ok("USER alice")
        client.ok("LANG de")
        client.stls(self.context())
        self.assertRegex(client.say(f"PASS {PASSWORD}"), b"^-ERR Send USER first")
        capabilities = client.multi("CAPA")
        self.assertNotIn(b"STLS", capabilities)
        self.assertIn(b"USER\r\n", capabilities)
        client.login()
        self.assertRegex(client.say("STLS"), b"^-ERR Not now")
        client.quit()

    def test_not_after_login(self):
        client = self.tls_server("--generate=1x512").connect().login()
        self.assertNotIn(b"STLS", client.multi("CAPA"))
        self.assertRegex(client.say("STLS"), b"^-ERR Not now")

    def test_not_without_certificate(self):
        client = self.mailboxd("--generate=1x512").connect()
        self.assertNotIn(b"STLS", client.multi("CAPA"))
        self.assertRegex(client.say("STLS"), b"^-ERR Unknown command")

    def test_over_a_unix_socket(self):
        server = self.tls_server("--generate=1x512", f"--unix={self.path('s')}")
        client = Client(self.path("s"))
        client.stls(self.context()).login().quit()
        server.stop()

    def test_what_is_sent_behind_it_is_not_obeyed(self):
        server = self.tls_server("--generate=1x512")
        for behind in (b"USER alice\r\n", b"x", b"\x16\x03\x01"):
            client = server.connect()
            client.send(b"NOOP\r\nSTLS\r\n" + behind)
            client.line()
            self.assertRegex(client.line(), b"^-ERR Nothing may be sent behind STLS")
            self.assertTrue(client.at_end())

    def test_clear_octets_after_the_reply_are_no_commands(self):
        client = self.tls_server("--generate=1x512").connect()
        client.ok("STLS")
        client.send(b"USER alice\r\nQUIT\r\n")
        rest = client.file.read()
        self.assertNotIn(b"+OK", rest)
        self.assertLess(len(rest), 20)  # an alert at most

    def test_require_tls(self):
        client = self.tls_server("--generate=1x512", "--require-tls").connect()
        self.assertRegex(client.multi("CAPA"), rb"^STLS\r\n")
        self.assertNotIn(b"USER", client.multi("CAPA"))
        self.assertNotIn(b"SASL", client.multi("CAPA"))
        for line in ("USER alice", "PASS x", "APOP alice " + 32 * "0", "RPOP alice", "AUTH PLAIN", "AUTH"):
            self.assertRegex(client.say(line), b"^-ERR Not without TLS: send STLS first")
        client.stls(self.context())
        self.assertIn(b"USER\r\n", client.multi("CAPA"))
        client.login().quit()


class Hostile(TlsTest):
    """Clients that do not want to talk."""

    def raw(self, server):
        """A TCP connection to the port for TLS."""
        sock = socket.create_connection(server.address_of("tls"), TIMEOUT)
        self.addCleanup(sock.close)
        return sock

    def test_garbage_instead_of_a_hello(self):
        server = self.tls_server("--generate=1x512")
        for garbage in (b"USER alice\r\n", b"GET / HTTP/1.0\r\n\r\n", os.urandom(5000), b"\0" * 70000):
            sock = self.raw(server)
            try:
                sock.sendall(garbage)
                while sock.recv(4096):
                    pass
            except ConnectionError:
                pass  # it closed before all was sent
        server.connect_tls(self.context()).login().quit()

    def test_half_a_handshake_then_silence(self):
        server = self.tls_server("--generate=1x512", "--idle=2")
        for hello in (b"", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + 50 * b"a"):
            sock = self.raw(server)
            sock.sendall(hello)
            self.assertEqual(b"", sock.recv(100))
        client = server.connect()
        client.ok("STLS")
        self.assertTrue(client.at_end())

    def test_hello_octet_by_octet_does_not_stop_the_clock(self):
        server = self.tls_server("--generate=1x512", "--idle=1")
        sock = self.raw(server)
        sock.settimeout(0.2)
        hello = b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc" + 400 * b"a"
        for octet in hello:
            try:
                sock.sendall(bytes([octet]))
                if sock.recv(100) == b"":
                    return
            except TimeoutError:
                continue
            except ConnectionError:
                return
        self.fail("the server waits for ever")

    def test_end_without_close_notify(self):
        server = self.tls_server("--generate=1x512")
        client = server.connect_tls(self.context()).login()
        socket.socket.close(client.sock)
        client.close()
        server.connect_tls(self.context()).quit()

    def test_renegotiation_is_refused(self):
        server = self.tls_server("--generate=1x512", "--tls-max=1.2", "--log=info")
        host, port = server.address_of("tls")
        process = subprocess.run(
            ["openssl", "s_client", "-connect", f"{host}:{port}", "-legacy_renegotiation"],
            input=b"R\n",
            capture_output=True,
            timeout=TIMEOUT,
        )
        self.assertIn(b"RENEGOTIATING", process.stdout + process.stderr)
        self.assertNotEqual(0, process.returncode)
        server.connect_tls(self.context()).quit()  # what came before has been handled by now
        self.assertIn("NO_RENEGOTIATION", server.said())

    def test_many_connections(self):
        server = self.tls_server("--generate=1x512", "--no-lock")
        context = self.context()
        clients = [server.connect_tls(context) for _ in range(300)]
        silent = [self.raw(server) for _ in range(300)]
        for client in clients:
            client.login()
        for client in clients:
            self.assertEqual(b"+OK 1 512", client.say("STAT"))
            client.quit()
        self.assertEqual(300, len(silent))


class Certificates(TlsTest):
    """Files, and what is wrong with them."""

    def test_self_signed(self):
        self.tls_server("--generate=1x512").stop()
        names = ("ca.pem", "server.key", "server.pem")
        files = {name: pathlib.Path(self.path("tls", name)).read_bytes() for name in names}
        self.assertEqual(0o600, stat.S_IMODE(os.stat(self.path("tls", "server.key")).st_mode))
        server = self.tls_server("--generate=1x512")
        server.connect_tls(self.context()).quit()
        for name in names:
            self.assertEqual(files[name], pathlib.Path(self.path("tls", name)).read_bytes())
        server.stop()
        os.unlink(self.path("tls", "server.key"))
        code, _, said = mailboxd.run(
            "--listen=127.0.0.1:0", "--user=a:b", "--generate=1x512", f"--self-signed={self.path('tls')}"
        )
        self.assertEqual(1, code)
        self.assertRegex(said, "server.key is missing, but the others are there")

    def test_names(self):
        server = self.tls_server("--generate=1x512", "--tls-listen=[::1]:0")
        addresses = {name[1]: int(name[2]) for name in server.names if name[0] == "tls"}
        for host, port in addresses.items():
            for name in (host, "localhost"):
                sock = socket.create_connection((host, port), TIMEOUT)
                with self.context().wrap_socket(sock, server_hostname=name) as secure:
                    self.assertEqual(b"+OK", secure.recv(100)[:3])
            sock = socket.create_connection((host, port), TIMEOUT)
            with self.assertRaises(ssl.SSLCertVerificationError):
                self.context().wrap_socket(sock, server_hostname="example.org")
            sock.close()

    def test_what_is_wrong_is_said(self):
        self.tls_server("--generate=1x512").stop()
        cert, key = self.path("tls", "server.pem"), self.path("tls", "server.key")
        broken = self.write("broken.pem", b"-----BEGIN CERTIFICATE-----\nAAAA\n")
        usual = ("--listen=127.0.0.1:0", "--user=a:b", "--generate=1x512")
        for arguments, code, why in (
            ((f"--cert={cert}",), 2, "--cert and --key go together"),
            (("--tls-listen=127.0.0.1:0",), 2, "TLS needs a certificate"),
            (("--require-tls",), 2, "TLS needs a certificate"),
            ((f"--cert={cert}", f"--key={key}", "--self-signed=x"), 2, "either --cert and --key or"),
            (("--tls-min=1.4",), 2, "it must be 1.0, 1.1, 1.2 or 1.3"),
            ((f"--cert={cert}", f"--key={key}", "--tls-min=1.3", "--tls-max=1.2"), 1, "no version"),
            ((f"--cert={broken}", f"--key={key}"), 1, re.escape(broken) + ": "),
            ((f"--cert={cert}", f"--key={broken}"), 1, re.escape(broken) + ": "),
            ((f"--cert={self.path('none')}", f"--key={key}"), 1, "none: "),
            ((f"--cert={cert}", f"--key={key}", f"--client-ca={broken}"), 1, "broken.pem: "),
            (("--self-signed=/proc/none",), 1, "--self-signed: /proc/none: "),
            (("--fault=none",), 2, "there is no such fault"),
        ):
            done, out, said = mailboxd.run(*usual, *arguments)
            self.assertEqual((code, ""), (done, out), said)
            self.assertRegex(said, "^mailboxd: .*" + why)


if __name__ == "__main__":
    unittest.main()
