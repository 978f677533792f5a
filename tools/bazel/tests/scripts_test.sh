#!/bin/bash
# Not a py_test: that wants a Python toolchain, and the scripts want the python3 of the system.
exec python3 "$1" "$(dirname "$2")"
