#!/bin/bash
# Runs a Python test: run_python.sh TEST.py POP3 MAILBOXD, as paths from the current directory.
set -eu
POP3=$PWD/$2 MAILBOXD=$PWD/$3 exec python3 -B "$1"
