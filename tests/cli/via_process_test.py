"""`pop3 --via` and `--record`: proxies, commands, recordings."""

import base64
import contextlib
import os
import re
import socket
import struct
import sys
import threading
import unittest

from account import PASSWORD
from pop3_program import CliTest, wire_form
from thread_server import ThreadServer

# What `nc HOST PORT` does.
RELAY = """
import socket, sys, threading
s = socket.create_connection((sys.argv[1], int(sys.argv[2])))
def up():
    while True:
        data = sys.stdin.buffer.raw.read(65536)
        if not data:
            break
        s.sendall(data)
    s.shutdown(socket.SHUT_WR)
threading.Thread(target=up, daemon=True).start()
while True:
    data = s.recv(65536)
    if not data:
        break
    sys.stdout.buffer.write(data)
    sys.stdout.buffer.flush()
"""


def _pump(source, target):
    with contextlib.suppress(OSError):
        while data := source.recv(65536):
            target.sendall(data)
    with contextlib.suppress(OSError):
        target.shutdown(socket.SHUT_WR)


class Proxy(ThreadServer):
    """A proxy that leads all who may pass to one server. `asked` is what they asked for."""

    def __init__(self, port, login=None):
        self._server = port
        self._login = login
        self.asked = []
        super().__init__()

    def talk(self, client):
        client.settimeout(60)
        with contextlib.suppress(ValueError, IndexError):  # it says what a client should not
            if self.open(client):
                self._relay(client)

    def open(self, client):
        """Talks to a client; whether it may pass."""
        raise NotImplementedError

    def passes(self, user, password):
        """Whether a login is good."""
        return self._login in (None, (user, password))

    @property
    def wants_login(self):
        """Whether there is one."""
        return self._login is not None

    def _relay(self, client):
        with socket.create_connection(("127.0.0.1", self._server), 60) as server:
            thread = threading.Thread(target=_pump, args=(server, client), daemon=True)
            thread.start()
            _pump(client, server)
            thread.join(60)


def _exactly(client, count):
    data = b""
    while len(data) < count:
        more = client.recv(count - len(data))
        if not more:
            raise ValueError("the client has gone")
        data += more
    return data


class Socks(Proxy):
    """A SOCKS 5 proxy."""

    def open(self, client):
        methods = _exactly(client, _exactly(client, 2)[1])
        method = 2 if self.wants_login else 0
        if method not in methods:
            client.sendall(b"\5\377")
            return False
        client.sendall(bytes([5, method]))
        if self.wants_login:
            user = _exactly(client, _exactly(client, 2)[1]).decode()
            password = _exactly(client, _exactly(client, 1)[0]).decode()
            good = self.passes(user, password)
            client.sendall(b"\1\0" if good else b"\1\1")
            if not good:
                return False
        _, _, _, kind = _exactly(client, 4)
        size = {1: 4, 4: 16}.get(kind) or _exactly(client, 1)[0]
        host = _exactly(client, size)
        if kind == 1:
            host = socket.inet_ntoa(host).encode()
        self.asked.append((host.decode(), *struct.unpack(">H", _exactly(client, 2))))
        if host == b"forbidden.example":
            client.sendall(b"\5\2\0\1\0\0\0\0\0\0")
            return False
        client.sendall(b"\5\0\0\1\177\0\0\1\0\1")
        return True


class Http(Proxy):
    """An HTTP proxy."""

    def open(self, client):
        header = b""
        while not header.endswith(b"\r\n\r\n"):
            header += _exactly(client, 1)
        self.asked.append(header.split(b"\r\n")[0].decode())
        if self.wants_login:
            match = re.search(rb"\r\nProxy-Authorization: Basic (\S+)\r\n", header)
            login = base64.b64decode(match[1]).decode() if match else ":"
            if not self.passes(*login.split(":", 1)):
                client.sendall(b"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n")
                return False
        client.sendall(b"HTTP/1.1 200 Connection established\r\nVia: 1.1 test\r\n\r\n")
        return True


