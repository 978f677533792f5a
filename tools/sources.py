"""The files of this project, for the checks: what git knows or would add, else what is there."""

import os
import subprocess

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


def source_files(*endings):
    """Returns the project's files, relative to ROOT and sorted, that end in one of `endings`."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    try:
        # A copy without .git may lie inside another repository, which knows nothing about it.
        if not os.path.exists(os.path.join(ROOT, ".git")):
            raise OSError
        output = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE).stdout
        names = os.fsdecode(output).split("\0")
    except (OSError, subprocess.CalledProcessError):
        names = list(_walk())
    return sorted(
        name
        for name in set(names)
        if name.endswith(endings) and os.path.isfile(os.path.join(ROOT, name))
    )


def _walk():
    for folder, folders, files in os.walk(ROOT):
        folders[:] = [f for f in folders if not f.startswith(("bazel-", ".git", ".cache"))]
        for name in files:
            yield os.path.relpath(os.path.join(folder, name), ROOT)
