#!/usr/bin/env python3
"""Makes a Maildir of mail as real people send it, for tools/demo.sh.

    tools/demo_mailbox.py DIR

The messages are the same every time. Each has something that mail programs have got wrong before:
dots at line starts, no end of line at the end, an empty body, 8-bit text, a line of 100,000 octets.
"""

import base64
import hashlib
import os
import sys
from email import policy
from email.headerregistry import Address
from email.message import EmailMessage

# Lines end in LF in a Maildir; the server sends CRLF.
_POLICY = policy.SMTP.clone(linesep="\n", max_line_length=78)


def _octets(count, seed):
    """Octets that look random and are always the same."""
    out = bytearray()
    block = seed
    while len(out) < count:
        block = hashlib.sha256(block).digest()
        out += block
    return bytes(out[:count])


def _mail(number, name, subject, text=None, **options):
    message = EmailMessage(policy=_POLICY)
    message["From"] = Address(name, name.split()[0].lower().replace("é", "e"), "example.org")
    message["To"] = Address("Demo", "demo", "example.org")
    message["Date"] = f"Mon, {number:02} Jun 2026 09:{number:02}:00 +0200"
    message["Message-ID"] = f"<{number}.demo@example.org>"
    message["Subject"] = subject
    if text is not None:
        message.set_content(text, **options)
    return message


def _plain():
    return bytes(_mail(1, "Ada Byron", "Lunch on Thursday?",
                       "Hello,\n\nis half past twelve at the usual place all right?\n\n-- \nAda\n"))


def _unicode():
    text = "Schöne Grüße aus Zürich!\n\nΚαλημέρα, 早上好, добрый день 📬\n"
    return bytes(_mail(2, "Zoé Müller", "Grüße aus Zürich – 早上好 📬", text, cte="8bit"))


def _quoted_printable():
    text = "Prix : 12 € = 12,00 EUR\n\n" + "Une ligne très longue, pliée en chemin. " * 20 + "\n"
    return bytes(_mail(3, "René Faure", "Facture n° 2026-06", text, cte="quoted-printable"))


def _alternative():
    message = _mail(4, "Grace Hopper", "Newsletter: nanoseconds", "A nanosecond is this long.\n")
    message.add_alternative("<html><body><p>A <b>nanosecond</b> is this long.</p></body></html>\n",
                            subtype="html")
    message.set_boundary("=_alternative_4")
    return bytes(message)


def _dots():
    text = "To end a message, type a dot on a line of its own:\n.\n..\n...\n.TH POP3 1\n.hidden\n.\n"
    return bytes(_mail(5, "Jon Postel", "Lines that begin with dots", text))


def _attachment():
    message = _mail(6, "Linus Archer", "The scan that you asked for (5 MB)", "Here it is.\n")
    message.add_attachment(b"%PDF-1.4\n" + _octets(5_000_000, b"scan"), maintype="application",
                           subtype="pdf", filename="scan – page 1.pdf")
    message.set_boundary("=_mixed_6")
    return bytes(message)


def _forwarded():
    message = _mail(7, "Ada Byron", "Fwd: Lines that begin with dots", "See below.\n")
    inner = EmailMessage(policy=_POLICY)
    inner["From"] = "jon@example.org"
    inner["Subject"] = "Lines that begin with dots"
    inner.set_content(".\n..\n")
    message.add_attachment(inner)
    message.set_boundary("=_forward_7")
    return bytes(message)


def _from_lines():
    text = "From here on it is easy:\n\nFrom the station, turn left.\n>From the bridge, turn right.\n"
    return bytes(_mail(8, "Edsger Dijk", "The way to our house", text))


def _empty_body():
    return bytes(_mail(9, "Robot", "Heartbeat", "")).rstrip(b"\n") + b"\n\n"


def _no_final_newline():
    return bytes(_mail(10, "Radia Perl", "Sent in a hurry", "on my way")).rstrip(b"\n")


def _latin1():
    head = b"From: Old Printer <printer@example.org>\nTo: demo@example.org\n"
    head += b"Date: Thu, 11 Jun 2026 09:11:00 +0200\nSubject: toner\n\n"
    return head + "Tonerstand: äußerst niedrig (µ-Rest)\n".encode("latin-1")


def _long_line():
    line = base64.b64encode(_octets(75_000, b"line")).decode()
    head = b"From: Build Bot <bot@example.org>\nTo: demo@example.org\n"
    head += b"Date: Fri, 12 Jun 2026 09:12:00 +0200\nSubject: Log, in one line\n\n"
    return head + line.encode() + b"\n"


def main():
    """Writes the Maildir."""
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    root = sys.argv[1]
    for name in ("cur", "new", "tmp"):
        os.makedirs(os.path.join(root, name))
    makers = (_plain, _unicode, _quoted_printable, _alternative, _dots, _attachment, _forwarded,
              _from_lines, _empty_body, _no_final_newline, _latin1, _long_line)
    for number, maker in enumerate(makers, 1):
        with open(os.path.join(root, "new", f"{1780000000 + number}.demo.example"), "wb") as file:
            file.write(maker())


if __name__ == "__main__":
    main()
