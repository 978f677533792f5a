#!/usr/bin/env python3
"""Checks that all sources are written by one hand, as far as neither the compiler nor clang-format
sees to it: what CONVENTIONS.md says under "One hand".

  * A pointer is compared with NULL; it is no truth value by itself (tools/pointer_conditions.py).
  * Truth values in C are int: no <stdbool.h>.
  * `#define LAYER "name"` behind the includes is how a .c file names the layer of its errors.
  * Constant tables are named kName, macros UPPER_CASE.
  * A name that begins with pop3_ is in a public header; names of the library's inside begin with p3_.
  * A body that stands on a line of its own has braces.
  * A heading is `// --- Title` or `# --- Title`, and there are no rulers.
  * In C++ the null pointer is nullptr.

    tools/check_style.py [--root DIR]
"""

import argparse
import os
import re
import sys

import pointer_conditions
import sources

_SCRIPTS = (".py", ".sh", ".bzl", ".bazel", ".bazelrc", ".ci/run", "tools/new_plugin")

_RULER = re.compile(r"^[ \t]*(?://|#)[ \t]*[-=*~_#/]{3,}[ \t]*$", re.MULTILINE)
_HEADING = re.compile(r"^[ \t]*(?://|#)[ \t]*[-=*~]{3,}[ \t].*$", re.MULTILINE)
_GOOD_HEADING = re.compile(r"(?://|#) --- [^-\s](?:.*[^-=*~\s])?$")
_UNDERLINED = re.compile(r"^[ \t]*(?://|#)[^\n]*\w[^\n]*[-=*~]{4,}[ \t]*$", re.MULTILINE)

_TRUTH = re.compile(r"\b_?[Bb]ool\b")
_LAYER = re.compile(r"^[ \t]*#[ \t]*define[ \t]+LAYER\b", re.MULTILINE)
_INCLUDE = re.compile(r"^[ \t]*#[ \t]*include\b", re.MULTILINE)
_NAMED_LAYER = re.compile(
    r'(?:\bpop3_error_set\(|[>.]fail\()(?:[^"(){};]|\([^(){};"]*\))*"[a-z_0-9-]+"(?=,)'
)
_TABLE = re.compile(
    r"^[ \t]*static const (?:struct |enum |unsigned )*\w+ (?P<stars>\**)(?P<const>const )?"
    r"(?P<name>\w+)(?:\[[^]]*\])* ?[=;]",
    re.MULTILINE,
)
_MACRO = re.compile(r"^[ \t]*#[ \t]*define[ \t]+([A-Za-z]\w*)", re.MULTILINE)
_PREFIXED = re.compile(r"\b(?:pop3|POP3)_\w+")
_CONDITION = re.compile(r"^[ \t]*(?:\} )?(?:else )?(?:if|for|while) \(", re.MULTILINE)
_ELSE = re.compile(r"^[ \t]*(?:\} )?else\n", re.MULTILINE)


def _line(text, at):
    return text.count("\n", 0, at) + 1


def check_headings(text):
    """Yields (place, what is wrong) with the headings of any source."""
    for pattern, words in ((_RULER, "a ruler"), (_UNDERLINED, "a ruler behind words")):
        for found in pattern.finditer(text):
            yield found.start(), words
    for found in _HEADING.finditer(text):
        if not _RULER.match(found.group()) and not _UNDERLINED.match(found.group()):
            if not _GOOD_HEADING.match(found.group()):
                yield found.start(), "a heading is `--- Title`, and no more"


def check_names(text):
    """Yields (place, what is wrong) with the names of tables and macros, and with truth values."""
    code = pointer_conditions.code_of(text)
    if "<stdbool.h>" in text:
        yield text.index("<stdbool.h>"), "truth values are int: no <stdbool.h>"
    for found in _TRUTH.finditer(code):
        yield found.start(), "truth values are int, not %s" % found.group()
    for found in _TABLE.finditer(code):
        is_variable = found["stars"] and not found["const"]
        if not is_variable and not re.match(r"k[A-Z]", found["name"]) and found["name"] != "LAYER":
            yield found.start("name"), "the table %s is not named kName" % found["name"]
    for found in _MACRO.finditer(text):
        if found.group(1) != found.group(1).upper():
            yield found.start(1), "the macro %s is not UPPER_CASE" % found.group(1)


