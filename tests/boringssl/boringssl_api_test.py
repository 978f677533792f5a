"""The plugins use only what BoringSSL had when Debian packaged it and still has.

    boringssl_api_test.py boringssl_api.txt SOURCE...

The sources are compiled as C11 against BoringSSL's headers with the members of all structs taken
out, except for those that the list names: what compiles so does not depend on how they look inside.
Then the functions that the objects want are held against the list. A function that is not in it is
a decision to be made: is it in today's BoringSSL, too?
"""

import glob
import os
import re
import subprocess
import sys
import tempfile

HEADERS = "/usr/include/android/openssl"
LIBRARIES = "/usr/lib/*/android/lib%s.so.0"

# A struct or union with its members: `struct x_st {...};`, `typedef struct x_st {...} X;`
_BODY = re.compile(r"^(typedef )?(struct|union) (\w+) \{\n(?:.*\n)*?\}( \w+)?[^\n;]*;", re.MULTILINE)


def read_list(path):
    """Returns the functions and the structs that the list allows."""
    allowed = {"function": set(), "struct": set()}
    with open(path, encoding="utf-8") as file:
        for line in file:
            words = line.partition("#")[0].split()
            if words:
                kind, name = words
                if name in allowed[kind]:
                    raise SystemExit("%s: %s stands there twice" % (path, name))
                allowed[kind].add(name)
    return allowed["function"], allowed["struct"]


def _symbols(*command):
    """Returns the names that nm prints."""
    output = subprocess.run(["nm", *command], check=True, capture_output=True, text=True).stdout
    return {line.split()[-1] for line in output.splitlines() if line}


def all_functions():
    """Returns the functions that BoringSSL's libraries export."""
    names = set()
    for library in ["ssl", "crypto"]:
        paths = glob.glob(LIBRARIES % library)
        if not paths:
            raise SystemExit("there is no " + LIBRARIES % library)
        names |= _symbols("-D", "--defined-only", paths[0])
    return {name for name in names if not name.startswith("_")}


def write_headers(folder, structs):
    """Copies the headers into folder/openssl, without the members of structs.

    Returns the names of the structs that have lost their members, and of those that have not."""
    os.mkdir(os.path.join(folder, "openssl"))
    emptied, kept = set(), set()

    def without_members(match):
        typedef, kind, name, alias = match.groups()
        if name in structs:
            kept.add(name)
            return match.group(0)
        emptied.add(name)
        return "%s%s %s%s;" % (typedef or "", kind, name, alias if typedef else "")

    for name in os.listdir(HEADERS):
        with open(os.path.join(HEADERS, name), encoding="utf-8") as file:
            text = file.read()
        with open(os.path.join(folder, "openssl", name), "w", encoding="utf-8") as file:
            file.write(_BODY.sub(without_members, text))
    return emptied, kept


def wanted_symbols(folder, source):
    """Compiles a source and returns what it wants from others, or None."""
    output = os.path.join(folder, "object.o")
    command = ["gcc", "-std=c11", "-I.", "-Icore/include", "-Itransports/include", "-Iauth/include", "-isystem", folder, source]
    headers = subprocess.run(command + ["-M"], check=False, stdout=subprocess.PIPE, text=True)
    if headers.returncode == 0 and folder not in headers.stdout:
        return set()  # no header of BoringSSL is in it
    command += ["-Wall", "-Wextra", "-Werror", "-c", "-o", output]
    if subprocess.run(command, check=False).returncode != 0:
        return None
    return _symbols("-u", output)


def main(arguments):
    """Returns what is wrong."""
    functions, structs = read_list(arguments[0])
    there_are = all_functions()
    problems, used = [], set()
    with tempfile.TemporaryDirectory() as folder:
        emptied, kept = write_headers(folder, structs)
        if len(emptied) < 20:
            problems.append("only %d structs were found in the headers" % len(emptied))
        for source in arguments[1:]:
            wanted = wanted_symbols(folder, source)
            if wanted is None:
                problems.append("%s does not compile with structs that are opaque" % source)
            else:
                used |= wanted & there_are
    for name in sorted(used - functions):
        problems.append("%s is used and not in the list: does today's BoringSSL have it?" % name)
    for name in sorted(functions - used):
        problems.append("%s is in the list and nobody uses it" % name)
    for name in sorted(structs - kept):
        problems.append("there is no struct %s in the headers" % name)
    print("%d sources use %d functions, with %d structs opaque"
          % (len(arguments) - 1, len(used), len(emptied)))
    return problems


if __name__ == "__main__":
    found = main(sys.argv[1:])
    for problem in found:
        print("FAILED: " + problem)
    sys.exit(1 if found else 0)
