"""pop3 on a terminal: a pseudo-terminal that a test types on and reads."""

import fcntl
import os
import pathlib
import pty
import select
import signal
import struct
import termios
import time

from pop3_program import POP3


class Terminal:
    """pop3 with a controlling terminal of its own."""

    def __init__(self, test, *arguments, columns=80, term="xterm"):
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            os.chdir(test.folder)
            set_columns(0, columns)
            os.execve(POP3, [POP3, *arguments], {**test.environment(), "TERM": term})
        self.text = b""
        test.addCleanup(self.close)

    def wait_for(self, words, seconds=60):
        """Reads until `words` are seen."""
        deadline = time.monotonic() + seconds
        while words not in self.text:
            if time.monotonic() > deadline:
                raise AssertionError(f"no {words!r} in {self.text!r}")
            if not self.read():
                break
        return words in self.text

    def read(self):
        """Waits for text and takes it; whether there was any."""
        try:
            self.text += os.read(self.fd, 4096)
        except OSError:  # how Linux says that the other side has gone
            return False
        return True

    def speaks(self, seconds):
        """Whether anything comes within that time."""
        return bool(select.select([self.fd], [], [], seconds)[0])

    def is_stopped(self):
        """Whether a signal has stopped pop3."""
        stat = pathlib.Path(f"/proc/{self.pid}/stat").read_text()
        return stat.rpartition(")")[2].split()[0] == "T"

    def type(self, data):
        """Types."""
        os.write(self.fd, data)

    def echoes(self):
        """Whether what is typed is shown."""
        return bool(termios.tcgetattr(self.fd)[3] & termios.ECHO)

    def end(self):
        """Reads to the end. Returns the exit code, or minus the signal."""
        self.wait_for(b"\0never\0")
        _, status = os.waitpid(self.pid, 0)
        self.pid = 0
        return os.waitstatus_to_exitcode(status)

    def close(self):
        """Ends what is left."""
        if self.pid:
            os.kill(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)
        os.close(self.fd)


def set_columns(descriptor, columns):
    """Makes a terminal that wide."""
    fcntl.ioctl(descriptor, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
