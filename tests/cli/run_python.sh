#!/bin/bash
# Runs a Python test: run_python.sh TEST.py POP3 MAILBOXD, as paths from the current directory.
# `bazel test --test_filter=PATTERN` becomes unittest's -k.
set -eu
filter=${TESTBRIDGE_TEST_ONLY:-}
POP3=$PWD/$2 MAILBOXD=$PWD/$3 exec python3 -B "$1" ${filter:+-k "$filter"}
