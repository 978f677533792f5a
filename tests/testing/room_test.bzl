"""room_test: all tests of a room, which is a folder of tests, in one program.

    load("//tests/testing:room_test.bzl", "room_test")

    room_test(
        name = "core_test",
        srcs = glob(["*_test.cc"]),
        deps = ["//core"],
    )

    bazel test //tests/core:core_test --test_filter='Dot.*'

Most of the time that a small test takes to compile goes into GoogleTest's headers. So a few generated
sources include the files, as many each as any other: NAME_unit_1.cc and so on. What a file defines is
in a namespace of its own, which has the name of the file, and a test suite is in one file only
(tools/check_layout.py).
"""

def _units_impl(ctx):
    paths = [file.short_path for file in ctx.files.srcs]
    count = len(ctx.outputs.units)
    for at, unit in enumerate(ctx.outputs.units):
        # Another repository's files are in ../NAME, seen from here; includes start at its root.
        mine = [path.split("/", 2)[2] if path.startswith("../") else path for path in paths[at::count]]
        ctx.actions.write(unit, "".join(["#include \"%s\"\n" % path for path in mine]))

_units = rule(
    implementation = _units_impl,
    attrs = {
        "srcs": attr.label_list(allow_files = [".cc"], mandatory = True),
        "units": attr.output_list(mandatory = True),
    },
    doc = "Writes the sources that include the tests.",
)

def _program(name, srcs, units, deps, **kwargs):
    if not srcs:
        fail("room_test %s: there are no tests" % name)
    units = min(units, len(srcs))
    sources = ["%s_unit_%d.cc" % (name, at + 1) for at in range(units)]
    _units(
        name = name + "_units",
        testonly = True,
        srcs = srcs,
        units = sources,
        tags = ["manual"],
        visibility = ["//visibility:private"],
    )
    native.cc_library(
        name = name + "_files",
        testonly = True,
        tags = ["manual"],
        textual_hdrs = srcs,
        visibility = ["//visibility:private"],
    )
    native.cc_test(
        name = name,
        srcs = sources,
        linkstatic = True,
        deps = deps + [
            name + "_files",
            "@com_google_googletest//:gtest_main",
        ],
        **kwargs
    )

def room_test(name, srcs, deps, units = 2, threads = [], size = "medium", tags = [], **kwargs):
    """Makes one test program of many files.

    Args:
      name: name of the test: ROOM_test.
      srcs: files with GoogleTest cases.
      deps: what any of them needs; GoogleTest and its main are there already.
      units: how many sources are generated. More compile in parallel, fewer compile less in all.
      threads: those of the srcs that start threads, or test what is made for several. They are the
        program NAME_threads as well, which runs under ThreadSanitizer and is no part of //....
      size: as of every test.
      tags: as of every test.
      **kwargs: further attributes of cc_test.
    """
    _program(name, srcs, units, deps, size = size, tags = tags, **kwargs)
    if threads:
        kwargs.pop("shard_count", None)
        for file in threads:
            if file not in srcs:
                fail("room_test %s: there is no %s" % (name, file))
        _program(
            name + "_threads",
            threads,
            1,
            deps,
            size = size,
            tags = tags + ["manual", "tsan"],
            **kwargs
        )
