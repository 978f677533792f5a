"""Checks that the code in a page is that of the files here: check_docs.py PAGE.

A block of code behind a line `<!-- FILE -->` must stand in that file as it is, in one piece. Every
block of Python, C or C++ must have such a line.
"""

import pathlib
import re
import sys

_BLOCK = re.compile(r"(?:^<!-- (\S+) -->\n)?^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_CODE = {"python", "c", "cpp"}


def main(page):
    """Returns the number of blocks that were compared, and what is wrong."""
    here = pathlib.Path(__file__).resolve().parent
    compared, problems = 0, []
    for name, language, code in _BLOCK.findall(pathlib.Path(page).read_text(encoding="utf-8")):
        first = code.partition("\n")[0]
        if not name:
            if language in _CODE:
                problems.append("the block `%s` does not say which file it is from" % first)
            continue
        compared += 1
        if not (here / name).is_file():
            problems.append("there is no file %s" % name)
        elif code not in (here / name).read_text(encoding="utf-8"):
            problems.append("the block `%s` is not in %s as it is" % (first, name))
    return compared, problems


if __name__ == "__main__":
    count, found = main(sys.argv[1])
    for problem in found:
        print("%s: %s" % (sys.argv[1], problem))
    print("%d blocks compared, %d problems" % (count, len(found)))
    sys.exit(1 if found or not count else 0)
