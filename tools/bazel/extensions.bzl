"""What deps.bzl does for WORKSPACE, as a module extension for MODULE.bazel.

Only MODULE.bazel loads this file: a Bazel that does not know module_extension does not know
MODULE.bazel either. A repository that nobody refers to is not made, so that one may be declared here
whose packages are not installed: libpop3's MODULE.bazel takes @cyrus_sasl from it, and BoringSSL and
GoogleTest from the registry.
"""

load("//tools/bazel:boringssl.bzl", "debian_boringssl_repository")
load("//tools/bazel:packages.bzl", "debian_cyrus_sasl_repository", "debian_googletest_repository")

def _debian_impl(_module_ctx):
    debian_boringssl_repository(name = "debian_boringssl")
    debian_cyrus_sasl_repository(name = "cyrus_sasl")
    debian_googletest_repository(name = "debian_googletest")

debian = module_extension(
    implementation = _debian_impl,
    doc = "Repositories made from Debian's packages.",
)
