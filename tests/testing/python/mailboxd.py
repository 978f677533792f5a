"""mailboxd as a process, on ports that nobody knew in advance."""

import contextlib
import os
import pathlib
import signal
import subprocess
import time

from account import PASSWORD, USER
from raw_client import Client
from sasl_modules import foreign_modules
from waiting import TIMEOUT, until

MAILBOXD = os.path.abspath(os.environ["MAILBOXD"])


class Mailboxd:
    """A running mailboxd, whose files are in `folder`."""

    def __init__(self, folder, *arguments, users=(USER,), listen=True):
        self._clients = []
        self.port_file = os.path.join(folder, "ports")
        command = [MAILBOXD, "--port-file", self.port_file, "--exit-with-parent"]
        command += ["--listen", "127.0.0.1:0"] if listen else []
        for user in users:
            command += ["--user", f"{user}:{PASSWORD}"]
        self.errors = open(os.path.join(folder, "errors"), "w+", encoding="utf-8")
        self.process = subprocess.Popen(
            command + list(arguments), stdin=subprocess.DEVNULL, stderr=self.errors
        )
        self.names = until(self._ready, "mailboxd does not get ready")
        self.address = self.address_of("tcp")

    def _ready(self):
        if self.process.poll() is not None:
            raise AssertionError(f"mailboxd has ended: {self.said()}")
        with contextlib.suppress(FileNotFoundError):  # it appears whole
            text = pathlib.Path(self.port_file).read_text()
            if foreign_modules(self.process.pid):
                raise AssertionError(f"not ours: {foreign_modules(self.process.pid)}")
            return [line.split() for line in text.splitlines()]

    def address_of(self, kind):
        """The address of the first listener of this kind, "tcp" or "tls", or None."""
        return next(((name[1], int(name[2])) for name in self.names if name[0] == kind), None)

    @property
    def port(self):
        """The port of the TCP listener."""
        return self.address[1]

    @property
    def tls_port(self):
        """The port of the TLS listener."""
        return self.address_of("tls")[1]

    @property
    def socket(self):
        """The path of the Unix listener."""
        return next(name[1] for name in self.names if name[0] == "unix")

    def url(self, user=USER, password=PASSWORD):
        """The URL of the TCP listener."""
        who = user if password is None else f"{user}:{password}"
        return f"pop3://{who}@127.0.0.1:{self.port}" if user else f"pop3://127.0.0.1:{self.port}"

    def tls_url(self, host="localhost"):
        """The URL of the TLS listener."""
        return f"pop3s://{USER}:{PASSWORD}@{host}:{self.tls_port}"

    def unix_url(self):
        """The URL of the Unix listener."""
        return f"pop3+unix://{USER}:{PASSWORD}@{self.socket}"

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

    def said(self):
        """What it has said on standard error."""
        self.errors.flush()
        self.errors.seek(0)
        return self.errors.read()

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


def is_sanitized():
    """Whether every free() is put off, so that memory is not worth measuring."""
    return b"__asan_init" in pathlib.Path(MAILBOXD).read_bytes()
