"""core_test: the test of one file of //core."""

def core_test(name, deps = [], **kwargs):
    """Makes NAME_test from NAME_test.cc, which tests core/NAME.c.

    Args:
      name: name of the file under test, without its suffix.
      deps: what the test needs besides the core, GoogleTest and the failing allocator.
      **kwargs: further attributes of cc_test.
    """
    native.cc_test(
        name = name + "_test",
        size = "small",
        srcs = [name + "_test.cc"],
        linkstatic = True,
        deps = deps + [
            "//core",
            "//core:internal",
            "//tests/testing:asleep",
            "//tests/testing:failing_allocator",
            "@com_google_googletest//:gtest_main",
        ],
        **kwargs
    )
