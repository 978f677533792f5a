"""`pop3` and what servers may show or refuse in a handshake: certificates that prove nothing, kinds of
keys, versions, protocol names."""

import json
import socket
import ssl
import subprocess
import unittest

from account import PASSWORD
from pop3_program import CliTest
from thread_server import ThreadServer

NO_APPLICATION_PROTOCOL = b"\x15\x03\x03\x00\x02\x02\x78"


class TlsServer(ThreadServer):
    """A mailbox with one message, by TLS from the start or by STLS.

    `commands` holds what each client sent. With `refuses_alpn` it answers a ClientHello with ALPN by an
    alert; `alpn` holds for each handshake whether it had that."""

    def __init__(self, context, stls=False, refuses_alpn=False):
        self.context = context
        self.stls = stls
        self.refuses_alpn = refuses_alpn
        self.commands = []
        self.alpn = []
        super().__init__()

    def url(self):
        """The URL, with a user and a password."""
        scheme = "pop3" if self.stls else "pop3s"
        return f"{scheme}://alice:{PASSWORD}@localhost:{self.port}"

    def talk(self, client):
        self.commands.append([])
        if self.stls:
            client.sendall(b"+OK ready\r\n")
            if not self._answer(client, b"STLS\r\nUSER\r\n"):
                return
        if self.refuses_alpn:
            self.alpn.append(b"\x04pop3" in client.recv(4096, socket.MSG_PEEK))
            if self.alpn[-1]:
                client.recv(4096)
                client.sendall(NO_APPLICATION_PROTOCOL)
                return
        with self.context.wrap_socket(client, server_side=True) as channel:
            if not self.stls:
                channel.sendall(b"+OK ready\r\n")
            self._answer(channel, b"USER\r\n")

    def _answer(self, channel, capabilities):
        """Answers lines; returns True behind STLS."""
        got = b""
        while True:
            more = channel.recv(4096)
            if not more:
                return False
            got += more
            while b"\r\n" in got:
                line, got = got.split(b"\r\n", 1)
                self.commands[-1].append(line.split(b" ")[0].decode())
                if line == b"CAPA":
                    channel.sendall(b"+OK\r\n" + capabilities + b".\r\n")
                elif line == b"STAT":
                    channel.sendall(b"+OK 1 8\r\n")
                else:
                    channel.sendall(b"+OK\r\n")
                if line == b"STLS":
                    return True


