"""`pop3 fetch --delete` is killed at any system call, and again, and then runs to its end: no message
is lost, and no run is blocked by what an earlier one left.

The kills are spread over all system calls that change something. For more of them than usual:

    bazel test //tests/cli:fetch_kill_process_test --test_env=POP3_KILLS=200
"""

import mailbox
import os
import pathlib
import signal
import subprocess
import time
import unittest

from account import PASSWORD
from pop3_program import CliTest, POP3, wire_form

FAULTS = os.path.abspath("tests/cli/faults.so")  # see faults.c

KILLS = int(os.environ.get("POP3_KILLS", "60"))

MAIL = [b"Subject: %d\n\n%s\n" % (n, line * (1 + 700 * (n % 3)))
        for n, line in enumerate([b"From me\n.\n..\n>From you\n", b"x" * 70 + b"\n"] * 6)]


class Kill(CliTest):
    """One server; each story has a user of its own, with a mailbox of its own."""

    def setUp(self):
        super().setUp()
        self.count = 0
        lines = []
        for n in range(KILLS + 10):
            for name in ("cur", "new", "tmp"):
                os.makedirs(self.path(f"u{n}", name))
            for number, data in enumerate(MAIL):
                self.write(f"u{n}/new/{number:03}.x", data)
            lines.append(f"u{n}:{PASSWORD}:maildir={self.path(f'u{n}')}\n")
        self.server = self.mailboxd("--users", self.write("users", "".join(lines)), users=())

    def fetch(self, user, place, kill_at=0, log=None):
        """Runs a fetch. Returns its exit code and what it says."""
        url = f"pop3://{user}:{PASSWORD}@127.0.0.1:{self.server.port}"
        environment = {**self.environment(), "LD_PRELOAD": FAULTS}
        if kill_at:
            environment["FAULTS_KILL_AT"] = str(kill_at)
        if log:
            environment["FAULTS_LOG"] = log
        command = [POP3, "fetch", url, *place, "--delete", "--auth", "user", "--commit-every", "5"]
        for _ in range(100):
            done = subprocess.run(command, env=environment, cwd=self.folder, timeout=60,
                                  stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, check=False)
            if done.returncode != 6:  # the server still sees to the end of the killed one's session
                break
            time.sleep(0.05)
        return done.returncode, done.stderr.decode()

    def arrived(self, option, path):
        """The messages that are in a place."""
        if option == "--mbox":
            box = mailbox.mbox(path, create=False)
            found = [box.get_bytes(key) for key in box.keys()]
            box.close()
            # mboxrd: one '>' less; and LF, of which one more ends the message.
            return [b"".join(line[1:] if line.lstrip(b">").startswith(b"From ") else line
                             for line in text.splitlines(True)) for text in found]
        folder = os.path.join(path, "new") if option == "--maildir" else path
        return [pathlib.Path(folder, name).read_bytes() for name in os.listdir(folder)]

    def leftovers(self, option, path):
        """What only a run that is under way may have there."""
        if option == "--maildir":
            return os.listdir(os.path.join(path, "tmp"))
        if option == "--dir":
            return [name for name in os.listdir(path) if not name.endswith(".eml")]
        # FILE.lock may stay until a run has something to store: it is taken over then.
        return [name for name in os.listdir(self.folder) if name.startswith(".pop3-")]

    def expect(self, option):
        """The messages as they are in such a place."""
        return [wire_form(data) if option != "--mbox" else data for data in MAIL]

    def calls(self, option):
        """How many system calls a run takes that nobody kills."""
        log = self.path("log" + option)
        place = (option, self.path("whole" + option))
        self.assertEqual((0, ""), self.fetch(self.next_user(), place, log=log))
        self.assertCountEqual(self.expect(option), self.arrived(*place))
        return len(pathlib.Path(log).read_text().splitlines())

    def next_user(self):
        """A user whose mailbox is full."""
        self.count += 1
        return f"u{self.count - 1}"

    def story(self, option, first, second):
        """Two runs that are killed, and one that is not."""
        user = self.next_user()
        place = (option, self.path("place" + user))
        for kill_at in (first, second):
            code, err = self.fetch(user, place, kill_at)
            # The second has less to do, and may come to its end.
            self.assertIn(code, (-signal.SIGKILL, 0) if kill_at == second else (-signal.SIGKILL,), err)
        code, err = self.fetch(user, place)
        self.assertEqual(0, code, err)
        arrived = self.arrived(*place)
        for data in self.expect(option):
            self.assertIn(data, arrived)
        left = [x for name in ("new", "cur") for x in os.listdir(self.path(user, name))]
        self.assertEqual([], left, "all is deleted on the server")
        self.assertEqual([], self.leftovers(*place))
        if option == "--dir":
            self.assertEqual(len(MAIL), len(arrived), "and nothing is there twice")

    def kills(self, option):
        """The stories of one place."""
        calls = self.calls(option)
        self.assertGreater(calls, 50)
        stories = max(1, KILLS // 3)
        for i in range(stories):
            first = 1 + i * (calls - 1) // stories
            with self.subTest(option=option, first=first):
                self.story(option, first, 1 + first * 7 % calls)

    def test_dir(self):
        self.kills("--dir")

    def test_maildir(self):
        self.kills("--maildir")

    def test_mbox(self):
        self.kills("--mbox")


if __name__ == "__main__":
    unittest.main()
