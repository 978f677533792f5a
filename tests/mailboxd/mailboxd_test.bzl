"""mailboxd_process_test: a test that runs mailboxd and talks to it."""

def mailboxd_process_test(name, size = "medium", **kwargs):
    """Makes a test from the Python unittest file NAME.py.

    Args:
      name: name of the file, without its suffix.
      size: as of every test.
      **kwargs: further attributes of sh_test.
    """
    native.sh_test(
        name = name,
        size = size,
        srcs = ["run_python.sh"],
        args = [
            "$(location %s.py)" % name,
            "$(location //tools/mailboxd)",
        ],
        data = [
            name + ".py",
            "mailboxd_harness.py",
            "sasl_client.py",
            "//tests/testing:sasl_modules",
            "//tools/mailboxd",
        ],
        **kwargs
    )
