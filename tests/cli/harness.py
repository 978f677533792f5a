"""What the process-level tests of `pop3` have in common: running it, and servers to run it against.

A test never knows a port in advance, and no server outlives it: mailboxd ends with its parent, the
scripted server is a thread.
"""

import contextlib
import os
import pathlib
import re
import shutil
import socket
import subprocess
import tempfile
import threading
import time
import unittest
import urllib.parse

POP3 = os.environ["POP3"]
MAILBOXD = os.environ["MAILBOXD"]
FAULTS = os.path.abspath("tests/cli/faults.so")  # of the tests that have it; see faults.c
PASSWORD = "wonder+land"
# From everywhere: .bazelrc has set a path from where the test began.
SASL_PATH = os.path.abspath(os.environ.get("SASL_PATH", "tests/testing/sasl2"))
os.environ["SASL_PATH"] = SASL_PATH


def foreign_modules(pid):
    """The modules of Cyrus SASL in a process that are not those of //tests/testing:sasl_modules."""
    ours = {os.path.realpath(os.path.join(SASL_PATH, name)) for name in os.listdir(SASL_PATH)}
    maps = pathlib.Path(f"/proc/{pid}/maps").read_text()
    return set(re.findall(r"/\S*/sasl2/\S+", maps)) - ours


class Result:
    """How a run of pop3 ended."""

    def __init__(self, code, out, err):
        self.code = code
        self.out = out
        self.err = err.decode(errors="backslashreplace")


class Mailboxd:
    """A mailboxd with the user alice."""

    def __init__(self, folder, *arguments, users=("alice",)):
        self._port_file = os.path.join(folder, "ports")
        with contextlib.suppress(FileNotFoundError):
            os.unlink(self._port_file)
        self.socket = os.path.join(folder, "sock")
        command = [MAILBOXD, "--listen", "127.0.0.1:0", "--unix", self.socket]
        command += ["--port-file", self._port_file, "--exit-with-parent"]
        for user in users:
            command += ["--user", f"{user}:{PASSWORD}"]
        self._process = subprocess.Popen(command + list(arguments), stdin=subprocess.DEVNULL)
        self.tls_port = None
        self.port = self._wait(1 + arguments.count("--tls-listen"))
        if foreign_modules(self._process.pid):
            raise RuntimeError(f"not ours: {foreign_modules(self._process.pid)}")

    def _wait(self, listeners):
        for _ in range(1200):
            if self._process.poll() is not None:
                raise RuntimeError("mailboxd has ended")
            with contextlib.suppress(FileNotFoundError, IndexError):
                text = pathlib.Path(self._port_file).read_text()
                if text.count("\n") > listeners:
                    lines = [line.split() for line in text.splitlines()]
                    ports = {words[0]: int(words[2]) for words in lines if len(words) == 3}
                    self.tls_port = ports.get("tls")
                    return ports["tcp"]
            time.sleep(0.05)
        raise RuntimeError("mailboxd does not get ready")

    def url(self, user="alice", password=PASSWORD):
        """The URL of the TCP listener."""
        who = user if password is None else f"{user}:{password}"
        return f"pop3://{who}@127.0.0.1:{self.port}" if user else f"pop3://127.0.0.1:{self.port}"

    def tls_url(self, host="localhost"):
        """The URL of the TLS listener."""
        return f"pop3s://alice:{PASSWORD}@{host}:{self.tls_port}"

    def unix_url(self):
        """The URL of the Unix listener."""
        return f"pop3+unix://alice:{PASSWORD}@{self.socket}"

    def stop(self):
        """Ends it."""
        self._process.terminate()
        self._process.wait(60)


