"""Every command's output contract, against mailboxd."""

import json
import os
import unittest

from account import PASSWORD
from pop3_program import CliTest

MAIL = [
    b"From: a\nSubject: one\n\nfirst\nsecond\n.dot\n..dots\n",
    b"From: b\nSubject: two\n\n" + bytes(range(128, 256)) + b"\n",
    b"Subject: no end of line\n\nbody",
]


def wire(data):
    """What RETR gives for a file."""
    data = data.replace(b"\n", b"\r\n")
    return data if data.endswith(b"\r\n") else data + b"\r\n"


class Commands(CliTest):
    """Text, JSON and exit code of each command."""

    def setUp(self):
        super().setUp()
        for name in ("m", "m/cur", "m/new", "m/tmp"):
            os.mkdir(self.path(name))
        for number, data in enumerate(MAIL, 1):
            self.write(f"m/new/{number}.x", data)
        self.server = self.mailboxd("--maildir", self.path("m"), "--unix", self.path("sock"))
        self.url = self.server.url()

    def test_stat(self):
        octets = sum(len(wire(m)) for m in MAIL)
        self.check(self.pop3("stat", self.url), 0, f"3 {octets}\n".encode())
        result = self.pop3("stat", self.url, "--json")
        self.assertEqual({"count": 3, "octets": octets}, json.loads(result.out))

    def test_list(self):
        lines = "".join(f"{n} {len(wire(m))}\n" for n, m in enumerate(MAIL, 1))
        self.check(self.pop3("list", self.url), 0, lines.encode())
        expected = [{"number": n, "octets": len(wire(m))} for n, m in enumerate(MAIL, 1)]
        self.assertEqual(expected, json.loads(self.pop3("list", "--json", self.url).out))
        server = self.script({b"LIST": b"-ERR not now\r\n"})
        self.check(self.pop3("list", server.url()), 7, b"", "pop3: list: LIST: not now\n")

    def test_uidl(self):
        result = self.pop3("uidl", self.url)
        self.check(result)
        rows = [line.split(" ") for line in result.out.decode().splitlines()]
        self.assertEqual(["1", "2", "3"], [row[0] for row in rows])
        self.assertEqual(3, len({row[1] for row in rows}))
        expected = [{"number": int(n), "uid": uid} for n, uid in rows]
        self.assertEqual(expected, json.loads(self.pop3("uidl", "--json", self.url).out))

    def test_retr_gives_the_exact_octets(self):
        for number, data in enumerate(MAIL, 1):
            self.check(self.pop3("retr", self.url, str(number)), 0, wire(data))
            self.check(self.pop3("retr", self.server.unix_url(), str(number)), 0, wire(data))

    def test_top(self):
        header = b"From: a\r\nSubject: one\r\n\r\n"
        self.check(self.pop3("top", self.url, "1", "0"), 0, header)
        self.check(self.pop3("top", self.url, "1", "3"), 0, header + b"first\r\nsecond\r\n.dot\r\n")
        self.check(self.pop3("top", self.url, "1", "4294967295"), 0, wire(MAIL[0]))

    def test_capa(self):
        result = self.pop3("capa", self.url)
        self.check(result)
        before, after = result.out.decode().split("After login:\n")
        self.assertTrue(before.startswith("Before login:\n"))
        self.assertIn("  PIPELINING\n", before)
        self.assertIn("  IMPLEMENTATION mailboxd\n", after)
        both = json.loads(self.pop3("capa", "--json", self.url).out)
        self.assertIn({"keyword": "IMPLEMENTATION", "arguments": "mailboxd"}, both["after"])
        self.assertIn({"keyword": "PIPELINING", "arguments": ""}, both["before"])

    def test_capa_without_a_user(self):
        for arguments in ([self.server.url(user="")], [self.url, "--no-login"]):
            result = self.pop3("capa", *arguments)
            self.assertEqual(0, result.code)
            self.assertIn(b"Before login:\n", result.out)
            self.assertNotIn(b"After login:", result.out)
        self.assertIsNone(json.loads(self.pop3("capa", "--json", *arguments).out)["after"])

    def test_a_damaged_capa(self):
        damage = 'CAPA is damaged and not read in full: line 2 ("SASL  PLAIN"): a space too many'
        help_ = " (--quirk capa-damage reads it)\n"
        server = self.script({b"CAPA": b"+OK\r\nUSER\r\nSASL  PLAIN\r\nUIDL\r\n.\r\n",
                              b"AUTH": b"+OK\r\n"})
        for command in ("stat", "list", "capa", "check", "uidl"):
            result = self.pop3(command, server.url())
            self.assertEqual((0, f"pop3: {command}: {damage}{help_}"), (result.code, result.err))
            self.check(self.pop3(command, server.url(), "--quirk", "capa-damage"), 0)
            self.check(self.pop3(command, server.url(), "--quiet"), 0)
        self.assertIn(b"AUTH PLAIN", [line[:10] for line in server.lines])
        server = self.script({b"CAPA": b"+OK\r\nUIDL\r\nSASL  PLAIN\r\n.\r\n",
                              b"USER": b"-ERR no\r\n"})
        self.check(self.pop3("stat", server.url()), 5, b"",
                   f"pop3: stat: {damage}{help_}pop3: stat: login: no (mechanism user)\n")
        # Where the error tells of it, nothing else does.
        self.check(self.pop3("stat", server.url(), "--tls", "required"), 9, b"",
                   "pop3: stat: login: the connection must be encrypted, but CAPA is damaged and its "
                   'valid lines do not offer STLS: line 2 ("SASL  PLAIN"): a space too many'
                   + help_)

    def test_capa_with_a_wrong_password(self):
        result = self.pop3("capa", "--json", self.server.url(password="wrong"))
        self.assertEqual(5, result.code)
        self.assertIsNone(json.loads(result.out)["after"])

    def test_dele(self):
        self.check(self.pop3("dele", self.url, "1", "3"), 0, b"")
        self.check(self.pop3("retr", self.url, "1"), 0, wire(MAIL[1]))
        self.check(self.pop3("list", self.url), 0, f"1 {len(wire(MAIL[1]))}\n".encode())

    def test_dele_is_all_or_nothing(self):
        result = self.pop3("dele", self.url, "1-3", "7")
        self.check(result, 7, b"", "pop3: dele: message 7, so nothing is deleted: ")
        result = self.pop3("dele", self.url, "1-3", "7-9")
        self.check(result, 7, b"", "pop3: dele: message 7, so nothing is deleted: ")
        self.assertTrue(self.pop3("stat", self.url).out.startswith(b"3 "))

    def test_raw(self):
        self.check(self.pop3("raw", self.url, "NOOP"), 0, b"Nothing done\n")
        self.check(self.pop3("raw", self.url, "list 2"), 0, f"2 {len(wire(MAIL[1]))}\n".encode())
        lines = wire(MAIL[0]).replace(b"\r\n", b"\n")
        self.check(self.pop3("raw", self.url, "RETR 1", "--multi"), 0, lines)
        self.check(self.pop3("raw", self.url, "BOGUS"), 7, b"", "pop3: raw: Unknown command\n")
        self.check(self.pop3("raw", self.url, "BOGUS", "--multi"), 7, b"", "Unknown command")
        self.check(self.pop3("raw", self.server.url(user=""), "NOOP", "--no-login"), 7, b"", "pop3")
        self.check(self.pop3("raw", self.url, "NOOP\r\nDELE 1"), 2, b"", "pop3: raw: ")
        self.assertTrue(self.pop3("stat", self.url).out.startswith(b"3 "))

    def test_a_message_that_is_not_there(self):
        self.check(self.pop3("retr", self.url, "4"), 7, b"", "pop3: retr: message 4: ")
        self.check(self.pop3("top", self.url, "4", "1"), 7, b"", "pop3: top: message 4: ")

    def test_the_dialogue_hides_secrets(self):
        for command in (["stat"], ["fetch", "--force", "--dir", self.path("d")]):
            result = self.pop3(*command, self.url, "-vv")
            self.assertEqual(0, result.code, result.err)
            self.assertRegex(result.err, r"-> AUTH SCRAM-SHA-\d+ <redacted>\n")
            self.assertNotIn(PASSWORD, result.err)
            result = self.pop3(*command, self.url, "-vv", "--auth", "user")
            self.assertEqual(0, result.code, result.err)
            self.assertIn("-> USER alice\n", result.err)
            self.assertIn("-> PASS <redacted>\n", result.err)
            self.assertNotIn(PASSWORD, result.err)
        self.assertIn("-> AP", self.pop3("stat", self.url, "-v", "--auth", "APop").err)

    def test_quirks_are_counted(self):
        result = self.pop3("stat", self.url, "-v", "--quirk", "bare-lf", "--quirk", "any-plus")
        self.assertIn("pop3: stat: quirk bare-lf: needed 0 times\n", result.err)
        self.assertIn("pop3: stat: quirk any-plus: needed 0 times\n", result.err)
        self.assertNotIn("quirk odd-size", result.err)
        self.assertEqual("", self.pop3("stat", self.url, "--quirk", "all").err)

    def test_no_pipelining(self):
        result = self.pop3("fetch", self.url, "--dir", self.path("d"), "--no-pipelining", "-v")
        self.assertEqual(0, result.code)
        lines = [x for x in result.err.splitlines() if "RETR" in x or x.startswith("<- +OK")]
        at = lines.index("-> RETR 1")
        self.assertTrue(lines[at + 1].startswith("<- +OK"), lines)

    def test_a_server_without_capa(self):
        server = self.script({b"CAPA": b"-ERR what?\r\n"})
        result = self.pop3("capa", server.url())
        self.check(result, 0, b"", "pop3: capa: before login the server refuses CAPA: what?\n")
        self.assertIn("pop3: capa: after login the server refuses CAPA: what?\n", result.err)
        result = self.pop3("check", server.url())
        self.check(result, 0, None, "pop3: check: the server refuses CAPA: what?\n")
        self.assertIn(b"capabilities, in the clear: not known\n", result.out)

    def test_a_greeting_for_the_terminal(self):
        server = self.script(greeting=b"+OK \x1b]0;title\x07ready \x9b2J\r\n")
        result = self.pop3("check", server.url())
        self.check(result)
        self.assertIn(b"greeting      \\x1B]0;title\\x07ready \\x9B2J\n", result.out)
        self.assertNotIn(b"\x1b", result.out)
        report = json.loads(self.pop3("check", server.url(), "--json").out)
        self.assertEqual("\x1b]0;title\x07ready \x9b2J", report["greeting"])

    def test_two_step_auth(self):
        for arguments, line in (([], "-> AUTH PLAIN <redacted>\n"),
                                (["--two-step-auth"], "-> AUTH PLAIN\n")):
            result = self.pop3("stat", self.url, "-v", "--auth", "PLAIN", *arguments)
            self.assertEqual(0, result.code, result.err)
            self.assertIn(line, result.err)