class CertificatesTest(CliTest):
    """With certificates that the openssl command makes."""

    def openssl(self, *arguments):
        """Runs the command in the test's directory."""
        subprocess.run(["openssl", *arguments], check=True, cwd=self.folder,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def issue(self, key="ec -pkeyopt ec_paramgen_curve:P-256", digest="sha256", issuer=None,
              name="localhost", is_ca=False, usage=None, alternative="DNS:localhost"):
        """Makes NAME.key and NAME.pem, signed by `issuer` or by itself."""
        self.openssl("req", "-new", "-newkey", *key.split(), "-nodes", "-subj", f"/CN={name}",
                     "-keyout", f"{name}.key", "-out", f"{name}.csr")
        extensions = f"basicConstraints=critical,CA:{'TRUE' if is_ca else 'FALSE'}\n"
        if not is_ca:
            extensions += f"subjectAltName={alternative}\n"
        if usage:
            extensions += f"keyUsage=critical,{usage}\n"
        self.write(f"{name}.ext", extensions)
        signer = ["-CA", f"{issuer}.pem", "-CAkey", f"{issuer}.key", "-CAcreateserial"]
        if issuer is None:
            signer = ["-signkey", f"{name}.key"]
        self.openssl("x509", "-req", "-in", f"{name}.csr", "-days", "2", f"-{digest}",
                     "-extfile", f"{name}.ext", "-out", f"{name}.pem", *signer)

    def server(self, *chain, **how):
        """A server with localhost.pem, and behind that the certificates of `chain`."""
        pem = b"".join(self.read(f"{name}.pem") for name in ("localhost", *chain))
        path = self.write("chain.pem", pem)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.set_ciphers("ALL:@SECLEVEL=0")
        version = how.pop("version", None)
        if version:
            context.minimum_version = context.maximum_version = version
        context.load_cert_chain(path, self.path("localhost.key"))
        server = TlsServer(context, **how)
        self.addCleanup(server.stop)
        self.trust = ("--ca-file", self.path("ca.pem"), "--auth", "user")
        return server

    def root(self):
        """An authority, ca.pem, whose own certificate is weak: it is trusted all the same."""
        self.issue(key="rsa:1024", digest="sha1", name="ca", is_ca=True)

    def check_weak(self, server, words):
        """It is refused with these words, and allowed if told so, which the report says."""
        result = self.pop3("stat", server.url(), *self.trust)
        self.check(result, 9, b"", f"the server's certificate is too weak: {words} "
                                   "(--allow-weak-certificates accepts that)")
        allowed = (*self.trust, "--allow-weak-certificates")
        result = self.pop3("stat", server.url(), *allowed, "-v")
        self.check(result, 0, b"1 8\n", f"tls: a WEAK certificate was accepted: {words}")
        result = self.pop3("check", server.url(), *allowed)
        self.assertIn(f"WEAK          {words}\n", result.out.decode())
        report = json.loads(self.pop3("check", server.url(), *allowed, "--json").out)
        self.assertEqual(words, report["certificate_weakness"])

    def test_weak_certificates_are_refused(self):
        self.root()
        for key, digest, words in (("rsa:2048", "md5", "is signed with MD5"),
                                   ("rsa:2048", "sha1", "is signed with SHA-1"),
                                   ("rsa:2047", "sha256", "has an RSA key of 2047 bits")):
            self.issue(key=key, digest=digest, issuer="ca")
            self.check_weak(self.server(), "CN=localhost " + words)

    def test_also_in_the_middle(self):
        self.root()
        self.issue(key="rsa:1024", issuer="ca", name="middle", is_ca=True)
        self.issue(issuer="middle")
        server = self.server("middle")
        self.check_weak(server, "CN=middle has an RSA key of 1024 bits")
        # Whoever trusts it by name does not ask who has signed it.
        result = self.pop3("stat", server.url(), "--ca-file", self.path("middle.pem"), "--auth",
                           "user")
        self.check(result, 0, b"1 8\n")

    def test_every_kind_of_key(self):
        self.root()
        kinds = ["rsa:2048", "ed25519"]
        kinds += [f"ec -pkeyopt ec_paramgen_curve:{curve}" for curve in ("P-256", "P-384", "P-521")]
        for key in kinds:
            self.issue(key=key, issuer="ca")
            for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
                server = self.server(version=version)
                result = self.pop3("stat", server.url(), *self.trust)
                self.check(result, 0, b"1 8\n")
                report = json.loads(self.pop3("check", server.url(), *self.trust, "--json").out)
                self.assertNotIn("certificate_weakness", report)

    def test_a_key_for_something_else(self):
        self.root()
        self.issue(issuer="ca", usage="keyCertSign,cRLSign")
        result = self.pop3("stat", self.server().url(), *self.trust)
        self.check(result, 9, b"", "the server's certificate may not be used for TLS: its key usage "
                                   "does not allow that")

    def test_an_address_that_is_a_dns_name(self):
        self.root()
        self.issue(issuer="ca", alternative="DNS:127.0.0.1")
        url = self.server().url().replace("localhost", "127.0.0.1")
        result = self.pop3("stat", url, *self.trust)
        self.check(result, 9, b"", 'is not for the IP address "127.0.0.1", but for the DNS name '
                                   "127.0.0.1")

    def test_versions(self):
        self.root()
        self.issue(issuer="ca")
        both = self.server()
        for most, version in (("1.2", "TLSv1.2"), ("1.3", "TLSv1.3")):
            result = self.pop3("check", both.url(), *self.trust, "--tls-max", most, "--json")
            self.assertEqual(version, json.loads(result.out)["tls_version"])
        newest = self.server(version=ssl.TLSVersion.TLSv1_3)
        result = self.pop3("stat", newest.url(), *self.trust, "--tls-max", "1.2")
        self.check(result, 3, b"", "(--tls-min, --tls-max)")
        result = self.pop3("stat", newest.url(), *self.trust, "--tls-max", "1.2", "--tls-min",
                           "1.3")
        self.check(result, 2, b"", "--tls-max: is older than --tls-min")
        result = self.pop3("stat", newest.url(), *self.trust, "--tls-max", "2")
        self.check(result, 2, b"", '--tls-max: must be "1.0"')

    def test_a_refused_protocol_name(self):
        self.root()
        self.issue(issuer="ca")
        for stls in (False, True):
            server = self.server(stls=stls, refuses_alpn=True)
            policy = (*self.trust, "--tls", "required")
            result = self.pop3("stat", server.url(), *policy, "-v")
            self.check(result, 0, b"1 8\n", 'refuses the protocol name "pop3" (ALPN)')
            self.assertIn("one new connection, with tls.alpn_refused", result.err)
            self.assertIn("without ALPN, which it refused, the server is verified", result.err)
            self.assertEqual([True, False], server.alpn)
            first = ["CAPA", "STLS"] if stls else []
            self.assertEqual([first, first + ["CAPA", "USER", "PASS", "STAT", "QUIT"]],
                             server.commands)
            result = self.pop3("check", server.url(), *policy)
            self.check(result, 0)
            self.assertIn('ALPN          the server refused "pop3": connected once more, without a '
                          "name\n", result.out.decode())
            report = json.loads(self.pop3("check", server.url(), *policy, "--json").out)
            self.assertEqual("pop3", report["tls_alpn_refused"])
            # Whoever names it means it.
            del server.alpn[:]
            result = self.pop3("stat", server.url(), *policy, "--alpn", "pop3")
            self.check(result, 3, b"", 'refuses the protocol name "pop3" (ALPN): set --alpn none')
            self.assertEqual([True], server.alpn)
            del server.alpn[:]
            result = self.pop3("stat", server.url(), *policy, "--alpn", "none")
            self.check(result, 0, b"1 8\n")
            self.assertEqual([False], server.alpn)

    def test_when_it_expires(self):
        self.root()
        self.issue(issuer="ca")
        date = r"\d{4}-\d\d-\d\d \d\d:\d\d UTC"
        result = self.pop3("check", self.server().url(), *self.trust)
        self.assertRegex(result.out.decode(), rf"\nexpires       {date}, in [12] days\n")
        self.openssl("x509", "-req", "-in", "localhost.csr", "-days", "-1", "-CA", "ca.pem",
                     "-CAkey", "ca.key", "-extfile", "localhost.ext", "-out", "localhost.pem")
        result = self.pop3("check", self.server().url(), "--insecure-do-not-verify")
        self.assertRegex(result.out.decode(), rf"\nexpires       {date}, in the past\n")


if __name__ == "__main__":
    unittest.main()
