"""A POP3 client that shows the very octets."""

import base64
import socket
import ssl

from account import PASSWORD, USER
from waiting import TIMEOUT


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

    def login(self, user=USER, password=PASSWORD):
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