class Words(CliTest):
    """--help, --version, mistakes."""

    def test_help(self):
        result = self.pop3("--help")
        self.check(result)
        self.assertIn(b"Exit codes:", result.out)
        for command in "fetch list uidl stat capa top retr dele raw".split():
            result = self.pop3(command, "--help")
            self.check(result)
            self.assertTrue(result.out.startswith(f"Use: pop3 {command} URL".encode()))
            self.assertEqual(result.out, self.pop3("help", command).out)
        self.check(self.pop3("--version"))

    def test_help_to_a_full_disk(self):
        with open("/dev/full", "wb") as full:
            result = self.pop3("--help", stdout=full)
        self.check(result, 8, None, "No space left on device")

    def test_mistakes(self):
        for arguments in ([], ["fetch"], ["fech", "pop3://h"], ["fetch", "pop3://h", "--x"],
                          ["fetch", "pop3://h", "--delete"], ["retr", "pop3://h", "x"],
                          ["list", "pop3://h", "--maildir", "M"]):
            result = self.pop3(*arguments)
            self.assertEqual(2, result.code, arguments)
            self.assertTrue(result.err.startswith("pop3: "), result.err)
            self.assertIn("--help`)\n", result.err)
            self.assertEqual(1, result.err.count("\n"), result.err)

    def test_urls(self):
        for url, words in (("http://h", ""), ("pop3://", ""), ("pop3://u@h:0", ""),
                           ("pop3://h\n", ""),
                           ("pop3+unix://relative", "")):
            result = self.pop3("stat", url)
            self.assertEqual(2, result.code, result.err)
            self.assertTrue(result.err.startswith("pop3: stat: "), result.err)
            self.assertIn(words, result.err)

    def test_a_url_and_an_option_that_contradict_each_other(self):
        word = self.write("pw", "x")
        for arguments in (["--user", "bob"], ["--password-file", word],
                          ["--password-command", "echo x"], ["--token-command", "echo x"],
                          ["--auth", "user"]):
            result = self.pop3("stat", "pop3://alice;auth=APOP:secret@127.0.0.1:1", *arguments)
            self.check(result, 2, b"", "the URL and an option both give")
            self.assertNotIn("secret", result.err)
        result = self.pop3("stat", "pop3+unix:///x", "--ipv4")
        self.check(result, 2, b"", "not for Unix sockets")


if __name__ == "__main__":
    unittest.main()
