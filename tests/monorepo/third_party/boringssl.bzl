"""@boringssl as a monorepo may have it: Debian's shared libraries, linked in the plain way.

This is not the repository that libpop3 makes by itself: no trampolines, no dlopen, the libraries
are in the global scope of each program. Hence programs with it may not load OpenSSL, for which
Cyrus SASL's SCRAM and DIGEST-MD5 would ask: this monorepo has no use for SASL.
"""

_BUILD = """
cc_library(
    name = "crypto",
    hdrs = glob(["include/openssl/*.h"]),
    # Who sees this define has been compiled with this repository.
    defines = ["MONOREPO_BORINGSSL"],
    includes = ["include"],
    linkopts = [
        "-L{directory}",
        "-Wl,-rpath,{directory}",
        "-l:libcrypto.so.0",
    ],
    visibility = ["//visibility:public"],
)

cc_library(
    name = "ssl",
    linkopts = [
        "-L{directory}",
        "-l:libssl.so.0",
    ],
    visibility = ["//visibility:public"],
    deps = [":crypto"],
)
"""

def _shared_boringssl_impl(repository_ctx):
    machine = repository_ctx.execute(["uname", "-m"]).stdout.strip()
    directory = "/usr/lib/%s-linux-gnu/android" % machine
    for path in [directory + "/libssl.so.0", "/usr/include/android/openssl/ssl.h"]:
        if not repository_ctx.path(path).exists:
            fail("there is no %s: apt-get install android-libboringssl-dev" % path)
    repository_ctx.symlink("/usr/include/android/openssl", "include/openssl")
    repository_ctx.file("BUILD.bazel", _BUILD.format(directory = directory))

shared_boringssl_repository = repository_rule(
    implementation = _shared_boringssl_impl,
    local = True,
)
