"""docs/plugins.md and docs/spi.md say what is so.

Above each block of code stands a comment: `<!-- FILE -->` if it is a part of that file, whole lines in
their order, or `<!-- commands -->` if it is commands and what they print. The commands are carried out
here, with the same words; a name that begins with pop3_ or POP3_ is one that the headers have.
"""

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import unittest

_BLOCK = re.compile(r"(?:<!-- (\S+) -->\n)?```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_HERE = "tests/docs/birds/"


def _read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


class Pages(unittest.TestCase):
    """With a server for the commands."""

    args = None

    def setUp(self):
        self.folder = tempfile.mkdtemp(dir=os.environ.get("TEST_TMPDIR"))
        os.chmod(self.folder, 0o755)
        self.addCleanup(shutil.rmtree, self.folder)
        for name in ("owl", "pigeon"):
            copy = os.path.join(self.folder, "pop3_%s.so" % name)
            shutil.copyfile(getattr(self.args, name), copy)
            os.chmod(copy, 0o644)

    def blocks(self):
        """All blocks of all pages: (page, source, language, text)."""
        found = []
        for page in self.args.page:
            text = _read(page)
            found += [(page, *match.groups()) for match in _BLOCK.finditer(text)]
            self.assertEqual(len(re.findall("^```", text, re.MULTILINE)), 2 * len(_BLOCK.findall(text)))
        self.assertGreater(len(found), 10)
        return found

    def test_blocks_are_in_the_files(self):
        files = {os.path.basename(path): path for path in self.args.files}
        seen = set()
        for page, source, _, text in self.blocks():
            if source == "commands":
                continue
            self.assertIn(source, files, "%s: a block without its file:\n%s" % (page, text))
            content = "\n" + _read(files[source]).replace(_HERE, "")
            self.assertIn("\n" + text, content, "%s: this is not in %s" % (page, source))
            seen.add(source)
        for source in ("owl.c", "pigeon.c", "owl_test.cc", "pigeon_test.cc", "count.c"):
            self.assertIn(source, seen)

    def test_names_are_in_the_headers(self):
        known = " ".join(_read(path) for path in self.args.files)
        known = set(re.findall(r"\bpop3_\w+|\bPOP3_\w+", known, re.IGNORECASE))
        # Of Bazel; the loader's header, which is not core's; the generated functions.
        known |= {"pop3_loader_load", "pop3_plugin_set", "pop3_plugin_test", "pop3_registry_add_birds", "pop3_plugin_owl"}
        for page in self.args.page:
            for name in set(re.findall(r"\b(?:pop3_\w+|POP3_\w+)\b(?![*.])", _read(page))):
                if name.endswith(("_NAME", "_")):
                    continue
                self.assertTrue(name in known, "%s speaks of %s" % (page, name))

    def server(self):
        """Starts a server; returns its port."""
        ports = os.path.join(self.folder, "ports")
        command = [self.args.mailboxd, "--listen", "127.0.0.1:0", "--user", "alice:wonderland"]
        command += ["--generate", "3x1000", "--port-file", ports, "--exit-with-parent"]
        server = subprocess.Popen(command, stdin=subprocess.DEVNULL)
        self.addCleanup(server.wait)
        self.addCleanup(server.kill)
        for _ in range(600):
            if os.path.exists(ports) and _read(ports).endswith("\n"):
                return _read(ports).split()[2]
            time.sleep(0.1)
        self.fail("the server does not start")

    def test_commands_do_what_stands_there(self):
        port = self.server()
        programs = {"count": self.args.count, "pop3": self.args.pop3}
        done = 0
        for page, source, _, text in self.blocks():
            if source != "commands":
                continue
            for line in re.findall(r"^\$ (.*)$", text, re.MULTILINE):
                program, *arguments = line.replace("~/plugins", self.folder).split()
                if os.path.basename(program) not in programs:
                    continue  # bazel, cp: what they do has been done to make this test
                arguments = [a.replace("1110", port) for a in arguments]
                result = subprocess.run(
                    [programs[os.path.basename(program)], *arguments],
                    check=False,
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.STDOUT,
                )
                printed = result.stdout.decode().replace(self.folder, "/home/me/plugins")
                self.assertEqual(0, result.returncode, printed)
                expected = text.split("$ " + line + "\n")[1].split("$ ")[0].strip("\n")
                self.assertNotEqual("", expected, page)
                # Of the list of plugins the page shows the end.
                self.assertTrue(("\n" + printed).endswith("\n" + expected + "\n"), printed)
                done += 1
        self.assertGreaterEqual(done, 2)


def main():
    """The files as arguments, then the tests."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--page", action="append")
    for name in ("count", "owl", "pigeon", "pop3", "mailboxd"):
        parser.add_argument("--" + name)
    parser.add_argument("files", nargs="+")
    Pages.args = parser.parse_args()
    unittest.main(argv=sys.argv[:1])


if __name__ == "__main__":
    main()
