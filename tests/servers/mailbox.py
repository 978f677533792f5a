#!/usr/bin/env python3
"""A mailbox of mail that is hard on POP3 clients: the same octets every time.

    mailbox.py maildir DIR COUNT    DIR/cur, DIR/new, DIR/tmp, with LF for line ends
    mailbox.py wire DIR COUNT       DIR/1.eml, ...: what RETR must give, dots un-stuffed, with CRLF
    mailbox.py mbox FILE COUNT      one file with all of them
    mailbox.py mbox-wire DIR COUNT  like wire, as they come out of an mbox: with > before a "From "
                                    that begins a line, and an empty line behind every header
    mailbox.py list COUNT           number, octets on the wire, name

The first messages are the hard ones, each with a name that says why; beyond them come plain ones.
"""
import os
import shutil
import sys

BIG = 5 * 1024 * 1024


def header(number, subject, *more):
    """The header of a message, with LF, without the empty line behind it."""
    lines = [
        b"Return-Path: <sender@example.org>",
        b"From: A Sender <sender@example.org>",
        b"To: alice@example.org",
        b"Date: Tue, 03 Jan 2023 10:%02d:00 +0000" % (number % 60),
        b"Message-ID: <message-%d@example.org>" % number,
        b"Subject: " + subject,
    ]
    return b"".join(line + b"\n" for line in lines + list(more))


def dots():
    """Lines that byte-stuffing is about."""
    lines = [b".", b"..", b"...", b"....", b".x", b"..x", b". ", b".\t", b" .", b"x.", b"", b".", b""]
    return b"".join(line + b"\n" for line in lines)


def long_lines():
    """Lines longer than any buffer that somebody might have thought enough."""
    lengths = [510, 511, 512, 513, 998, 999, 1000, 2047, 2048, 4096, 8190, 8191, 8192, 65535, 65536, 70000]
    return b"".join(b"%d " % n + b"x" * (n - len(b"%d " % n)) + b"\n" for n in lengths)


def every_octet():
    """Every octet but NUL, CR and LF, at many places of a line."""
    octets = bytes(octet for octet in range(1, 256) if octet not in (10, 13))
    return b"".join(octets[at:] + octets[:at] + b"\n" for at in range(0, len(octets), 17))


def big():
    """A large body, with a dot at the start of each 50th line."""
    parts = []
    octets = 0
    number = 0
    while octets < BIG:
        dot = b"." if number % 50 == 0 else b""
        part = dot + b"line %08d of a large message, padded to be like a line of base64 text.....\n" % number
        parts.append(part)
        octets += len(part)
        number += 1
    return b"".join(parts)


MIME = b"""This is a message with parts.

--frontier
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: 8bit

.Sch\xc3\xb6ne Gr\xc3\xbc\xc3\x9fe
--frontier
Content-Type: application/octet-stream; name="nothing.bin"
Content-Disposition: attachment; filename="nothing.bin"
Content-Transfer-Encoding: base64

AAECAwQFBgcICQoLDA0ODw==
--frontier--
"""

ANGRY = b"""From the first line on this looks like an mbox.
From sender@example.org Tue Jan  3 10:00:00 2023
>From here
>>From there
+OK 2 320
-ERR no
QUIT
"""


