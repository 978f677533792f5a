#!/bin/bash
# Runs a Python test: run_python.sh TEST.py MAILBOXD, as paths from the current directory.
set -eu
MAILBOXD=$PWD/$2 exec python3 -B "$1"
