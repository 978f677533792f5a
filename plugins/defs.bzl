"""pop3_plugin, pop3_plugin_test and pop3_plugin_set: a plugin from one source, the conformance suite
for it, and sets of plugins without a global.

    load("@libpop3//plugins:defs.bzl", "pop3_plugin", "pop3_plugin_set", "pop3_plugin_test")

    pop3_plugin(
        name = "carrier_pigeon",
        srcs = ["carrier_pigeon.c"],
        hdrs = ["carrier_pigeon.h"],
    )

    pop3_plugin_test(
        name = "carrier_pigeon_test",
        srcs = ["carrier_pigeon_test.cc"],
        plugin = ":carrier_pigeon",
    )

    pop3_plugin_set(
        name = "my_plugins",
        plugins = [
            ":carrier_pigeon",
            "@libpop3//auth:user_pass",
        ],
    )

Labels of libpop3 itself stand in Label(), so that all of this means the same in any workspace.
"""

_SPI = Label("//core:spi")
_CORE = Label("//core")
_EXPORTS = Label("//plugins:plugin.lds")

_LOWER = "abcdefghijklmnopqrstuvwxyz0123456789_"

# The registry's limit for the name of a plugin.
_NAME_MAX = 15

def _is_c_name(name, most):
    # Starlark has no loop that ends early in an expression: count what is wrong.
    wrong = [c for c in name.elems() if c not in _LOWER]
    return 0 < len(name) and len(name) <= most and not wrong

def pop3_plugin(
        name,
        srcs,
        deps = [],
        hdrs = [],
        copts = [],
        local_defines = [],
        linkopts = [],
        visibility = None,
        **kwargs):
    """Makes a plugin from one source, in two forms.

    * `:NAME`, a static library with the function `pop3_plugin_NAME`, for pop3_plugin_set or for
      pop3_registry_add(registry, pop3_plugin_NAME(POP3_ABI), ...);
    * `:pop3_NAME.so`, a loadable object for <pop3/loader.h>. It is compiled with POP3_PLUGIN_DSO,
      exports `pop3_plugin_entry` alone, and has its dependencies inside, except for what is a
      shared library of the system.

    A source includes <pop3/spi/...> only and ends in POP3_PLUGIN_ENTRY(NAME, descriptor); the
    descriptor's name is NAME as well.

    Args:
      name: name of the plugin: at most 15 of a-z 0-9 _.
      srcs: C or C++ sources and private headers.
      deps: what they need beside //core:spi. Not //core: a plugin reaches it through pop3_host.
      hdrs: the header that declares pop3_plugin_NAME, if there is one; pop3_plugin_set needs none.
      copts: as of cc_library, for both forms.
      local_defines: likewise.
      linkopts: likewise.
      visibility: of both forms.
      **kwargs: further attributes that cc_library and cc_binary both have (testonly, tags, ...).
    """
    if not _is_c_name(name, _NAME_MAX):
        fail("pop3_plugin: the name \"%s\" is not 1 to %d of a-z 0-9 _" % (name, _NAME_MAX))
    native.cc_library(
        name = name,
        srcs = srcs,
        hdrs = hdrs,
        copts = copts,
        linkopts = linkopts,
        # A lib*.so of Bazel's own making would be of no use: it would want the helpers' hidden
        # symbols from another one.
        linkstatic = True,
        local_defines = local_defines,
        visibility = visibility,
        deps = deps + [_SPI],
        **kwargs
    )
    native.cc_binary(
        name = "pop3_%s.so" % name,
        srcs = srcs + hdrs,
        additional_linker_inputs = [_EXPORTS],
        copts = copts + ["-fvisibility=hidden"],
        linkopts = linkopts + [
            # Bazel links libstdc++ and libm into everything.
            "-Wl,--as-needed",
            "-Wl,-z,relro,-z,now,-z,noexecstack",
            "-Wl,--version-script=$(location %s)" % _EXPORTS,
        ],
        linkshared = True,
        linkstatic = True,
        local_defines = local_defines + ["POP3_PLUGIN_DSO"],
        visibility = visibility,
        deps = deps + [_SPI],
        **kwargs
    )

