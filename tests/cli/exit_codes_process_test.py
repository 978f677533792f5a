"""Each class of failure has its exit code, and its words."""

import os
import socket
import subprocess
import sys
import unittest

from account import PASSWORD
from pop3_program import CliTest, POP3

# A POP3 server without TLS on standard input and output.
SERVER = """
import sys
print("+OK ready", end="\\r\\n", flush=True)
with open("lines", "a") as lines:
    for line in sys.stdin:
        print(line, end="", file=lines, flush=True)
        print("-ERR no" if line.startswith("CAPA") else "+OK", end="\\r\\n", flush=True)
"""


class Network(CliTest):
    """Exit code 3."""

    def test_nobody_listens(self):
        with socket.create_server(("127.0.0.1", 0)) as listener:
            port = listener.getsockname()[1]
        result = self.pop3("stat", f"pop3://a:b@127.0.0.1:{port}")
        self.check(result, 3, b"", "refused\n")
        self.assertEqual(1, result.err.count("\n"), result.err)
        result = self.pop3("stat", "pop3+unix://a:b@" + self.path("none"))
        self.check(result, 3, b"", "no such socket\n")

    def test_a_name_without_an_address(self):
        self.check(self.pop3("stat", "pop3://a:b@pop3.invalid"), 3, b"", "pop3.invalid")

    def test_resolve(self):
        server = self.mailboxd("--generate", "2x512")
        url = server.url().replace("127.0.0.1", "pop3.invalid")
        result = self.pop3("stat", url, "--resolve", "other.invalid:127.0.0.2",
                           "--resolve", "pop3.invalid:127.0.0.1", "--ipv4")
        self.check(result, 0, b"2 1024\n")
        self.check(self.pop3("stat", server.url(), "--source-address", "127.0.0.1"), 0, b"2 1024\n")
        self.check(self.pop3("stat", server.url(), "--source-address", "x"), 2, b"", "address")
        self.check(self.pop3("stat", server.url(), "--ipv6"), 3, b"", "pop3: stat: ")

    def test_a_silent_server(self):
        server = self.script(greeting=b"")
        result = self.pop3("stat", server.url(), "--connect-timeout", "0.3")
        self.check(result, 3, b"", "(--connect-timeout)")
        server = self.script({b"STAT": b""})
        result = self.pop3("stat", server.url(), "--timeout", "0.3")
        self.check(result, 3, b"", "(--timeout)")
        result = self.pop3("stat", server.url(), "--total-timeout", "0.5")
        self.check(result, 3, b"", "(--total-timeout)")

    def test_a_server_that_hangs_up(self):
        self.check(self.pop3("stat", self.script({b"STAT": None}).url()), 3, b"", "pop3: stat: ")
        server = self.mailboxd("--generate", "3x100000", "--drop-after", "150000")
        result = self.pop3("fetch", server.url(), "--dir", self.path("d"))
        self.check(result, 3, b"", "pop3: fetch: message 2: ")
        names = self.files("d")
        self.assertEqual(self.names(server.url())[:1], names, "what was complete is kept")
        self.assertEqual(100000, len(self.read("d", names[0])))

    def files(self, name):
        """The names in a directory."""
        return sorted(os.listdir(self.path(name)))


class Protocol(CliTest):
    """Exit code 4."""

    def test_something_else_than_pop3(self):
        for greeting in (b"HTTP/1.1 400 Bad Request\r\n\r\n", b"220 mail ESMTP\r\n",
                         b"\x15\x03\x01\x00\x02\x02\x28", b"hello\r\n"):
            server = self.script(greeting=greeting)
            result = self.pop3("stat", server.url(), "--connect-timeout", "5")
            self.assertEqual(4, result.code, (greeting, result.err))
            self.assertEqual(1, result.err.count("\n"), result.err)

    def test_nonsense_later(self):
        for reply in (b"what?\r\n", b"+OK many messages\r\n", b"+OK -1 5\r\n",
                      b"+OK 99999999999999999999 1\r\n"):
            server = self.script({b"STAT": reply})
            self.check(self.pop3("stat", server.url()), 4, b"", "pop3: stat: ")
        server = self.script({b"LIST": b"+OK\r\n1 x\r\n.\r\n"})
        self.check(self.pop3("list", server.url()), 4, None, "--quirk")

    def test_a_quirk_that_helps(self):
        server = self.script({b"LIST": b"+OK\r\n1   8\r\n.\r\n"})
        self.assertEqual(4, self.pop3("list", server.url()).code)
        result = self.pop3("list", server.url(), "--quirk", "list-spaces", "-v")
        self.check(result, 0, b"1 8\n", "quirk list-spaces: needed 1 times")

    def test_a_limit(self):
        server = self.script({b"UIDL": b"+OK\r\n1 a\r\n2 b\r\n3 c\r\n.\r\n"})
        self.check(self.pop3("uidl", server.url()), 0, b"1 a\n2 b\n3 c\n")
        self.check(self.pop3("uidl", server.url(), "--limit", "max-items=2"), 4, None, "(--limit max-items)")


