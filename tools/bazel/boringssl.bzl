"""@boringssl from Debian's package android-libboringssl-dev, as an import library.

The package has shared libraries only, and linking them is not an option. BoringSSL's libcrypto.so.0
exports HMAC, EVP_DigestInit and 2,300 more names that OpenSSL's libcrypto.so.3 exports too, without
symbol versions. In one process with OpenSSL (which Cyrus SASL loads behind the scenes for
SCRAM and DIGEST-MD5) the dynamic linker binds the calls of the one to the functions of the other,
and the program crashes.

So each function gets a trampoline in a static archive. It is hidden, thus invisible to the dynamic
linker, and learns on its first call where the function is in a libcrypto.so.0 that has been loaded
by dlopen with RTLD_LOCAL and RTLD_DEEPBIND, thus out of the sight of everyone else. For the code
that uses it, @boringssl//:ssl is what it is in a monorepo: a static library with <openssl/...>.
Only functions are imported; the few tables that libcrypto exports (the ASN1_*_it) are not.

Where the libraries are not there at run time, or are of a version without a function that libpop3
needs (tests/boringssl/boringssl_api.txt), BoringSSL is absent as a whole, which is found out by the
first call of any function. The program is not aborted for that: TLS_method(), SSL_CTX_new() and
MD5_Init() say no, and ERR_reason_error_string() says why, so that a caller who asks them first tells
its user which package is missing, without knowing of trampolines. import.h has the details.

The trampolines lie in one object for each family of names (MD5_*, EVP_*, ...), so that the linker
takes but what is used.
"""

_HEADERS = "/usr/include/android/openssl"
_PACKAGE = "android-libboringssl-dev"

def _fail(text):
    fail("\n\n@boringssl: %s\nOn Debian 12, as root:\n    apt-get install %s binutils\n" %
         (text, _PACKAGE) + "tools/packages.sh installs everything that libpop3 needs.\n")

def _run(repository_ctx, *command):
    """Returns the output of a command, or None where it is not there or has failed."""
    program = repository_ctx.which(command[0])
    if not program:
        return None
    result = repository_ctx.execute([program] + list(command[1:]))
    return result.stdout.strip() if result.return_code == 0 else None

def _library_directory(repository_ctx):
    """Returns the directory of the libraries for the machine that the compiler compiles for."""
    machines = []
    for compiler in [repository_ctx.os.environ.get("CC"), "gcc", "clang", "cc"]:
        machine = _run(repository_ctx, compiler, "-dumpmachine") if compiler else None
        if machine:
            # clang says x86_64-pc-linux-gnu where the directory is x86_64-linux-gnu.
            machines.append(machine.replace("-pc-", "-").replace("-unknown-", "-"))
    machine = _run(repository_ctx, "uname", "-m")
    if machine:
        machines.append(machine + "-linux-gnu")
    for machine in machines:
        directory = "/usr/lib/%s/android" % machine
        if repository_ctx.path(directory + "/libssl.so.0").exists:
            return directory
    _fail("there is no libssl.so.0 in /usr/lib/%s/android." % (machines[0] if machines else "*"))
    return None

def _functions(repository_ctx, library):
    """Returns the C functions that a shared library exports."""
    output = _run(repository_ctx, "nm", "-D", "--defined-only", library)
    if not output:
        _fail("`nm -D %s` has failed." % library)
    names = []
    for line in output.splitlines():
        words = line.split(" ")
        if len(words) != 3 or words[1] not in "TWi":
            continue

        # Names of C++ are BoringSSL talking to itself: they are in no header that C can read.
        if words[2].startswith("_"):
            continue
        names.append(words[2])
    return names

def _family(name):
    """Returns the part of a name that tells what it belongs to: `md5` for MD5_Init."""
    return name.partition("_")[0].lower()

def _write_trampolines(repository_ctx, library, names):
    families = {}
    for name in names:
        families.setdefault(_family(name), []).append(name)
    for family, members in families.items():
        lines = ["#include \"import.inc\""]
        lines += ["import %s, %s" % (library, name) for name in members]
        repository_ctx.file("%s_%s.S" % (library, family), "\n".join(lines) + "\n", False)
    repository_ctx.file(
        "%s__resolve.S" % library,
        "#include \"import.inc\"\n#include \"resolve.inc\"\nresolver %s\n" % library,
        False,
    )

def _needed(repository_ctx):
    """Returns the names of the lines `function NAME` in the list of what must be there, in a dict."""
    names = {}
    for line in repository_ctx.read(repository_ctx.attr.needed).splitlines():
        words = line.split(" ")
        if words[0] == "function" and len(words) == 2:
            names[words[1]] = True
    return names

def _describe(name, path, needed):
    """Returns a library as libraries.h has it: where it is, and what must be in it."""
    names = " ".join(["\"%s\\0\"" % one for one in needed])
    return "#define BORINGSSL_LIB%s \"%s\"\n#define BORINGSSL_%s_NEEDED %s \"\"\n" % (
        name,
        path,
        name,
        names,
    )

def _debian_boringssl_impl(repository_ctx):
    if not repository_ctx.path(_HEADERS + "/ssl.h").exists:
        _fail("there is no %s/ssl.h." % _HEADERS)
    directory = _library_directory(repository_ctx)
    crypto = directory + "/libcrypto.so.0"
    ssl = directory + "/libssl.so.0"

    # A name that is in both belongs to the lower one.
    crypto_names = _functions(repository_ctx, crypto)
    known = {name: True for name in crypto_names}
    _write_trampolines(repository_ctx, "crypto", crypto_names)
    ssl_names = [name for name in _functions(repository_ctx, ssl) if name not in known]
    _write_trampolines(repository_ctx, "ssl", ssl_names)
    needed = _needed(repository_ctx)
    repository_ctx.file(
        "libraries.h",
        _describe("CRYPTO", crypto, [name for name in crypto_names if name in needed]) +
        _describe("SSL", ssl, [name for name in ssl_names if name in needed]),
        False,
    )
    repository_ctx.symlink(_HEADERS, "include/openssl")
    for source in repository_ctx.attr.sources:
        repository_ctx.symlink(repository_ctx.path(source), source.name)
    repository_ctx.symlink(repository_ctx.path(repository_ctx.attr.build_file), "BUILD.bazel")

debian_boringssl_repository = repository_rule(
    implementation = _debian_boringssl_impl,
    attrs = {
        "build_file": attr.label(
            allow_single_file = True,
            default = Label("//tools/bazel/boringssl:boringssl.BUILD"),
        ),
        "needed": attr.label(
            allow_single_file = True,
            default = Label("//tests/boringssl:boringssl_api.txt"),
            doc = "Lines `function NAME`: without one of them BoringSSL is of no use to the program.",
        ),
        "sources": attr.label_list(
            allow_files = True,
            default = [
                Label("//tools/bazel/boringssl:import.c"),
                Label("//tools/bazel/boringssl:import.h"),
                Label("//tools/bazel/boringssl:import.inc"),
                Label("//tools/bazel/boringssl:import_crypto.c"),
                Label("//tools/bazel/boringssl:import_ssl.c"),
                Label("//tools/bazel/boringssl:resolve.inc"),
            ],
        ),
    },
    doc = "BoringSSL of the package android-libboringssl-dev: //:crypto and //:ssl.",
    environ = ["CC"],
    local = True,
)
