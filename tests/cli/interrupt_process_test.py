"""Ctrl-C and its like: quick, clean, and told."""

import os
import signal
import subprocess
import unittest

from pop3_program import CliTest, POP3
from waiting import until


def pending(pid):
    """Whether a process has signals that it has not taken yet."""
    with open(f"/proc/{pid}/status", encoding="ascii") as status:
        lines = dict(line.split(":\t", 1) for line in status)
    return int(lines["SigPnd"], 16) + int(lines["ShdPnd"], 16) != 0


def waits(pid):
    """Whether a process sleeps."""
    with open(f"/proc/{pid}/stat", encoding="ascii") as stat:
        return stat.read().rpartition(") ")[2][0] == "S"


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

    def end(self, process, number, seconds=60):
        """Sends a signal and waits. Returns what was said."""
        process.send_signal(number)
        try:
            _, err = process.communicate(timeout=seconds)
        finally:
            process.kill()
        self.assertEqual(128 + number, process.returncode, err)
        return err.decode()

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
                until(lambda: any(x.startswith(last) for x in server.lines))
            else:
                until(lambda: server.clients)
            self.assertIn("pop3: stat: ", self.end(process, signal.SIGINT))

    def test_a_fetch(self):
        server = self.mailboxd("--generate", "1000x10000", "--delay", "20")
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            out = f"out{number}"
            process = self.start("fetch", server.url(), "--maildir", out)
            until(lambda: len(self.files(out, "new")) >= 1)
            self.assertEqual("pop3: fetch: interrupted\n", self.end(process, number))
            self.check_whole(out)
            self.check(self.pop3("stat", server.url()), 0, b"1000 10000000\n")

    def check_whole(self, out):
        """What is in a Maildir is whole, and nothing is on its way."""
        self.assertEqual([], self.files(out, "tmp"))
        for name in self.files(out, "new"):
            self.assertEqual(10000, os.path.getsize(self.path(out, "new", name)))

    def test_what_is_stored_is_deleted(self):
        for pipelining in ([], ["--no-pipelining"]):
            for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
                out = f"out{number}{len(pipelining)}"
                server = self.mailboxd("--generate", "1000x10000", "--delay", "10", *pipelining)
                process = self.start("fetch", server.url(), "--maildir", out, "--delete")
                until(lambda: len(self.files(out, "new")) >= 1)
                err = self.end(process, number, 20)
                self.assertEqual("pop3: fetch: interrupted\n", err)
                self.check_whole(out)
                stored = len(self.files(out, "new"))
                left = self.pop3("stat", server.url()).out.split()[0]
                self.assertEqual(1000, stored + int(left))

    def slow(self):
        """A server with four messages that sends the first two and then nothing of the third."""
        mail = b"+OK\r\nSubject: x\r\n\r\n" + b"x" * 80 + b"\r\n.\r\n"
        return self.script({
            b"LIST": b"+OK\r\n1 96\r\n2 96\r\n3 96\r\n4 96\r\n.\r\n",
            b"UIDL": b"+OK\r\n1 a\r\n2 b\r\n3 c\r\n4 d\r\n.\r\n",
            b"RETR 1": mail,
            b"RETR 2": mail,
            b"RETR 3": b"+OK\r\nhalf",
            b"RETR 4": b"",
        })

    def test_a_server_that_keeps_silent_is_not_waited_for(self):
        server = self.slow()
        process = self.start("fetch", server.url(), "--maildir", "out", "--delete")
        until(lambda: b"RETR 4" in server.lines)
        err = self.end(process, signal.SIGINT, 20)
        self.assertIn("pop3: fetch: interrupted\n", err)
        self.assertIn("the server keeps all messages, the 2 stored ones too\n", err)
        self.assertEqual(2, len(self.files("out", "new")))
        self.assertEqual([], self.files("out", "tmp"))
        self.assertNotIn(b"QUIT", server.lines)

    def test_a_second_signal_keeps_what_is_complete(self):
        server = self.slow()
        process = self.start("fetch", server.url(), "--maildir", "out", "--delete")
        # The third has begun.
        until(lambda: len(self.files("out", "new") + self.files("out", "tmp")) == 3)
        process.send_signal(signal.SIGINT)
        # Signals of one number that come at once are one.
        until(lambda: not pending(process.pid))
        err = self.end(process, signal.SIGINT)
        self.assertIn("the server keeps all messages, the 2 stored ones too\n", err)
        self.assertEqual(2, len(self.files("out", "new")))
        self.assertEqual([], self.files("out", "tmp"))

    def test_while_it_logs_in_once_more(self):
        mail = b"+OK\r\nSubject: x\r\n\r\n" + b"x" * 80 + b"\r\n.\r\n"
        passwords = [b"+OK\r\n", b""]
        server = self.script({
            b"CAPA": b"+OK\r\nUSER\r\nUIDL\r\n.\r\n",
            b"PASS": lambda: passwords.pop(0),
            b"LIST": b"+OK\r\n1 96\r\n2 96\r\n.\r\n",
            b"UIDL": b"+OK\r\n1 a\r\n2 b\r\n.\r\n",
            b"RETR": mail,
        })
        process = self.start("fetch", server.url(), "--maildir", "out", "--delete", "--auth", "user",
                             "--commit-every", "1")
        until(lambda: not passwords)
        self.assertEqual("pop3: fetch: login: interrupted\n"
                         "pop3: fetch: 1 message is not fetched yet\n",
                         self.end(process, signal.SIGINT, 20))

    def test_a_quit_that_is_not_answered(self):
        server = self.script({b"QUIT": b""})
        process = self.start("fetch", server.url(), "--maildir", "out", "--delete")
        until(lambda: b"QUIT" in server.lines)
        err = self.end(process, signal.SIGINT, 20)
        self.assertIn("it is not known whether the messages were deleted: interrupted\n", err)
        self.assertEqual(1, len(self.files("out", "new")))

    def test_a_quit_that_is_only_a_courtesy(self):
        server = self.script({b"QUIT": b""})
        process = self.start("fetch", server.url(), "--maildir", "out")
        until(lambda: b"QUIT" in server.lines)
        self.assertEqual("pop3: fetch: interrupted\n", self.end(process, signal.SIGINT, 4))

    def test_while_waiting_for_a_lock(self):
        server = self.script()
        self.write("mbox.lock", "")
        process = self.start("fetch", server.url(), "--mbox", "mbox", "--delete")
        until(lambda: b"RETR 1" in server.lines)
        self.assertIn("pop3: fetch: interrupted\n", self.end(process, signal.SIGINT))
        self.assertNotIn(b"DELE 1", server.lines)

    def test_a_large_message(self):
        server = self.mailboxd("--generate", "1x1G", "--chunk", "10000", "--idle", "5")
        for option, place in (("--dir", "d"), ("--mbox", "mbox")):
            process = self.start("fetch", server.url(), option, place)
            if option == "--dir":
                until(lambda: self.files("d"))
            else:
                until(lambda: os.path.exists(self.path("mbox")))
            self.end(process, signal.SIGINT)
        self.assertEqual([], self.files("d"))
        self.assertEqual(b"", self.read("mbox"))
        self.assertNotIn("mbox.lock", self.files("."))

    def test_a_password_command(self):
        server = self.script()
        process = self.start("stat", f"pop3://alice@127.0.0.1:{server.port}",
                             "--password-command", "touch started; sleep 1000; echo x")
        until(lambda: os.path.exists(self.path("started")))
        os.killpg(process.pid, signal.SIGINT)
        process.communicate(timeout=60)
        self.assertEqual(130, process.returncode)

    def test_a_signal_that_is_ignored_stays_ignored(self):
        server = self.mailboxd("--generate", "20x1000", "--delay", "30")
        process = subprocess.Popen(
            [POP3, "fetch", server.url(), "--maildir", "out"], cwd=self.folder,
            env=self.environment(), stdin=subprocess.DEVNULL,
            preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_IGN))
        until(lambda: self.files("out", "tmp") or self.files("out", "new"))
        process.send_signal(signal.SIGHUP)
        self.assertEqual(0, process.wait(60))
        self.assertEqual(20, len(self.files("out", "new")))

    def signal_from(self, server, line, reply):
        """Sends SIGINT to `self.process` when the server gets a line, and has that handled before the
        server answers."""

        def answer():
            until(lambda: self.process)
            pid = self.process.pid
            self.process.send_signal(signal.SIGINT)
            until(lambda: not pending(pid) and waits(pid))
            return reply

        self.process = None
        server._replies[line] = answer

    def finish(self, *arguments):
        """Runs pop3 to the end that a signal gives it. Returns what was said."""
        self.process = self.start(*arguments)
        try:
            _, err = self.process.communicate(timeout=30)
        finally:
            self.process.kill()
        self.assertEqual(128 + signal.SIGINT, self.process.returncode, err)
        return err.decode()

    def test_few_are_under_way(self):
        # What was asked for when the signal came is still read, and deleted.
        mail = b"+OK\r\nSubject: x\r\n\r\n" + b"x" * 80 + b"\r\n.\r\n"
        numbers = range(1, 301)
        for capability, most in ((b"", 5), (b"PIPELINING\r\n", 67)):
            server = self.script({
                b"CAPA": b"+OK\r\nUSER\r\nUIDL\r\n" + capability + b".\r\n",
                b"LIST": b"+OK\r\n" + b"".join(b"%d 96\r\n" % n for n in numbers) + b".\r\n",
                b"UIDL": b"+OK\r\n" + b"".join(b"%d u%d\r\n" % (n, n) for n in numbers) + b".\r\n",
                b"RETR": mail,
            })
            self.signal_from(server, b"RETR 3", mail)
            out = f"out{most}"
            err = self.finish("fetch", server.url(), "--maildir", out, "--delete", "--auth", "user")
            self.assertEqual("pop3: fetch: interrupted\n", err)
            asked = sum(line.startswith(b"RETR") for line in server.lines)
            self.assertLessEqual(asked, most)
            self.assertEqual(asked, len(self.files(out, "new")))
            self.assertEqual(asked, sum(line.startswith(b"DELE") for line in server.lines))
            self.assertEqual(b"QUIT", server.lines[-1])

    def test_more_than_was_announced(self):
        mail = b"+OK\r\nSubject: x\r\n\r\n" + b"x" * 80 + b"\r\n.\r\n"
        line = b"x" * 76 + b"\r\n"
        server = self.script({
            b"CAPA": b"+OK\r\nUSER\r\nUIDL\r\n.\r\n",
            b"LIST": b"+OK\r\n1 96\r\n2 96\r\n.\r\n",
            b"UIDL": b"+OK\r\n1 a\r\n2 b\r\n.\r\n",
            b"RETR 1": mail,
        })
        self.signal_from(server, b"RETR 2", b"+OK\r\n" + line * 500000 + b".\r\n")
        err = self.finish("fetch", server.url(), "--maildir", "out", "--delete", "--auth", "user")
        self.assertEqual("pop3: fetch: interrupted\n"
                         "pop3: fetch: the server keeps all messages, including the stored one\n", err)
        self.assertEqual(1, len(self.files("out", "new")))
        self.assertNotIn(b"QUIT", server.lines)

    def test_a_quit_that_is_answered_after_a_signal(self):
        server = self.script()
        self.signal_from(server, b"QUIT", b"+OK bye\r\n")
        err = self.finish("fetch", server.url(), "--maildir", "out", "--delete")
        self.assertEqual("pop3: fetch: interrupted\n", err)
        self.assertIn(b"DELE 1", server.lines)


if __name__ == "__main__":
    unittest.main()
