"""pop3_fuzz_test: one source with LLVMFuzzerTestOneInput, and two ways to run it.

    load("//tools/bazel:fuzz.bzl", "pop3_fuzz_test")

    pop3_fuzz_test(
        name = "reply_fuzz_test",
        srcs = ["reply_fuzz_test.cc"],
        corpus = glob(["corpus/reply/**"]),
        dictionary = "pop3.dict",
        deps = ["//core"],
    )

NAME is an ordinary test: a player of our own (//tools/bazel/fuzz) runs each file of the corpus once
as it is, and cut off at a few places, with any compiler and under any sanitizer. It searches for
nothing.

NAME_libfuzzer searches: clang's libFuzzer, for --config=fuzz only:

    bazel test --config=fuzz //tests/fuzz:reply_fuzz_test_libfuzzer      # five seconds of it
    bazel run --config=fuzz //tests/fuzz:reply_fuzz_test_libfuzzer -- -max_total_time=3600 ~/found

What it finds that reaches new code is kept by adding it to the corpus. Of all that, these are the files
that reach what CORPUS, a copy of the folder, does not:

    bazel run --config=fuzz //tests/fuzz:reply_fuzz_test_libfuzzer -- -merge=1 -use_counters=0 CORPUS ~/found
"""

def pop3_fuzz_test(
        name,
        srcs,
        deps = [],
        corpus = [],
        dictionary = None,
        max_len = 4096,
        seconds = 5,
        size = "small",
        tags = [],
        **kwargs):
    """Makes the tests NAME and NAME_libfuzzer.

    Args:
      name: name of the test.
      srcs: C or C++ sources; one of them defines LLVMFuzzerTestOneInput.
      deps: what they need.
      corpus: files with inputs, which NAME plays and NAME_libfuzzer starts from.
      dictionary: a file in libFuzzer's format with the words of the language, or None.
      max_len: no input that libFuzzer makes is longer than this.
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
        args = ["$(rootpath %s)" % file for file in corpus],
        data = data + corpus,
        linkstatic = True,
        tags = tags,
        deps = deps + ["//tools/bazel/fuzz:player"],
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
