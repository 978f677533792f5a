"""`pop3` on a machine without BoringSSL: what needs it fails in words, all else works."""

import os
import unittest

from account import PASSWORD
from pop3_program import CliTest

PRELOAD = os.path.abspath("tests/cli/libno_boringssl.so")
WORDS = ("BoringSSL cannot be loaded; it is in Debian's package android-libboringssl "
         "(/nowhere/libcrypto.so.0: ")


class NoBoringSslTest(CliTest):
    """With a preloaded dlopen that does not find it. The server has it."""

    def environment(self):
        return {**super().environment(), "LD_PRELOAD": PRELOAD}

    def server(self, *arguments):
        """A mailboxd with TLS, and the options that trust its certificate."""
        server = self.mailboxd("--generate", "3x1K", "--unix", self.path("sock"),
                               "--tls-listen", "127.0.0.1:0", "--self-signed", self.path("tls"),
                               *arguments)
        self.trust = ("--ca-file", self.path("tls", "ca.pem"))
        return server

    def test_tls_fails_in_words(self):
        server = self.server()
        pin = ("--pin", "sha256//" + "A" * 43 + "=")
        for command in ("check", "stat", "list"):
            for options in (self.trust, ("--insecure-do-not-verify",), (*self.trust, *pin)):
                result = self.pop3(command, server.tls_url(), *options)
                self.check(result, 7, b"", f"pop3: {command}: there is no TLS: {WORDS}")

    def test_stls_fails_in_words(self):
        server = self.server()
        result = self.pop3("stat", server.url(), "--tls", "required", *self.trust, "-v")
        self.check(result, 5, b"", f"there is no TLS: {WORDS}")
        self.assertNotIn("-> AUTH", result.err)
        self.assertNotIn("-> USER", result.err)

    def test_what_needs_none_works(self):
        server = self.server()
        for url in (server.url(), server.unix_url()):
            for auth in ("user", "PLAIN", "SCRAM-SHA-256"):
                self.check(self.pop3("stat", url, "--auth", auth), 0, b"3 3072\n")
            self.check(self.pop3("list", url), 0, b"1 1024\n2 1024\n3 1024\n")

    def test_apop_sends_no_digest_of_nothing(self):
        server = self.script(greeting=b"+OK <1896.697170952@dbc.mtview.ca.us>\r\n")
        result = self.pop3("stat", server.url(), "--auth", "apop")
        self.check(result, 5, b"", f"there is no MD5: {WORDS}")
        self.assertNotIn(PASSWORD, result.err)
        self.assertEqual([], [line for line in server.lines if line.startswith(b"APOP")])
        # The next way that was named is not taken for that: it was no refusal.
        result = self.pop3("stat", server.url(), "--auth", "apop,user")
        self.check(result, 5, b"", "there is no MD5")


if __name__ == "__main__":
    unittest.main()
