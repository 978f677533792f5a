"""pop3_bundle: static libraries for the world outside Bazel, where all symbols meet.

A cc_library is many object files that find each other by global symbols, and takes in what it
depends on. In a program that is linked by somebody else these symbols would meet those of others:
the import library of BoringSSL has an SSL_new, and so has OpenSSL. So each part becomes one object
file, in which only the symbols of a list are left to be seen.
"""

load("@bazel_tools//tools/cpp:toolchain_utils.bzl", "find_cpp_toolchain")

def _archives(target):
    """The static libraries that a target is made of, in the order of linking, without doubles."""
    archives = []
    for linker_input in target[CcInfo].linking_context.linker_inputs.to_list():
        for library in linker_input.libraries:
            archive = library.pic_static_library or library.static_library
            if archive and archive not in archives:
                archives.append(archive)
    return archives

def _merge(ctx, tools, name, archives):
    """One object file of all that is in `archives`."""
    merged = ctx.actions.declare_file("%s/%s.all.o" % (ctx.label.name, name))
    ctx.actions.run(
        executable = tools.ld_executable,
        arguments = ["-r", "-o", merged.path, "--whole-archive"] + [a.path for a in archives],
        inputs = depset(archives, transitive = [tools.all_files]),
        outputs = [merged],
        mnemonic = "Pop3Merge",
    )
    kept = ctx.actions.declare_file("%s/%s.o" % (ctx.label.name, name))
    ctx.actions.run(
        executable = tools.objcopy_executable,
        arguments = [
            "--keep-global-symbols=" + ctx.file.exports.path,
            merged.path,
            kept.path,
        ],
        inputs = depset([merged, ctx.file.exports], transitive = [tools.all_files]),
        outputs = [kept],
        mnemonic = "Pop3Hide",
    )
    return kept

def _bundle_impl(ctx):
    tools = find_cpp_toolchain(ctx)
    base = _archives(ctx.attr.base)
    objects = [_merge(ctx, tools, ctx.attr.base_name, base)]
    for target, name in ctx.attr.parts.items():
        own = [archive for archive in _archives(target) if archive not in base]
        if not own:
            fail("%s: there is nothing in %s that is not in %s" %
                 (ctx.label, target.label, ctx.attr.base.label))
        objects.append(_merge(ctx, tools, name, own))
    archive = ctx.actions.declare_file("lib%s.a" % ctx.label.name)
    ctx.actions.run(
        executable = tools.ar_executable,
        arguments = ["rcsD", archive.path] + [o.path for o in objects],
        inputs = depset(objects, transitive = [tools.all_files]),
        outputs = [archive],
        mnemonic = "Pop3Archive",
    )
    return [
        DefaultInfo(files = depset([archive])),
        OutputGroupInfo(objects = depset(objects)),
    ]

pop3_bundle = rule(
    implementation = _bundle_impl,
    attrs = {
        "base": attr.label(
            doc = "What the parts may refer to: an object of its own.",
            mandatory = True,
            providers = [CcInfo],
        ),
        "base_name": attr.string(mandatory = True),
        "exports": attr.label(
            allow_single_file = True,
            doc = "The symbols that stay global, one a line.",
            mandatory = True,
        ),
        "parts": attr.label_keyed_string_dict(
            doc = "Libraries, each with all that it depends on but the base, and their names.",
            providers = [CcInfo],
        ),
        "_cc_toolchain": attr.label(default = Label("@bazel_tools//tools/cpp:current_cc_toolchain")),
    },
    doc = "Makes libNAME.a; the output group `objects` is what it consists of.",
    toolchains = ["@bazel_tools//tools/cpp:toolchain_type"],
)

def _public_path(file):
    """Where a header is installed: under the name that it is included by."""
    before, include, path = file.short_path.rpartition("/include/")
    if not include:
        fail("%s is in no folder include/: how is it included?" % file.short_path)
    return "include/" + path

def _headers_impl(ctx):
    made = {}
    for dep in ctx.attr.deps:
        for header in dep[CcInfo].compilation_context.direct_public_headers:
            path = _public_path(header)
            if path in made:
                continue  # //core and //core:spi share some
            made[path] = ctx.actions.declare_file(path)
            ctx.actions.symlink(output = made[path], target_file = header)
    return [DefaultInfo(files = depset(made.values()))]

pop3_headers = rule(
    implementation = _headers_impl,
    attrs = {
        "deps": attr.label_list(
            doc = "Libraries whose own headers are for applications.",
            mandatory = True,
            providers = [CcInfo],
        ),
    },
    doc = "The public headers as they are installed, in include/.",
)
