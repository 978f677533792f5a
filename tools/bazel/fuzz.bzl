"""pop3_fuzz_test: one source with LLVMFuzzerTestOneInput, and two ways to run it.

    load("//tools/bazel:fuzz.bzl", "pop3_fuzz_test")

    pop3_fuzz_test(
        name = "reply_fuzz_test",
        srcs = ["reply_fuzz_test.cc"],
        corpus = glob(["corpus/reply/**"]),
        dictionary = "pop3.dict",
        deps = ["//core"],
    )

NAME is an ordinary test: a driver of our own (//tools/bazel/fuzz) runs the corpus and then a fixed
number of mutations of it, the same ones each time, with any compiler and under any sanitizer.

NAME_libfuzzer is clang's libFuzzer, for --config=fuzz only:

    bazel test --config=fuzz //tests/fuzz:reply_fuzz_test_libfuzzer      # ten seconds of it
    bazel run --config=fuzz //tests/fuzz:reply_fuzz_test_libfuzzer -- -max_total_time=3600 ~/found
"""

def pop3_fuzz_test(
        name,
        srcs,
        deps = [],
        corpus = [],
        dictionary = None,
        runs = 20000,
        max_len = 4096,
        seconds = 10,
        size = "small",
        tags = [],
        **kwargs):
    """Makes the tests NAME and NAME_libfuzzer.

    Args:
      name: name of the test.
      srcs: C or C++ sources; one of them defines LLVMFuzzerTestOneInput.
      deps: what they need.
      corpus: files with inputs to start from.
      dictionary: a file in libFuzzer's format with the words of the language, or None.
      runs: number of mutations that NAME runs after the corpus.
      max_len: no input is longer than this (those of the corpus excepted).
      seconds: how long `bazel test` lets libFuzzer search.
      size: as of every test.
      tags: as of every test.
      **kwargs: further attributes of cc_test.
    """
    data = kwargs.pop("data", [])
    words = [dictionary] if dictionary else []
    native.cc_test(
        name = name,
        size = size,
        srcs = srcs,
        args = [
            "--runs=%d" % runs,
            "--max-len=%d" % max_len,
        ] + ["--dictionary=$(rootpath %s)" % file for file in words] +
        ["$(rootpath %s)" % file for file in corpus],
        data = data + corpus + words,
        linkstatic = True,
        tags = tags,
        deps = deps + ["//tools/bazel/fuzz:driver"],
        **kwargs
    )

    seeds = ",".join(["$(rootpath %s)" % file for file in corpus])
    native.cc_test(
        name = name + "_libfuzzer",
        size = "medium",
        srcs = srcs,
        args = [
            "-max_total_time=%d" % seconds,
            "-max_len=%d" % max_len,
            "-timeout=20",
            "-rss_limit_mb=2048",
            "-print_final_stats=1",
        ] + ["-dict=$(rootpath %s)" % file for file in words] +
        (["-seed_inputs=" + seeds] if corpus else []),
        data = data + corpus + words,
        linkopts = ["-fsanitize=fuzzer"],
        linkstatic = True,
        # Not part of //...: it takes another compiler, and seconds of searching.
        tags = tags + ["libfuzzer", "manual"],
        target_compatible_with = select({
            "//tools/bazel/fuzz:libfuzzer": [],
            "//conditions:default": ["@platforms//:incompatible"],
        }),
        deps = deps + ["//tools/bazel/fuzz:artifacts"],
        **kwargs
    )
