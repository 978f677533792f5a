"""Tries passwords on what `pop3` shows of a login: -v, -vv and --record must not be of any help.

A relay between `pop3` and mailboxd keeps what crosses the wire. That the attacks find the password
there proves that they are worth something.
"""

import base64
import binascii
import hashlib
import hmac
import re
import socket
import threading
import unittest

from account import PASSWORD
from pop3_program import CliTest
from thread_server import ThreadServer

WORDS = ["123456", "letmein", PASSWORD.upper(), PASSWORD, "wonderland"]


class Relay(ThreadServer):
    """Passes octets on between a client and the server at `port`, and keeps them all in `seen`."""

    def __init__(self, port):
        self.seen = b""
        self._port = port
        self._done = threading.Event()
        super().__init__()

    def _pump(self, source, sink):
        while octets := source.recv(65536):
            self.seen += octets
            sink.sendall(octets)
        sink.shutdown(socket.SHUT_WR)

    def talk(self, client):
        with socket.create_connection(("127.0.0.1", self._port)) as server:
            other = threading.Thread(target=self._pump, args=(server, client), daemon=True)
            other.start()
            self._pump(client, server)
            other.join(60)
        self._done.set()

    def finish(self):
        """Waits for the end of the connection and returns what was seen."""
        self._done.wait(60)
        self.stop()
        return self.seen.decode("latin-1")


def decoded(text):
    """Everything in `text` that is base64 of text, as it is and decoded."""
    found = []
    for token in re.findall(r"[A-Za-z0-9+/]{4,}={0,2}", text):
        try:
            found.append(base64.b64decode(token, validate=True).decode("utf-8"))
        except (binascii.Error, UnicodeDecodeError):
            continue
    return found


def scram_material(texts):
    """The server's first messages, its signatures and the client's proofs."""
    firsts = [t for t in texts if re.match(r"r=.+,s=.+,i=\d+$", t)]
    signatures = [t[2:] for t in texts if re.match(r"v=.+$", t)]
    proofs = [t.rpartition(",p=")[2] for t in texts if re.match(r"c=.+,p=.+$", t)]
    return firsts, signatures, proofs


def scram_messages(first):
    """What the two may have signed, for whoever knows the server's first message only."""
    nonce = first[2:].partition(",")[0]
    for gs2 in (b"n,,", b"y,,"):
        final = f"c={base64.b64encode(gs2).decode()},r={nonce}"
        for cut in range(1, len(nonce)):
            yield f"n=alice,r={nonce[:cut]},{first},{final}".encode()


def attack_scram(text, digest):
    """Finds the password by the server's signature or the client's proof."""
    firsts, signatures, proofs = scram_material(decoded(text))
    for first in firsts:
        salt, rounds = re.search(r",s=(.+),i=(\d+)$", first).groups()
        for word in WORDS:
            salted = hashlib.pbkdf2_hmac(digest, word.encode(), base64.b64decode(salt), int(rounds))
            server_key = hmac.digest(salted, b"Server Key", digest)
            client_key = hmac.digest(salted, b"Client Key", digest)
            stored_key = hashlib.new(digest, client_key).digest()
            for message in scram_messages(first):
                made = base64.b64encode(hmac.digest(server_key, message, digest)).decode()
                mask = hmac.digest(stored_key, message, digest)
                proof = bytes(a ^ b for a, b in zip(client_key, mask))
                if made in signatures or base64.b64encode(proof).decode() in proofs:
                    return word
    return None


