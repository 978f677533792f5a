"""Nothing that pop3 waits for outlives --login-timeout, --total-timeout or a signal."""

import fcntl
import os
import pathlib
import resource
import signal
import subprocess
import sys
import termios
import time
import unittest

from account import PASSWORD
from pop3_program import CliTest, POP3
from terminal import Terminal
from waiting import until

HANG = "echo $$ >pids; exec sleep 1000"
STUBBORN = "trap '' TERM; echo $$ >pids; while :; do sleep 1000; done"
# The shell and what it waits for.
FAMILY = "sleep 1000 & echo $$ $! >pids; wait"


F_GETPIPE_SZ = 1032  # fcntl has it from Python 3.10 on


def lives(pid):
    """Whether a process is there, and is more than what nobody has waited for yet."""
    try:
        stat = pathlib.Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return False
    return stat.rpartition(") ")[2][0] not in "ZX"


class Patience(CliTest):
    """Sources of a password that give none."""

    def setUp(self):
        super().setUp()
        self.server = self.script({b"CAPA": b"+OK\r\nUSER\r\nSASL OAUTHBEARER\r\n.\r\n"})
        self.url = f"pop3://alice@127.0.0.1:{self.server.port}"

    def tearDown(self):
        words = [line.split(b" ")[0] for line in self.server.lines]
        self.assertNotIn(b"PASS", words)
        self.assertNotIn(b"AUTH", words)

    def sources(self):
        """Options, whether they need a silent standard input, and who is named in the error."""
        fifo = self.path("fifo")
        if not os.path.exists(fifo):
            os.mkfifo(fifo, 0o600)
        command = "the password command"
        yield ("--password-command", HANG), command
        yield ("--password-command", STUBBORN), command
        yield ("--password-command", FAMILY), command
        yield ("--token-command", HANG), "the token command"
        yield ("--password-file", fifo), fifo
        yield ("--password-file", "-"), "standard input"
        yield ("--netrc", fifo), fifo

    def start(self, *arguments, command="stat", **options):
        """Starts pop3 with a standard input that never says anything, away from any terminal."""
        silent, self.talker = os.pipe()
        self.addCleanup(os.close, self.talker)
        process = subprocess.Popen([POP3, command, self.url, *arguments], stdin=silent,
                                   cwd=self.folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                   env=self.environment(), start_new_session=True, **options)
        os.close(silent)
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.stderr.close)
        self.addCleanup(process.kill)
        return process

    def pids(self):
        """Takes the numbers that a command has written."""
        try:
            path = pathlib.Path(self.path("pids"))
            numbers = [int(word) for word in path.read_text().split()]
            path.unlink()
            return numbers
        except FileNotFoundError:
            return []

    def test_a_limit(self):
        for option, limit in (("--login-timeout", "1.5"), ("--total-timeout", "1.4")):
            for source, who in self.sources():
                process = self.start(option, limit, *source)
                _, err = process.communicate(timeout=60)
                self.assertEqual(3, process.returncode, err)
                self.assertIn(f"{who} did not end within the {limit} s of {option}\n".encode(), err)
                for pid in self.pids():
                    until(lambda pid=pid: not lives(pid))

    def test_a_limit_when_there_is_a_writer(self):
        fifo = self.path("fifo")
        os.mkfifo(fifo, 0o600)
        writer = os.open(fifo, os.O_RDWR)
        self.addCleanup(os.close, writer)
        os.write(writer, b"half a pass")
        process = self.start("--login-timeout", "1.5", "--password-file", fifo)
        _, err = process.communicate(timeout=60)
        self.assertEqual(3, process.returncode, err)
        self.assertIn(b"within the 1.5 s of --login-timeout\n", err)
        self.assertNotIn(b"half", err)

    def test_a_signal(self):
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            for source, _ in self.sources():
                self.server.lines.clear()
                process = self.start(*source)
                if "command" in source[0]:
                    until(lambda: os.path.exists(self.path("pids")) and
                                    self.read("pids").endswith(b"\n"))
                else:
                    until(lambda: b"CAPA" in self.server.lines)
                process.send_signal(number)
                _, err = process.communicate(timeout=60)
                self.assertEqual(128 + number, process.returncode, err)
                self.assertIn(b"pop3: stat: login: interrupted\n", err)
                for pid in self.pids():
                    until(lambda pid=pid: not lives(pid))

    def test_a_netrc_before_the_login(self):
        # `capa` looks for a name before it logs in.
        os.mkfifo(self.path("fifo"), 0o600)
        self.url = f"pop3://127.0.0.1:{self.server.port}"
        process = self.start("--netrc", self.path("fifo"), "--login-timeout", "1.5", command="capa")
        _, err = process.communicate(timeout=60)
        self.assertEqual(3, process.returncode, err)
        self.assertIn(b"fifo did not end within the 1.5 s of --login-timeout\n", err)


