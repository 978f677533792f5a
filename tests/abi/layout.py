"""Reads from debug information how structs and enums are laid out, and writes it down as text.

The text has one block per struct, enum and function type, and one line per constant:

    struct pop3_answer size=32
      0 4 size uint32_t
      ...
    enum pop3_io size=4
      POP3_IO_DONE = 0
    type pop3_audit_fn = int (*)(void *, const char *)
    constant POP3_AUTH_FAMILY = UINT32_C(4)
"""

import re
import subprocess

_ENTRY = re.compile(r"^ <([0-9a-f]+)><([0-9a-f]+)>: Abbrev Number: \d+(?: \((DW_TAG_\w+)\))?")
_ATTRIBUTE = re.compile(r"^ +<[0-9a-f]+> +DW_AT_(\w+) *: (.*)$")
_CONSTANT = re.compile(r"^#define (POP3_[A-Z0-9_]+) +((?:\\\n|.)+)$", re.MULTILINE)

_TAGS = {"structure_type": "struct", "union_type": "union", "enumeration_type": "enum"}


class _Die:
    """An entry of the debug information."""

    def __init__(self, tag):
        self.tag = tag
        self.attributes = {}
        self.children = []

    def number(self, name):
        """The value of a numeric attribute."""
        return int(self.attributes[name].split()[0], 0)


def _value(text):
    # "(indirect string, offset: 0x1b): pop3_host", "pop3_host", "(data1) 4".
    found = re.match(r"^\((?:indirect|alt|indexed)[^)]*\): (.*)$", text)
    text = found.group(1) if found else re.sub(r"^\((?:data|u?sdata|udata)\w*\) *", "", text)
    return text.strip()


def _parse(text):
    """Returns the entries by offset, and those at the top."""
    by_offset, stack, tops, current = {}, [], [], None
    for line in text.splitlines():
        entry = _ENTRY.match(line)
        if entry:
            level = int(entry.group(1), 16)
            del stack[level:]
            current = None
            if entry.group(3):
                current = _Die(entry.group(3)[len("DW_TAG_") :])
                by_offset[entry.group(2)] = current
                if level == 1:
                    tops.append(current)
                if stack:
                    stack[-1].children.append(current)
                stack.append(current)
            continue
        attribute = _ATTRIBUTE.match(line)
        if attribute and current:
            current.attributes.setdefault(attribute.group(1), _value(attribute.group(2)))
    return by_offset, tops


def _bounds(array):
    """How many elements an array has in each dimension: gcc tells the last index, clang the count."""
    bounds = []
    for child in array.children:
        if "upper_bound" in child.attributes:
            bounds.append(child.number("upper_bound") + 1)
        elif "count" in child.attributes:
            bounds.append(child.number("count"))
    return bounds


class _Names:
    """Writes types as C does."""

    def __init__(self, by_offset):
        self._by_offset = by_offset

    def target(self, die):
        """What a type is made from; None for void."""
        reference = die.attributes.get("type")
        if reference is None:
            return None
        return self._by_offset[re.match(r"<(?:0x)?([0-9a-f]+)>", reference).group(1)]

    def signature(self, die, middle):
        """A function's type."""
        parameters = []
        for child in die.children:
            if child.tag == "formal_parameter":
                parameters.append(self.name(self.target(child)))
            elif child.tag == "unspecified_parameters":
                parameters.append("...")
        return "%s %s(%s)" % (
            self.name(self.target(die)),
            middle,
            ", ".join(parameters) if parameters else "void",
        )

    def name(self, die):
        """A type."""
        if die is None:
            return "void"
        if die.tag in ("base_type", "typedef"):
            return die.attributes["name"]
        if die.tag in _TAGS:
            if "name" in die.attributes:
                return _TAGS[die.tag] + " " + die.attributes["name"]
            inside = [self.name(self.target(c)) + " " + c.attributes["name"] for c in die.children]
            return _TAGS[die.tag] + " {%s}" % "; ".join(inside)
        target = self.target(die)
        if die.tag == "const_type":
            inner = self.name(target)
            return inner + "const" if inner.endswith("*") else "const " + inner
        if die.tag == "volatile_type":
            return "volatile " + self.name(target)
        if die.tag == "pointer_type":
            if target is not None and target.tag == "subroutine_type":
                return self.signature(target, "(*)")
            inner = self.name(target)
            return inner + "*" if inner.endswith("*") else inner + " *"
        if die.tag == "subroutine_type":
            return self.signature(die, "")
        if die.tag == "array_type":
            return self.name(target) + "".join("[%d]" % bound for bound in _bounds(die))
        raise ValueError("no words for DW_TAG_" + die.tag)

    def size(self, die):
        """The octets of a type."""
        if die.tag in ("typedef", "const_type", "volatile_type"):
            return self.size(self.target(die))
        if die.tag == "array_type":
            count = 1
            for bound in _bounds(die):
                count *= bound
            return count * self.size(self.target(die))
        if die.tag == "pointer_type" and "byte_size" not in die.attributes:
            return 8  # clang leaves it out; nothing else is compared
        return die.number("byte_size")