_HEADER = """\
// The plugins of {label}. Generated: do not edit.
#ifndef {guard}
#define {guard}

#include <pop3/registry.h>
#include <pop3/status.h>

#ifdef __cplusplus
extern "C" {{
#endif

// {function} adds to |registry|:
//   {names}.
// Fails as pop3_registry_add does; what was added before stays.
pop3_status {function}(pop3_registry *registry, pop3_error *err);

#ifdef __cplusplus
}}
#endif

#endif  // {guard}
"""

_SOURCE = """\
// The plugins of {label}. Generated: do not edit.
#include <pop3/registry.h>
#include <pop3/spi/plugin.h>
#include <stddef.h>

{declarations}

pop3_status {function}(pop3_registry *registry, pop3_error *err);

pop3_status {function}(pop3_registry *registry, pop3_error *err) {{
  static const pop3_plugin_entry_fn kPlugins[] = {{
{entries}
  }};
  for (size_t i = 0; i < sizeof(kPlugins) / sizeof(kPlugins[0]); i++) {{
    pop3_status status = pop3_registry_add(registry, kPlugins[i](POP3_ABI), err);
    if (status != POP3_OK) return status;
  }}
  return POP3_OK;
}}
"""

def _plugin_table_impl(ctx):
    names = [plugin.label.name for plugin in ctx.attr.plugins]
    for name in names:
        if not _is_c_name(name, _NAME_MAX):
            fail("%s: no pop3_plugin can be called \"%s\"" % (ctx.label, name))
    path = "%s/%s" % (ctx.label.package, ctx.attr.set)
    words = {
        "declarations": "\n".join([
            "const pop3_plugin *pop3_plugin_%s(uint32_t host_abi);" % name
            for name in names
        ]),
        "entries": "\n".join(["      pop3_plugin_%s," % name for name in names]),
        "function": "pop3_registry_add_" + ctx.attr.set,
        "guard": "".join([
            c if c.isalnum() else "_"
            for c in path.upper().elems()
        ]) + "_PLUGINS_H_",
        "label": "//%s:%s" % (ctx.label.package, ctx.attr.set),
        "names": ", ".join(names),
    }
    ctx.actions.write(ctx.outputs.source, _SOURCE.format(**words))
    if ctx.outputs.header:
        ctx.actions.write(ctx.outputs.header, _HEADER.format(**words))

_plugin_table = rule(
    implementation = _plugin_table_impl,
    attrs = {
        "header": attr.output(doc = "Declares the function, if it is wanted."),
        "plugins": attr.label_list(mandatory = True, providers = [CcInfo]),
        "set": attr.string(mandatory = True),
        "source": attr.output(mandatory = True),
    },
    doc = "Writes the table of a pop3_plugin_set.",
)

def pop3_plugin_set(name, plugins, hdrs = None, visibility = None, **kwargs):
    """Makes a library whose one function adds plugins to a registry, from an explicit list.

    The function is `pop3_registry_add_NAME(registry, err)`. Nothing registers itself: what is not
    in the list is not in the program.

    Args:
      name: name of the set: a-z 0-9 _.
      plugins: labels of pop3_plugin targets, or of any cc_library X that defines `pop3_plugin_X`.
        They are added in this order.
      hdrs: a header of your own that declares the function; without it, `PACKAGE/NAME_plugins.h` is
        generated.
      visibility: of the library.
      **kwargs: further attributes of cc_library (includes, testonly, tags, ...).
    """
    if not _is_c_name(name, 40):
        fail("pop3_plugin_set: the name \"%s\" is not a-z 0-9 _" % name)
    if not plugins:
        fail("pop3_plugin_set %s: the list of plugins is empty" % name)
    shared = {key: kwargs[key] for key in ["tags", "testonly"] if key in kwargs}
    source = name + "_plugins.c"
    header = None if hdrs else name + "_plugins.h"
    _plugin_table(
        name = name + "_plugins",
        header = header,
        plugins = plugins,
        set = name,
        source = source,
        visibility = ["//visibility:private"],
        **shared
    )
    native.cc_library(
        name = name,
        srcs = [source],
        hdrs = hdrs or [header],
        linkstatic = True,
        visibility = visibility,
        deps = plugins + [_CORE],
        **kwargs
    )

