"""Ctrl-C and its like: quick, clean, and told."""

import os
import signal
import subprocess
import time
import unittest

from harness import CliTest, POP3


class Interrupt(CliTest):
    """A signal in each phase."""

    def start(self, *arguments):
        """Starts pop3."""
        process = subprocess.Popen([POP3, *arguments], stdin=subprocess.DEVNULL, cwd=self.folder,
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                   env=self.environment(), start_new_session=True)
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.stderr.close)
        return process

    def end(self, process, number, seconds=5):
        """Sends a signal and waits. Returns what was said."""
        process.send_signal(number)
        try:
            _, err = process.communicate(timeout=seconds)
        finally:
            process.kill()
        self.assertEqual(128 + number, process.returncode, err)
        return err.decode()

    def wait_until(self, condition):
        """Waits for something to happen."""
        for _ in range(500):
            if condition():
                return
            time.sleep(0.02)
        self.fail("it does not happen")

    def files(self, *names):
        """The names in a directory, none if it is not there."""
        try:
            return os.listdir(self.path(*names))
        except FileNotFoundError:
            return []

    def test_while_waiting(self):
        for replies, options in (({}, {"greeting": b""}), ({b"PASS": b""}, {}),
                                 ({b"STAT": b""}, {})):
            server = self.script(replies, **options)
            process = self.start("stat", server.url(), "-v")
            last = next(iter(replies), None)
            if last:
                self.wait_until(lambda: any(x.startswith(last) for x in server.lines))
            else:
                self.wait_until(lambda: server.clients)
            self.assertIn("pop3: stat: ", self.end(process, signal.SIGINT))

    def test_a_fetch(self):
        server = self.mailboxd("--generate", "1000x10000", "--delay", "20")
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            out = f"out{number}"
            process = self.start("fetch", server.url(), "--maildir", out, "--delete")
            self.wait_until(lambda: len(self.files(out, "new")) >= 1)
            err = self.end(process, number)
            self.assertIn("pop3: fetch: interrupted\n", err)
            stored = len(self.files(out, "new"))
            self.assertIn(f"the server keeps all messages, the {stored} stored ones too\n", err)
            self.assertEqual([], self.files(out, "tmp"))
            for name in self.files(out, "new"):
                self.assertEqual(10000, os.path.getsize(self.path(out, "new", name)))
            self.check(self.pop3("stat", server.url()), 0, b"1000 10000000\n")

    def test_a_large_message(self):
        server = self.mailboxd("--generate", "1x1G", "--chunk", "10000", "--idle", "5")
        for option, place in (("--dir", "d"), ("--mbox", "mbox")):
            process = self.start("fetch", server.url(), option, place)
            if option == "--dir":
                self.wait_until(lambda: self.files("d"))
            else:
                self.wait_until(lambda: os.path.exists(self.path("mbox")))
            self.end(process, signal.SIGINT)
        self.assertEqual([], self.files("d"))
        self.assertEqual(b"", self.read("mbox"))
        self.assertNotIn("mbox.lock", self.files("."))

    def test_a_password_command(self):
        server = self.script()
        process = self.start("stat", f"pop3://alice@127.0.0.1:{server.port}",
                             "--password-command", "touch started; sleep 2; echo x")
        self.wait_until(lambda: os.path.exists(self.path("started")))
        os.killpg(process.pid, signal.SIGINT)
        process.communicate(timeout=20)
        self.assertEqual(130, process.returncode)

    def test_a_signal_that_is_ignored_stays_ignored(self):
        server = self.mailboxd("--generate", "20x1000", "--delay", "30")
        process = subprocess.Popen(
            [POP3, "fetch", server.url(), "--maildir", "out"], cwd=self.folder,
            env=self.environment(), stdin=subprocess.DEVNULL,
            preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_IGN))
        self.wait_until(lambda: self.files("out", "tmp") or self.files("out", "new"))
        process.send_signal(signal.SIGHUP)
        self.assertEqual(0, process.wait(20))
        self.assertEqual(20, len(self.files("out", "new")))


if __name__ == "__main__":
    unittest.main()
