"""Finds the public symbols of a header that have no comment of their own.

A comment belongs to the declaration right below it and begins with the name that is declared there.
Declarations without a blank line between them may share a comment that begins with the first name
and has the others in it, too. `typedef struct x x;` needs none if x is explained elsewhere.
"""

import re

_DEFINE = re.compile(r"#[ \t]*define[ \t]+(\w+)")
_FORWARD = re.compile(r"(?:typedef\s+)?(?:struct|union|enum)\s+\w+(?:\s+\w+)?\s*;$")
_BODY = re.compile(r"(?:typedef\s+)?(?:struct|union|enum)\s*(\w*)[^()]*\{")
_POINTER = re.compile(r"\(\s*\*\s*(\w+)\s*\)")
_FUNCTION = re.compile(r"\b(pop3_\w+)\s*\(")
_CALL = re.compile(r"\b(\w+)\s*\(")
_LAST = re.compile(r"(\w+)\s*(?:\[[^]]*\]\s*)*;$")


def _name_of(statement):
    """Returns the name that a declaration declares, or None."""
    body = _BODY.match(statement)
    if body:
        if statement.startswith("typedef"):
            last = _LAST.search(statement)
            return last.group(1) if last else body.group(1)
        return body.group(1) or None
    if statement.startswith("typedef"):
        pointer = _POINTER.search(statement)
        if pointer:
            return pointer.group(1)
    for pattern in (_FUNCTION, _CALL, _LAST):
        match = pattern.search(statement)
        if match:
            return match.group(1)
    return None


def _statements(text):
    """Yields (line number, comment above or None, text) of each declaration and macro.

    The comment is a list of lines. It is an empty list for a declaration that stands directly below
    another one.
    """
    lines = text.split("\n")
    comment, number = None, 0
    while number < len(lines):
        line = lines[number].rstrip()
        number += 1
        if line.startswith("//"):
            comment = (comment if comment and comment[-1] is not None else []) + [line[2:].strip()]
        elif not line:
            comment = None
        elif line.startswith(("#if", "#el", "#endif")):
            pass  # a comment above an #if is that of what is inside
        elif line.startswith("#"):
            first = number
            while line.endswith("\\") and number < len(lines):
                line = line[:-1] + lines[number].rstrip()
                number += 1
            if _DEFINE.match(line):
                yield first, comment, line
                comment = _shared(comment)
        elif line.startswith(('extern "C"', "}")):
            comment = None
        else:
            first = number
            while not _complete(line) and number < len(lines):
                line += " " + lines[number].split("//")[0].strip()
                number += 1
            yield first, comment, line.split("//")[0].rstrip()
            comment = _shared(comment)


def _shared(comment):
    """Marks a comment as that of a declaration above."""
    return comment if comment is None or comment[-1] is None else comment + [None]


def _complete(statement):
    code = statement.split("//")[0].rstrip()
    return code.count("{") == code.count("}") and code.endswith((";", "}"))


def _why_not(comment, symbol):
    """Says what is wrong with the comment above a symbol, or returns None."""
    if not comment:
        return " has no comment right above it"
    if comment[-1] is None:
        words = re.findall(r"\w+", " ".join(line for line in comment if line))
        return None if symbol in words else " is not mentioned in the comment that it shares"
    first = re.match(r"\w+", comment[0])
    if first and first.group(0) == symbol:
        return None
    return ": the first word of its comment is not its name"


def check(headers):
    """Yields what is wrong with the comments of the headers, given as (name, text)."""
    explained, forward = set(), []
    for name, text in headers:
        seen = set()
        for number, comment, statement in _statements(text):
            define = _DEFINE.match(statement)
            symbol = define.group(1) if define else _name_of(statement)
            if symbol is None or symbol in seen or (define and symbol.endswith("_H_")):
                continue
            why = _why_not(comment, symbol)
            problem = "%s:%d: %s%s" % (name, number, symbol, why)
            if why and _FORWARD.match(statement):
                forward.append((symbol, problem))
                continue
            seen.add(symbol)
            if why:
                yield problem
            else:
                explained.add(symbol)
    yield from (problem for symbol, problem in forward if symbol not in explained)