class ViaTest(CliTest):
    """A mailboxd with one message, which is to be reached in roundabout ways."""

    def setUp(self):
        super().setUp()
        for name in ("cur", "new", "tmp"):
            os.makedirs(self.path("in", name))
        self.message = b"Subject: hello\n\nthe body\n"
        self.write(os.path.join("in", "new", "1.x"), self.message)
        self.server = self.mailboxd("--maildir", self.path("in"), "--unix", self.path("sock"))
        self.url = f"pop3://alice:{PASSWORD}@mail.example:1234"

    def proxy(self, kind, port=None, **options):
        """Starts a proxy in front of the server, or of another port, for the time of the test."""
        proxy = kind(port or self.server.port, **options)
        self.addCleanup(proxy.stop)
        return proxy

    def list(self, *options, url=None):
        """Runs `pop3 list`."""
        return self.pop3("list", url or self.url, "--allow-cleartext", *options)

    def test_socks(self):
        proxy = self.proxy(Socks)
        self.check(self.list("--via", f"socks5://127.0.0.1:{proxy.port}"), out=b"1 28\n")
        self.assertEqual([("mail.example", 1234)], proxy.asked)

    def test_socks_with_login(self):
        proxy = self.proxy(Socks, login=("rose", "p@ss"))
        address = f"127.0.0.1:{proxy.port}"
        self.check(self.list("--via", f"socks5://rose:p%40ss@{address}"), out=b"1 28\n")
        wrong = self.list("--via", f"socks5://rose:wrong@{address}", "-v")
        self.assertNotEqual(0, wrong.code)
        self.assertIn("does not accept the user name and password", wrong.err)
        self.assertNotIn("wrong@", wrong.err)
        none = self.list("--via", f"socks5://{address}")
        self.assertIn("the proxy wants a login", none.err)

    def test_socks_refusal(self):
        proxy = self.proxy(Socks)
        url = f"pop3://alice:{PASSWORD}@forbidden.example"
        result = self.list("--via", f"socks5://127.0.0.1:{proxy.port}", url=url)
        self.assertNotEqual(0, result.code)
        self.assertIn("cannot connect to forbidden.example:110: the proxy's rules", result.err)

    def test_http(self):
        proxy = self.proxy(Http, login=("rose", "p:ss"))
        address = f"127.0.0.1:{proxy.port}"
        self.check(self.list("--via", f"http://rose:p%3Ass@{address}"), out=b"1 28\n")
        self.assertEqual(["CONNECT mail.example:1234 HTTP/1.1"], proxy.asked)
        none = self.list("--via", f"http://{address}")
        self.assertIn("407 Proxy Authentication Required: it wants a login", none.err)

    def test_the_way_behind_a_proxy_is_open(self):
        proxy = self.proxy(Socks)
        result = self.pop3("list", self.url, "--via", f"socks5://127.0.0.1:{proxy.port}")
        self.assertNotEqual(0, result.code)
        self.assertEqual(b"", result.out)

    def test_command(self):
        relay = self.write("relay.py", RELAY)
        url = f"pop3://alice:{PASSWORD}@127.0.0.1:{self.server.port}"
        command = f"exec:{sys.executable} {relay} %h %p"
        self.check(self.list("--via", command, url=url), out=b"1 28\n")
        result = self.list("--via", "exec:echo the gate is shut >&2; exit 5")
        self.assertNotEqual(0, result.code)
        self.assertIn("the command exited with 5: the gate is shut", result.err)
        evil = self.list("--via", "exec:echo %h", url="pop3://a:b@x;id")
        self.assertNotEqual(0, evil.code)
        self.assertEqual(b"", evil.out)

    def test_recording(self):
        url = self.server.url()
        # A login by SCRAM could not be played: its challenges are for one client's nonce only.
        record = ("--auth", "user", "--record", "trace")
        self.check(self.pop3("retr", url, "1", *record), out=None)
        trace = self.read("trace").decode()
        self.assertTrue(trace.startswith("pop3-record 1\nS +OK"), trace)
        self.assertNotIn(PASSWORD, trace)
        self.assertIn("S the body\\r\\n\n", trace)
        again = self.pop3("retr", url, "1", *record)
        self.assertIn("cannot record to trace", again.err)
        self.assertEqual(trace, self.read("trace").decode())

        # And now without the server, and another password.
        self.server.stop()
        url = "pop3://alice:other@mail.example"
        replay = ("--auth", "user", "--via", "replay:trace")
        played = self.pop3("retr", url, "1", *replay)
        self.check(played, out=wire_form(self.message))
        other = self.pop3("retr", url, "2", *replay)
        self.assertNotEqual(0, other.code)
        self.assertRegex(
            other.err, r'trace line \d+: the recorded client sent "RETR 1\\r\\n", but this one sent'
        )

    def test_recording_through_a_proxy(self):
        proxy = self.proxy(Http)
        self.check(
            self.list("--via", f"http://127.0.0.1:{proxy.port}", "--record", "trace"), out=b"1 28\n"
        )
        self.assertTrue(self.read("trace").startswith(b"pop3-record 1\nS +OK"))

    def test_mistakes(self):
        for via, words in (
            ("ftp://x", "this must be socks5://HOST:PORT"),
            ("http://proxy", "port is missing"),
            ("replay:missing", "missing: No such file"),
        ):
            result = self.list("--via", via)
            self.assertNotEqual(0, result.code)
            self.assertIn(words, result.err)
        result = self.list("--via", "socks5://p", url=self.server.unix_url())
        self.assertIn("Unix socket", result.err)
        result = self.list("--via", "exec:true", "--ipv4")
        self.assertIn("--ipv4", result.err)

    def test_a_replay_is_one_session(self):
        self.write(os.path.join("in", "new", "2.x"), self.message)
        fetch = ("--delete", "--commit-every", "1", "--auth", "user", "--no-pipelining")
        url = self.server.url()
        self.check(self.pop3("fetch", url, "--dir", "first", *fetch, "--record", "trace"))
        self.server.stop()
        self.check(self.pop3("fetch", url, "--dir", "second", *fetch, "--via", "replay:trace"))
        self.assertEqual(2, len(os.listdir(self.path("second"))))

    def test_tls(self):
        self.server.stop()
        self.server = self.mailboxd("--maildir", self.path("in"), "--tls-listen", "127.0.0.1:0",
                                    "--self-signed", self.path("tls"))
        relay = self.write("relay.py", RELAY)
        command = f"exec:{sys.executable} {relay} %h %p"
        proxies = [self.proxy(kind, self.server.tls_port) for kind in (Socks, Http)]
        for via in (command, f"socks5://127.0.0.1:{proxies[0].port}",
                    f"http://127.0.0.1:{proxies[1].port}"):
            result = self.list("--via", via, "--ca-file", self.path("tls", "ca.pem"),
                               "--connect-timeout", "20", url=self.server.tls_url())
            self.check(result, out=b"1 28\n")

    def test_the_usual_port(self):
        result = self.list("--via", "socks5://127.123.45.67")  # nobody listens there
        self.assertNotEqual(0, result.code)
        self.assertIn("1080", result.err)


if __name__ == "__main__":
    unittest.main()
