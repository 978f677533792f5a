"""python_test, python_script_test: Python tests, with the python3 of the system and nothing else.

    load("//tests/testing/python:python_test.bzl", "python_test")

    python_test(
        name = "compare_test",
        data = ["compare.py"],
    )

python_test is for a unittest file. Each of its cases counts as one, and a filter works:

    bazel test --test_filter=PATTERN //...:compare_test     # as `python3 -m unittest -k PATTERN`

python_script_test is for what says by its exit status alone whether all is well.
"""

_PYTHON = "//tests/testing/python:"

def python_test(name, main = None, args = [], data = [], size = "small", **kwargs):
    """Makes a test of a unittest file. It may import what is beside it and in this folder.

    Args:
      name: name of the test.
      main: the file, NAME.py if it is not given.
      args: what the file finds in sys.argv.
      data: modules and whatever else it needs at run time.
      size: as of every test.
      **kwargs: further attributes of sh_test.
    """
    main = main or name + ".py"
    native.sh_test(
        name = name,
        size = size,
        srcs = [_PYTHON + "run_python.sh"],
        args = [
            "$(rootpath %sbazel_unittest.py)" % _PYTHON,
            "$(rootpath %s)" % main,
        ] + args,
        data = data + [
            main,
            _PYTHON + "bazel_unittest.py",
            _PYTHON + "modules",
        ],
        **kwargs
    )

def python_script_test(name, main = None, args = [], data = [], size = "small", **kwargs):
    """Makes a test of a script that is no unittest file.

    Args:
      name: name of the test.
      main: the file, NAME.py if it is not given.
      args: its arguments.
      data: modules and whatever else it needs at run time.
      size: as of every test.
      **kwargs: further attributes of sh_test.
    """
    main = main or name + ".py"
    native.sh_test(
        name = name,
        size = size,
        srcs = [_PYTHON + "run_python.sh"],
        args = ["$(rootpath %s)" % main] + args,
        data = data + [main],
        **kwargs
    )
