"""AUTH with tokens."""

import json
import unittest

import mailboxd
from process_test import ProcessTest

TOKEN = b"dG9rZW4+/=._~-"


class OAuth(ProcessTest):
    """OAUTHBEARER and XOAUTH2."""

    def setUp(self):
        super().setUp()
        self.server = self.mailboxd(
            "--generate=2x512", "--user=a,b=c:x", "--user=you:x",
            f"--oauth=alice:{TOKEN.decode()}", "--oauth=a,b=c:second", "--no-lock"
        )

    def test_good(self):
        for mech, message in (
            ("OAUTHBEARER", b"n,a=alice,\1host=localhost\1port=110\1auth=Bearer %s\1\1" % TOKEN),
            ("OAUTHBEARER", b"y,a=alice,\1auth=bearer %s\1\1" % TOKEN),
            ("OAUTHBEARER", b"n,,\1auth=Bearer %s\1\1" % TOKEN),
            ("OAUTHBEARER", b"n,a=a=2Cb=3Dc,\1auth=Bearer second\1\1"),
            ("XOAUTH2", b"user=alice\1auth=Bearer %s\1\1" % TOKEN),
            ("XOAUTH2", b"user=a,b=c\1auth=Bearer second\1\1"),
        ):
            for initial in (message, None):
                client = self.server.connect()
                self.assertIn(b"SASL OAUTHBEARER XOAUTH2", client.multi("CAPA"))
                reply = client.auth(mech, lambda _: message, initial)  # pylint: disable=W0640
                self.assertRegex(reply, b"^.OK ", message)
                self.assertEqual(b"2 1024", client.ok("STAT"))
                client.quit()

    def test_bad(self):
        for mech, status, message in (
            ("OAUTHBEARER", "invalid_token", b"n,a=alice,\1auth=Bearer wrong\1\1"),
            ("OAUTHBEARER", "invalid_token", b"n,a=you,\1auth=Bearer %s\1\1" % TOKEN),
            ("OAUTHBEARER", "invalid_token", b"n,a=alice,\1auth=Bearer second\1\1"),
            ("OAUTHBEARER", "invalid_request", b"n,a=alice,\1auth=Bearer \1\1"),
            ("OAUTHBEARER", "invalid_request", b"n,a=alice,\1auth=Bearer %s\1" % TOKEN),
            ("OAUTHBEARER", "invalid_request", b"n,a=alice,\1auth=Bearer %s\1\1x" % TOKEN),
            ("OAUTHBEARER", "invalid_request", b"p=x,a=alice,\1auth=Bearer %s\1\1" % TOKEN),
            ("OAUTHBEARER", "invalid_request", b"n,a=m=e,\1auth=Bearer %s\1\1" % TOKEN),
            ("OAUTHBEARER", "invalid_request", b"n,a=" + b"x" * 300 + b",\1auth=Bearer t\1\1"),
            ("OAUTHBEARER", "invalid_request", b""),
            ("OAUTHBEARER", "invalid_request", b"n,"),
            ("OAUTHBEARER", "invalid_request", b"n,,"),
            ("OAUTHBEARER", "invalid_request", b"\1\1\1"),
            ("XOAUTH2", "401", b"user=alice\1auth=Bearer wrong\1\1"),
            ("XOAUTH2", "401", b"user=nobody\1auth=Bearer %s\1\1" % TOKEN),
            ("XOAUTH2", "400", b"auth=Bearer %s\1\1" % TOKEN),
            ("XOAUTH2", "400", b"user=alice\1\1"),
            ("XOAUTH2", "400", b""),
        ):
            client = self.server.connect()
            challenges = []

            def dummy(challenge):
                challenges.append(challenge)  # pylint: disable=W0640
                return b"\1"

            self.assertRegex(client.auth(mech, dummy, message), rb"^-ERR \[AUTH\] ", message)
            self.assertEqual([status], [json.loads(text)["status"] for text in challenges], message)
            client.close()

    def test_only_if_there_are_tokens(self):
        client = self.mailboxd("--generate=1x512").connect()
        self.assertNotIn(b"OAUTH", client.multi("CAPA"))

    def test_command_line(self):
        usual = ("--listen=127.0.0.1:0", "--user=alice:x", "--generate=1x512")
        for argument, why in (
            ("--oauth=alice", "it must be NAME:TOKEN"),
            ("--oauth=alice:", "it must be NAME:TOKEN"),
            ("--oauth=you:secret", "--oauth you: there is no such user"),
        ):
            code, _, said = mailboxd.run(*usual, argument)
            self.assertEqual(2, code)
            self.assertIn(why, said)
            self.assertNotIn("secret", said)


if __name__ == "__main__":
    unittest.main()