def _struct(die, names):
    lines = ["struct %s size=%d" % (die.attributes["name"], die.number("byte_size"))]
    for member in die.children:
        if member.tag != "member":
            continue
        kind = names.target(member)
        lines.append(
            "  %d %d %s %s"
            % (
                member.number("data_member_location"),
                names.size(kind),
                member.attributes["name"],
                names.name(kind),
            )
        )
    return "\n".join(lines)


def _enum(die):
    lines = ["enum %s size=%d" % (die.attributes["name"], die.number("byte_size"))]
    for value in die.children:
        lines.append("  %s = %d" % (value.attributes["name"], value.number("const_value")))
    return "\n".join(lines)


def _function_type(die, names):
    target = names.target(die)
    if target is None or target.tag != "pointer_type":
        return None
    function = names.target(target)
    if function is None or function.tag != "subroutine_type":
        return None
    return "type %s = %s" % (die.attributes["name"], names.name(target))


def describe_types(dump):
    """Returns the blocks for what `readelf --debug-dump=info` has shown, by what they begin with."""
    by_offset, tops = _parse(dump)
    names = _Names(by_offset)
    blocks = {}
    for die in tops:
        name = die.attributes.get("name", "")
        if not name.startswith("pop3_") or "declaration" in die.attributes:
            continue
        block = None
        if die.tag == "structure_type":
            block = _struct(die, names)
        elif die.tag == "enumeration_type":
            block = _enum(die)
        elif die.tag == "typedef":
            block = _function_type(die, names)
        if block:
            blocks[" ".join(block.split()[:2])] = block
    return blocks


def describe_constants(header):
    """Returns lines for the numbers that a header defines."""
    blocks = {}
    for name, value in _CONSTANT.findall(header):
        value = re.sub(r"\s*//.*", "", value)
        value = re.sub(r"\s*\\\n\s*", " ", value).strip()
        # Initialisers and macros for code are no constants.
        if re.fullmatch(r"[\w\s()|<+-]+", value) and re.search(r"\d|_MAX", value):
            blocks["constant " + name] = "constant %s = %s" % (name, value)
    return blocks


def pointer_size(archive):
    """Returns the octets of a pointer in the objects of an archive."""
    text = subprocess.run(
        ["readelf", "-h", archive], check=True, stdout=subprocess.PIPE, text=True
    ).stdout
    return 8 if "ELF64" in text else 4


def describe(archive, headers):
    """Describes an archive's debug information and the headers."""
    dump = subprocess.run(
        ["readelf", "--debug-dump=info", archive],
        check=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ).stdout
    blocks = describe_types(dump)
    if not blocks:
        raise ValueError("%s has no debug information" % archive)
    for header in headers:
        with open(header, encoding="utf-8") as file:
            blocks.update(describe_constants(file.read()))
    return blocks
