"""mailboxd_process_test: a test that runs mailboxd and talks to it."""

load("//tests/testing/python:python_test.bzl", "python_test")

def mailboxd_process_test(name, size = "medium", tags = [], **kwargs):
    """Makes a test from the Python unittest file NAME.py.

    Args:
      name: name of the file, without its suffix.
      size: as of every test.
      tags: likewise; it runs with the program as it ships, and under ASan by tools/nightly.sh.
      **kwargs: further attributes of python_test.
    """
    python_test(
        name = name,
        size = size,
        data = [
            "//tests/testing:sasl_modules",
            "//tools/mailboxd",
        ],
        env = {"MAILBOXD": "$(rootpath //tools/mailboxd)"},
        tags = tags + ["asan_nightly", "shipped"],
        **kwargs
    )
