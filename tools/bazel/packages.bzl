"""@cyrus_sasl and @com_google_googletest from Debian's packages."""

def _require(repository_ctx, path, package):
    """Fails with the name of the missing package, rather than with that of a missing header."""
    found = repository_ctx.path(path)
    if not found.exists:
        fail("\n\n%s is missing: there is no %s. On Debian 12, as root:\n" % (package, path) +
             "    apt-get install %s\n" % package +
             "tools/packages.sh installs everything that libpop3 needs.\n")
    return found

def _cyrus_sasl_impl(repository_ctx):
    _require(repository_ctx, "/usr/include/sasl/sasl.h", "libsasl2-dev")
    repository_ctx.symlink("/usr/include/sasl", "include/sasl")
    repository_ctx.file("BUILD.bazel", """
# Linked as the system's shared library: it needs libc alone, and it finds its mechanisms (which
# need more) by dlopen. The linker knows the multiarch directory by itself.
cc_library(
    name = "sasl2",
    hdrs = glob(["include/sasl/*.h"]),
    includes = ["include"],
    linkopts = ["-lsasl2"],
    visibility = ["//visibility:public"],
)
""")

debian_cyrus_sasl_repository = repository_rule(
    implementation = _cyrus_sasl_impl,
    doc = "Cyrus SASL of the package libsasl2-dev, as @cyrus_sasl//:sasl2.",
    local = True,
)

def _googletest_impl(repository_ctx):
    _require(repository_ctx, "/usr/include/gtest/gtest.h", "libgtest-dev")
    repository_ctx.symlink("/usr/include/gtest", "include/gtest")
    repository_ctx.file("BUILD.bazel", """
# The package has the libraries compiled: doing it again in each configuration would take longer than
# all of core does. By file name, so that no libgtest.so is taken instead.
cc_library(
    name = "gtest",
    testonly = True,
    hdrs = glob(["include/gtest/**/*.h"]),
    includes = ["include"],
    linkopts = ["-l:libgtest.a", "-pthread"],
    visibility = ["//visibility:public"],
)

cc_library(
    name = "gtest_main",
    testonly = True,
    linkopts = ["-l:libgtest_main.a"],
    visibility = ["//visibility:public"],
    deps = [":gtest"],
)
""")

debian_googletest_repository = repository_rule(
    implementation = _googletest_impl,
    doc = "GoogleTest of the package libgtest-dev.",
    local = True,
)
