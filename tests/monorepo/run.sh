#!/bin/bash
# Tests libpop3 from outside: a copy of this folder is a workspace which takes libpop3 in as a
# repository and has a @boringssl and a GoogleTest of its own. What tools/new_plugin makes is in it,
# too: two plugins in the workspace, two in libpop3's tree.
#
#   tests/monorepo/run.sh [BAZEL-OPTION...]
#
# A script and no Bazel test, because it runs Bazel. POP3_DISK_CACHE names a folder for Bazel's
# --disk_cache. The copies are gone at the end; Bazel's output base stays in ~/.cache for the next
# time. Needs what tools/packages.sh has in its groups build and test. The last line is
# `monorepo: N passed, N failed`, and the exit status 0 if nothing failed and something ran.
set -u
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 1
exec </dev/null
# shellcheck source=tools/packages.sh
. tools/packages.sh
pop3_need build test

# libpop3's own tests that are worth running again: those of the plugins that use BoringSSL. With
# the @boringssl of this workspace they are other programs than at home. (Not //tests/auth:auth_test: it
# has APOP and Cyrus SASL in one program, and this @boringssl is a library that OpenSSL's libcrypto,
# which SASL's mechanisms bring, would take its functions from. Nor //tests/transports:transports_test,
# which takes longer to compile than all the rest.)
again=(
  @libpop3//tests/conformance/cases:apop
  @libpop3//tests/conformance/cases:apop_so
  @libpop3//tests/conformance/cases:tls
  @libpop3//tests/conformance/cases:tls_so
)

# The copies have the same place each time, so that Bazel knows them again. Who comes second waits.
cache=${XDG_CACHE_HOME:-$HOME/.cache}/libpop3-monorepo
mkdir -p "$cache" && cache=$(cd "$cache" && pwd -P) && exec 9>"$cache/lock" && flock 9 || exit 1
work=$cache/work
tree=$work/libpop3
monorepo=$work/monorepo
birds=$monorepo/birds
alone=$work/alone

# in_monorepo ARGUMENT...: runs Bazel there. It is over before optimising its own code has paid.
in_monorepo() {
  (cd "$monorepo" &&
    exec bazel --output_base="$cache/base" --host_jvm_args=-XX:TieredStopAtLevel=1 "$@" 9>&-)
}

clean_up() {
  in_monorepo shutdown >/dev/null 2>&1
  rm -rf "$work"
}
trap clean_up EXIT

rm -rf "$work"
mkdir -p "$tree" || exit 1
tar -c --exclude='./.git' --exclude='./.cache' --exclude='./bazel-*' . | tar -x -C "$tree" || exit 1
cp -R tests/monorepo "$monorepo" || exit 1
sed -i "s|path = \"../..\"|path = \"$tree\"|" "$monorepo/WORKSPACE"
passed=0
failed=0

# check WHAT COMMAND...: one check more. It succeeds, and is silent about it.
check() {
  local what=$1
  shift
  if "$@" >"$work/said" 2>&1; then
    passed=$((passed + 1))
  else
    echo "FAILED: $what: $(cat "$work/said")"
    failed=$((failed + 1))
  fi
}

# refuses WORDS COMMAND...: it fails, and the words are in what it says.
refuses() {
  local words=$1 said
  shift
  if said=$("$@" 2>&1) || [[ $said != *"$words"* ]]; then
    echo "it does not say \"$words\": $said"
    return 1
  fi
}

# Checks what new_plugin refuses to do, and that it does the rest.
refused() { check "new_plugin ${*:2}" refuses "$1" "$tree/tools/new_plugin" "${@:2}"; }
made() { check "new_plugin $*" "$tree/tools/new_plugin" "$@"; }

nothing_of_the_template() {
  ! grep -rl template_ "$tree/plugins/rook" "$tree/plugins/wren" "$birds" "$alone"
}

# Of the layout only what is said about the new files.
layout_is_kept() { ! "$tree/tools/check_layout.py" | grep -E 'rook|wren'; }

# What stands in the WORKSPACE that new_plugin writes, after its name, stands in that of this
# workspace, in the same order: so that it works, too.
workspace_is_like_ours() {
  grep -q "^local_repository" "$alone/WORKSPACE" &&
    ! diff --unchanged-line-format= --old-line-format='%L' --new-line-format= \
      <(tail -n +2 "$alone/WORKSPACE") "$monorepo/WORKSPACE" | grep .
}

# uses LABEL RULE: the repository is made by the rule that our WORKSPACE names.
uses() { grep -qx "$2(" <(grep -B 1 "^  name = \"$1\"," "$work/repositories"); }

refused "tools/new_plugin NAME transport|auth [DIR]"
refused "tools/new_plugin NAME transport|auth [DIR]" rook
refused "neither transport nor auth" rook bird
refused "is not a letter" Rook transport
refused "is not a letter" a-b transport
refused "is not a letter" sixteen_letters_ transport
refused "is in this tree" rook transport "$tree/plugins"
made rook transport
made wren auth
refused "exists already" rook auth
# The birds of docs/plugins.md.
made owl auth "$birds"
made pigeon transport "$birds"
refused "exists already" pigeon auth "$birds"
made owl auth "$alone"
check "the copies do not speak of the template" nothing_of_the_template
check "tools/check_layout.py has nothing to say of the copies" layout_is_kept
check "new_plugin's WORKSPACE is like ours" workspace_is_like_ours

options=()
if [ -n "${CI:-}" ] || [ ! -t 2 ]; then options+=(--noshow_progress --color=no --curses=no); fi
[ -z "${POP3_DISK_CACHE:-}" ] || options+=("--disk_cache=$POP3_DISK_CACHE")
# Whether a compiler sees files that nobody has declared is found at home, in its sandbox.
in_monorepo test "${options[@]}" --keep_going --strategy=CppCompile=local --strategy=CppLink=local \
  --jobs=HOST_CPUS*3 --local_cpu_resources=HOST_CPUS*3 \
  "$@" --build_event_json_file="$work/events" -- \
  //... @libpop3//plugins/{rook,wren}/... @libpop3//tests/plugins/{rook,wren}/... "${again[@]}"
python3 tools/test_report.py --strict monorepo "$work/events" $? | tee "$work/report"
if [[ $(tail -n 1 "$work/report") =~ ^monorepo:\ ([0-9]+)\ passed,\ ([0-9]+)\ failed$ ]]; then
  passed=$((passed + BASH_REMATCH[1]))
  failed=$((failed + BASH_REMATCH[2]))
else
  failed=$((failed + 1))
fi

# With the options that new_plugin writes: Bazel looks whether there are such.
repositories() {
  in_monorepo --bazelrc="$alone/.bazelrc" query "${options[@]}" --output=build \
    "//external:boringssl + //external:com_google_googletest" >"$work/repositories"
}
check "Bazel takes new_plugin's .bazelrc" repositories
check "libpop3_deps() leaves our @boringssl alone" uses boringssl shared_boringssl_repository
check "libpop3_deps() leaves our GoogleTest alone" uses com_google_googletest new_local_repository
check "docs/monorepo.md shows what is in this folder" \
  python3 -B tests/monorepo/check_docs.py docs/monorepo.md

printf 'monorepo: %d passed, %d failed\n' "$passed" "$failed"
[ "$failed" -eq 0 ]
