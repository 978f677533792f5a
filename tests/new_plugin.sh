#!/bin/bash
# What tools/new_plugin makes builds and passes the conformance suite: in this tree, and in a workspace
# of its own.
#
#   tests/new_plugin.sh
#
# A script and no Bazel test, because it runs Bazel. It works on a copy of the tree, with an output
# base of its own that stays in ~/.cache for the next time. The last line says how it went.
set -u
cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit 1
exec </dev/null

cache=${XDG_CACHE_HOME:-${HOME:-/tmp}/.cache}/libpop3-new-plugin
work=$cache/work
tree=$work/libpop3
outside=$work/birds
rm -rf "$work"
mkdir -p "$tree" || exit 1
trap 'rm -rf "$work"' EXIT
failed=0

fail() {
  echo "FAILED: $*"
  failed=1
}

# refuses WORDS ARGUMENT...: new_plugin fails and says so.
refuses() {
  local words=$1
  shift
  if "$tree/tools/new_plugin" "$@" >"$work/out" 2>&1; then
    fail "new_plugin $* succeeds"
  elif ! grep -qF -- "$words" "$work/out"; then
    fail "new_plugin $* says: $(cat "$work/out")"
  fi
}

# makes ARGUMENT...: new_plugin succeeds.
makes() { "$tree/tools/new_plugin" "$@" >"$work/out" 2>&1 || fail "new_plugin $*: $(cat "$work/out")"; }

tar -c --exclude='./.git' --exclude='./bazel-*' . | tar -x -C "$tree" || exit 1

refuses "tools/new_plugin NAME transport|auth [DIR]"
refuses "tools/new_plugin NAME transport|auth [DIR]" pigeon
refuses "neither transport nor auth" pigeon bird
refuses "is not a letter" Pigeon transport
refuses "is not a letter" a-b transport
refuses "is not a letter" sixteen_letters_ transport
refuses "is in this tree" pigeon transport "$tree/plugins"

makes pigeon transport
makes owl auth
refuses "exists already" pigeon auth
makes rook transport "$outside"
makes wren auth "$outside"
refuses "exists already" rook auth "$outside"
grep -rlq template_ "$tree/plugins/pigeon" "$tree/plugins/owl" "$outside" &&
  fail "a copy still speaks of the template"
# Of the layout only what is said about the new files.
"$tree/tools/check_layout.py" | grep -E 'pigeon|owl' >"$work/out" &&
  fail "check_layout: $(cat "$work/out")"

if [ "$failed" = 0 ]; then
  cd "$outside" || exit 1
  bazel --output_base="$cache/base" test --show_progress_rate_limit=30 --color=no --curses=no \
    :all @libpop3//tests/plugins/pigeon/... @libpop3//tests/plugins/owl/... || fail "bazel test"
  bazel --output_base="$cache/base" shutdown
fi

[ "$failed" = 0 ] && echo "new_plugin: what it makes passes"
exit "$failed"
