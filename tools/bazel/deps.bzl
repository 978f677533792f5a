"""libpop3_deps() declares the repositories that libpop3 is built from.

A workspace that already has a @boringssl, a @cyrus_sasl or a @com_google_googletest of its own
declares it before the call, and that one is used: libpop3 wants only these labels from them:

    @boringssl//:ssl  @boringssl//:crypto       <openssl/...>
    @cyrus_sasl//:sasl2                         <sasl/...>
    @com_google_googletest//:gtest  //:gtest_main    (tests only)

Otherwise they are made from Debian's packages; nothing is ever downloaded.
"""

load("//tools/bazel:boringssl.bzl", "debian_boringssl_repository")
load("//tools/bazel:packages.bzl", "debian_cyrus_sasl_repository", "debian_googletest_repository")
load("//tools/bazel:shims.bzl", "old_bazel_shims")

def libpop3_deps():
    """Declares what is not declared yet. Call it from WORKSPACE, after your own repositories."""
    if not native.existing_rule("boringssl"):
        debian_boringssl_repository(name = "boringssl")
    if not native.existing_rule("cyrus_sasl"):
        debian_cyrus_sasl_repository(name = "cyrus_sasl")
    if not native.existing_rule("com_google_googletest"):
        debian_googletest_repository(name = "com_google_googletest")
    old_bazel_shims()
