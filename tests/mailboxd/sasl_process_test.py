"""AUTH with the mechanisms of Cyrus SASL, with clients that are written from the RFCs."""

import base64
import hashlib
import os
import ssl
import subprocess
import unittest

import mailboxd
import sasl_client
from account import PASSWORD
from process_test import ProcessTest
from raw_client import tls_context
from sasl_modules import SASL_PATH

PLAIN = b"\0alice\0" + PASSWORD.encode()
HASHES = {"SCRAM-SHA-1": "sha1", "SCRAM-SHA-256": "sha256", "SCRAM-SHA-512": "sha512"}
WITHOUT_TLS = (
    b"SASL SCRAM-SHA-512 SCRAM-SHA-256 SCRAM-SHA-1 DIGEST-MD5 CRAM-MD5 PLAIN LOGIN\r\n"
)


class Auth(ProcessTest):
    """Without TLS."""

    def setUp(self):
        super().setUp()
        self.server = self.mailboxd("--generate=3x1K", "--user=you:x,=y")

    def test_list(self):
        client = self.server.connect()
        self.assertIn(WITHOUT_TLS, client.multi("CAPA"))
        self.assertEqual(WITHOUT_TLS[5:].replace(b" ", b"\r\n"), client.multi("AUTH"))
        client.login()
        self.assertNotIn(b"SASL", client.multi("CAPA"))

    def test_plain(self):
        for initial in (PLAIN, b"alice" + PLAIN, None):
            client = self.server.connect()
            self.assertRegex(client.auth("PLAIN", lambda _: PLAIN, initial), b"^.OK Maildrop")
            self.assertEqual(b"3 3072", client.ok("STAT"))
            client.quit()
        client = self.server.connect()
        for wrong in (b"\0alice\0wrong", b"\0nobody\0x", b"you" + PLAIN, b"alice\0", b"", b"\0\0", b"\0" * 99):
            self.assertRegex(client.auth("plain", None, wrong), rb"^-ERR \[AUTH\] Wrong user")
        client.login().quit()

    def test_login_and_cram_md5(self):
        for mech, make in (("LOGIN", sasl_client.login), ("CRAM-MD5", sasl_client.cram_md5)):
            client = self.server.connect()
            self.assertRegex(client.auth(mech, make("alice", "wrong")), rb"^-ERR \[AUTH\] ")
            self.assertRegex(client.auth(mech, make("nobody", "wrong")), rb"^-ERR \[AUTH\] ")
            self.assertRegex(client.auth(mech, make("alice", PASSWORD)), b"^.OK ")
            client.quit()

    def test_digest_md5(self):
        client = self.server.connect()
        wrong = sasl_client.DigestMd5("alice", "wrong")
        self.assertRegex(client.auth("DIGEST-MD5", wrong), rb"^-ERR \[AUTH\] ")
        right = sasl_client.DigestMd5("alice", PASSWORD)
        self.assertRegex(client.auth("DIGEST-MD5", right), b"^.OK ")
        self.assertTrue(right.verified)
        client.quit()

    def test_scram(self):
        for mech, hash_name in HASHES.items():
            client = self.server.connect()
            for user, password in (("alice", "wrong"), ("nobody", "x")):
                wrong = sasl_client.Scram(hash_name, user, password)
                self.assertRegex(client.auth(mech, wrong, wrong.initial), rb"^-ERR \[AUTH\] ")
            self.assertRegex(client.say(f"AUTH {mech}-PLUS"), rb"^-ERR \[AUTH\] No such")
            right = sasl_client.Scram(hash_name, "alice", PASSWORD)
            self.assertRegex(client.auth(mech, right, right.initial), b"^.OK ")
            self.assertTrue(right.verified)
            client.quit()
            client = self.server.connect()
            right = sasl_client.Scram(hash_name, "you", "x,=y", header=b"y,,")
            self.assertRegex(client.auth(mech, right), b"^.OK ")  # without initial response
            client.quit()

    def test_the_exchange_itself(self):
        client = self.server.connect()
        self.assertEqual(b"+ ", client.say("AUTH PLAIN"))
        self.assertEqual(b"-ERR Authentication cancelled", client.say("*"))
        self.assertEqual(b"+ ", client.say("AUTH SCRAM-SHA-256"))
        self.assertEqual(b"-ERR This is not base64", client.say("!"))
        self.assertEqual(b"-ERR This is not base64", client.say("AUTH PLAIN ====="))
        self.assertRegex(client.say("AUTH PLAIN ="), rb"^-ERR \[AUTH\]")
        self.assertRegex(client.say("AUTH NONE"), rb"^-ERR \[AUTH\] No such")
        self.assertRegex(client.say("AUTH EXTERNAL"), rb"^-ERR \[AUTH\] No such")
        self.assertRegex(client.say("AUTH ANONYMOUS"), rb"^-ERR \[AUTH\] No such")
        # Long lines are for responses, up to a limit.
        self.assertEqual(b"+ ", client.say("AUTH PLAIN"))
        self.assertRegex(client.say(base64.b64encode(b"\0alice\0" + b"x" * 9300)), rb"^-ERR \[AUTH\]")
        self.assertEqual(b"+ ", client.say("AUTH PLAIN"))
        self.assertRegex(client.say(b"A" * 40000), rb"^-ERR Command line too long")
        self.assertEqual(b"-ERR Authentication cancelled", client.say("*"))
        client.login().quit()

    def test_hostile_messages(self):
        messages = (b"", b"p=", b"n", b"n,,", b"n,,n=alice", b"n,,n=alice,r=", b"p=tls-unique,,n=alice,r=a",
                    b"y,a=x,n=alice,r=a", b",,,,,,,", b"n,,n=" + b"=" * 99 + b",r=a", b"\0" * 5000)
        final = (b"", b"c=biws", b"c=biws,r=a,p=", b"\0", b"c=biws,r=" + b"x" * 9000 + b",p=YQ==")
        for mech in list(HASHES) + ["DIGEST-MD5", "CRAM-MD5", "LOGIN", "PLAIN"]:
            for message in messages:
                client = self.server.connect()
                answers = iter((message,) + final)
                reply = client.auth(mech, lambda _: next(answers))  # pylint: disable=W0640
                self.assertRegex(reply, rb"^-ERR \[AUTH\] ", (mech, message))
                client.close()
        self.server.connect().login().quit()

    def test_gone_in_the_middle(self):
        for _ in range(50):
            client = self.server.connect()
            scram = sasl_client.Scram("sha256", "alice", PASSWORD)
            client.say(b"AUTH SCRAM-SHA-256 " + base64.b64encode(scram.initial))
            client.close()
        self.server.connect().login().quit()

    def test_anonymous(self):
        client = self.mailboxd("--generate=1x512", "--anonymous=alice").connect()
        self.assertIn(b" ANONYMOUS\r\n", client.multi("CAPA"))
        self.assertRegex(client.auth("ANONYMOUS", None, b"trace@example.org"), b"^.OK ")
        client.quit()
        for mech in ("PLAIN", "SCRAM-SHA-256"):
            scram = sasl_client.Scram("sha256", "anonymous", "")
            initial = b"\0anonymous\0" if mech == "PLAIN" else scram.initial
            client = self.server.connect()
            self.assertRegex(client.auth(mech, scram, initial), rb"^-ERR \[AUTH\] ")
        code, _, said = mailboxd.run(
            "--listen=127.0.0.1:0", "--user=a:b", "--generate=1x512", "--anonymous=x"
        )
        self.assertEqual((2, "mailboxd: --anonymous x: there is no such user\n"), (code, said))

    def test_disabled(self):
        client = self.mailboxd("--generate=1x512", "--disable=AUTH").connect()
        self.assertNotIn(b"SASL", client.multi("CAPA"))
        self.assertRegex(client.say("AUTH PLAIN"), b"^-ERR Unknown command")

    def test_without_modules(self):
        os.environ["SASL_PATH"] = self.path("none")
        try:
            server = self.mailboxd("--generate=1x512")
        finally:
            os.environ["SASL_PATH"] = SASL_PATH
        client = server.connect()
        self.assertNotIn(b"SASL", client.multi("CAPA"))
        client.login().quit()
        self.assertRegex(server.said(), "note: .* mechanisms of AUTH are missing")


