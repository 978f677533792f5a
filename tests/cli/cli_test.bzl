"""cli_process_test: the tests of `pop3` as a process."""

def cli_process_test(name, size = "medium", plugins = [], **kwargs):
    """Makes a test from the Python unittest file NAME.py, which runs pop3 against servers.

    Args:
      name: name of the file, without its suffix.
      size: as of every test.
      plugins: loadable plugins that it needs.
      **kwargs: further attributes of sh_test.
    """
    native.sh_test(
        name = name,
        size = size,
        srcs = ["run_python.sh"],
        args = [
            "$(location %s.py)" % name,
            "$(location //tools/cli:pop3)",
            "$(location //tools/mailboxd)",
        ],
        data = [
            name + ".py",
            "harness.py",
            "terminal.py",
            "//tools/cli:pop3",
            "//tools/mailboxd",
        ] + plugins,
        **kwargs
    )
