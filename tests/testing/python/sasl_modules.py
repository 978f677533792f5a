"""The modules of Cyrus SASL that programs load: those of //tests/testing:sasl_modules and no others."""

import os
import pathlib
import re

# From everywhere: .bazelrc has set a path from where the test began.
SASL_PATH = os.path.abspath(os.environ.get("SASL_PATH", "tests/testing/sasl2"))
os.environ["SASL_PATH"] = SASL_PATH


def foreign_modules(pid):
    """The modules in a process that are not those."""
    try:
        names = os.listdir(SASL_PATH)
    except FileNotFoundError:  # a test that means none
        names = []
    ours = {os.path.realpath(os.path.join(SASL_PATH, name)) for name in names}
    maps = pathlib.Path(f"/proc/{pid}/maps").read_text()
    return set(re.findall(r"/\S*/sasl2/\S+", maps)) - ours
