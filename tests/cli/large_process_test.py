"""A message of one gigabyte, and many messages, in less than 8 MB of memory."""

import os
import pathlib
import re
import subprocess
import tempfile
import time
import unittest

from pop3_program import CliTest, POP3

LIMIT = 8 * 1000 * 1000
# Without SASL, whose modules bring 4 MB of OpenSSL's libcrypto into the process.
LIMIT_WITHOUT_SASL = 5 * 1000 * 1000


def peak_of(pid):
    """The most memory that a process has had since its exec, or 0 if it has gone."""
    try:
        text = pathlib.Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0
    found = re.search(r"^VmHWM:\s+(\d+) kB$", text, re.MULTILINE)
    return int(found.group(1)) * 1024 if found else 0


class Large(CliTest):
    """Looks at the most memory that the process ever had."""

    def peak(self, *arguments, **options):
        """Runs pop3 and returns its peak of resident memory in octets."""
        # Not getrusage: that counts the memory of this Python too, from between fork and exec.
        peak = 0
        with tempfile.TemporaryFile() as errors:
            process = subprocess.Popen([POP3, *arguments], stdin=subprocess.DEVNULL,
                                       stderr=errors, env=self.environment(), cwd=self.folder,
                                       **options)
            while process.poll() is None:
                peak = peak_of(process.pid) or peak
                time.sleep(0.002)
            errors.seek(0)
            self.assertEqual(0, process.returncode, errors.read())
        self.assertGreater(peak, 0, "it was too quick to be watched")
        return peak

    def test_a_gigabyte(self):
        server = self.mailboxd("--generate", "1x1G")
        size = 1 << 30
        self.assertLess(self.peak("fetch", server.url(), "--maildir", "out"), LIMIT)
        (name,) = os.listdir(self.path("out", "new"))
        self.assertEqual(size, os.path.getsize(self.path("out", "new", name)))
        os.unlink(self.path("out", "new", name))
        self.assertLess(self.peak("fetch", server.url(), "--mbox", "mbox"), LIMIT)
        os.unlink(self.path("mbox"))
        with open(os.devnull, "wb") as nothing:
            self.assertLess(self.peak("retr", server.url(), "1", stdout=nothing), LIMIT)
            self.assertLess(self.peak("fetch", server.url(), stdout=nothing), LIMIT)

    def test_many(self):
        server = self.mailboxd("--generate", "100000x512")
        with open(os.devnull, "wb") as nothing:
            for command in ("list", "uidl", "fetch"):
                peak = self.peak(command, server.url(), "--auth", "user", stdout=nothing)
                self.assertLess(peak, LIMIT_WITHOUT_SASL, command)


if __name__ == "__main__":
    unittest.main()
