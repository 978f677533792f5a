#!/usr/bin/env python3
"""In the place of mailboxd: takes USER and PASS, refuses the other logins that it offers.

Understands what `bench` says to mailboxd. For each connection that ended with QUIT it appends a
line with the commands that came to the file $LOGIN_LOG.
"""

import contextlib
import os
import socketserver
import sys
import threading
import time

MESSAGES = 10


class Client(socketserver.StreamRequestHandler):
    """One connection: a mailbox of a few short messages."""

    def handle(self):
        words = []
        with contextlib.suppress(OSError):
            self.wfile.write(b"+OK ready <1896.697170952@dbc.mtview.ca.us>\r\n")
            for line in self.rfile:
                words.append(line.split()[0])
                if words[-1] == b"QUIT":
                    # Before the reply: behind it comes the end of this process.
                    os.write(self.server.log, b" ".join(words) + b"\n")
                    self.wfile.write(b"+OK\r\n")
                    return
                self.wfile.write(self.reply(words[-1]))

    @staticmethod
    def reply(word):
        """What the server says."""
        if word == b"CAPA":
            return (b"+OK\r\nUSER\r\nPIPELINING\r\n"
                    b"SASL PLAIN LOGIN CRAM-MD5 DIGEST-MD5 SCRAM-SHA-1 SCRAM-SHA-256\r\n.\r\n")
        if word == b"STAT":
            return b"+OK %d %d\r\n" % (MESSAGES, 8 * MESSAGES)
        if word == b"LIST":
            return b"+OK\r\n" + b"".join(b"%d 8\r\n" % n for n in range(1, MESSAGES + 1)) + b".\r\n"
        if word == b"RETR":
            return b"+OK\r\n\r\nbody\r\n.\r\n"
        return b"+OK\r\n" if word in (b"USER", b"PASS") else b"-ERR\r\n"


class Server(socketserver.ThreadingTCPServer):
    """Listens on a free port and says which in a file that appears whole."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(self, port_file):
        super().__init__(("127.0.0.1", 0), Client)
        self.log = os.open(os.environ["LOGIN_LOG"], os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        with open(port_file + ".new", "w", encoding="ascii") as file:
            file.write(f"tcp 127.0.0.1 {self.server_address[1]}\n")
        os.rename(port_file + ".new", port_file)


def end_with(parent):
    """Ends this process when its parent is gone."""
    while os.getppid() == parent:
        time.sleep(0.2)
    os._exit(0)


if __name__ == "__main__":
    threading.Thread(target=end_with, args=(os.getppid(),), daemon=True).start()
    Server(sys.argv[sys.argv.index("--port-file") + 1]).serve_forever()
