#!/bin/bash
# Runs Python as a Bazel test or program: run_python.sh SCRIPT.py ARGUMENT...
# Not by Bazel's own py_test: that wants a toolchain, which old versions have to download.
exec python3 -B "$@"
