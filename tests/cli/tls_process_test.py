"""`pop3` over TLS: options, the security report, mechanisms, and what is refused."""

import json
import pathlib
import socket
import subprocess
import threading
import unittest

from account import PASSWORD
from pop3_program import CliTest
from terminal import Terminal


class TlsTest(CliTest):
    """With a server that speaks TLS, from the start and by STLS."""

    def server(self, *arguments):
        """A mailboxd with a certificate of its own, and the options that trust it."""
        server = self.mailboxd("--generate", "3x1K", "--tls-listen", "127.0.0.1:0",
                               "--self-signed", self.path("tls"), *arguments)
        self.trust = ("--ca-file", self.path("tls", "ca.pem"))
        return server

    def test_pop3s(self):
        server = self.server()
        self.check(self.pop3("stat", server.tls_url(), *self.trust), 0, b"3 3072\n")
        self.check(self.pop3("stat", server.tls_url("127.0.0.1"), *self.trust), 0, b"3 3072\n")

    def test_stls(self):
        server = self.server("--require-tls")
        result = self.pop3("stat", server.url(), "--tls", "required", "-v", *self.trust)
        self.check(result, 0, b"3 3072\n", "-> STLS")
        self.assertIn("logged in with SCRAM-SHA-512-PLUS", result.err)
        self.assertNotIn(PASSWORD, result.err)
        result = self.pop3("stat", server.url(), "--tls", "if-offered", *self.trust)
        self.check(result, 0, b"3 3072\n")
        result = self.pop3("stat", server.url(), "--tls", "never", *self.trust)
        self.check(result, 5, b"", "it may want TLS first")

    def test_mechanisms(self):
        server = self.server()
        for name in ("PLAIN", "login", "CRAM-MD5", "DIGEST-MD5", "SCRAM-SHA-1", "scram-sha-256",
                     "SCRAM-SHA-256-PLUS", "user", "SCRAM-SHA-512,user"):
            for more in ((), ("--two-step-auth",)):
                result = self.pop3("stat", server.tls_url(), "--auth", name, *more, *self.trust)
                self.check(result, 0, b"3 3072\n")
        result = self.pop3("stat", server.tls_url(), "--auth", "GSS-NOTHING", *self.trust)
        self.check(result, 5, b"", "GSS-NOTHING")

    def test_acting_for_somebody_else(self):
        server = self.server()
        # This server permits nobody to; that it says no shows that it has heard the name.
        for name in ("PLAIN", "SCRAM-SHA-256", "DIGEST-MD5"):
            result = self.pop3("stat", server.tls_url(), "--auth", name, "--authzid", "bob",
                               *self.trust)
            self.check(result, 5, b"", name)
        for name in ("LOGIN", "CRAM-MD5", "user", "apop"):
            result = self.pop3("stat", server.tls_url(), "--auth", name, "--authzid", "bob",
                               *self.trust)
            self.check(result, 5, b"", "cannot act for somebody else")
        result = self.pop3("stat", server.tls_url(), "--auth", "CRAM-MD5", "--authzid", "alice",
                           *self.trust)
        self.check(result, 0, b"3 3072\n")

    def test_a_wrong_password(self):
        server = self.server()
        url = server.tls_url().replace(PASSWORD, "wrong")
        for name in ("PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-256-PLUS"):
            result = self.pop3("stat", url, "--auth", name, *self.trust)
            self.assertEqual(5, result.code, result.err)

    def test_tokens(self):
        server = self.server("--oauth", "alice:" + "t" * 5000)
        url = f"pop3s://alice@localhost:{server.tls_port}"
        token = self.write("token", "t" * 5000 + "\n")
        for name in ("OAUTHBEARER", "XOAUTH2", None):
            auth = ("--auth", name) if name else ()
            result = self.pop3("stat", url, *auth, "--token-command", f"cat {token}", *self.trust)
            self.check(result, 0, b"3 3072\n")

    def test_a_stale_token_is_fetched_anew_once(self):
        server = self.server("--oauth", "alice:fresh")
        url = f"pop3s://alice@localhost:{server.tls_port}"
        script = self.write("token.sh", "echo x >> count; if [ -e again ]; then echo fresh; "
                                        "else touch again; echo stale; fi\n")
        result = self.pop3("stat", url, "--token-command", f"sh {script}", *self.trust)
        self.check(result, 0, b"3 3072\n")
        self.assertEqual(b"x\nx\n", self.read("count"))
        result = self.pop3("stat", url, "--token-command", "echo x >> calls; echo stale",
                           *self.trust)
        self.check(result, 5, b"", "the server says of the token")
        self.assertEqual(b"x\nx\n", self.read("calls"))

    def test_certificates(self):
        server = self.server()
        result = self.pop3("stat", server.tls_url())
        self.check(result, 9, b"", "certificate")
        result = self.pop3("stat", server.tls_url(), "--tls-name", "mail.example.org", *self.trust)
        self.check(result, 9, b"", "mail.example.org")
        self.assertIn("localhost", result.err)
        result = self.pop3("stat", server.tls_url(), "--insecure-do-not-verify")
        self.check(result, 0, b"3 3072\n")
        result = self.pop3("stat", server.tls_url(), "--ca-file", self.path("nothing"))
        self.assertNotEqual(0, result.code)
        self.assertIn("nothing", result.err)

    def test_without_the_name(self):
        server = self.server()
        other = ("--tls-name", "mail.example.org")
        self.check(self.pop3("stat", server.tls_url(), *other, *self.trust), 9, b"", "localhost")
        result = self.pop3("stat", server.tls_url(), *other, "--no-check-name", "-v", *self.trust)
        self.check(result, 0, b"3 3072\n", "the server is verified, but for its name")
        self.check(self.pop3("stat", server.tls_url(), "--no-check-name"), 9, b"", "certificate")
        result = self.pop3("check", server.tls_url(), *other, "--no-check-name", *self.trust)
        self.check(result, 0)
        for words in ("; its name was NOT checked (--no-check-name)\n", "yes, from the start",
                      "note          it is NOT certain that this is the server that was meant\n"):
            self.assertIn(words, result.out.decode())
        for more, is_checked in (((), True), ((*other, "--no-check-name"), False)):
            report = json.loads(
                self.pop3("check", server.tls_url(), "--json", *more, *self.trust).out)
            self.assertEqual(is_checked, report["is_verified"])
            self.assertEqual(is_checked, report["is_name_verified"])
            self.assertTrue(report["is_encrypted"])
        result = self.pop3("check", server.tls_url(), *other, "--no-check-name", "--pin",
                           report["pin"], *self.trust)
        self.check(result, 0)
        self.assertNotIn("NOT certain", result.out.decode())
        self.check(self.pop3("stat", server.tls_url(), "--no-check-name",
                             "--insecure-do-not-verify"), 2, b"", "--no-check-name means nothing")

    def test_pins(self):
        server = self.server()
        report = json.loads(self.pop3("check", server.tls_url(), "--json", *self.trust).out)
        pin = report["pin"]
        self.check(self.pop3("stat", server.tls_url(), "--pin", pin, *self.trust), 0, b"3 3072\n")
        other = "sha256//" + "A" * 43 + "="
        self.check(self.pop3("stat", server.tls_url(), "--pin", other, *self.trust), 9, b"", "pin")
        self.check(self.pop3("stat", server.tls_url(), "--pin", f"{other};{pin}", *self.trust), 0)
        self.check(self.pop3("stat", server.tls_url(), "--pin", "nonsense", *self.trust), 2, b"",
                   "--pin")

    def test_client_certificate(self):
        cert, key = self.path("alice.pem"), self.path("alice.key")
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                        "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj", "/CN=alice",
                        "-keyout", key, "-out", cert], check=True, stderr=subprocess.DEVNULL)
        server = self.server("--client-ca", cert)
        url = f"pop3s://alice@localhost:{server.tls_port}"
        ours = ("--cert", cert, "--key", key, *self.trust)
        result = self.pop3("check", url, *ours)
        self.check(result, 0)
        self.assertRegex(result.out.decode(), r"EXTERNAL +380  usable")
        self.check(self.pop3("stat", url, "--auth", "EXTERNAL", *ours), 0, b"3 3072\n")
        result = self.pop3("stat", url, "--auth", "EXTERNAL", *self.trust)
        self.check(result, 5, b"", "No such authentication mechanism")
        result = self.pop3("stat", url, "--key", key, *self.trust)
        self.check(result, 2, b"", "--key goes with --cert only")

    def test_a_key_with_a_passphrase_and_nobody_to_ask(self):
        cert, key = self.path("alice.pem"), self.path("alice.key")
        subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-passout", "pass:xyzzy",
                        "-days", "2", "-subj", "/CN=alice", "-keyout", key, "-out", cert],
                       check=True, stderr=subprocess.DEVNULL)
        server = self.server()
        result = self.pop3("stat", server.tls_url(), "--cert", cert, "--key", key, *self.trust)
        self.assertNotEqual(0, result.code)
        self.assertIn("alice.key", result.err)

    def test_check(self):
        server = self.server()
        result = self.pop3("check", server.url(password=None), "--tls", "required", *self.trust)
        self.check(result, 0)
        out = result.out.decode()
        for words in ("yes, by STLS", "TLSv1.3", "CN=localhost", "sha256//", "in the clear",
                      "SCRAM-SHA-512-PLUS    420  would be chosen", "only if asked for by name"):
            self.assertIn(words, out)
        report = json.loads(self.pop3("check", server.tls_url(), "--json", *self.trust).out)
        self.assertTrue(report["is_encrypted"])
        self.assertEqual("yes, from the start", report["encryption"])
        chosen = [one["mechanism"] for one in report["mechanisms"] if one["chosen"]]
        self.assertEqual(["SCRAM-SHA-512-PLUS"], chosen)
        usable = {one["mechanism"]: one["usable"] for one in report["mechanisms"]}
        self.assertTrue(usable["SCRAM-SHA-512-PLUS"])
        self.assertTrue(usable["PLAIN"])
        self.assertIn(False, usable.values())
        self.assertTrue(report["would_be_bound"])
        self.assertNotIn("capabilities_in_the_clear", report)

    def test_check_without_encryption(self):
        server = self.mailboxd("--generate", "1x1K")
        result = self.pop3("check", server.url())
        self.check(result, 0)
        self.assertIn("the octets do not leave this machine", result.out.decode())
        result = self.pop3("check", server.url(), "--tls", "required")
        self.check(result, 9, None, "does not offer STLS")
        self.assertIn("not offered by the server", result.out.decode())
        result = self.pop3("check", server.url(), "--tls", "sometimes")
        self.check(result, 2, b"", "--tls POLICY")

    def test_a_binding_that_the_server_refuses(self):
        server = self.server("--fault", "plus-refuse")
        for url in (server.tls_url(), server.url()):
            arguments = ("stat", url, "--tls", "required", "-v", *self.trust)
            result = self.pop3(*arguments)
            self.check(result, 0, b"3 3072\n", "logged in with SCRAM-SHA-512, not bound to the TLS "
                       "channel: the server refused SCRAM-SHA-512-PLUS\n")
            self.assertEqual(2, result.err.count("-> AUTH"))
            result = self.pop3(*arguments, "--channel-binding", "require")
            self.check(result, 5, b"", "--channel-binding prefer logs in without")
            self.assertEqual(1, result.err.count("-> AUTH"))
            result = self.pop3(*arguments, "--channel-binding", "never")
            self.check(result, 0, b"3 3072\n", "channel binding is switched off")
            self.assertEqual(1, result.err.count("-> AUTH"))
        # Without the certificate somebody may be in between, whom an unbound login would help.
        result = self.pop3("stat", server.tls_url(), "--insecure-do-not-verify", "-v")
        self.check(result, 5, b"", "SCRAM-SHA-512-PLUS")
        self.assertEqual(1, result.err.count("-> AUTH"))
        # A key that is pinned is as good.
        report = json.loads(self.pop3("check", server.tls_url(), "--json", *self.trust).out)
        result = self.pop3("stat", server.tls_url(), "--insecure-do-not-verify", "--pin",
                           report["pin"])
        self.check(result, 0, b"3 3072\n")

    def test_a_wrong_password_is_tried_twice_at_the_most(self):
        server = self.server()
        result = self.pop3("stat", server.tls_url().replace(PASSWORD, "wrong"), "-v", *self.trust)
        self.check(result, 5, b"", "mechanism SCRAM-SHA-512; if the password is right, "
                   "try PLAIN: --auth PLAIN")
        self.assertEqual(2, result.err.count("-> AUTH"))

    def test_a_server_with_hashed_passwords(self):
        server = self.server("--fault", "hashed")
        self.check(self.pop3("stat", server.tls_url(), *self.trust), 0, b"3 3072\n")
        result = self.pop3("stat", server.tls_url(), "--insecure-do-not-verify")
        self.check(result, 5, b"", "mechanism DIGEST-MD5; if the password is right, try PLAIN: "
                   "--auth PLAIN")

    def test_require_without_binding(self):
        server = self.server("--fault", "hashed")
        result = self.pop3("stat", server.tls_url(), "--channel-binding", "require", *self.trust)
        self.check(result, 5, b"", "does not bind the channel (--channel-binding)")
        result = self.pop3("check", server.tls_url(), *self.trust)
        self.check(result, 0)
        self.assertIn("binding       none: the server offers no mechanism with channel binding",
                      result.out.decode())
        result = self.pop3("stat", server.tls_url(), "--channel-binding", "sometimes")
        self.check(result, 2, b"", "--channel-binding POLICY")

    def test_apop(self):
        server = self.server("--require-tls")
        arguments = ("stat", server.url(), "--tls", "required", "--auth", "apop", *self.trust)
        self.check(self.pop3(*arguments), 0, b"3 3072\n")
        self.check(self.pop3("stat", server.tls_url(), "--auth", "apop", *self.trust), 0,
                   b"3 3072\n")

    def test_the_wrong_port(self):
        server = self.server()
        result = self.pop3("stat", f"pop3s://alice:x@localhost:{server.port}", *self.trust)
        self.check(result, 3, b"", "plain POP3")
        result = self.pop3("stat", f"pop3://alice:x@localhost:{server.tls_port}",
                           "--connect-timeout", "2")
        self.check(result, 3, b"", "expects TLS")

    def test_hostile_servers(self):
        expected = {
            "stls-strip": (9, "does not offer STLS"),
            "stls-refuse": (9, "refused it"),
            "stls-odd": (4, ""),
            "stls-inject": (9, "injecting"),
        }
        for fault, (code, words) in expected.items():
            server = self.server("--fault", fault)
            result = self.pop3("stat", server.url(), "--tls", "required", "-vv", *self.trust)
            self.assertEqual(code, result.code, fault + ": " + result.err)
            self.assertIn(words, result.err)
            self.assertNotIn("-> USER", result.err)
            self.assertNotIn("-> AUTH", result.err)
            server.stop()
        server = self.server("--fault", "capa-tamper")
        result = self.pop3("stat", server.url(), "--tls", "required", *self.trust)
        self.check(result, 0, b"3 3072\n")
        server.stop()
        server = self.server("--fault", "tls-truncate")
        result = self.pop3("fetch", server.tls_url(), "--maildir", "M", *self.trust)
        self.check(result, 3, None, "close_notify")
        self.assertEqual([], list(pathlib.Path(self.path("M", "new")).iterdir()))

    def test_a_renegotiation_is_refused(self):
        self.server()  # for its certificate
        with socket.create_server(("127.0.0.1", 0)) as probe:
            port = probe.getsockname()[1]
        command = ["openssl", "s_server", "-accept", f"127.0.0.1:{port}", "-tls1_2", "-crlf",
                   "-cert", self.path("tls", "server.pem"), "-key", self.path("tls", "server.key")]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT) as server:
            self.addCleanup(server.kill)
            self.assertTrue(any(line.startswith(b"ACCEPT") for line in server.stdout))
            client = threading.Thread(target=self.talk_to, args=(port,))
            client.start()
            server.stdin.write(b"+OK ready\n")
            server.stdin.flush()
            self.assertTrue(any(b"CAPA" in line for line in server.stdout))
            # What begins with "R" makes s_server ask for a new handshake.
            server.stdin.write(b"R\n")
            server.stdin.flush()
            client.join(60)
            server.kill()
        self.check(self.result, 3, b"", "renegotiat")

    def talk_to(self, port):
        """Runs pop3 against a server on `port`."""
        self.result = self.pop3("stat", f"pop3s://alice:{PASSWORD}@localhost:{port}",
                                "--timeout", "20", *self.trust)

    def test_fetch_is_byte_identical(self):
        server = self.server()
        for url in (server.tls_url(), server.url()):
            result = self.pop3("fetch", url, "--dir", "D", "--force", "-q", "--tls", "required",
                               *self.trust)
            self.check(result, 0)
            for number, name in enumerate(self.names(server.url()), 1):
                clear = self.pop3("retr", server.url(), str(number)).out
                self.assertEqual(clear, self.read("D", name))

    def test_a_key_with_a_passphrase(self):
        cert, key = self.path("alice.pem"), self.path("alice.key")
        subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-passout", "pass:xyzzy",
                        "-days", "2", "-subj", "/CN=alice", "-keyout", key, "-out", cert],
                       check=True, stderr=subprocess.DEVNULL)
        server = self.server("--client-ca", cert)
        url = f"pop3s://alice@localhost:{server.tls_port}"
        for typed, code in ((b"xyzzy\n", 0), (b"wrong\n", None)):
            terminal = Terminal(self, "stat", url, "--auth", "EXTERNAL", "--cert", cert, "--key",
                                key, *self.trust)
            terminal.wait_for(f"Passphrase for {key}: ".encode())
            self.assertFalse(terminal.echoes())
            terminal.type(typed)
            ended = terminal.end()
            self.assertEqual(code is None, ended != 0, terminal.text)
            self.assertEqual(code == 0, b"3 3072\r\n" in terminal.text, terminal.text)


if __name__ == "__main__":
    unittest.main()
