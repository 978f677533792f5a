"""Every command and every error, over a socket."""

import hashlib
import poplib
import unittest

import mailboxd
from account import PASSWORD
from process_test import ProcessTest


class Commands(ProcessTest):
    """One server with three generated messages for each test."""

    def setUp(self):
        super().setUp()
        self.server = self.mailboxd("--generate", "3x4K", "--rpop", "alice", "--rpop-any-port")
        self.client = self.server.connect()
        self.addCleanup(self.client.close)

    def test_poplib_is_content(self):
        pop = poplib.POP3(*self.server.address)
        self.assertIn("PIPELINING", pop.capa())
        pop.utf8()
        pop.user("alice")
        pop.pass_(PASSWORD)
        self.assertEqual((3, 3 * 4096), pop.stat())
        self.assertEqual([b"1 4096", b"2 4096", b"3 4096"], pop.list()[1])
        self.assertEqual(b"+OK 2 4096", pop.list(2))
        _, lines, _ = pop.retr(1)
        self.assertEqual(4096, sum(len(line) + 2 for line in lines))
        self.assertEqual(lines[: lines.index(b"") + 3], pop.top(1, 2)[1])
        uids = [line.split()[1] for line in pop.uidl()[1]]
        self.assertEqual(3, len(set(uids)))
        self.assertEqual(uids[2], pop.uidl(3).split()[2])
        pop.dele(2)
        pop.noop()
        self.assertEqual((2, 2 * 4096), pop.stat())
        pop.rset()
        self.assertEqual((3, 3 * 4096), pop.stat())
        self.assertEqual(b"+OK Bye", pop.quit())

    def test_apop(self):
        stamp = self.client.greeting[self.client.greeting.index(b"<") :]
        digest = hashlib.md5(stamp + PASSWORD.encode()).hexdigest()
        self.client.ok(f"APOP alice {digest}")
        self.client.ok("STAT")

    def test_a_password_with_spaces(self):
        client = self.mailboxd("--generate=1x512", "--user=you: open  sesame ").connect()
        client.ok("USER you")
        self.assertRegex(client.say("PASS open  sesame"), rb"^-ERR \[AUTH\] ")
        client.ok("USER you")
        client.ok("PASS  open  sesame ")
        client.quit()

    def test_apop_stamps_differ(self):
        other = self.server.connect()
        self.assertNotEqual(self.client.greeting, other.greeting)
        other.close()

    def test_apop_refused(self):
        for line in ("APOP alice " + "0" * 32, "APOP you " + "0" * 32, "APOP alice x"):
            self.assertRegex(self.client.say(line), rb"^-ERR \[AUTH\] ")

    def test_rpop(self):
        self.assertRegex(self.client.say("RPOP alice"), b"^-ERR ")
        self.client.ok("USER alice")
        self.assertRegex(self.client.say("RPOP you"), rb"^-ERR \[AUTH\] ")
        self.client.ok("USER alice")
        self.client.ok("RPOP alice")

    def test_authorization_state(self):
        for line in ("STAT", "LIST", "RETR 1", "DELE 1", "NOOP", "RSET", "TOP 1 0", "UIDL", "LAST"):
            self.assertRegex(self.client.say(line), b"^-ERR ", line)
            self.client.multi("CAPA")  # so that it does not count as one bad command too many
        self.client.multi("LANG")
        self.client.ok("LANG en")
        self.client.ok("UTF8")
        self.client.multi("AUTH")
        self.assertRegex(self.client.say("AUTH NONE"), rb"^-ERR \[AUTH\] ")
        self.assertEqual(b"+OK Bye", self.client.say("QUIT"))
        self.assertTrue(self.client.at_end())

    def test_transaction_state(self):
        self.client.login()
        for line in ("USER alice", "PASS x", "APOP alice x", "RPOP alice", "AUTH", "UTF8", "STLS"):
            self.assertRegex(self.client.say(line), b"^-ERR ", line)
            self.client.ok("NOOP")
        self.client.multi("CAPA")
        self.client.multi("LANG")

    def test_arguments(self):
        self.client.login()
        for line in (
            "STAT 1", "STAT ", "LIST 0", "LIST 4", "LIST x", "LIST -1", "LIST 1 2", "LIST ",
            "RETR", "RETR 0", "RETR 4", "RETR 1 2", "RETR 99999999999", "DELE", "DELE 4", "NOOP x",
            "RSET 1", "TOP 1", "TOP 1 -1", "TOP 4 1", "TOP 1 1 1", "UIDL 4", "UIDL x", "LAST 1",
            "CAPA 1", "LANG a b", "QUIT now", "XYZZY", "", " ", "LANG xx",
        ):  # fmt: skip
            self.assertRegex(self.client.say(line), b"^-ERR ", line)
            self.client.ok("NOOP")

    def test_case_does_not_matter(self):
        self.client.ok("user alice")
        self.client.ok("pAsS " + PASSWORD)
        self.client.ok("stat")

    def test_last(self):
        self.client.login()
        self.assertEqual(b"0", self.client.ok("LAST"))
        self.client.multi("RETR 2")
        self.client.multi("TOP 1 0")
        self.assertEqual(b"2", self.client.ok("LAST"))
        self.client.multi("TOP 3 0")
        self.assertEqual(b"3", self.client.ok("LAST"))
        self.client.ok("RSET")
        self.assertEqual(b"0", self.client.ok("LAST"))

    def test_language(self):
        self.assertIn(b"de Deutsch\r\n", self.client.multi("LANG"))
        self.assertRegex(self.client.ok("LANG de"), b"^de ")
        self.assertEqual(b"-ERR Unbekannter Befehl", self.client.say("XYZZY"))

    def test_wrong_password(self):
        for user in ("alice", "nobody"):
            self.client.ok(f"USER {user}")
            self.assertEqual(
                b"-ERR [AUTH] Wrong user name or password", self.client.say("PASS wrong")
            )
        self.client.login()

    def test_commands_behind_quit_are_not_answered(self):
        self.client.send(b"QUIT\r\nNOOP\r\n")
        self.assertEqual(b"+OK Bye", self.client.line())
        self.assertTrue(self.client.at_end())

    def test_replies_after_half_close(self):
        self.client.login()
        self.client.send(b"STAT\r\nRETR 1\r\nLIST")
        self.client.sock.shutdown(1)
        self.assertEqual(b"+OK 3 12288", self.client.line())
        self.assertEqual(b"+OK 4096 octets", self.client.line())
        self.assertEqual(4096, len(self.client.body()))
        self.assertTrue(self.client.at_end())  # the unfinished line is nothing


