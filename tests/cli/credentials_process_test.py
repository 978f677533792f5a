"""Where passwords come from, what is refused, and that they show nowhere."""

import os
import pathlib
import signal
import subprocess
import time
import unittest

from account import PASSWORD
from pop3_program import CliTest, POP3
from terminal import Terminal
from waiting import until


class Sources(CliTest):
    """Each source of the password, as a user has it."""

    def setUp(self):
        super().setUp()
        self.server = self.mailboxd("--generate", "1x512", "--unix", self.path("sock"),
                                    users=("alice", "bob"))
        self.url = self.server.url(password=None)

    def ok(self, *arguments, url=None, stdin=b""):
        """Logs in."""
        self.check(self.pop3("stat", url or self.url, *arguments, stdin=stdin), 0, b"1 512\n")

    def test_password_file(self):
        self.ok("--password-file", self.write("pw", PASSWORD))
        self.ok("--password-file", self.write("pw", PASSWORD + "\n"))
        self.ok("--password-file", "-", stdin=PASSWORD.encode() + b"\n")

    def test_password_file_that_others_can_read(self):
        for mode in (0o640, 0o604, 0o660):
            path = self.write("pw", PASSWORD, mode)
            result = self.pop3("stat", self.url, "--password-file", path)
            self.check(result, 9, b"", "chmod 600")
            self.assertNotIn(PASSWORD, result.err)

    def test_password_file_that_is_not_there(self):
        result = self.pop3("stat", self.url, "--password-file", self.path("none"))
        self.check(result, 8, b"", "No such file or directory")
        result = self.pop3("stat", self.url, "--password-file", self.write("pw", "\n"))
        self.check(result, 5, b"", "is empty")

    def test_password_command(self):
        self.ok("--password-command", f"printf '%s\\nsecond line\\n' '{PASSWORD}'")
        result = self.pop3("stat", self.url, "--password-command", f"echo {PASSWORD}; exit 4")
        self.check(result, 5, b"", "exit code 4")
        self.assertNotIn(PASSWORD, result.err)
        result = self.pop3("stat", self.url, "--password-command", "true")
        self.check(result, 5, b"", "printed no password")
        # Neither is the server's time, nor that of the connection.
        self.ok("--password-command", f"sleep 3; echo '{PASSWORD}'", "--timeout", "2",
                "--connect-timeout", "2.5")

    def test_netrc(self):
        self.write(".netrc", f"machine 127.0.0.1 login alice password {PASSWORD}\n")
        self.ok(url=self.server.url(user=""))
        self.ok()
        self.check(self.pop3("stat", self.url, "--no-netrc"), 5, b"", "no password given")
        self.write("other", f'default login bob password "{PASSWORD}"\n')
        self.ok("--netrc", self.path("other"), url=self.server.url(user=""))
        self.ok("--netrc", self.path("other"), "--user", "bob", url=self.server.url(user=""))
        result = self.pop3("stat", self.url, "--netrc", self.path("other"))
        self.check(result, 5, b"", "no password given")

    def test_netrc_for_a_unix_socket_is_localhost(self):
        self.write(".netrc", f"machine localhost login alice password {PASSWORD}\n")
        self.ok(url=f"pop3+unix://{self.server.socket}")

    def test_netrc_that_others_can_read(self):
        self.write(".netrc", f"machine 127.0.0.1 login alice password {PASSWORD}\n", 0o644)
        result = self.pop3("stat", self.url)
        self.check(result, 9, b"", "chmod 600")
        self.assertNotIn(PASSWORD, result.err)

    def test_netrc_that_is_wrong(self):
        self.write(".netrc", "machine 127.0.0.1\nloggin alice\n")
        self.check(self.pop3("stat", self.url), 2, b"", ".netrc, line 2: ")

    def test_percent_encoded_url(self):
        encoded = "".join(f"%{octet:02X}" for octet in PASSWORD.encode())
        self.ok(url=self.server.url(password=encoded))


class Visibility(CliTest):
    """The password in /proc/PID/cmdline."""

    def test_the_url_is_scrubbed(self):
        server = self.script({b"STAT": b""})
        secret = "v3ry-s3cret"
        url = server.url().replace(PASSWORD, secret)
        process = subprocess.Popen([POP3, "stat", url, "-vv"], stdin=subprocess.DEVNULL,
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                   env=self.environment())
        try:
            for _ in range(3000):
                if b"STAT" in server.lines:
                    break
                time.sleep(0.02)
            seen = pathlib.Path(f"/proc/{process.pid}/cmdline").read_bytes()
            environment = pathlib.Path(f"/proc/{process.pid}/environ").read_bytes()
        finally:
            process.kill()
            _, err = process.communicate()
        self.assertIn(f"pop3://alice@127.0.0.1:{server.port}".encode(), seen)
        self.assertIn(f"PASS {secret}".encode(), server.lines, "it was used all the same")
        for shown in (seen, environment, err):
            self.assertNotIn(secret.encode(), shown)
            self.assertNotIn(b"s3cret", shown)


