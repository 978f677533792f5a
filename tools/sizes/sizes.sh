#!/bin/bash
# Prints how large programs are when they are stripped: sizes.sh PROGRAM...
#
# A program's name says what it is composed of. Meant to be run by `bazel run -c opt //tools/sizes`.
set -eu

composition() {
  case $1 in
  count_unix) echo "core, unix, user_pass" ;;
  count_tcp) echo "core, tcp, user_pass" ;;
  count_tls) echo "core, tcp, tls, user_pass" ;;
  count_usual) echo "everything usual, linked statically" ;;
  *)
    echo "sizes.sh: what is $1 composed of?" >&2
    return 1
    ;;
  esac
}

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

echo '| a client of | KiB | and the shared libraries |'
echo '|---|---|---|'
for program; do
  name=$(basename "$program")
  what=$(composition "$name")
  strip -o "$work/$name" "$program"
  needed=$(readelf -d "$work/$name" | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p' | paste -s -d ' ')
  printf '| %s | %d | %s |\n' "$what" $((($(stat -c %s "$work/$name") + 1023) / 1024)) "$needed"
done
