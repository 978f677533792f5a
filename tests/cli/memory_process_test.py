"""Behind the login no password is left in the memory of `pop3`: neither where it was read, nor where it
was put together for the server."""

import re
import subprocess
import unittest

from pop3_program import POP3, CliTest
from terminal import Terminal
from waiting import until

# So long that something of it is left wherever it was forgotten, whatever is written there later.
WORD = b"xyzzy-and-plugh-"
PASSWORD = WORD * 14
MANY = 1 << 28  # octets; more than that is only reserved


def copies(pid):
    """How many copies of the password, or of pieces of it, are in the memory of a process."""
    count = 0
    with open(f"/proc/{pid}/maps", encoding="ascii") as maps, open(f"/proc/{pid}/mem", "rb") as memory:
        for line in maps:
            start, end, rights = re.match(r"([0-9a-f]+)-([0-9a-f]+) (\S+)", line).groups()
            start, end = int(start, 16), int(end, 16)
            if "w" not in rights or end - start > MANY:
                continue
            memory.seek(start)
            data = memory.read(end - start)
            count += len(re.findall(rb"(?:%s){2,}" % WORD, data))
    return count


class Memory(CliTest):
    """While the server does not answer STAT."""

    def setUp(self):
        super().setUp()
        self.server = self.script({b"STAT": b""})
        self.url = f"pop3://alice@127.0.0.1:{self.server.port}"

    def wait_for_stat(self):
        """Waits until the login is over."""
        until(lambda: b"STAT" in self.server.lines)
        self.assertIn(b"PASS " + PASSWORD, self.server.lines)

    def copies_of(self, *arguments):
        """How many copies there are after a login with this source."""
        self.server.lines.clear()
        process = subprocess.Popen([POP3, "stat", self.url, "--auth", "user", *arguments],
                                   stdin=subprocess.DEVNULL, stderr=subprocess.PIPE,
                                   cwd=self.folder, env=self.environment(), start_new_session=True)
        try:
            self.wait_for_stat()
            return copies(process.pid)
        finally:
            process.kill()
            process.communicate()

    def test_a_file(self):
        path = self.write("password", PASSWORD + b"\n")
        self.assertEqual(0, self.copies_of("--password-file", path))

    def test_a_command(self):
        self.write("password", PASSWORD + b"\n")
        self.assertEqual(0, self.copies_of("--password-command", "cat password"))

    def test_a_netrc(self):
        # The entry itself is kept, for a further login.
        path = self.write("netrc", b"machine other login a password b\nmachine 127.0.0.1 login alice "
                          b"password " + PASSWORD + b"\n")
        self.assertEqual(1, self.copies_of("--netrc", path))

    def test_the_search_finds_what_is_there(self):
        # What is fetched with --delete may take a further login.
        self.server._replies[b"LIST"] = b""
        path = self.write("password", PASSWORD + b"\n")
        process = subprocess.Popen([POP3, "fetch", self.url, "--auth", "user", "--delete", "--dir",
                                    "d", "--password-file", path], stdin=subprocess.DEVNULL,
                                   stderr=subprocess.PIPE, cwd=self.folder,
                                   env=self.environment(), start_new_session=True)
        try:
            until(lambda: b"LIST" in self.server.lines)
            self.assertEqual(1, copies(process.pid))
        finally:
            process.kill()
            process.communicate()

    def test_a_person(self):
        terminal = Terminal(self, "stat", self.url, "--auth", "user")
        terminal.wait_for(b": ")
        terminal.type(PASSWORD + b"\n")
        self.wait_for_stat()
        self.assertEqual(0, copies(terminal.pid))


if __name__ == "__main__":
    unittest.main()