class Login(CliTest):
    """Exit codes 5, 6 and 9."""

    def test_wrong_password(self):
        server = self.mailboxd("--generate", "1x512")
        result = self.pop3("stat", server.url(password="wrong"))
        self.check(result, 5, b"", "pop3: stat: login: ")
        self.assertNotIn("wrong)", result.err)
        self.assertEqual(1, result.err.count("\n"), result.err)

    def test_nothing_to_log_in_with(self):
        server = self.mailboxd("--generate", "1x512")
        self.check(self.pop3("stat", server.url(password=None)), 5, b"", "--password-file")
        self.check(self.pop3("stat", server.url(user="")), 5, b"", "pop3: stat: login: ")

    def test_a_way_that_is_not_there(self):
        server = self.mailboxd("--generate", "1x512", "--no-apop")
        self.check(self.pop3("stat", server.url(), "--auth", "apop"), 5, b"", "pop3: stat: login: ")
        result = self.pop3("stat", server.url(), "--auth", "x-unheard-of")
        self.check(result, 5, b"", "X-UNHEARD-OF")

    def test_each_way_that_is_there(self):
        server = self.mailboxd("--generate", "1x512", "--rpop", "bob", "--rpop-any-port",
                               users=("alice", "bob"))
        for name in ("user", "USER", "apop", "Apop"):
            self.check(self.pop3("stat", server.url(), "--auth", name), 0, b"1 512\n")
        self.check(self.pop3("stat", server.url("bob", None), "--auth", "rpop"), 0, b"1 512\n")
        url = server.url("alice;auth=+APOP")
        self.assertIn("-> APOP", self.pop3("stat", url, "-v").err)

    def test_busy(self):
        server = self.mailboxd("--generate", "1x512")
        with socket.create_connection(("127.0.0.1", server.port)) as other:
            reader = other.makefile("rb")
            reader.readline()
            for line in ("USER alice", f"PASS {PASSWORD}"):
                other.sendall(line.encode() + b"\r\n")
                self.assertTrue(reader.readline().startswith(b"+OK"))
            result = self.pop3("stat", server.url())
        self.check(result, 6, b"", "pop3: stat: login: ")
        self.assertIn("(another session holds the mailbox", result.err)

    def test_too_soon(self):
        server = self.mailboxd("--generate", "1x512", "--login-delay", "1000")
        self.assertEqual(0, self.pop3("stat", server.url()).code)
        self.check(self.pop3("stat", server.url()), 6, b"", "pop3: stat: login: ")

    def test_temporary_failure(self):
        server = self.script(greeting=b"-ERR [SYS/TEMP] come back later\r\n")
        self.check(self.pop3("stat", server.url()), 6, b"", "come back later")
        server = self.script(greeting=b"-ERR [SYS/PERM] never\r\n")
        self.check(self.pop3("stat", server.url()), 7, b"", "never")

    def test_a_password_in_clear(self):
        # All that a machine has for certain is loopback, which counts as private. What a command
        # leads to does not.
        server = f"exec:{sys.executable} {self.write('server.py', SERVER)}"
        for options, words in (((), "--tls"), (("--tls", "never"), "--allow-cleartext")):
            result = self.pop3("stat", f"pop3://alice:{PASSWORD}@mail.example", "--auth", "user",
                               "--via", server, *options)
            self.check(result, 9, b"", words)
        said = self.read("lines")
        self.assertIn(b"CAPA", said)
        self.assertNotIn(PASSWORD.encode(), said)


class Output(CliTest):
    """Exit code 8, and the reader that has gone."""

    def test_a_full_disk(self):
        server = self.mailboxd("--generate", "3x100000")
        for command in (["stat"], ["list"], ["uidl", "--json"], ["capa"], ["retr"], ["fetch"],
                        ["raw"]):
            arguments = {"retr": ["1"], "raw": ["NOOP"]}.get(command[0], [])
            with open("/dev/full", "wb") as full:
                result = self.pop3(*command, server.url(), *arguments, stdout=full)
            self.check(result, 8, None, "No space left on device")
            self.assertEqual(1, result.err.count("\n"), result.err)

    def test_closed_descriptors(self):
        # A descriptor that is closed must not become the connection: the listing would go there.
        server = self.script({b"LIST": b"+OK\r\n" + b"1 1\r\n" * 5000 + b".\r\n"})
        for closed in ((1,), (0, 1), (0, 1, 2)):
            # The shell closes them: Python would not.
            command = 'exec "$@" ' + " ".join(f"{fd}>&-" for fd in closed)
            done = subprocess.run(["/bin/sh", "-c", command, "sh", POP3, "list", server.url()],
                                  env=self.environment(), stderr=subprocess.PIPE, timeout=120,
                                  check=False)
            self.assertEqual(8, done.returncode, done.stderr)
        known = {b"CAPA", b"USER", b"PASS", b"LIST", b"QUIT"}
        self.assertLessEqual({line.split(b" ")[0] for line in server.lines}, known)

    def test_a_reader_that_has_gone(self):
        server = self.mailboxd("--generate", "20000x512")
        for command in (["list"], ["uidl"], ["fetch"], ["retr"]):
            read_end, write_end = os.pipe()
            os.close(read_end)
            arguments = ["1"] if command == ["retr"] else []
            result = self.pop3(*command, server.url(), *arguments, stdout=write_end)
            os.close(write_end)
            self.check(result, 141, None, "")


if __name__ == "__main__":
    unittest.main()