class Layers(ProcessTest):
    """DIGEST-MD5 with qop=auth-int."""

    def login(self, maxbuf=65536, arguments=("--generate=2x300K",)):
        """A client that has logged in, and what seals and opens."""
        client = self.mailboxd(*arguments, "--sasl-layers").connect()
        digest = sasl_client.DigestMd5("alice", PASSWORD, "auth-int", maxbuf)
        self.assertRegex(client.auth("DIGEST-MD5", digest), b"^.OK ")
        return client, digest

    def read(self, client, digest, end):
        """All pieces up to one that ends like this."""
        got = bytearray()
        while not got.endswith(end):
            got += digest.open(client.file.read)
        return bytes(got)

    def test_session(self):
        wire = b"Subject: a\r\n\r\n" + b"0123456789abcde\r\n" * 50000
        folder = self.maildir({"cur/a": wire})
        for maxbuf in (65536, 2048, 300):
            client, digest = self.login(maxbuf, (f"--maildir={folder}", "--cache=0"))
            client.send(digest.seal(b"STAT\r\nRETR 1\r\nNO") + digest.seal(b"OP\r\n"))
            got = self.read(client, digest, b"+OK Nothing done\r\n")
            self.assertTrue(got.startswith(b"+OK 1 %d\r\n+OK %d octets\r\n" % (len(wire), len(wire))))
            self.assertIn(wire + b".\r\n", got)
            for octet in digest.seal(b"QUIT\r\n"):
                client.send(bytes([octet]))
            self.assertEqual(b"+OK Bye\r\n", self.read(client, digest, b"\r\n"))
            self.assertTrue(client.at_end())

    def test_slow_reader(self):
        client, digest = self.login(arguments=("--generate=1x20M",))
        client.send(digest.seal(b"RETR 1\r\nSTAT\r\n"))
        got = self.read(client, digest, b"+OK 1 20971520\r\n")
        self.assertGreater(len(got), 20 << 20)

    def test_what_is_not_sealed_is_not_obeyed(self):
        for wrong in ("clear", "forged", "long", "again"):
            client, digest = self.login()
            good = digest.seal(b"NOOP\r\n")
            client.send(good)
            self.assertEqual(b"+OK Nothing done\r\n", self.read(client, digest, b"\r\n"))
            client.send(
                {
                    "clear": b"DELE 1\r\nQUIT\r\n",
                    "forged": digest.seal(b"NOOP\r\n").replace(b"NOOP", b"STAT"),
                    "long": b"\xff\xff\xff\xff" + b"x" * 100,
                    "again": good,
                }[wrong]
            )
            self.assertTrue(client.at_end(), wrong)

    def test_clear_octets_behind_the_login(self):
        client = self.mailboxd("--generate=1x512", "--sasl-layers").connect()
        digest = sasl_client.DigestMd5("alice", PASSWORD, "auth-int")
        first = base64.b64encode(digest(base64.b64decode(client.say("AUTH DIGEST-MD5")[2:])))
        self.assertRegex(client.say(first), rb"^\+ ")
        client.send(b"\r\nDELE 1\r\n")
        self.assertRegex(client.line(), b"^.OK ")
        self.assertTrue(client.at_end())

    def test_only_if_asked_for_and_without_tls(self):
        client = self.mailboxd("--generate=1x512").connect()
        digest = sasl_client.DigestMd5("alice", PASSWORD)
        self.assertRegex(client.auth("DIGEST-MD5", digest), b"^.OK ")
        self.assertEqual(["auth"], digest.offered)
        client.quit()
        server = self.mailboxd(
            "--generate=1x512", "--sasl-layers", "--tls-listen=127.0.0.1:0",
            f"--self-signed={self.path('tls')}",
        )
        client = server.connect_tls(tls_context(self.path("tls", "ca.pem")))
        digest = sasl_client.DigestMd5("alice", PASSWORD)
        self.assertRegex(client.auth("DIGEST-MD5", digest), b"^.OK ")
        self.assertEqual(["auth"], digest.offered)
        client.quit()
        client = server.connect()
        digest = sasl_client.DigestMd5("alice", PASSWORD)
        self.assertRegex(client.auth("DIGEST-MD5", digest), b"^.OK ")
        self.assertIn("auth-conf", digest.offered)
        client.ok("STAT")  # in clear, as the client has chosen


