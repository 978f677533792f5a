"""A test with a directory of its own, and servers that end with it."""

import os
import pathlib
import shutil
import tempfile
import unittest

from mailboxd import Mailboxd
from script_server import ScriptServer


class ProcessTest(unittest.TestCase):
    """No port is known in advance, and no server outlives its test."""

    maxDiff = 2000

    def setUp(self):
        # Not in TEST_TMPDIR, whose path is too long for a Unix socket.
        self.folder = tempfile.mkdtemp(prefix="pop3-test.")
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        self._servers = 0

    def path(self, *names):
        """A path in the directory."""
        return os.path.join(self.folder, *names)

    def write(self, name, data, mode=0o600):
        """Makes a file there, and the directories on the way, and returns its path."""
        path = pathlib.Path(self.path(name))
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data if isinstance(data, bytes) else data.encode())
        path.chmod(mode)
        return str(path)

    def read(self, *names):
        """The octets of a file there."""
        return pathlib.Path(self.path(*names)).read_bytes()

    def maildir(self, messages):
        """Makes a Maildir with these files, {name: octets}, and returns its path."""
        for sub in ("cur", "new", "tmp"):
            os.makedirs(self.path("Maildir", sub))
        for name, data in messages.items():
            self.write(os.path.join("Maildir", name), data)
        return self.path("Maildir")

    def mailboxd(self, *arguments, **options):
        """Starts a mailboxd for the time of the test, with the user of account.py."""
        self._servers += 1
        folder = self.path(f".mailboxd{self._servers}")
        os.mkdir(folder)
        server = Mailboxd(folder, *arguments, **options)
        self.addCleanup(server.stop)
        return server

    def script(self, replies=None, **options):
        """Starts a scripted server for the time of the test."""
        server = ScriptServer(replies, **options)
        self.addCleanup(server.stop)
        return server