class ScriptServer:
    """Answers each line with what `replies` has for its first word, or for the whole line.

    A reply is bytes, or None to hang up without one; b"" keeps silent; or a function that returns
    such. What is not in `replies` is answered as a server with one message does. `lines` is what clients have sent, `clients` how
    many there were.
    """

    DEFAULTS = {
        b"CAPA": b"+OK\r\nUSER\r\nUIDL\r\nPIPELINING\r\n.\r\n",
        b"USER": b"+OK\r\n",
        b"PASS": b"+OK\r\n",
        b"STAT": b"+OK 1 8\r\n",
        b"LIST": b"+OK\r\n1 8\r\n.\r\n",
        b"UIDL": b"+OK\r\n1 uid\r\n.\r\n",
        b"RETR": b"+OK\r\n\r\nbody\r\n.\r\n",
        b"DELE": b"+OK\r\n",
        b"RSET": b"+OK\r\n",
        b"QUIT": b"+OK bye\r\n",
    }

    def __init__(self, replies=None, greeting=b"+OK ready\r\n"):
        self._replies = {**self.DEFAULTS, **(replies or {})}
        self._greeting = greeting
        self.lines = []
        self.clients = 0
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def url(self):
        """The URL, with a user and a password."""
        return f"pop3://alice:{PASSWORD}@127.0.0.1:{self.port}"

    def _serve(self):
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            self.clients += 1
            with client, contextlib.suppress(OSError):
                self._talk(client)

    def _talk(self, client):
        if self._greeting is not None:
            client.sendall(self._greeting)
        reader = client.makefile("rb")
        for line in reader:
            line = line.rstrip(b"\r\n")
            self.lines.append(line)
            word = line.split(b" ")[0]
            reply = self._replies.get(line, self._replies.get(word, b"-ERR unknown\r\n"))
            if callable(reply):
                reply = reply()
            if reply is None:
                return
            client.sendall(reply)
            if word == b"QUIT" and reply:
                return

    def stop(self):
        """Takes no more clients."""
        # Closed only once the thread is out of accept: else it could go on with the descriptor's
        # number, which the next server's listener may have by then.
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._thread.join(60)
        self._listener.close()


class CliTest(unittest.TestCase):
    """A test with a directory, which is also the home of the pop3 that it runs."""

    maxDiff = 2000

    def setUp(self):
        # Not in TEST_TMPDIR, whose path is too long for a Unix socket.
        self.folder = tempfile.mkdtemp(prefix="pop3-cli.")
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)

    def path(self, *names):
        """A path in the directory."""
        return os.path.join(self.folder, *names)

    def write(self, name, data, mode=0o600):
        """Makes a file there and returns its path."""
        path = pathlib.Path(self.path(name))
        path.write_bytes(data if isinstance(data, bytes) else data.encode())
        path.chmod(mode)
        return str(path)

    def read(self, *names):
        """The octets of a file there."""
        return pathlib.Path(self.path(*names)).read_bytes()

    def mailboxd(self, *arguments, **options):
        """Starts a mailboxd for the time of the test."""
        server = Mailboxd(self.folder, *arguments, **options)
        self.addCleanup(server.stop)
        return server

    def script(self, replies=None, **options):
        """Starts a scripted server for the time of the test."""
        server = ScriptServer(replies, **options)
        self.addCleanup(server.stop)
        return server

    def environment(self):
        """The environment of pop3: no terminal type, no netrc but the test's."""
        path = os.environ.get("PATH", "/usr/bin:/bin")
        return {"HOME": self.folder, "PATH": path, "LC_ALL": "C", "SASL_PATH": SASL_PATH}

    def pop3(self, *arguments, stdin=b"", **options):
        """Runs pop3 away from any terminal."""
        options.setdefault("stdout", subprocess.PIPE)
        done = subprocess.run(
            [POP3, *arguments],
            input=stdin,
            stderr=subprocess.PIPE,
            env=self.environment(),
            cwd=self.folder,
            start_new_session=True,
            timeout=120,
            check=False,
            **options,
        )
        return Result(done.returncode, done.stdout, done.stderr)

    def names(self, url):
        """The name that --dir gives each message, in the order of their numbers."""
        lines = self.pop3("uidl", url).out.decode().splitlines()
        return [urllib.parse.quote(line.split(" ", 1)[1], safe="-_.") + ".eml" for line in lines]

    def check(self, result, code=0, out=None, err=""):
        """Compares exit code, output and standard error; `err` may be a part, "" is all of it."""
        self.assertEqual(code, result.code, result.err)
        if out is not None:
            self.assertEqual(out, result.out)
        if err == "":
            self.assertEqual("", result.err)
        else:
            self.assertIn(err, result.err)


def wire_form(data):
    """A message in a file as RETR hands it over: lines end in CRLF, also the last."""
    data = data.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
    return data if not data or data.endswith(b"\r\n") else data + b"\r\n"
