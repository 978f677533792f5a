"""In each workload, libpop3 and the client that it is compared with log in alike."""

import collections
import os
import pathlib
import subprocess
import tempfile
import unittest

import script_server

BENCH = os.path.abspath(os.environ["BENCH"])
SERVER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "login_server.py")
MODULES = os.path.dirname(script_server.__file__)
LOGINS = {"USER", "PASS", "AUTH", "APOP", "RPOP"}
SAME = ("USER", "PASS")


class Login(unittest.TestCase):
    """The login commands of all connections of a run."""

    def run_bench(self, *arguments):
        """Returns how many connections said which login commands: libpop3's, and the other's."""
        with tempfile.TemporaryDirectory(prefix="pop3-bench.") as folder:
            log = os.path.join(folder, "log")
            done = subprocess.run([BENCH, "--server", SERVER, "--runs", "1", *arguments],
                                  check=False, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                  stderr=subprocess.STDOUT, timeout=120,
                                  env={**os.environ, "LOGIN_LOG": log, "PYTHONPATH": MODULES,
                                       "PYTHONDONTWRITEBYTECODE": "1"})
            self.assertEqual(0, done.returncode, done.stdout)
            connections = [line.split() for line in pathlib.Path(log).read_text().splitlines()]
        counts = (collections.Counter(), collections.Counter())
        for words in connections:
            # Who asks for the capabilities is libpop3.
            counts["CAPA" not in words][tuple(word for word in words if word in LOGINS)] += 1
        return counts

    def test_fetching(self):
        ours, other = self.run_bench("--workload", "10x8")
        # Two rounds, of which the first does not count; two connections more take the census.
        self.assertEqual({SAME: 2}, ours)
        self.assertEqual({SAME: 4}, other)

    def test_sessions(self):
        ours, other = self.run_bench("--workload", "sessions", "--sessions", "3")
        self.assertEqual({SAME: 2 * 3}, ours)
        self.assertEqual({SAME: 2 * 3}, other)

    def test_crowd(self):
        ours, other = self.run_bench("--workload", "crowd", "--crowd", "5")
        # And one on its own.
        self.assertEqual({SAME: 2 * 5 + 1}, ours)
        self.assertEqual({SAME: 2 * 5 + 1}, other)


if __name__ == "__main__":
    unittest.main()
