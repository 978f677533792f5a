#!/usr/bin/env python3
"""Checks what neither the compiler nor the linter knows about how the sources are laid out.

  * No file has 500 lines or more: it is one idea, and somebody reads it in one sitting.
  * Includes point down only: core needs libc, a plugin needs <pop3/spi/...>, and all others use the
    public headers.
  * The files of a folder do not include each other in a circle.
  * Each public symbol has a `//` comment right above it, whose first word is the symbol.
  * Each .c file of the library has a test of the same name.
  * What a file of GoogleTest cases defines is in a namespace that has the name of the file, and a test
    suite is in one file of a room: the tests of a room are compiled together.

    tools/check_layout.py [--root DIR]
"""

import argparse
import os
import re
import sys

import include_circles
import public_comments
import sources

MAX_LINES = 499

# <...> that a file in core may include: C11, and the vector instructions of the compiler.
_LIBC = set(
    "assert ctype errno float inttypes limits math setjmp stdalign stdarg stdatomic stdbool stddef"
    " stdint stdio stdlib stdnoreturn string time arm_neon emmintrin immintrin".split()
)

# The two files of core that touch the system: the one that may block, and the descriptor's sink.
_SYSTEM_IN_CORE = {
    "core/session/wait_poll.c": {"poll.h", "unistd.h", "fcntl.h"},
    "core/sinks/stream_sink.c": {"unistd.h"},
}

# The parts of core, and what each may include of the others: the arrows of ARCHITECTURE.md.
_BASE = {"base"}
_CODEC = _BASE | {"codec"}
PARTS = {
    "base": _BASE,
    "codec": _CODEC,
    "engine": _CODEC | {"engine"},
    "channel": _BASE | {"channel"},
    "login": _CODEC | {"login"},
    "registry": _BASE | {"registry"},
    "sinks": _BASE | {"sinks"},
    "session": _CODEC | {"engine", "channel", "login", "registry", "sinks", "session"},
}

# The public headers that a part implements; it may include those of the parts below it, too.
_INTERFACE = {
    "base": {"allocator", "credential", "interest", "option", "policy", "query", "size", "spi/auth", "spi/plugin", "spi/transport", "status", "version"},
    "codec": {"capability", "limits", "request", "url"},
    "engine": {"engine", "trace"},
    "channel": {"interest", "option", "query", "spi/plugin", "spi/transport"},
    "login": {"candidate", "credential", "option", "policy", "query", "spi/auth", "spi/plugin"},
    "registry": {"registry", "spi/auth", "spi/plugin", "spi/transport"},
    "sinks": {"collect", "trace", "request"},
    "session": {"collect", "commands", "security", "session"},
}

# What //core:spi offers to a plugin beside <pop3/spi/...>.
_SPI = {
    "pop3/%s.h" % name
    for name in "allocator credential interest option policy query size status version".split()
}

# The glue is compiled in other repositories, too, and tests/monorepo is another workspace: includes
# there do not start at our root.
_OTHER_ROOTS = ("tools/bazel/", "tests/monorepo/")

_INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*([<"])([^">]+)[">]', re.MULTILINE)

# TEST(SUITE, and what stands outside of a namespace and is neither one nor a declaration with
# another linkage (a sanitizer's options).
_SUITE = re.compile(r"^(?:TYPED_)?TEST(?:_F|_P)?\(\s*(\w+)", re.MULTILINE)
_GLOBAL = re.compile(r"^(?!namespace |int main\(|extern \"C\" |}|//|#)\S.*$", re.MULTILINE)
_DEFINE = re.compile(r"^#[ \t]*define[ \t]+(\w+)", re.MULTILINE)


def _read(name):
    with open(os.path.join(sources.ROOT, name), encoding="utf-8", errors="replace") as file:
        return file.read()


def _top(name):
    return name.partition("/")[0]


def _part(name):
    """The part of core that a file is in, or None if it is a public header or of another folder."""
    folders = name.split("/")
    return folders[1] if folders[0] == "core" and folders[1] != "include" else None


def _bad_interface(name, header):
    """Says why a file of core may not include the public <header>, or returns None."""
    part = _part(name)
    if part is None:
        return None
    seen = set().union(*(_INTERFACE[below] for below in PARTS.get(part, ())))
    if header[len("pop3/") : -len(".h")] in seen:
        return None
    return "<%s> is above core/%s" % (header, part)


def _bad_system_include(name, header):
    """Says why a file may not include <header>, or returns None."""
    if _top(name) == "core":
        if header.startswith("pop3/"):
            return _bad_interface(name, header)
        if header.endswith(".h") and header[:-2] in _LIBC:
            return None
        if header in _SYSTEM_IN_CORE.get(name, ()):
            return None
        return "core needs libc alone: no <%s>" % header
    if _top(name) in ("transports", "auth") and header.startswith("pop3/"):
        if header.startswith("pop3/spi/") or header in _SPI:
            return None
        if os.path.isfile(os.path.join(sources.ROOT, _top(name), "include", header)):
            return None
        return "a plugin includes <pop3/spi/...> only, not <%s>" % header
    return None


def _bad_own_include(name, header):
    """Says why a file may not include "header", or returns None."""
    if "/" not in header:
        return 'write "%s/%s": includes start at the root' % (os.path.dirname(name), header)
    owner = _top(header)
    part, other = _part(name), _part(header)
    if part and other:
        return None if other in PARTS.get(part, ()) else "core/%s may not use core/%s" % (part, other)
    if owner == _top(name):
        return None
    if name.startswith("tests/"):
        # The test of a file sees what the file sees; the helpers and all other tests are users.
        part = name.split("/")[1]
        if part == owner or part == "fuzz" or header.startswith("tools/"):
            return None
        return '"%s" is for tests/%s: use public headers' % (header, owner)
    return 'no "%s" here' % header


def check_includes(name, text):
    """Yields what is wrong with the includes of a file."""
    for quote, header in _INCLUDE.findall(text):
        bad = _bad_system_include if quote == "<" else _bad_own_include
        words = bad(name, header)
        if words:
            yield "%s: %s" % (name, words)


def check_tests(files):
    """Yields the files of the library that have no test."""
    tests = {os.path.basename(name) for name in files if name.startswith("tests/")}
    for name in files:
        if _top(name) not in ("core", "transports", "auth", "plugins") or not name.endswith(".c"):
            continue
        test = os.path.basename(name)[:-2] + "_test.cc"
        if test not in tests:
            yield "%s: there is no %s under tests/" % (name, test)


def check_test_file(name, text, suites):
    """Yields what is wrong with a file of GoogleTest cases; `suites` is {(room, suite): file}."""
    found = _SUITE.findall(text)
    if not found or name.startswith(_OTHER_ROOTS):
        return
    stem = os.path.basename(name)[: -len(".cc")]
    opened = "\nnamespace %s {\nnamespace {\n" % stem
    closed = "\n}  // namespace\n}  // namespace %s\n" % stem
    if text.count(opened) != 1 or text.count(closed) != 1:
        yield "%s: no `namespace %s {`, `namespace {` around what is defined" % (name, stem)
        return
    outside = text[: text.index(opened)] + text[text.index(closed) :]
    for line in _GLOBAL.findall(_INCLUDE.sub("", outside)):
        yield "%s: `%s` is outside of the namespace %s" % (name, line.strip(), stem)
    for line in _DEFINE.findall(text):
        if not re.search(r"^#undef %s$" % line, text, re.MULTILINE):
            yield "%s: the macro %s reaches other tests: use a function" % (name, line)
    for suite in sorted(set(found)):
        first = suites.setdefault((name.split("/")[1], suite), name)
        if first != name:
            yield "%s: the suite %s is in %s already" % (name, suite, first)


# Where the version stands besides <pop3/version.h>: the tools that want it cannot read C.
_VERSION = re.compile(r'^#define POP3_VERSION "(.*)"$', re.MULTILINE)
_VERSIONS = {
    "MODULE.bazel": re.compile(r'^module\(\n    name = "libpop3",\n    version = "(.*)",$', re.MULTILINE),
    "tools/dist/BUILD.bazel": re.compile(r'^VERSION = "(.*)"$', re.MULTILINE),
}


def check_versions():
    """Yields the files that name another version than the library's header."""
    header = "core/include/pop3/version.h"
    if not os.path.isfile(os.path.join(sources.ROOT, header)):
        return
    wanted = _VERSION.findall(_read(header))
    for name, pattern in sorted(_VERSIONS.items()):
        found = pattern.findall(_read(name))
        if found != wanted:
            yield "%s: version %s, and %s has %s" % (name, found, header, wanted)


def check_all():
    """Returns the number of files, and everything that is wrong."""
    files = sources.source_files(".c", ".h", ".cc", ".bzl", ".py", ".sh")
    problems, headers, suites, including = [], [], {}, []
    for name in files:
        text = _read(name)
        lines = text.count("\n")
        if lines > MAX_LINES:
            problems.append("%s: %d lines, and %d is the most" % (name, lines, MAX_LINES))
        if name.endswith((".c", ".h", ".cc")) and not name.startswith(_OTHER_ROOTS):
            problems.extend(check_includes(name, text))
            including.append((name, text))
        if name.endswith("_test.cc"):
            problems.extend(check_test_file(name, text, suites))
        if "/include/pop3/" in name:
            headers.append((name, text))
    problems.extend(public_comments.check(headers))
    problems.extend(check_tests(files))
    problems.extend(check_versions())
    problems.extend(include_circles.check(including))
    return len(files), problems


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
    print("check_layout: %d files, %d problems" % (count, len(problems)))
    return 1 if problems or not count else 0


if __name__ == "__main__":
    sys.exit(main())
