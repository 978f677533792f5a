"""A POP3 server that says what a test wants it to say."""

from account import PASSWORD, USER
from thread_server import ThreadServer


class ScriptServer(ThreadServer):
    """Answers each line with what `replies` has for its first word, or for the whole line.

    A reply is bytes, or None to hang up without one; b"" keeps silent; or a function that returns
    such. What is not in `replies` is answered as a server with one message does. `lines` is what
    clients have sent, `clients` how many there were.
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
        super().__init__()

    def url(self):
        """The URL, with a user and a password."""
        return f"pop3://{USER}:{PASSWORD}@127.0.0.1:{self.port}"

    def answer(self, session):
        """What to say to the last line of a session."""
        word = session[-1].split(b" ")[0]
        reply = self._replies.get(session[-1], self._replies.get(word, b"-ERR unknown\r\n"))
        return reply() if callable(reply) else reply

    def talk(self, client):
        self.clients += 1
        if self._greeting is not None:
            client.sendall(self._greeting)
        session = []
        for line in client.makefile("rb"):
            session.append(line.rstrip(b"\r\n"))
            self.lines.append(session[-1])
            reply = self.answer(session)
            if reply is None:
                return
            client.sendall(reply)
            if session[-1] == b"QUIT" and reply:
                return


def message(size, text=b"Subject: x\r\n\r\n"):
    """A reply to RETR with a message of `size` octets."""
    return b"+OK\r\n" + text + b"x" * (size - len(text) - 2) + b"\r\n.\r\n"


def listing(*lines):
    """A multi-line reply."""
    return b"+OK\r\n" + b"".join(line + b"\r\n" for line in lines) + b".\r\n"
