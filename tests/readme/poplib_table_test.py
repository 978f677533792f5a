"""Each public method of Python's poplib stands in the README's table with a counterpart that the headers declare."""
import inspect
import pathlib
import poplib
import re
import sys

readme = pathlib.Path(sys.argv[1]).read_text(encoding="utf-8")
headers = "\n".join(pathlib.Path(p).read_text(encoding="utf-8") for p in sys.argv[2:])

methods = {name for name, _ in inspect.getmembers(poplib.POP3, inspect.isfunction) if not name.startswith("_")}
assert len(methods) >= 18, methods
rows = [line.split("|")[1:3] for line in readme.splitlines() if line.startswith("| `") or line.startswith("| audit")]
named = {word for left, _ in rows for word in re.findall(r"(\w+)\(", left)}
missing = methods - named
assert not missing, f"the README's table lacks {sorted(missing)}"

counterparts = {word for _, right in rows for word in re.findall(r"`(pop3_\w+)`", right)}
declared = set(re.findall(r"\b(pop3_\w+)\b", headers))
unknown = counterparts - declared
assert not unknown, f"the README names {sorted(unknown)}, which no header declares"
for name in methods:
    row = next(right for left, right in rows if re.search(rf"\b{name}\(", left))
    assert "`pop3_" in row, f"{name} has no counterpart in the README"
print(f"{len(methods)} methods of poplib, {len(counterparts)} counterparts")