class Policy(ProcessTest):
    """What options change."""

    def test_disabled_commands(self):
        server = self.mailboxd(
            "--generate=1x512", "--no-apop", "--no-uidl", "--no-top", "--no-last",
            "--no-pipelining", "--disable", "LANG", "--disable", "utf8", "--disable=RPOP",
        )  # fmt: skip
        client = server.connect()
        self.assertEqual(b"+OK mailboxd ready", client.greeting)
        capabilities = client.multi("CAPA").split(b"\r\n")
        for name in (b"UIDL", b"TOP", b"PIPELINING", b"LANG", b"UTF8"):
            self.assertNotIn(name, capabilities)
        client.login()
        for line in ("UIDL", "TOP 1 0", "LAST", "LANG"):
            self.assertEqual(b"-ERR Unknown command", client.say(line))
        client.close()
        client = self.mailboxd("--generate=1x512", "--no-capa").connect()
        self.assertEqual(b"-ERR Unknown command", client.say("CAPA"))
        client.close()

    def test_expire_and_login_delay(self):
        server = self.mailboxd("--generate=1x512", "--expire=30", "--login-delay=2000")
        client = server.connect()
        capabilities = client.multi("CAPA")
        self.assertIn(b"\r\nEXPIRE 30\r\n", capabilities)
        self.assertIn(b"\r\nLOGIN-DELAY 2000\r\n", capabilities)
        client.login().quit()
        client = server.connect()
        client.ok("USER alice")
        reply = client.say("PASS " + PASSWORD)
        self.assertRegex(reply, rb"^-ERR \[LOGIN-DELAY\] ")
        self.assertRegex(client.say("STAT"), b"^-ERR ")  # not logged in
        client.close()

    def test_idle_connections_are_closed_without_a_word(self):
        client = self.mailboxd("--generate=1x512", "--idle=2").connect().login()
        self.assertTrue(client.at_end())
        client.close()

    def test_bad_commands(self):
        client = self.mailboxd("--generate=1x512", "--max-bad=3").connect()
        client.send(b"XYZZY\r\n" * 100)
        for _ in range(3):
            self.assertEqual(b"-ERR Unknown command", client.line())
        self.assertEqual(b"-ERR Too many bad commands", client.line())
        self.assertTrue(client.at_end())
        client.close()

    def test_log_tells_no_secrets(self):
        server = self.mailboxd("--generate=1x512", "--log=debug")
        client = server.connect()
        client.ok("USER alice")
        client.say("PASS secret-that-is-wrong")
        client.say("APOP alice 5ec2e7")
        client.say("AUTH PLAIN AHNlY3JldA==")
        client.login().quit()
        said = server.said()
        self.assertIn("alice logged in", said)
        for secret in ("secret", "sesame", "5ec2e7", "AHNl"):
            self.assertNotIn(secret, said)


class CommandLine(unittest.TestCase):
    """How it ends when it cannot start."""

    def test_help(self):
        code, out, err = mailboxd.run("--help")
        self.assertEqual((0, ""), (code, err))
        self.assertIn("--generate COUNTxSIZE", out)

    def test_wrong_options_are_2(self):
        base = ["--user=a:b", "--generate=1x4K"]
        for arguments, words in (
            (["--xyzzy"], "no option --xyzzy"),
            (base, "where to listen"),
            (["--listen=127.0.0.1:0", "--users=/nonexistent"], "/nonexistent"),
            (base + ["--listen=127.0.0.1:0", "--user=a:c"], "twice"),
            (base + ["--listen=127.0.0.1:0", "--rpop=b"], "no such user"),
        ):
            code, out, err = mailboxd.run(*arguments)
            self.assertEqual((2, ""), (code, out), arguments)
            self.assertIn(words, err)
            self.assertEqual(1, err.count("\n"), err)

    def test_what_the_system_refuses_is_1(self):
        base = ["--user=a:b", "--generate=1x4K"]
        for spec, words in (
            ("0.0.0.0:0", "--allow-remote"),
            ("[::]:0", "--allow-remote"),
            ("127.0.0.1", "HOST:PORT"),
            ("::1:0", "HOST:PORT"),
            ("127.0.0.1:xyzzy", ""),
        ):
            code, _, err = mailboxd.run("--listen", spec, *base)
            self.assertEqual(1, code, spec)
            self.assertIn(words, err)


if __name__ == "__main__":
    unittest.main()