def attack_digest_md5(text):
    """Finds the password by the client's response or the server's rspauth."""
    def md5(data):
        return hashlib.md5(data).digest()

    texts = decoded(text)
    values = dict(re.findall(r'([a-z-]+)="?([^",]+)"?', ",".join(texts)))
    if not {"nonce", "cnonce", "nc", "qop", "digest-uri"} <= set(values):
        return None
    realm = values.get("realm", "")
    # The client's choice comes last and counts.
    qop = re.findall(r"qop=\"?([a-z-]+)", ",".join(texts))[-1]
    for word in WORDS:
        a1 = md5(f"alice:{realm}:{word}".encode()) + f":{values['nonce']}:{values['cnonce']}".encode()
        for method, key in (("AUTHENTICATE", "response"), ("", "rspauth")):
            a2 = f"{method}:{values['digest-uri']}"
            if qop != "auth":
                a2 += ":" + "0" * 32
            middle = ":".join((values["nonce"], values["nc"], values["cnonce"], qop))
            made = f"{md5(a1).hex()}:{middle}:{md5(a2.encode()).hex()}"
            if md5(made.encode()).hex() == values.get(key):
                return word
    return None


def attack_cram_md5(text):
    """Finds the password by the client's answer to the challenge."""
    texts = decoded(text)
    for word in WORDS:
        for challenge in texts:
            if f"alice {hmac.new(word.encode(), challenge.encode(), 'md5').hexdigest()}" in texts:
                return word
    return None


def attack_apop(text):
    """Finds the password by the digest of the greeting's timestamp."""
    for stamp in re.findall(r"<[^<> ]+@[^<> ]+>", text):
        for word in WORDS:
            if hashlib.md5((stamp + word).encode()).hexdigest() in text:
                return word
    return None


def attack_readable(text):
    """Finds the password where it stands, as it is or in base64."""
    everything = "\n".join([text] + decoded(text))
    return PASSWORD if PASSWORD in everything else None


ATTACKS = {
    "SCRAM-SHA-1": lambda text: attack_scram(text, "sha1"),
    "SCRAM-SHA-256": lambda text: attack_scram(text, "sha256"),
    "SCRAM-SHA-512": lambda text: attack_scram(text, "sha512"),
    "DIGEST-MD5": attack_digest_md5,
    "CRAM-MD5": attack_cram_md5,
    "APOP": attack_apop,
    "LOGIN": attack_readable,
    "PLAIN": attack_readable,
    "USER": attack_readable,
}


class DictionaryTest(CliTest):
    """A login with each mechanism, and the attack on all that it leaves behind."""

    def login(self, server, name, *more):
        """Logs in with mechanism `name` through a relay. Returns what pop3 shows, and the wire."""
        relay = Relay(server.port)
        record = self.path(f"record-{name}{''.join(more)}")
        password = self.write("password", PASSWORD + "\n")
        result = self.pop3("stat", f"pop3://alice@127.0.0.1:{relay.port}", "--auth", name,
                           "--password-file", password, "--record", record, *more)
        self.check(result, 0, b"3 3072\n", "logged in with")
        with open(record, encoding="ascii") as file:
            recorded = file.read()
        self.assertIn("C QUIT", recorded)
        # A recording writes control characters as escapes: attacks shall find what is behind them.
        return result.err, recorded.replace("\\r\\n", "\n"), relay.finish()

    def test_no_login_helps_to_guess(self):
        server = self.mailboxd("--generate", "3x1K")
        for name, attack in ATTACKS.items():
            for more in (("-vv",), ("-v", "--two-step-auth")):
                with self.subTest(name=name, more=more):
                    shown, recorded, wire = self.login(server, name, *more)
                    self.assertEqual(PASSWORD, attack(wire), "the attack itself works")
                    self.assertIsNone(attack(shown), shown)
                    self.assertIsNone(attack(recorded), recorded)
                    self.assertIsNone(attack_readable(shown + recorded))

    def test_not_even_the_salt_is_shown(self):
        server = self.mailboxd("--generate", "3x1K")
        for name in ("SCRAM-SHA-1", "SCRAM-SHA-256", "SCRAM-SHA-512"):
            shown, recorded, wire = self.login(server, name, "-vv")
            self.assertEqual([1, 1, 1], [len(m) for m in scram_material(decoded(wire))])
            for text in (shown, recorded):
                self.assertEqual(([], [], []), scram_material(decoded(text)), text)


if __name__ == "__main__":
    unittest.main()
