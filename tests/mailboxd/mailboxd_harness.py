"""What the process-level tests of mailboxd have in common: running it, and a client that shows the
very octets.

No port is known in advance, and no server outlives its test.
"""

import base64
import contextlib
import os
import pathlib
import re
import shutil
import signal
import socket
import ssl
import subprocess
import tempfile
import time
import unittest

MAILBOXD = os.environ["MAILBOXD"]
PASSWORD = "open sesame"
TIMEOUT = 60
# From everywhere: .bazelrc has set a path from where the test began.
SASL_PATH = os.path.abspath(os.environ.get("SASL_PATH", "tests/testing/sasl2"))
os.environ["SASL_PATH"] = SASL_PATH
# Memory is not worth measuring where every free() is put off.
SANITIZED = b"__asan_init" in pathlib.Path(MAILBOXD).read_bytes()


def foreign_modules(pid):
    """The modules of Cyrus SASL in a process that are not those of //tests/testing:sasl_modules."""
    ours = {os.path.realpath(os.path.join(SASL_PATH, name)) for name in os.listdir(SASL_PATH)}
    maps = pathlib.Path(f"/proc/{pid}/maps").read_text()
    return set(re.findall(r"/\S*/sasl2/\S+", maps)) - ours


def tls_context(ca_file):
    """What a client needs to trust the server. An end without close_notify is an error."""
    context = ssl.create_default_context(cafile=ca_file)
    context.verify_flags |= ssl.VERIFY_X509_STRICT
    context.options &= ~getattr(ssl, "OP_IGNORE_UNEXPECTED_EOF", 0)
    return context


class Client:
    """A connection on which replies are read as they are."""

    def __init__(self, address, greeting=True):
        family = socket.AF_INET if isinstance(address, tuple) else socket.AF_UNIX
        self.sock = socket.socket(family, socket.SOCK_STREAM)
        self.sock.settimeout(TIMEOUT)
        self.sock.connect(address)
        self.file = self.sock.makefile("rb")
        self.greeting = self.line() if greeting else None

    def secure(self, context, session=None):
        """Begins TLS."""
        self.file.close()
        self.sock = context.wrap_socket(
            self.sock, server_hostname="localhost", session=session, suppress_ragged_eofs=False
        )
        self.file = self.sock.makefile("rb")

    def stls(self, context, session=None):
        """Asks for TLS and begins it."""
        self.ok("STLS")
        self.secure(context, session)
        return self

    def line(self):
        """The next line without its CRLF; "" is also the end of the connection."""
        line = self.file.readline()
        if line and not line.endswith(b"\r\n"):
            raise AssertionError(f"no CRLF at the end of {line!r}")
        return line[:-2]

    def body(self):
        """The lines of a multi-line reply, unstuffed and joined."""
        lines = []
        while True:
            line = self.file.readline()
            if not line.endswith(b"\r\n"):
                raise AssertionError(f"broken off after {line!r}")
            if line == b".\r\n":
                return b"".join(lines)
            lines.append(line[1:] if line.startswith(b".") else line)

    def send(self, data):
        """Sends octets."""
        self.sock.sendall(data)

    def say(self, line):
        """Sends a command and returns the first line of its reply."""
        self.send((line if isinstance(line, bytes) else line.encode()) + b"\r\n")
        return self.line()

    def ok(self, line):
        """Sends a command that must succeed, and returns what follows `+OK `."""
        reply = self.say(line)
        if not reply.startswith(b"+OK"):
            raise AssertionError(f"{line!r}: {reply!r}")
        return reply[4:]

    def auth(self, mech, responses, initial=None):
        """Plays an exchange of AUTH and returns the line that ends it.

        `responses` is called with each challenge and returns what to answer, all in octets."""
        line = f"AUTH {mech}"
        if initial is not None:
            line += " " + (base64.b64encode(initial).decode() or "=")
        reply = self.say(line)
        while reply.startswith(b"+ "):
            answer = responses(base64.b64decode(reply[2:], validate=True))
            reply = self.say(base64.b64encode(answer))
        return reply

    def multi(self, line):
        """Sends a command that must succeed and returns its multi-line reply, as one."""
        self.ok(line)
        return self.body()

    def login(self, user="me", password=PASSWORD):
        """Logs in and returns itself."""
        self.ok(f"USER {user}")
        self.ok(f"PASS {password}")
        return self

    def at_end(self):
        """Whether the server has closed the connection and nothing is left to read."""
        return self.file.read(1) == b""

    def close(self):
        """Closes the connection without QUIT."""
        self.file.close()
        self.sock.close()

    def quit(self):
        """Ends the session."""
        reply = self.say("QUIT")
        self.close()
        return reply