class Stuck(CliTest):
    """Standard output that nobody reads."""

    def setUp(self):
        super().setUp()
        self.server = self.mailboxd("--generate", "1x1M")

    def start(self, *arguments):
        """Starts to write a message and waits until no more goes into the pipe."""
        process = subprocess.Popen([POP3, "retr", self.server.url(), "1", *arguments],
                                   stdin=subprocess.DEVNULL, cwd=self.folder,
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                   env=self.environment(), start_new_session=True)
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.stderr.close)
        self.addCleanup(process.kill)
        size = fcntl.fcntl(process.stdout, F_GETPIPE_SZ)
        for _ in range(3000):
            count = fcntl.ioctl(process.stdout, termios.FIONREAD, bytes(4))
            # No page is free any more; the first one need not be full.
            if int.from_bytes(count, sys.byteorder) > size - resource.getpagesize():
                return process
            time.sleep(0.02)
        self.fail("the pipe is not full")

    def end(self, process):
        """Waits for the end. Returns the exit code and what was said, with the pipe still full."""
        try:
            process.wait(60)
        finally:
            process.kill()
        return process.returncode, process.stderr.read()

    def test_a_signal(self):
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            process = self.start()
            process.send_signal(number)
            code, err = self.end(process)
            self.assertEqual(128 + number, code, err)
            self.assertIn(b": interrupted\n", err)

    def test_a_limit(self):
        code, err = self.end(self.start("--total-timeout", "1"))
        self.assertEqual(3, code, err)
        self.assertIn(b"nobody took all of standard output in time (--total-timeout)\n", err)

    def test_the_time_for_the_login(self):
        # It is over, and was kept.
        process = self.start("--login-timeout", "2")
        with self.assertRaises(subprocess.TimeoutExpired):
            process.wait(2.1)
        out, err = process.communicate(timeout=60)
        self.assertEqual((0, b""), (process.returncode, err))
        self.assertEqual(1 << 20, len(out))


class Late(CliTest):
    """What comes in the end is taken."""

    def setUp(self):
        super().setUp()
        self.server = self.mailboxd("--generate", "1x512")

    def stat(self, *arguments, **options):
        """Logs in."""
        return self.pop3("stat", self.server.url(password=None), *arguments, **options)

    def test_a_writer_that_comes_later(self):
        fifo = self.path("fifo")
        os.mkfifo(fifo, 0o600)
        writer = subprocess.Popen(["/bin/sh", "-c", f"exec >{fifo}; echo '{PASSWORD}'"])
        self.check(self.stat("--password-file", fifo), 0, b"1 512\n")
        self.assertEqual(0, writer.wait(60))

    def test_what_a_command_leaves_behind(self):
        agent = f"sleep 1000 2>/dev/null & echo $! >agent; echo '{PASSWORD}'"
        try:
            self.check(self.stat("--password-command", agent), 0, b"1 512\n")
            self.assertTrue(lives(int(self.read("agent"))), "it is none of our business")
        finally:
            os.kill(int(self.read("agent")), signal.SIGKILL)

    def test_who_ignores_sigchld(self):
        ignore = {"preexec_fn": lambda: signal.signal(signal.SIGCHLD, signal.SIG_IGN)}
        result = self.stat("--password-command", "exit 4", **ignore)
        self.check(result, 5, b"", "exit code 4")

    def test_a_server_that_takes_its_time(self):
        server = self.script({b"PASS": b""})
        result = self.pop3("stat", server.url(), "--login-timeout", "0.4")
        self.check(result, 3, b"", "(--login-timeout)\n")


class OnATerminal(CliTest):
    """With a terminal the command may use it."""

    def setUp(self):
        super().setUp()
        self.server = self.mailboxd("--generate", "1x512")

    def ask(self, *arguments):
        """Starts pop3 there."""
        return Terminal(self, "stat", self.server.url("alice", None), *arguments)

    def test_a_command_may_ask(self):
        terminal = self.ask("--password-command",
                            "printf 'Which? ' >/dev/tty; read x </dev/tty; echo \"$x\"")
        terminal.wait_for(b"Which? ")
        terminal.type(PASSWORD.encode() + b"\n")
        self.assertEqual(0, terminal.end(), terminal.text)
        self.assertIn(b"1 512\r\n", terminal.text)

    def test_ctrl_c_ends_a_command(self):
        terminal = self.ask("--password-command", "echo $$ >pid; echo Wait >/dev/tty; "
                                                  "exec sleep 1000")
        terminal.wait_for(b"Wait")
        terminal.type(b"\x03")
        self.assertEqual(130, terminal.end(), terminal.text)
        self.assertFalse(lives(int(self.read("pid"))))

    def test_a_command_that_hangs(self):
        terminal = self.ask("--login-timeout", "1.5", "--password-command",
                            "echo $$ >pid; exec sleep 1000")
        self.assertEqual(3, terminal.end(), terminal.text)
        self.assertIn(b"the password command did not end within the 1.5 s of --login-timeout",
                      terminal.text)
        if os.path.exists(self.path("pid")):
            self.assertFalse(lives(int(self.read("pid") or b"1000000000")))

    def test_nobody_types_a_password(self):
        for option in ("--login-timeout", "--total-timeout"):
            terminal = self.ask(option, "1.5")
            terminal.wait_for(b"nothing was typed within the 1.5 s of " + option.encode())
            self.assertTrue(terminal.echoes(), "echo is back")
            self.assertEqual(3, terminal.end(), terminal.text)


if __name__ == "__main__":
    unittest.main()