def hard_messages():
    """(name, octets with LF) of the hard ones, in order."""
    utf8 = "Gr\u00fc\u00dfe aus \u6771\u4eac \U0001f4ec".encode()
    eight_bit = header(4, utf8, "X-Name: \u00c5ngstr\u00f6m".encode()) + b"\n" + utf8 + b"\n"
    return [
        ("plain", header(1, b"plain") + b"\nHello.\n"),
        ("dots", header(2, b"dots") + b"\n" + dots() + b"end\n"),
        ("long lines", header(3, b"long lines") + b"\n" + long_lines()),
        ("8-bit", eight_bit),
        ("every octet", header(5, b"every octet") + b"\n" + every_octet()),
        ("empty body", header(6, b"empty body") + b"\n"),
        ("no body", header(7, b"no empty line behind the header")),
        ("no final line end", header(8, b"no final line end") + b"\nthe last line"),
        ("big", header(9, b"5 MB") + b"\n" + big()),
        ("bare CR", header(10, b"bare CR") + b"\na\rb\r\rc\r.\rd\n.\re\n\rf\nend\n"),
        ("1 MB line", header(11, b"a line of 1 MB") + b"\n" + b"0123456789abcdef" * 65536 + b"\nend\n"),
        ("like an mbox", header(12, b"like an mbox") + b"\n" + ANGRY),
        ("MIME", header(13, b"MIME", b"MIME-Version: 1.0",
                        b'Content-Type: multipart/mixed; boundary="frontier"') + b"\n" + MIME),
        ("ends in a dot", header(14, b"ends in a dot") + b"\nthe end is a dot\n.\n"),
        ("ends in empty lines", header(15, b"ends in empty lines") + b"\nbody\n\n\n\n"),
        ("odd header", header(16, b"folded\n over\n\tlines", b"X-Long: " + b"y" * 5000, b"X-Nothing:",
                              b"Received: one", b"Received: two") + b"\nbody\n"),
        ("dots without final line end", header(17, b"a dot at last") + b"\n.\n.."),
        ("the same again", header(1, b"plain") + b"\nHello.\n"),
        ("one line of dots", header(19, b"dots in a row") + b"\n" + b"." * 70000 + b"\n"),
        ("a dot is all", header(20, b"a dot is all") + b"\n.\n"),
    ]


def messages(count):
    """(name, octets with LF) of |count| messages."""
    made = hard_messages()
    for number in range(len(made) + 1, count + 1):
        lines = b"".join(b"line %d of message %d\n" % (line, number) for line in range(number))
        made.append(("plain %d" % number, header(number, b"plain %d" % number) + b"\n" + lines))
    return made[:count]


def wire(octets):
    """A message as RETR gives it: CRLF for line ends, also at the end."""
    octets = octets.replace(b"\n", b"\r\n")
    return octets if octets.endswith(b"\r\n") else octets + b"\r\n"


def write(path, octets):
    with open(path, "wb") as file:
        file.write(octets)


def write_maildir(folder, made):
    # Anew: a server keeps lists of its own in there.
    shutil.rmtree(folder, ignore_errors=True)
    for part in ("cur", "new", "tmp"):
        os.makedirs(os.path.join(folder, part))
    for number, (_, octets) in enumerate(made, 1):
        when = 1672740000 + number
        path = os.path.join(folder, "cur", "%d.M%dP1.example.org:2," % (when, number))
        write(path, octets)
        os.utime(path, (when, when))


def in_mbox(octets):
    """A message as an mbox holds it."""
    octets = octets if octets.endswith(b"\n") else octets + b"\n"
    if b"\n\n" not in octets:
        octets += b"\n"
    return octets.replace(b"\nFrom ", b"\n>From ")


def write_mbox(path, made):
    parts = [b"From sender@example.org Tue Jan  3 10:00:00 2023\n" + in_mbox(octets) + b"\n"
             for _, octets in made]
    write(path, b"".join(parts))


def write_wire(folder, made):
    os.makedirs(folder, exist_ok=True)
    for number, octets in enumerate(made, 1):
        write(os.path.join(folder, "%d.eml" % number), wire(octets))


def main(arguments):
    if len(arguments) == 3 and arguments[0] == "maildir":
        write_maildir(arguments[1], messages(int(arguments[2])))
    elif len(arguments) == 3 and arguments[0] == "mbox":
        write_mbox(arguments[1], messages(int(arguments[2])))
    elif len(arguments) == 3 and arguments[0] == "wire":
        write_wire(arguments[1], [octets for _, octets in messages(int(arguments[2]))])
    elif len(arguments) == 3 and arguments[0] == "mbox-wire":
        write_wire(arguments[1], [in_mbox(octets) for _, octets in messages(int(arguments[2]))])
    elif len(arguments) == 2 and arguments[0] == "list":
        for number, (name, octets) in enumerate(messages(int(arguments[1])), 1):
            print(number, len(wire(octets)), name)
    else:
        sys.exit(__doc__)


if __name__ == "__main__":
    main(sys.argv[1:])
