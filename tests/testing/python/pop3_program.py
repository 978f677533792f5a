"""pop3 as a process."""

import os
import subprocess
import urllib.parse

from process_test import ProcessTest
from sasl_modules import SASL_PATH

POP3 = os.path.abspath(os.environ["POP3"])


class Result:
    """How a run of pop3 ended."""

    def __init__(self, code, out, err):
        self.code = code
        self.out = out
        self.err = err.decode(errors="backslashreplace")


class CliTest(ProcessTest):
    """A test whose directory is also the home of the pop3 that it runs."""

    def environment(self):
        """The environment of pop3: no terminal type, no netrc but the test's."""
        path = os.environ.get("PATH", "/usr/bin:/bin")
        return {"HOME": self.folder, "PATH": path, "LC_ALL": "C", "SASL_PATH": SASL_PATH}

    def pop3(self, *arguments, stdin=b"", **options):
        """Runs pop3 away from any terminal."""
        options.setdefault("stdout", subprocess.PIPE)
        done = subprocess.run(
            [POP3, *arguments],
            input=stdin,
            stderr=subprocess.PIPE,
            env=self.environment(),
            cwd=self.folder,
            start_new_session=True,
            timeout=120,
            check=False,
            **options,
        )
        return Result(done.returncode, done.stdout, done.stderr)

    def names(self, url):
        """The name that --dir gives each message, in the order of their numbers."""
        lines = self.pop3("uidl", url).out.decode().splitlines()
        return [urllib.parse.quote(line.split(" ", 1)[1], safe="-_.") + ".eml" for line in lines]

    def check(self, result, code=0, out=None, err=""):
        """Compares exit code, output and standard error; `err` may be a part, "" is all of it."""
        self.assertEqual(code, result.code, result.err)
        if out is not None:
            self.assertEqual(out, result.out)
        if err == "":
            self.assertEqual("", result.err)
        else:
            self.assertIn(err, result.err)


def wire_form(data):
    """A message in a file as RETR hands it over: lines end in CRLF, also the last."""
    data = data.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
    return data if not data or data.endswith(b"\r\n") else data + b"\r\n"
