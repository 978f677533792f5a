"""Stand-ins for three repositories that Bazel 4, which Debian 12 has, fetches from the network.

Bazel's own BUILD files load rules_cc and rules_java, and every test depends on
remote_coverage_tools. Bazel 4 would download them even for a build in plain C. The rules in
question are built into it, so that a file that names them again is enough. Debian's own package
bazel-rules-cc is too new for its own Bazel.

A Bazel of 5 or later brings what it needs by other means: there, this file does nothing.
"""

def _shim_repository_impl(repository_ctx):
    repository_ctx.file("WORKSPACE", "workspace(name = \"%s\")\n" % repository_ctx.name)
    for source, path in repository_ctx.attr.files.items():
        repository_ctx.symlink(repository_ctx.path(source), path)
        folder = path.rpartition("/")[0]
        if folder:
            repository_ctx.file(folder + "/BUILD.bazel", repository_ctx.attr.build)
    if not repository_ctx.attr.files:
        repository_ctx.file("BUILD.bazel", repository_ctx.attr.build)

_shim_repository = repository_rule(
    implementation = _shim_repository_impl,
    attrs = {
        "build": attr.string(doc = "Text of the BUILD file."),
        "files": attr.label_keyed_string_dict(
            allow_files = True,
            doc = "Files to put into the repository, and their paths in it.",
        ),
    },
)

_COVERAGE_BUILD = """
# `bazel coverage` needs the real ones; `bazel test` only needs the labels to exist.
package(default_visibility = ["//visibility:public"])

filegroup(name = "coverage_report_generator")

filegroup(name = "coverage_output_generator")

filegroup(name = "lcov_merger")
"""

def _bazel_is_old():
    # Debian's Bazel is built without a version number, and so is anyone's development build:
    # native.subpackages (Bazel 5) tells them apart.
    major = (native.bazel_version or "").partition(".")[0]
    if major.isdigit():
        return int(major) < 5
    return not hasattr(native, "subpackages")

def old_bazel_shims():
    """Declares the stand-ins where Bazel is that old and they are not declared yet."""
    if not _bazel_is_old():
        return
    if not native.existing_rule("rules_cc"):
        _shim_repository(
            name = "rules_cc",
            # Label(): a mere string would mean the workspace that calls this.
            files = {Label("//tools/bazel/shims:rules_cc.bzl"): "cc/defs.bzl"},
        )
    if not native.existing_rule("rules_java"):
        _shim_repository(
            name = "rules_java",
            files = {Label("//tools/bazel/shims:rules_java.bzl"): "java/defs.bzl"},
        )
    if not native.existing_rule("remote_coverage_tools"):
        _shim_repository(
            name = "remote_coverage_tools",
            build = _COVERAGE_BUILD,
        )
