"""Says what has changed between two descriptions, and whether that breaks what was built before."""

import re


def parse(text):
    """Returns the blocks of a description by what they begin with."""
    blocks, current = {}, None
    for line in text.splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        if line.startswith("  "):
            blocks[current] += "\n" + line
        else:
            current = " ".join(line.split()[:2])
            blocks[current] = line
    return blocks


def major(blocks):
    """The major version of the plugin interface."""
    found = re.search(r"UINT32_C\((\d+)\) *<< *16", blocks.get("constant POP3_ABI", ""))
    return int(found.group(1)) if found else None


def members(block):
    """(offset, size, name, type) of each member."""
    found = []
    for line in block.splitlines()[1:]:
        offset, octets, name, kind = line.split(None, 3)
        found.append((int(offset), int(octets), name, kind))
    return found


def size(block):
    """The octets of a struct or an enum."""
    return int(re.search(r" size=(\d+)", block).group(1))


def can_grow(found):
    """Whether a reader can tell by `size` how much of the struct there is."""
    return any(name == "size" and kind == "uint32_t" for _, _, name, kind in found[:2])


def _compare_struct(title, old, new):
    before, after = members(old), members(new)
    for i, member in enumerate(before):
        if i >= len(after):
            yield "breaks", "%s: member %s is gone" % (title, member[2])
            return
        if member != after[i]:
            yield "breaks", "%s: member %s is now %s" % (
                title,
                "%d %d %s %s" % member,
                "%d %d %s %s" % after[i],
            )
            return
    added = after[len(before) :]
    for offset, _, name, _ in added:
        if not can_grow(before):
            yield "breaks", "%s: member %s was added, and it has no size to tell by" % (title, name)
        elif offset < size(old):
            yield "breaks", (
                "%s: member %s lies in what was padding: older ones would seem to have it"
                % (title, name)
            )
        else:
            yield "append", "%s: member %s" % (title, name)
    if not added and size(old) != size(new):
        yield "breaks", "%s: its size was %d and is %d" % (title, size(old), size(new))


def _compare_enum(title, old, new):
    before = [line.strip() for line in old.splitlines()[1:]]
    after = [line.strip() for line in new.splitlines()[1:]]
    if size(old) != size(new):
        yield "breaks", "%s: its size was %d and is %d" % (title, size(old), size(new))
    for value in before:
        if value in after:
            continue
        yield "breaks", "%s: %s is gone or another number" % (title, value)
    for value in after:
        if value not in before and value.split()[0] not in [old.split()[0] for old in before]:
            yield "append", "%s: %s" % (title, value)


def compare(old, new):
    """Yields ("breaks" or "append", words) for two dicts of blocks."""
    for title, block in old.items():
        if title not in new:
            yield "breaks", "%s is gone" % title
        elif block == new[title]:
            continue
        elif title.startswith("struct "):
            yield from _compare_struct(title, block, new[title])
        elif title.startswith("enum "):
            yield from _compare_enum(title, block, new[title])
        elif title == "constant POP3_ABI" and major(old) == major(new):
            yield "append", "the minor version of the interface"
        else:
            yield "breaks", "%s was %s" % (new[title], block.partition(" = ")[2])
    for title in new:
        if title not in old:
            yield "append", "%s is new" % title