def is_public(name):
    """Whether programs and plugins include a file."""
    return "/include/pop3/" in name


def public_names(texts):
    """Returns the names with our prefix in the public headers among {name: text}."""
    found = set()
    for name in filter(is_public, texts):
        found.update(_PREFIXED.findall(texts[name]))
    return found


def check_prefix(name, text, public):
    """Yields (place, what is wrong) with names of the inside that look public."""
    if name.split("/")[0] not in ("core", "transports", "auth", "plugins") or is_public(name):
        return
    used = [(m.start(), m.group()) for m in _PREFIXED.finditer(pointer_conditions.code_of(text))]
    defined = [(m.start(1), m.group(1)) for m in _MACRO.finditer(text) if _PREFIXED.match(m[1])]
    for at, word in used + defined:
        # A guard; the entry of a plugin, which a macro makes.
        if word not in public and not word.endswith("_H_") and not word.startswith("pop3_plugin_"):
            yield at, "%s is in no public header: begin it with p3_" % word


def check_layer(name, text):
    """Yields (place, what is wrong) with how a file names the layer of its errors."""
    for found in re.finditer(r"\bLAYER\[", text):
        yield found.start(), "the layer is a macro: `#define LAYER \"name\"`"
    for found in _LAYER.finditer(text):
        if name.endswith(".h"):
            yield found.start(), "each .c file has a LAYER of its own, a header has none"
        elif _INCLUDE.search(text, found.end()):
            yield found.start(), "LAYER stands behind the includes"
    calls = list(_NAMED_LAYER.finditer(text))
    if len(calls) > 1 or (calls and _LAYER.search(text)):
        yield calls[0].start(), "the layer is named in each call: `#define LAYER \"name\"`"


def check_braces(text):
    """Yields (place, what is wrong) with bodies on a line of their own."""
    code = pointer_conditions.code_of(text)
    for found in _CONDITION.finditer(code):
        end = pointer_conditions.behind(code, found.end() - 1)
        if re.match(r"[ \t]*\n", code[end:]) and "\n" in code[end:].rstrip():
            yield found.end() - 1, "a body on a line of its own has braces"
    for found in _ELSE.finditer(code):
        yield found.start(), "a body on a line of its own has braces"


def check_null(text):
    """Yields (place, what is wrong) with the null pointers of a C++ file."""
    for found in re.finditer(r"\bNULL\b", pointer_conditions.code_of(text)):
        yield found.start(), "in C++ it is nullptr"


def _is_c(name):
    # The headers of tests are C++.
    return name.endswith(".c") or (name.endswith(".h") and not name.startswith("tests/"))


def check_file(name, texts, public):
    """Yields what is wrong in one file; `texts` is {name: text} of all, `public` public_names."""
    text = texts[name]
    found = list(check_headings(text))
    if _is_c(name):
        found += check_names(text)
        found += check_prefix(name, text, public)
        found += check_layer(name, text)
        found += check_braces(text)
        found += pointer_conditions.check(name, texts)
    elif name.endswith((".cc", ".h")):
        found += check_null(text)
    for at, words in sorted(found):
        yield "%s:%d: %s" % (name, _line(text, at), words)


def check_all():
    """Returns the number of files that were looked at, and everything that is wrong."""
    texts = {}
    for name in sources.source_files(".c", ".h", ".cc", *_SCRIPTS):
        with open(os.path.join(sources.ROOT, name), encoding="utf-8", errors="replace") as file:
            texts[name] = file.read()
    public = public_names(texts)
    problems = [problem for name in sorted(texts) for problem in check_file(name, texts, public)]
    return len(texts), problems


def main():
    """Prints what is wrong; the exit status is 0 if that is nothing."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--root", help="check another folder than this project")
    args = parser.parse_args()
    if args.root:
        sources.ROOT = os.path.abspath(args.root)
    count, problems = check_all()
    for problem in problems:
        print(problem)
    print("check_style: %d files, %d problems" % (count, len(problems)))
    return 1 if problems or not count else 0


if __name__ == "__main__":
    sys.exit(main())
