"""Finds pointers that stand as truth values in C: `!p`, `if (p)`, `p && ...`, `p ? ... : ...`.

This reads text as clang-format leaves it, and compiles nothing: types are known from the
declarations in a file and in the headers of this tree that it includes. Where a name is declared in
two ways, or nowhere, nothing is said.
"""

import collections
import functools
import re

_INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*[<"]([^>"]+)[>"]', re.MULTILINE)
_NO_CODE = re.compile(
    r"^extern \"C\" \{|//[^\n]*|/\*.*?\*/|\"(?:\\.|[^\"\\\n])*\"|'(?:\\.|[^'\\\n])*'"
    r"|^[ \t]*#(?:[^\n]*\\\n)*[^\n]*",
    re.DOTALL | re.MULTILINE,
)

# A function or a struct: it ends with the next brace at the beginning of a line.
_BLOCK = re.compile(
    r"^(?P<head>[^\s#}][^;{}]*)\{(?P<body>\n.*?^)\}(?P<name> \w+)?", re.DOTALL | re.MULTILINE
)
_STRUCT = re.compile(r"^(?:typedef )?(?:struct|union) ?(\w*) ?$")

# `TYPE name`, `TYPE **name`, `TYPE *name[`, `, *name` behind one of these, and `TYPE (*name)(`.
_TYPE = r"\b(?!(?:return|else|goto|case|sizeof|typedef)\b)(?P<type>\w+|STACK_OF\(\w+\))"
_DECLARED = re.compile(
    _TYPE + r" (?P<stars>\**)(?:const )?(?P<name>[A-Za-z_]\w*)(?P<more>\[[^]]*\])?"
    r"(?= ?[;,)=:])"
    r"(?P<rest>(?: = [^,;()]+)?(?:, \**[A-Za-z_]\w*(?:\[[^]]*\])?(?: = [^,;()]+)?)+(?=;))?"
)
_REST = re.compile(r", (?P<stars>\**)(?P<name>\w+)(?P<more>\[)?")
_CALLED = re.compile(r"\(\*(?:const )?(\w+)\)\(")
_POINTER_TYPE = re.compile(r"^typedef [^;{}]*?\*(\w+)(?=;|\)\()", re.MULTILINE)
_RETURNS = re.compile(r"^(?!return\b|typedef\b)[A-Za-z_][\w ]* \*+(\w+)\(", re.MULTILINE)

_LIBC = (
    "bsearch calloc fdopen fgets fopen getenv gmtime gmtime_r localtime localtime_r malloc memchr"
    " memmem memrchr opendir readdir realloc realpath secure_getenv strchr strdup strndup strpbrk"
    " strrchr strstr"
).split()

# A name, or the way to a member: p, *p, self->p, in.p, rows[i].p.
_INDEX = r"(?:\[[^][]*\])?"
_WAY = r"\*?[A-Za-z_]\w*" + _INDEX + r"(?:(?:->|\.)[A-Za-z_]\w*" + _INDEX + ")*"
_CONDITION = re.compile(
    # !p
    r"!(?P<denied>%(way)s)(?![\w\[(.]|->)"
    # if (p) and while (p), if (p && and if (p ||
    r"|\b(?:if|while) \((?P<whole>%(way)s)(?=\)(?: \S|\n)| &&| \|\|)"
    # && p and || p, and the rest of such a line
    r"|(?:&&|\|\|)\s+\(?(?P<next>%(way)s)(?=\)(?![\[.-])|;| &&| \|\||\s+\?|,|\n|$)"
    # p &&, p || and p ? at the beginning of an expression
    r"|(?:\(|\breturn |(?<![=!<>+*/|&^-])=\s+|[;,:?]\s+)(?P<first>%(way)s)(?=\s+(?:&&|\|\||\?))"
    # for (...; p; ...)
    r"|\bfor \([^;]*; (?P<loop>%(way)s);" % {"way": _WAY}
)
_CALL = re.compile(
    r"(?P<denied>!)?(?:(?P<whole>\b(?:if|while) \(|(?:&&|\|\|)\s+\(?)"
    r"|(?<=[(!])|(?<=[^=!<>]= )|(?<=return ))"
    r"(?P<name>[A-Za-z_]\w*)\("
)
# What follows a call whose result is a truth value: where that may be all there is, and where not.
_WHOLE = re.compile(r"\)|;|\s+(?:&&|\|\||\?)|\n")
_FIRST = re.compile(r"\s+(?:&&|\|\||\?)")
_STEP = re.compile(r"(?P<name>\w+)(?P<index>\[)?")

# What a name stands for: `depth` says how often it can be pointed through.
_Thing = collections.namedtuple("_Thing", "type depth")
_UNCLEAR = _Thing(None, None)


@functools.lru_cache(maxsize=None)
def code_of(text):
    """Returns `text` with blanks instead of comments, strings and preprocessor lines, so that all
    else stays where it is."""
    return _NO_CODE.sub(lambda found: re.sub(r"[^\n]", " ", found.group()), text)


class _Names(dict):
    """{name: _Thing} of what a piece of code declares."""

    def __init__(self, code, pointer_types):
        super().__init__()
        for found in _DECLARED.finditer(code):
            kind = found["type"]
            base = 1 if kind in pointer_types else 0
            for each in [found] + list(_REST.finditer(found["rest"] or "")):
                depth = base + len(each["stars"]) + bool(each["more"])
                self.declare(each["name"], _Thing(kind, depth))
        for name in _CALLED.findall(code):
            self.declare(name, _Thing(None, 1))

    def declare(self, name, thing):
        """Notes what a name is; if it is something else as well, that nobody knows."""
        self[name] = thing if self.get(name, thing) == thing else _UNCLEAR


class _File:
    """A file, and what it knows from what it includes."""

    def __init__(self, name, texts):
        self.code = code_of(texts[name])
        seen, waiting = {name: self.code}, [name]
        while waiting:
            here = waiting.pop()
            for header in _INCLUDE.findall(texts[here]):
                other = texts.get(header) and header or _public(header, texts)
                if other and other not in seen:
                    seen[other] = code_of(texts[other])
                    waiting.append(other)
        self.pointer_types, self.returns, self.structs = set(), set(_LIBC), {}
        for code in seen.values():
            self.pointer_types.update(_POINTER_TYPE.findall(code))
            self.returns.update(_RETURNS.findall(code))
        for code in seen.values():
            self._read_structs(code)
        self.globals = self.names(_BLOCK.sub("", self.code))

    def names(self, code):
        """What `code` declares."""
        return _Names(code, self.pointer_types)

    def _read_structs(self, code):
        for found in _BLOCK.finditer(code):
            struct = _STRUCT.match(found["head"])
            if struct:
                members = self.names(found["body"])
                self.structs[struct.group(1)] = members
                self.structs[(found["name"] or "").strip()] = members

    def _member(self, kind, name):
        """What the member is; without the type of the struct only if all agree that have one."""
        if kind in self.structs:
            return self.structs[kind].get(name, _UNCLEAR)
        if kind is not None:
            return _UNCLEAR
        things = {members[name] for members in self.structs.values() if name in members}
        return things.pop() if len(things) == 1 else _UNCLEAR

    def is_pointer(self, way, local):
        """Whether `way`, a name or the way to a member, is a pointer."""
        through = way.startswith("*")
        thing = None
        for step in _STEP.finditer(re.sub(r"\[[^]]*\]", "[", way.lstrip("*"))):
            if thing is None:
                thing = local.get(step["name"]) or self.globals.get(step["name"], _UNCLEAR)
            else:
                thing = self._member(thing.type, step["name"])
            if thing.depth is None:
                return False
            if step["index"]:
                thing = _Thing(thing.type, thing.depth - 1)
        return thing.depth > through


def _public(header, texts):
    """Returns the name of the file that is included as <header>, or None."""
    for name in ("core/include/" + header, "plugins/loader/include/" + header):
        if name in texts:
            return name
    return None


def behind(code, at):
    """Returns the place behind the parenthesis that closes the one at `at`."""
    depth = 0
    for end in range(at, len(code)):
        depth += {"(": 1, ")": -1}.get(code[end], 0)
        if depth == 0:
            return end + 1
    return len(code)


def _in_function(file, code):
    """Yields (place, text) of what is wrong in the code of one function."""
    local = file.names(code)
    for found in _CONDITION.finditer(code):
        kind = found.lastgroup
        if file.is_pointer(found[kind], local):
            yield found.start(kind), ("!" if kind == "denied" else "") + found[kind]
    for found in _CALL.finditer(code):
        if found["name"] not in file.returns or found["name"] in local:
            continue
        truth = _WHOLE if found["whole"] else _FIRST
        if found["denied"] or truth.match(code, behind(code, found.end() - 1)):
            yield found.start("name"), (found["denied"] or "") + found["name"] + "()"


def check(name, texts):
    """Yields (place, what is wrong) in the file `name`; `texts` is {name: text}, with headers."""
    file = _File(name, texts)
    for function in _BLOCK.finditer(file.code):
        if "(" not in function["head"]:
            continue
        for at, words in _in_function(file, function.group()):
            yield function.start() + at, "`%s` is a pointer: compare it with NULL" % words
