"""cli_test, cli_process_test: the tests of `pop3`."""

def cli_test(name, deps = [], **kwargs):
    """Makes NAME_test from NAME_test.cc, which tests tools/cli/NAME.c.

    Args:
      name: name of the file under test, without its suffix.
      deps: what it needs beside the helpers.
      **kwargs: further attributes of cc_test.
    """
    native.cc_test(
        name = name + "_test",
        size = "small",
        srcs = [name + "_test.cc"],
        linkstatic = True,
        deps = [
            ":helpers",
            "//tools/cli",
            "@com_google_googletest//:gtest_main",
        ] + deps,
        **kwargs
    )

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
            "//tests/testing:sasl_modules",
            "//tools/cli:pop3",
            "//tools/mailboxd",
        ] + plugins,
        **kwargs
    )
