#!/usr/bin/env python3
"""Runs clang-tidy, with the checks in .clang-tidy, on every C file that Bazel compiles.

    tools/check_lint.py [--all] [FILE...]

With --all on the C++ files as well, which are tests and take most of the time, and to the depth that
clang's analyzer has by itself; without, it gives up a function after a quarter of that. A FILE that is
named is always looked at. Prints what it finds; the exit status is 0 if that is nothing.
"""

import concurrent.futures
import json
import os
import subprocess
import sys
import tempfile

from compile_commands import compile_commands
from sources import ROOT


# The C++ here is tests, which run under the sanitizers. With all of the checks, each file that
# includes GoogleTest would take twice as long: these are the ones that have a point.
_FOR_TESTS = (
    "-*",
    "bugprone-argument-comment",
    "bugprone-dangling-handle",
    "bugprone-infinite-loop",
    "bugprone-misplaced-*",
    "bugprone-string-*",
    "bugprone-suspicious-*",
    "bugprone-undelegated-constructor",
    "bugprone-unused-raii",
    "bugprone-use-after-move",
    "misc-redundant-expression",
    "readability-function-size",
    "readability-misleading-indentation",
)


# The states of a function that clang's analyzer looks at, of 225,000: half of the time for it. With
# less it invents null pointers.
_SHALLOW = ["--extra-arg=" + arg for arg in
            ("-Xclang", "-analyzer-config", "-Xclang", "max-nodes=50000")]


def _lint(program, folder, source, deep):
    """Returns whether `source` is clean, and what clang-tidy says about it."""
    less = [] if deep else list(_SHALLOW)
    less += ["--checks=" + ",".join(_FOR_TESTS)] if source.endswith(".cc") else []
    result = subprocess.run(
        [program, "--quiet", "--warnings-as-errors=*", "-p", folder] + less + [source],
        cwd=ROOT,
        check=False,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    # Its stderr counts the warnings that it has not shown, unless there is something wrong with it.
    return result.returncode == 0, result.stdout + ("" if result.stdout else result.stderr)


def main():
    """Lints the files, as many at a time as there are processors."""
    program = os.environ.get("CLANG_TIDY", "clang-tidy")
    entries = compile_commands()
    names = [name for name in sys.argv[1:] if name != "--all"]
    deep = "--all" in sys.argv[1:]
    endings = (".c", ".cc") if deep else (".c",)
    wanted = [os.path.relpath(os.path.abspath(name), ROOT) for name in names]
    sources = [entry["file"] for entry in entries if not wanted or entry["file"] in wanted]
    if not wanted:
        sources = [name for name in sources if name.endswith(endings)]
    for name in sorted(set(wanted) - set(sources)):
        print("check_lint: bazel does not compile %s" % name)
        return 2
    if not sources:
        print("check_lint: there are no files to check")
        return 1
    # The longest first, so that the last worker is not left alone with one.
    sources.sort(key=lambda name: -os.path.getsize(os.path.join(ROOT, name)))
    bad = 0
    with tempfile.TemporaryDirectory() as folder:
        with open(os.path.join(folder, "compile_commands.json"), "w", encoding="utf-8") as out:
            json.dump(entries, out)
        with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
            jobs = [pool.submit(_lint, program, folder, source, deep) for source in sources]
            for job in concurrent.futures.as_completed(jobs):
                clean, text = job.result()
                if not clean:
                    bad += 1
                    print(text, flush=True)
    print("check_lint: %d files, %d of them with findings" % (len(sources), bad))
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