class Server:
    """A running mailboxd."""

    def __init__(self, arguments, folder, listen=True):
        self._clients = []
        self.port_file = os.path.join(folder, "ports")
        with contextlib.suppress(FileNotFoundError):
            os.unlink(self.port_file)
        command = [MAILBOXD, "--port-file", self.port_file, "--exit-with-parent"]
        command += ["--listen", "127.0.0.1:0"] if listen else []
        self.errors = open(os.path.join(folder, "errors"), "w+", encoding="utf-8")
        self.process = subprocess.Popen(
            command + list(arguments), stdin=subprocess.DEVNULL, stderr=self.errors
        )
        self.names = self._wait()
        self.address = self.address_of("tcp")

    def _wait(self):
        deadline = time.monotonic() + TIMEOUT
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                raise AssertionError(f"mailboxd has ended: {self.said()}")
            with contextlib.suppress(FileNotFoundError):
                text = pathlib.Path(self.port_file).read_text()
                if foreign_modules(self.process.pid):
                    raise AssertionError(f"not ours: {foreign_modules(self.process.pid)}")
                return [line.split() for line in text.splitlines()]
            time.sleep(0.01)
        raise AssertionError("mailboxd does not get ready")

    def address_of(self, kind):
        """The address of the first listener of this kind, "tcp" or "tls", or None."""
        return next(((name[1], int(name[2])) for name in self.names if name[0] == kind), None)

    def said(self):
        """What it has said on standard error."""
        self.errors.flush()
        self.errors.seek(0)
        return self.errors.read()

    def connect(self, **options):
        """A new client, closed with the server at the latest."""
        return self._keep(Client(self.address, **options))

    def connect_tls(self, context, greeting=True):
        """A new client that begins with TLS."""
        client = self._keep(Client(self.address_of("tls"), greeting=False))
        client.secure(context)
        client.greeting = client.line() if greeting else None
        return client

    def _keep(self, client):
        self._clients.append(client)
        return self._clients[-1]

    def resident_kib(self):
        """Its resident memory."""
        status = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        return int(status.partition("VmRSS:")[2].split()[0])

    def wait_until_idle(self):
        """Returns once it has nothing to do: it is found asleep each of some times."""
        asleep = 0
        while asleep < 10:
            stat = pathlib.Path(f"/proc/{self.process.pid}/stat").read_text()
            asleep = asleep + 1 if stat.rpartition(")")[2].split()[0] == "S" else 0
            time.sleep(0.01)

    def stop(self):
        """Ends it, and sees that it ends as it should. A second time does nothing."""
        for client in self._clients:
            client.close()
        if self.errors.closed:
            return
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(TIMEOUT)
        said = self.said()
        self.errors.close()
        if code != 0:
            raise AssertionError(f"mailboxd ended with {code}: {said}")


def run(*arguments):
    """Runs mailboxd to its end and returns its exit status, output and errors."""
    done = subprocess.run(
        [MAILBOXD] + list(arguments), stdin=subprocess.DEVNULL, capture_output=True, timeout=TIMEOUT
    )
    return done.returncode, done.stdout.decode(), done.stderr.decode()


class MailboxdTest(unittest.TestCase):
    """A test with a directory of its own, and servers that end with it."""

    maxDiff = 2000

    def setUp(self):
        # Not in TEST_TMPDIR, whose path is too long for a Unix socket.
        self.folder = tempfile.mkdtemp(prefix="mailboxd.")
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        self._servers = 0

    def path(self, *names):
        """A path in the directory."""
        return os.path.join(self.folder, *names)

    def write(self, name, data):
        """Makes a file there and returns its path."""
        path = pathlib.Path(self.path(name))
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        return str(path)

    def server(self, *arguments, user=True, listen=True):
        """Starts a mailboxd with a user `me`."""
        self._servers += 1
        folder = self.path(f"server{self._servers}")
        os.mkdir(folder)
        if user:
            arguments += ("--user", f"me:{PASSWORD}")
        server = Server(arguments, folder, listen=listen)
        self.addCleanup(server.stop)
        return server

    def maildir(self, messages):
        """Makes a Maildir with these files, {name: octets}, and returns its path."""
        for sub in ("cur", "new", "tmp"):
            os.makedirs(self.path("Maildir", sub))
        for name, data in messages.items():
            self.write(os.path.join("Maildir", name), data)
        return self.path("Maildir")


def main():
    """Runs the tests of the file that calls it."""
    unittest.main(verbosity=1)
