#!/bin/bash
# Runs a Python test: run_python.sh TEST.py BENCH, as paths from the current directory.
set -eu
BENCH=$PWD/$2 exec python3 -B "$1"
