"""`pop3 plugins`, and plugins that are loaded for a session."""

import json
import os
import shutil
import unittest

from pop3_program import CliTest

# An authentication plugin that says "X-GROWN --" and is content with +OK.
GROWING = "tests/plugins/newer/pop3_x_growing.so"
LINKED = [
    "tcp 0.1.0 1.0 transport tcp bottom -",
    "unix 0.1.0 1.0 transport unix bottom -",
    "user_pass 0.1.0 1.0 mechanism user cleartext -",
    "apop 0.1.0 1.0 mechanism apop only-if-asked -",
    "rpop 0.1.0 1.0 mechanism rpop only-if-asked -",
]


class Plugins(CliTest):
    """With a plugin in the test's directory."""

    def setUp(self):
        super().setUp()
        self.plugin = self.path("pop3_x_growing.so")
        shutil.copyfile(GROWING, self.plugin)
        os.chmod(self.plugin, 0o644)

    def test_what_is_linked(self):
        result = self.pop3("plugins")
        self.check(result, 0)
        lines = result.out.decode().splitlines()
        for line in LINKED:
            self.assertIn(line, lines)
        for line in lines:
            self.assertTrue(line.endswith(" -"), line)

    def test_what_is_loaded(self):
        line = f"x_growing 1.0.0 1.0 mechanism x-growing only-if-asked {self.plugin}"
        by_name = ["--plugin-dir", self.path("none"), "--plugin-dir", self.folder]
        for arguments in (by_name + ["--plugin", "x_growing"], ["--plugin", self.plugin]):
            result = self.pop3("plugins", *arguments)
            self.check(result, 0)
            self.assertEqual(line, result.out.decode().splitlines()[-1])

    def test_json(self):
        result = self.pop3("plugins", "--json", "--plugin", self.plugin)
        self.check(result, 0)
        plugins = {plugin["name"]: plugin for plugin in json.loads(result.out)}
        self.assertEqual(
            {
                "name": "tcp",
                "version": "0.1.0",
                "abi": "1.0",
                "path": None,
                "offers": [{"kind": "transport", "name": "tcp", "flags": ["bottom"]}],
            },
            plugins["tcp"],
        )
        self.assertEqual(self.plugin, plugins["x_growing"]["path"])
        self.assertEqual(
            [{"kind": "mechanism", "name": "x-growing", "flags": ["only-if-asked"]}],
            plugins["x_growing"]["offers"],
        )

    def test_used_in_a_session(self):
        server = self.script({b"X-GROWN": b"+OK\r\n"})
        arguments = ["--auth", "x-growing"]
        self.check(self.pop3("stat", server.url(), *arguments), 5, b"", "X-GROWING")
        self.assertNotIn(b"X-GROWN --", server.lines)
        arguments += ["--plugin", self.plugin]
        self.check(self.pop3("stat", server.url(), *arguments), 0, b"1 8\n")
        self.assertIn(b"X-GROWN --", server.lines)

    def test_refused(self):
        missing = self.pop3("plugins", "--plugin-dir", self.folder, "--plugin", "nothing")
        self.check(missing, 2, b"", f"there is no pop3_nothing.so in {self.folder}")
        self.check(self.pop3("plugins", "--plugin", "../x"), 2, b"", "is no plugin: give a name")
        linked = self.pop3("plugins", "--plugin-dir", "lib", "--plugin", "x_growing")
        self.check(linked, 2, b"", "lib is no absolute path")
        os.chmod(self.plugin, 0o666)
        # Also where the plugin would not be needed: what is asked for and bad is an error.
        for command in (["plugins"], ["stat", "pop3://127.0.0.1:1"]):
            result = self.pop3(*command, "--plugin", self.plugin)
            self.check(result, 9, b"", "can be written to by everybody (mode 0666)")

    def test_command_line(self):
        self.check(self.pop3("plugins", "pop3://h"), 2, b"", "use: pop3 plugins [OPTIONS]")
        self.check(self.pop3("plugins", "--user", "x"), 2, b"", "--user does not go with plugins")
        many = ["--plugin", self.plugin] * 17
        self.check(self.pop3("plugins", *many), 2, b"", "--plugin is given too often")
        result = self.pop3("plugins", "--help")
        self.check(result, 0)
        self.assertIn(b"Use: pop3 plugins [OPTIONS]\n", result.out)
        self.assertNotIn(b"--user", result.out)

    def test_output_that_fails(self):
        with open("/dev/full", "wb") as full:
            result = self.pop3("plugins", stdout=full)
        self.check(result, 8, None, "No space left on device")


if __name__ == "__main__":
    unittest.main()