class Prompt(CliTest):
    """The question on the terminal."""

    def setUp(self):
        super().setUp()
        self.server = self.mailboxd("--generate", "1x512")

    def ask(self, *arguments, user="alice"):
        """Starts pop3 without a password."""
        return Terminal(self, "stat", self.server.url(user, None), *arguments)

    def test_the_password_is_not_shown(self):
        terminal = self.ask()
        terminal.wait_for(b"Password for alice at 127.0.0.1: ")
        self.assertFalse(terminal.echoes())
        terminal.type(PASSWORD.encode() + b"\n")
        self.assertEqual(0, terminal.end(), terminal.text)
        self.assertIn(b"1 512\r\n", terminal.text)
        self.assertNotIn(PASSWORD.encode(), terminal.text)

    def test_the_user_name_is_shown(self):
        terminal = self.ask(user="")
        terminal.wait_for(b"User name at 127.0.0.1: ")
        self.assertTrue(terminal.echoes())
        terminal.type(b"alice\n")
        terminal.wait_for(b"Password for alice at 127.0.0.1: ")
        terminal.type(PASSWORD.encode() + b"\n")
        self.assertEqual(0, terminal.end(), terminal.text)

    def test_backspace_works(self):
        terminal = self.ask()
        terminal.wait_for(b": ")
        terminal.type(b"wrong\x15x\x7f" + PASSWORD.encode() + b"\n")
        self.assertEqual(0, terminal.end(), terminal.text)

    def test_a_person_takes_longer_than_a_server_may(self):
        terminal = self.ask("--timeout", "2")
        terminal.wait_for(b": ")
        self.assertFalse(terminal.speaks(2.5), "it goes on waiting")
        terminal.type(PASSWORD.encode() + b"\n")
        self.assertEqual(0, terminal.end(), terminal.text)

    def test_a_wrong_password(self):
        terminal = self.ask()
        terminal.wait_for(b": ")
        terminal.type(b"wrong\n")
        self.assertEqual(5, terminal.end(), terminal.text)

    def test_ctrl_c(self):
        for key, code in ((b"\x03", 130), (b"\x04", 5)):
            terminal = self.ask()
            terminal.wait_for(b": ")
            self.assertFalse(terminal.echoes())
            terminal.type(key)
            terminal.wait_for(b"pop3: ")
            self.assertTrue(terminal.echoes(), "echo is back")
            self.assertEqual(code, terminal.end(), terminal.text)

    def test_sigterm_restores_the_terminal(self):
        terminal = self.ask()
        terminal.wait_for(b": ")
        os.kill(terminal.pid, signal.SIGTERM)
        terminal.wait_for(b"interrupted")
        self.assertTrue(terminal.echoes())
        self.assertEqual(128 + signal.SIGTERM, terminal.end())

    def test_stop_and_continue(self):
        terminal = self.ask()
        terminal.wait_for(b": ")
        os.kill(terminal.pid, signal.SIGTSTP)
        # The leader of an orphaned process group is not stopped by the terminal's signals; either
        # way the question must come again and echo be off.
        while not terminal.is_stopped() and not terminal.speaks(0.01):
            pass
        os.kill(terminal.pid, signal.SIGCONT)
        terminal.text = b""
        terminal.wait_for(b"Password for alice")
        for _ in range(3000):
            if not terminal.echoes():
                break
            time.sleep(0.02)
        self.assertFalse(terminal.echoes())
        terminal.type(PASSWORD.encode() + b"\n")
        self.assertEqual(0, terminal.end(), terminal.text)

    def test_no_prompt(self):
        terminal = self.ask("--no-prompt")
        self.assertEqual(5, terminal.end(), terminal.text)
        self.assertIn(b"no password given", terminal.text)

    def test_a_signal_after_the_answer(self):
        server = self.script({b"STAT": b""})
        terminal = Terminal(self, "stat", f"pop3://alice@127.0.0.1:{server.port}")
        terminal.wait_for(b": ")
        terminal.type(PASSWORD.encode() + b"\n")
        until(lambda: b"STAT" in server.lines)
        self.assertTrue(terminal.echoes())
        terminal.type(b"\x03")
        self.assertEqual(130, terminal.end(), terminal.text)


if __name__ == "__main__":
    unittest.main()
