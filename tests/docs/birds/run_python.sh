#!/bin/bash
# Runs a Python script as a test: Bazel's own py_test wants a toolchain that old versions have to download.
exec python3 "$@"
