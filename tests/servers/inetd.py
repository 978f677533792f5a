#!/usr/bin/env python3
"""Runs a program for each connection, which is its standard input, output and error.

    inetd.py PORT PROGRAM [ARGUMENT...]     listens on 127.0.0.1
"""
import os
import signal
import socket
import sys


def main(arguments):
    if len(arguments) < 2:
        sys.exit(__doc__)
    # Nobody waits for the programs.
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("127.0.0.1", int(arguments[0])))
    listener.listen(20)
    while True:
        connection, _ = listener.accept()
        if os.fork() == 0:
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            for descriptor in (0, 1, 2):
                os.dup2(connection.fileno(), descriptor)
            connection.close()
            listener.close()
            os.execv(arguments[1], arguments[1:])
        connection.close()


if __name__ == "__main__":
    main(sys.argv[1:])
