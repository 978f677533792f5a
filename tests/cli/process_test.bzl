"""cli_process_test: the tests of `pop3` as a process."""

load("//tests/testing/python:python_test.bzl", "python_test")

def cli_process_test(name, size = "medium", tags = [], plugins = [], **kwargs):
    """Makes a test from the Python unittest file NAME.py, which runs pop3 against servers.

    Args:
      name: name of the file, without its suffix.
      size: as of every test.
      tags: likewise; it runs with the program as it ships, too.
      plugins: loadable plugins that it needs.
      **kwargs: further attributes of python_test.
    """
    python_test(
        name = name,
        size = size,
        data = [
            "//tests/testing:sasl_modules",
            "//tools/cli:pop3",
            "//tools/mailboxd",
        ] + plugins,
        env = {
            "MAILBOXD": "$(rootpath //tools/mailboxd)",
            "POP3": "$(rootpath //tools/cli:pop3)",
        },
        tags = tags + ["shipped"],
        **kwargs
    )
