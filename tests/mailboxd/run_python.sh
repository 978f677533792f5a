#!/bin/bash
# Runs a Python test: run_python.sh TEST.py MAILBOXD, as paths from the current directory.
# `bazel test --test_filter=PATTERN` becomes unittest's -k.
set -eu
filter=${TESTBRIDGE_TEST_ONLY:-}
MAILBOXD=$PWD/$2 exec python3 -B "$1" ${filter:+-k "$filter"}
