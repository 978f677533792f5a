#!/usr/bin/env python3
"""Shows what `pop3 fetch` has put into a Maildir beside what the server had, for tools/demo.sh.

    tools/demo_table.py SOURCE FETCHED

Both are Maildirs. Each message that was fetched is compared octet for octet with the form that its
source has on the wire: lines end in CRLF, also the last one. The exit status is 0 only if all of
them, and as many as there are, are identical.
"""

import email
import email.policy
import os
import re
import shutil
import sys
import unicodedata


def _messages(root):
    """The messages of a Maildir in the order of their delivery."""
    paths = []
    for name in ("new", "cur"):
        folder = os.path.join(root, name)
        paths += [os.path.join(folder, file) for file in os.listdir(folder)]

    # Time, then the count of deliveries that a client puts into its names: 1780000000.M12P3Q4.host
    def order(path):
        name = os.path.basename(path)
        count = re.search(r"Q(\d+)", name)
        return int(name.split(".")[0]) if not count else 0, int(count.group(1)) if count else 0

    return sorted(paths, key=order)


def _read(path):
    with open(path, "rb") as file:
        return file.read()


def _on_the_wire(data):
    data = data.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
    return data if data.endswith(b"\r\n") else data + b"\r\n"


def _width(text):
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def _cell(text, width):
    """The text in exactly `width` columns; what could move the cursor is left out."""
    text = "".join(c for c in text if c.isprintable())
    while _width(text) > width:
        text = text[: -2 if text.endswith("…") else -1] + "…"
    return text + " " * (width - _width(text))


def _person(header):
    """The name in a From header, or the address."""
    if header is None:
        return ""
    addresses = getattr(header, "addresses", ())
    return (addresses[0].display_name or addresses[0].addr_spec) if addresses else str(header)


def main():
    """Prints the table."""
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    sys.stdout.reconfigure(errors="replace")
    sources, fetched = _messages(sys.argv[1]), _messages(sys.argv[2])
    columns = max(60, min(shutil.get_terminal_size().columns, 100))
    sender = 16
    subject = columns - 4 - 11 - sender - 12 - 4
    print(f"  {'#':>2} {'octets':>10}  {_cell('from', sender)}  {_cell('subject', subject)}  result")
    identical = 0
    for number, (source, copy) in enumerate(zip(sources, fetched), 1):
        data = _read(copy)
        message = email.message_from_bytes(data, policy=email.policy.default)
        same = data == _on_the_wire(_read(source))
        identical += same
        print(f"  {number:>2} {len(data):>10,}  {_cell(_person(message['From']), sender)}"
              f"  {_cell(message['Subject'] or '', subject)}  {'identical' if same else 'DIFFERENT'}")
    print()
    print(f"  {len(fetched)} of {len(sources)} messages fetched, {identical} byte-identical")
    return 0 if identical == len(sources) == len(fetched) > 0 else 1


if __name__ == "__main__":
    sys.exit(main())
