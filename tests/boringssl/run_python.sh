#!/bin/bash
# Runs a Python test: run_python.sh TEST.py ARGUMENT...
set -eu
exec python3 -B "$@"