class AuthOverTls(ProcessTest):
    """Channel bindings and certificates."""

    def secure(self, server, version=ssl.TLSVersion.TLSv1_2, certificate=None):
        """A client over TLS."""
        context = tls_context(self.path("tls", "ca.pem"))
        context.minimum_version = context.maximum_version = version
        if certificate is not None:
            context.load_cert_chain(*certificate)
        return server.connect_tls(context)

    def tls_server(self, *arguments):
        """A server for it."""
        return self.mailboxd(
            "--generate=3x1K", "--tls-listen=127.0.0.1:0", f"--self-signed={self.path('tls')}", *arguments
        )

    def test_plus(self):
        server = self.tls_server()
        for mech, hash_name in HASHES.items():
            for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
                client = self.secure(server, version)
                self.assertIn(f"{mech}-PLUS ".encode(), client.multi("CAPA"))
                der = client.sock.getpeercert(True)
                bindings = {"tls-server-end-point": hashlib.sha256(der).digest()}
                if version == ssl.TLSVersion.TLSv1_2:
                    bindings["tls-unique"] = client.sock.get_channel_binding("tls-unique")
                for binding in bindings.items():
                    client = client or self.secure(server, version)
                    if binding[0] == "tls-unique":
                        binding = ("tls-unique", client.sock.get_channel_binding("tls-unique"))
                    right = sasl_client.Scram(hash_name, "alice", PASSWORD, binding)
                    reply = client.auth(f"{mech}-PLUS", right, right.initial)
                    self.assertRegex(reply, b"^.OK ", binding)
                    self.assertTrue(right.verified)
                    client.quit()
                    client = None

    def test_somebody_in_the_middle(self):
        server = self.tls_server()
        for binding in (
            ("tls-unique", os.urandom(12)),
            ("tls-server-end-point", os.urandom(32)),
            ("tls-exporter", os.urandom(32)),
            ("x" * 40, b""),
            ("", b""),
        ):
            for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
                client = self.secure(server, version)
                scram = sasl_client.Scram("sha256", "alice", PASSWORD, binding)
                reply = client.auth("SCRAM-SHA-256-PLUS", scram, scram.initial)
                self.assertRegex(reply, rb"^-ERR \[AUTH\] ", binding)
        # "y": the client could do it, and was told that the server cannot.
        client = self.secure(server)
        scram = sasl_client.Scram("sha256", "alice", PASSWORD, header=b"y,,")
        self.assertRegex(client.auth("SCRAM-SHA-256", scram, scram.initial), rb"^-ERR \[AUTH\] ")
        # "n": it cannot, which is no crime.
        client = self.secure(server)
        scram = sasl_client.Scram("sha256", "alice", PASSWORD)
        self.assertRegex(client.auth("SCRAM-SHA-256", scram, scram.initial), b"^.OK ")

    def certificate(self, name, ca="ca"):
        """Makes a certificate for a client called `name`."""
        def openssl(*arguments):
            subprocess.run(["openssl", *arguments], check=True, capture_output=True)

        new = ("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")
        ca_files = self.path(f"{ca}.pem"), self.path(f"{ca}.key")
        if not os.path.exists(ca_files[0]):
            openssl(*new, "-subj", "/CN=CA", "-out", ca_files[0], "-keyout", ca_files[1])
        files = self.path(f"{ca}-{name}.pem"), self.path(f"{ca}-{name}.key")
        openssl(*new, "-subj", f"/CN={name}", "-CA", ca_files[0], "-CAkey", ca_files[1], "-addext",
                "basicConstraints=critical,CA:FALSE", "-out", files[0], "-keyout", files[1])
        return files

    def test_external(self):
        mine, of_nobody = self.certificate("alice"), self.certificate("nobody")
        forged = self.certificate("alice", ca="other")
        server = self.tls_server(f"--client-ca={self.path('ca.pem')}")
        client = self.secure(server)
        self.assertNotIn(b"EXTERNAL", client.multi("CAPA"))
        self.assertRegex(client.auth("EXTERNAL", None, b""), rb"^-ERR \[AUTH\] ")
        for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
            for initial in (b"", b"alice", None):
                client = self.secure(server, version, mine)
                self.assertIn(b" EXTERNAL", client.multi("CAPA"))
                self.assertRegex(client.auth("EXTERNAL", lambda _: b"", initial), b"^.OK ")
                self.assertEqual(b"3 3072", client.ok("STAT"))
                client.quit()
            client = self.secure(server, version, mine)
            self.assertRegex(client.auth("EXTERNAL", None, b"you"), rb"^-ERR \[AUTH\] ")
            client = self.secure(server, version, of_nobody)
            self.assertRegex(client.auth("EXTERNAL", None, b""), rb"^-ERR \[AUTH\] ")
            with self.assertRaises((ssl.SSLError, ConnectionError)):
                self.secure(server, version, forged).multi("CAPA")

    def test_external_after_resumption(self):
        mine = self.certificate("alice")
        server = self.tls_server(f"--client-ca={self.path('ca.pem')}")
        context = tls_context(self.path("tls", "ca.pem"))
        context.load_cert_chain(*mine)
        first = server.connect_tls(context)
        session = first.login().sock.session
        first.quit()
        second = server.connect().stls(context, session)
        self.assertTrue(second.sock.session_reused)
        self.assertRegex(second.auth("EXTERNAL", None, b""), b"^.OK ")
        second.quit()

    def test_require_tls(self):
        client = self.tls_server("--require-tls").connect()
        self.assertNotIn(b"SASL", client.multi("CAPA"))
        self.assertRegex(client.say("AUTH PLAIN"), b"^-ERR Not without TLS")
        client.stls(tls_context(self.path("tls", "ca.pem")))
        self.assertIn(b" PLAIN", client.multi("CAPA"))
        self.assertRegex(client.auth("PLAIN", None, PLAIN), b"^.OK ")
        client.quit()


if __name__ == "__main__":
    unittest.main()
