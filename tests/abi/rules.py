"""What holds for every public struct and enum, so that each side may be older than the other.

A struct either may grow, and says by a member `size` how much of it there is, or never changes. One
that may grow cannot be part of another, stand in an array, or be handed over by value; one that a
program fills, or has filled, begins from an initialiser. See <pop3/size.h>.
"""

import re

import compare

# Structs without `size`, and why they will never need another member.
FROZEN = {
    "pop3_allocator": "three functions and their argument; it is part of other structs",
    "pop3_buffer": "has room",
    "pop3_capability": "a line of CAPA, in arrays",
    "pop3_error": "a plain value, with room for words",
    "pop3_layer": "a transport: its table says how large it is",
    "pop3_listing": "has room",
    "pop3_listing_entry": "a line of LIST or UIDL, in arrays",
    "pop3_option": "a setting, in arrays; what it points to may grow",
    "pop3_quirks": "one bit and one count for each that there can be",
    "pop3_sasl_line": "of static functions: a plugin's own",
    "pop3_secret": "part of other structs",
    "pop3_url": "has room",
}

# Structs that the library makes for callbacks and plugins, or that a plugin's callbacks get.
MADE_BY_US = {
    "pop3_audit_event",
    "pop3_auth_context",
    "pop3_auth_input",
    "pop3_auth_output",
    "pop3_capabilities",
    "pop3_host",
    "pop3_item",
    "pop3_loaded",
    "pop3_reply",
    "pop3_result",
    "pop3_tls_peer",
    "pop3_trace_event",
    "pop3_transport_config",
}

# Constants of a plugin: their initialisers name the members.
TABLES = {"pop3_auth_ops", "pop3_plugin", "pop3_transport_ops"}

# Objects of the options of plugins, which export nothing: they have an initialiser, and no function
# that does the same.
_OBJECT = re.compile(r"pop3_(?:tls|record)_")

# In C++ with -Wold-style-cast a program is warned of them and can do nothing about it: POP3_CAST.
_CAST = re.compile(r"\((?:const )?(?:u?int\w*|size_t|unsigned|long|char|void)(?: ?\*)*\)[\w(&]\S*")

_PASSED = re.compile(r"[(,]\s*(?:const\s+)?(pop3_\w+)\s+\w+\s*(?=[,)])")
_RETURNED = re.compile(r"^(?:static inline )?(pop3_\w+) +pop3_\w+\(", re.MULTILINE)


def structs(blocks):
    """Yields (name, block) of each struct."""
    for title, block in blocks.items():
        kind, _, name = title.partition(" ")
        if kind == "struct":
            yield name, block


def may_grow(block):
    """Whether a struct says how large it is."""
    return compare.can_grow(compare.members(block))


def _check_struct(name, block, growing):
    for _, _, member, kind in compare.members(block):
        part = re.sub(r"^const |\[\d+\]$", "", kind)
        if part in growing:
            yield "struct %s: %s may grow, and with it what stands behind %s" % (name, part, member)
    if name in growing and name in FROZEN:
        yield "struct %s has a size: it need not be in FROZEN" % name
    if name not in growing and name not in FROZEN:
        yield "struct %s has no member size: then it must never change (FROZEN)" % name


def _check_initializers(name, text):
    if name in MADE_BY_US or name in TABLES:
        return
    macro = name.upper() + "(?:_INIT)?"
    if not re.search(r"#define %s\b" % macro, text):
        yield "struct %s: there is no %s_INIT to start from" % (name, name.upper())
    if not _OBJECT.match(name) and not re.search(r"\bvoid %s_init\(" % name, text):
        yield "struct %s: there is no %s_init for other languages" % (name, name)


def _check_functions(text, growing):
    for name in sorted(set(_RETURNED.findall(text)) & growing):
        yield "struct %s may grow: it cannot be returned by value" % name
    for name in sorted(set(_PASSED.findall(text)) & growing):
        yield "struct %s may grow: it cannot be passed by value" % name


def check(blocks, headers):
    """Yields what breaks a rule, in the description `blocks` and the texts of the headers."""
    text = re.sub(r"//[^\n]*", "", "\n".join(headers))
    growing = {name for name, block in structs(blocks) if may_grow(block)}
    for name, block in structs(blocks):
        yield from _check_struct(name, block, growing)
        if name in growing:
            yield from _check_initializers(name, text)
    yield from _check_functions(text, growing)
    for cast in _CAST.findall(text):
        yield "%s is a cast of C: POP3_CAST is for both languages" % cast
    for title, block in blocks.items():
        for constant in re.findall(r"^  (\w+_COUNT) =", block, re.MULTILINE):
            yield "%s: %s moves with each new one: it has no place in an interface" % (
                title,
                constant,
            )


def check_grown(today, later):
    """Yields the structs that should have one member more in `later`, and have not, or should not."""
    grown = dict(structs(later))
    for name, block in structs(today):
        before, after = compare.members(block), compare.members(grown.get(name, block))
        if not may_grow(block):
            if block != grown.get(name):
                yield "struct %s: it has no size, and has changed" % name
        elif after[: len(before)] != before or len(after) != len(before) + 1:
            yield "struct %s: no member more: let newer.sed add one" % name
        elif after[-1][0] < compare.size(block) or after[-1][1] != 8:
            yield "struct %s: the member more is not of eight octets at its end" % name
