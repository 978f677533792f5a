#!/usr/bin/env python3
"""Writes compile_commands.json, which clang-tidy and editors read, from what Bazel would run.

    tools/compile_commands.py [FILE]

Bazel makes the generated files that are compiled or included; it compiles nothing.
"""

import json
import os
import re
import subprocess
import sys

from sources import ROOT

# What clang makes use of. Warnings are not its job here, and gcc has options that it does not know.
_WITH_VALUE = ("-iquote", "-isystem", "-I", "-D", "-U", "-include")
_ALONE = ("-std=", "-iquote", "-isystem", "-I", "-D", "-U", "-pthread", "-fPIC")

# What a generated source is made of.
_INCLUDED = re.compile(r'^#include "(\S+[.]cc)"$', re.MULTILINE)


def _bazel(*arguments):
    result = subprocess.run(
        ["bazel"] + list(arguments),
        cwd=ROOT,
        check=False,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    if result.returncode != 0:
        sys.exit("compile_commands: bazel %s failed:\n%s" % (arguments[0], result.stderr))
    return result.stdout


def _absolute(path, base, execroot):
    """Returns where a path of Bazel's really is: sources here, all else in Bazel's own folders."""
    if path.startswith("external/"):
        return os.path.join(base, path)
    if path.startswith("bazel-out/"):
        return os.path.join(execroot, path)
    return path


def _arguments(words, base, execroot):
    """Returns what of a compiler's command line matters to clang."""
    kept = ["clang"]
    at = 1
    while at < len(words):
        word = words[at]
        if word in _WITH_VALUE:
            kept += [word, _absolute(words[at + 1], base, execroot)]
            at += 1
        elif word.startswith(_ALONE) and not word.startswith(("-D__DATE__", "-D__TIME")):
            kept.append(word)
        at += 1
    return kept


def _sources(source, execroot):
    """Returns our own files that are compiled as `source`: those that a generated file includes."""
    if source.startswith("external/") or not source.endswith((".c", ".cc")):
        return []
    if not source.startswith("bazel-out/"):
        return [source]
    try:
        with open(os.path.join(execroot, source), encoding="utf-8") as file:
            return _INCLUDED.findall(file.read())
    except FileNotFoundError:  # it is for other configurations
        return []


def compile_commands():
    """Returns the entries of compile_commands.json for all of our own files."""
    _bazel("build", "--output_groups=compilation_prerequisites_INTERNAL_", "//...")
    base = _bazel("info", "output_base").strip()
    execroot = _bazel("info", "execution_root").strip()
    query = "mnemonic('CppCompile', //...)"
    actions = json.loads(_bazel("aquery", query, "--output=jsonproto")).get("actions", [])
    entries = {}
    for action in actions:
        words = action["arguments"]
        for source in _sources(words[words.index("-c") + 1], execroot):
            language = ["-x", "c++"] if source.endswith(".cc") else ["-x", "c"]
            # Compiled for several targets: one of them will do, as long as it is always the same.
            entries.setdefault(
                source,
                {
                    "directory": ROOT,
                    "file": source,
                    "arguments": _arguments(words, base, execroot) + language + ["-c", source],
                },
            )
    return [entries[source] for source in sorted(entries)]


def main():
    """Writes the file."""
    path = sys.argv[1] if len(sys.argv) > 1 else os.path.join(ROOT, "compile_commands.json")
    entries = compile_commands()
    with open(path, "w", encoding="utf-8") as out:
        json.dump(entries, out, indent=1)
    print("compile_commands: %d files in %s" % (len(entries), path))
    return 0


if __name__ == "__main__":
    sys.exit(main())
