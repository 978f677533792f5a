"""The client's side of SASL mechanisms, from the RFCs, with Python's own hashes."""

import base64
import hashlib
import hmac
import os
import re


def _fields(message):
    """The fields NAME=VALUE of a message of SCRAM."""
    return dict(field.split(b"=", 1) for field in message.split(b","))


def _xor(left, right):
    return bytes(a ^ b for a, b in zip(left, right))


class Scram:
    """RFC 5802: `initial` is the first message, calling it answers the challenges."""

    def __init__(self, hash_name, user, password, binding=None, header=None):
        """`binding` is a type and its octets, for -PLUS; `header` replaces the gs2-header."""
        self.hash_name = hash_name
        self.password = password.encode()
        self.header = b"n,," if binding is None else b"p=" + binding[0].encode() + b",,"
        if header is not None:
            self.header = header
        self.data = b"" if binding is None else binding[1]
        self.nonce = base64.b64encode(os.urandom(18))
        self.bare = b"n=" + user.encode() + b",r=" + self.nonce
        self.initial = self.header + self.bare
        self.server_signature = None
        self.verified = False

    def _hmac(self, key, text):
        return hmac.new(key, text, self.hash_name).digest()

    def __call__(self, challenge):
        if self.server_signature is not None:
            assert _fields(challenge)[b"v"] == base64.b64encode(self.server_signature), challenge
            self.verified = True
            return b""
        if challenge == b"":
            return self.initial
        fields = _fields(challenge)
        assert fields[b"r"].startswith(self.nonce) and fields[b"r"] != self.nonce
        salted = hashlib.pbkdf2_hmac(
            self.hash_name, self.password, base64.b64decode(fields[b"s"]), int(fields[b"i"])
        )
        final = b"c=" + base64.b64encode(self.header + self.data) + b",r=" + fields[b"r"]
        message = b",".join((self.bare, challenge, final))
        key = self._hmac(salted, b"Client Key")
        proof = _xor(key, self._hmac(hashlib.new(self.hash_name, key).digest(), message))
        self.server_signature = self._hmac(self._hmac(salted, b"Server Key"), message)
        return final + b",p=" + base64.b64encode(proof)


def cram_md5(user, password):
    """RFC 2195."""

    def respond(challenge):
        digest = hmac.new(password.encode(), challenge, "md5").hexdigest()
        return f"{user} {digest}".encode()

    return respond


def login(user, password):
    """LOGIN, as it is spoken."""
    answers = {b"Username:": user.encode(), b"Password:": password.encode()}
    return lambda challenge: answers[challenge]


class DigestMd5:
    """RFC 2831 with qop=auth, or auth-int, for which it then seals and opens."""

    def __init__(self, user, password, qop="auth", maxbuf=65536):
        self.user, self.password, self.qop, self.maxbuf = user, password, qop, maxbuf
        self.offered = None
        self.keys = None
        self.numbers = {"client": 0, "server": 0}
        self.verified = False
        self.expected = None

    def __call__(self, challenge):
        text = challenge.decode()
        if self.expected is not None:
            assert text == "rspauth=" + self.expected, text
            self.verified = True
            return b""
        quoted = dict(re.findall(r'(\w+)="([^"]*)"', text))
        realm, nonce = quoted["realm"], quoted["nonce"]
        self.offered = quoted.get("qop", "auth").split(",")
        assert self.qop in self.offered, text
        protects = self.qop != "auth"
        cnonce, count, uri = os.urandom(12).hex(), "00000001", "pop/localhost"

        def md5(data):
            return hashlib.md5(data).digest()

        secret = md5(f"{self.user}:{realm}:{self.password}".encode())
        session = md5(secret + f":{nonce}:{cnonce}".encode())
        first = session.hex()
        self.keys = {
            side: md5(session + f"Digest session key to {way} signing key magic constant".encode())
            for side, way in (("client", "client-to-server"), ("server", "server-to-client"))
        }

        def response(second):
            if protects:
                second += ":" + 32 * "0"
            text = f"{first}:{nonce}:{count}:{cnonce}:{self.qop}:{md5(second.encode()).hex()}"
            return md5(text.encode()).hex()

        self.expected = response(f":{uri}")
        return (
            f'charset=utf-8,username="{self.user}",realm="{realm}",nonce="{nonce}",nc={count},'
            f'cnonce="{cnonce}",digest-uri="{uri}",qop={self.qop},maxbuf={self.maxbuf},'
            f'response={response(f"AUTHENTICATE:{uri}")}'
        ).encode()

    def _mac(self, side, message):
        number = self.numbers[side].to_bytes(4, "big")
        self.numbers[side] += 1
        mac = hmac.new(self.keys[side], number + message, "md5").digest()[:10]
        return mac + b"\0\1" + number

    def seal(self, message):
        """What to send instead of `message`."""
        sealed = message + self._mac("client", message)
        return len(sealed).to_bytes(4, "big") + sealed

    def open(self, read):
        """The next piece from the server; `read` returns so many octets."""
        length = int.from_bytes(read(4), "big")
        assert 16 <= length <= self.maxbuf, length
        sealed = read(length)
        assert sealed[-16:] == self._mac("server", sealed[:-16])
        return sealed[:-16]