_CONFORMANCE = Label("//tests/conformance")
_CONFORMANCE_MAIN = Label("//tests/conformance:main")
_DSO_ENTRY = Label("//tests/conformance:dso_entry")
_STATIC_ENTRY = Label("//tests/conformance:static_entry")
_LINKED_ENTRY = Label("//tests/conformance:linked_entry.c")

# Of the attributes of a cc_test those that say how its sources are compiled.
_OF_SOURCES = ["copts", "defines", "includes", "local_defines"]

def _loadable_form(plugin):
    # "//a:x" and "//a/x" to "//a:pop3_x.so", ":x" to ":pop3_x.so".
    package, colon, name = plugin.rpartition(":")
    if colon:
        return package + ":pop3_%s.so" % name
    if plugin.startswith("//") or plugin.startswith("@"):
        return plugin + ":pop3_%s.so" % plugin.rpartition("/")[2]
    return "pop3_%s.so" % plugin

def pop3_plugin_test(
        name,
        plugin,
        srcs,
        deps = [],
        data = [],
        size = "small",
        tags = [],
        so_tags = [],
        **kwargs):
    """Tests that a plugin keeps the contract of <pop3/spi/...>: the conformance suite.

    Makes `NAME`, the suite on the plugin linked statically, and `NAME_so`, the same on the loadable
    object. Each rule is a test case of its own; docs/conformance.md of libpop3 has the list.
    `NAME_cases` is what both have of `srcs`, which are compiled once.

    Args:
      name: name of the test.
      plugin: label of a pop3_plugin.
      srcs: a source that defines pop3_conformance::Describe; see tests/conformance/conformance.h.
      deps: what the source needs beside the suite.
      data: what it needs at run time.
      size: of both tests.
      tags: likewise.
      so_tags: further tags, of `NAME_so` only.
      **kwargs: further attributes of cc_test.
    """
    entry = "pop3_plugin_" + plugin.rpartition(":")[2].rpartition("/")[2]
    cases = name + "_cases"
    native.cc_library(
        name = cases,
        testonly = True,
        srcs = srcs,
        # Nobody calls it but the suite, which comes later in the linker's list.
        alwayslink = True,
        linkstatic = True,
        tags = tags,
        visibility = ["//visibility:private"],
        deps = deps + [
            _CONFORMANCE,
            _CONFORMANCE_MAIN,
        ],
        **{key: kwargs[key] for key in _OF_SOURCES if key in kwargs}
    )
    kwargs = {key: kwargs[key] for key in kwargs if key not in _OF_SOURCES}
    native.cc_test(
        name = name,
        size = size,
        srcs = [_LINKED_ENTRY],
        data = data,
        linkstatic = True,
        local_defines = ["POP3_CONFORMANCE_ENTRY=" + entry],
        tags = tags,
        deps = [
            ":" + cases,
            plugin,
            _SPI,
            _STATIC_ENTRY,
        ],
        **kwargs
    )
    loadable = _loadable_form(plugin)
    native.cc_test(
        name = name + "_so",
        size = size,
        args = ["--plugin=$(location %s)" % loadable],
        data = data + [loadable],
        linkopts = ["-ldl"],
        linkstatic = True,
        tags = tags + so_tags,
        deps = [
            ":" + cases,
            _DSO_ENTRY,
        ],
        **kwargs
    )
