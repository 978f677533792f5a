#!/bin/bash
# Builds libpop3 and installs it: headers, libraries, plugins, the pop3 command, manual pages, and what
# pkg-config and CMake look for.
#
#   tools/install.sh PREFIX      for example /usr/local, or ~/.local
#
# The tree can be moved afterwards. DESTDIR, if set, is put before PREFIX. What it needs is installed
# when it runs as root, else it says what is missing.
set -eu
fail() {
  echo "tools/install.sh: $*" >&2
  exit 2
}
case ${1:-} in
-h | --help)
  sed -n '2,/^set/s/^# \{0,1\}//p' "$0"
  exit 0
  ;;
"" | -*) fail "use: tools/install.sh PREFIX" ;;
esac
[ $# -eq 1 ] || fail "use: tools/install.sh PREFIX"
case $1 in
/*) prefix=${DESTDIR:-}$1 ;;
*) prefix=${DESTDIR:-}$PWD/$1 ;;
esac
[ ! -e "$prefix" ] || [ -d "$prefix" ] || fail "$prefix is not a folder"

cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=tools/packages.sh
. tools/packages.sh
pop3_need build

options=()
if [ -n "${CI:-}" ] || [ ! -t 2 ]; then options+=(--config=ci); fi
bazel build -c opt "${options[@]}" //:dist </dev/null
archives=("$(bazel info -c opt --noshow_progress bazel-bin 2>/dev/null)"/tools/dist/libpop3-*.tar.gz)
[ ${#archives[@]} -eq 1 ] || fail "several archives, of several versions: remove ${archives[*]}"

mkdir -p "$prefix"
tar -x -z -f "${archives[0]}" -C "$prefix" --strip-components=1 --no-same-owner
echo "installed in $prefix"
