#!/bin/bash
# Builds everything and runs every test: as it is, under the sanitizers, the fuzzers for a while.
#
#   tools/test.sh [--quick] [PATTERN...]
#
#   --quick       only the first of it, without sanitizers and fuzzers
#   PATTERN       tests to run instead of all, as Bazel names them: //tests/core/...
#
# Installs what is missing when it runs as root, else says what is. Its last line is
# `N passed, N failed`, in test cases; the exit status is 0 if nothing failed and something ran.
set -u
cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit 1
# shellcheck source=tools/packages.sh
. tools/packages.sh

quick=
while [ $# -gt 0 ]; do
  case $1 in
  --quick) quick=1 ;;
  -h | --help)
    sed -n '2,/^set/s/^# \{0,1\}//p' "$0"
    exit 0
    ;;
  -*)
    echo "tools/test.sh: unknown option $1 (--help tells the known ones)" >&2
    exit 2
    ;;
  *) break ;;
  esac
  shift
done
patterns=("$@")
[ ${#patterns[@]} -gt 0 ] || patterns=(//...)

pop3_need build test

options=(--keep_going)
report_options=()
if [ -n "${CI:-}" ] || [ ! -t 2 ]; then options+=(--config=ci); fi
# On a CI machine everything is there, so that a test which skips itself is a test that is broken.
if [ -n "${CI:-}" ]; then report_options+=(--strict); fi

work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
passed=0
failed=0

# stage NAME BAZEL-ARGUMENT...: one run of `bazel test`, and what came out of it.
stage() {
  local name=$1 status last
  shift
  printf '\n== %s ==\n' "$name"
  bazel test "${options[@]}" --build_event_json_file="$work/events" "$@" </dev/null
  status=$?
  python3 tools/test_report.py "${report_options[@]}" "$name" "$work/events" "$status" |
    tee "$work/report"
  rm -f "$work/events"
  last=$(tail -n 1 "$work/report")
  if [[ $last =~ :\ ([0-9]+)\ passed,\ ([0-9]+)\ failed$ ]]; then
    passed=$((passed + BASH_REMATCH[1]))
    failed=$((failed + BASH_REMATCH[2]))
  else
    failed=$((failed + 1))
  fi
}

# find QUERY: sets `labels` to what it gives, where $tests stands for the tests that were asked for.
find() {
  labels=()
  bazel query --noshow_progress --keep_going "let tests = tests(${wanted# + }) in $1" \
    >"$work/labels" 2>"$work/errors" </dev/null
  case $? in
  0 | 3) mapfile -t labels <"$work/labels" ;; # 3: not all can be loaded; the build will say so
  *)
    cat "$work/errors"
    echo "FAILED: bazel cannot tell which tests there are"
    failed=$((failed + 1))
    ;;
  esac
}
wanted=$(printf ' + %s' "${patterns[@]}")

# shellcheck disable=SC2016  # the $tests is Bazel's
tagged() { find '$tests'" intersect attr(tags, '[\\[ ]$1[\\],]', //...)"; }

# Real servers are run by root only, in namespaces of their own.
# shellcheck disable=SC2016
find '$tests intersect //tests/servers/...'
if [ ${#labels[@]} -gt 0 ]; then
  if [ "$(id -u)" = 0 ]; then
    # What fetch.sh cannot get, the tests will miss, and say so.
    tests/servers/fetch.sh </dev/null
  else
    patterns+=(-//tests/servers/...)
    printf 'NOT RUN, because it takes root: %s\n' "${labels[@]}"
    [ -z "${CI:-}" ] || failed=$((failed + ${#labels[@]}))
  fi
fi

stage plain -- "${patterns[@]}"
if [ -z "$quick" ]; then
  stage asan --config=asan -- "${patterns[@]}"
  tagged tsan
  [ ${#labels[@]} -eq 0 ] || stage tsan --config=tsan -- "${labels[@]}"
  tagged libfuzzer
  [ ${#labels[@]} -eq 0 ] || stage fuzz --config=fuzz -- "${labels[@]}"
fi

# Bazel's server stays around for the next run; on a CI machine there is none.
[ -z "${CI:-}" ] || bazel shutdown >/dev/null 2>&1 </dev/null

printf '\n%d passed, %d failed\n' "$passed" "$failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
