#!/usr/bin/env python3
"""In the place of mailboxd: takes USER and PASS, refuses the other logins that it offers.

Understands what `bench` says to mailboxd, and ends with its parent. For each connection that ended
with QUIT it appends a line with the commands that came to the file $LOGIN_LOG.
"""

import os
import sys
import time

from script_server import ScriptServer

MESSAGES = 10
REPLIES = {
    b"CAPA": b"+OK\r\nUSER\r\nPIPELINING\r\n"
             b"SASL PLAIN LOGIN CRAM-MD5 DIGEST-MD5 SCRAM-SHA-1 SCRAM-SHA-256\r\n.\r\n",
    b"STAT": b"+OK %d %d\r\n" % (MESSAGES, 8 * MESSAGES),
    b"LIST": b"+OK\r\n" + b"".join(b"%d 8\r\n" % n for n in range(1, MESSAGES + 1)) + b".\r\n",
}


class LoginServer(ScriptServer):
    """A mailbox of a few short messages."""

    def __init__(self):
        self._log = os.open(os.environ["LOGIN_LOG"], os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        super().__init__(REPLIES, greeting=b"+OK ready <1896.697170952@dbc.mtview.ca.us>\r\n")

    def answer(self, session):
        if session[-1] == b"QUIT":
            # Before the reply: behind it comes the end of this process.
            os.write(self._log, b" ".join(line.split()[0] for line in session) + b"\n")
        return super().answer(session)


def main(port_file):
    """Says in a file, which appears whole, where it listens."""
    parent = os.getppid()
    server = LoginServer()
    with open(port_file + ".new", "w", encoding="ascii") as file:
        file.write(f"tcp 127.0.0.1 {server.port}\n")
    os.rename(port_file + ".new", port_file)
    while os.getppid() == parent:
        time.sleep(0.2)


if __name__ == "__main__":
    main(sys.argv[sys.argv.index("--port-file") + 1])
