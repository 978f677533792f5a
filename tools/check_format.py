#!/usr/bin/env python3
"""Checks that every C and C++ file is formatted as .clang-format says.

    tools/check_format.py          says what is not
    tools/check_format.py --fix    formats it
"""

import os
import subprocess
import sys

from sources import ROOT, source_files


def main():
    """Runs clang-format, all files at once, and returns its exit status."""
    # Versions of clang-format disagree: the one that counts is Debian 12's.
    program = os.environ.get("CLANG_FORMAT", "clang-format")
    files = source_files(".c", ".h", ".cc")
    if not files:
        print("check_format: there are no files to check")
        return 1
    how = ["-i"] if "--fix" in sys.argv[1:] else ["--dry-run", "-Werror"]
    status = subprocess.run([program, "--style=file"] + how + files, cwd=ROOT, check=False)
    if status.returncode == 0:
        print("check_format: %d files" % len(files))
    else:
        print("check_format: `tools/check_format.py --fix` formats them")
    return 1 if status.returncode else 0


if __name__ == "__main__":
    sys.exit(main())
