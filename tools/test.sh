#!/bin/bash
# Builds everything and runs every test: under the sanitizers, what acts as a whole as it ships (too),
# threads under ThreadSanitizer, the fuzzers for a while. CONTRIBUTING.md tells how to run one test.
#
#   tools/test.sh [--quick] [PATTERN...]
#
#   --quick       each test once, without sanitizers, optimisation and fuzzers
#   PATTERN       tests to run instead of all, as Bazel names them: //tests/core/...
#
# Installs what is missing when it runs as root, else says what is. Its last line is
# `N passed, N failed`, in test cases; the exit status is 0 if nothing failed and something ran.
set -u
cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit 1
# shellcheck source=tools/packages.sh
. tools/packages.sh
# shellcheck source=tools/stages.sh
. tools/stages.sh

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
stages_begin

options=(--keep_going)
report_options=()
if [ -n "${CI:-}" ] || [ ! -t 2 ]; then options+=(--config=ci); fi
# On a CI machine everything is there, so that a test which skips itself is a test that is broken.
if [ -n "${CI:-}" ]; then report_options+=(--strict); fi

[ -z "${POP3_DISK_CACHE:-}" ] || options+=("--disk_cache=$POP3_DISK_CACHE")

# run_tests NAME BAZEL-ARGUMENT...: one run of `bazel test`, and what came out of it.
run_tests() {
  local name=$1 status
  shift
  bazel test "${options[@]}" --build_event_json_file="$stages_dir/events" "$@" </dev/null
  status=$?
  python3 tools/test_report.py "${report_options[@]}" "$name" "$stages_dir/events" "$status"
  status=$?
  rm -f "$stages_dir/events"
  return $status
}

# find QUERY: sets `labels` to what it gives, where $tests stands for the tests that were asked for.
find() {
  labels=()
  bazel query --noshow_progress --keep_going "let tests = tests(${wanted# + }) in $1" \
    >"$stages_dir/labels" 2>"$stages_dir/errors" </dev/null
  case $? in
  0 | 3) mapfile -t labels <"$stages_dir/labels" ;; # 3: not all can be loaded; the build will say so
  *)
    cat "$stages_dir/errors"
    echo "FAILED: bazel cannot tell which tests there are"
    stage_is query 0 1 0
    ;;
  esac
}
wanted=$(printf ' + %s' "${patterns[@]}")

# shellcheck disable=SC2016  # the $tests is Bazel's
tagged() { find '$tests'" intersect attr(tags, '[\\[ ]($1)[\\],]', //...)"; }

# Real servers are run by root only, in namespaces of their own.
# shellcheck disable=SC2016
find '$tests intersect //tests/servers/...'
if [ ${#labels[@]} -gt 0 ]; then
  if [ "$(id -u)" = 0 ]; then
    # What fetch.sh cannot get, the tests will miss, and say so.
    tests/servers/fetch.sh </dev/null
  else
    patterns+=(-//tests/servers/...)
    wanted+=' - //tests/servers/...'
    printf 'NOT RUN, because it takes root: %s\n' "${labels[@]}"
    [ -z "${CI:-}" ] || stage_is "needs root" 0 ${#labels[@]} 0
  fi
fi

# Everything under ASan and UBSan, but what has the tag asan_nightly, which tools/nightly.sh does: it
# starts processes by the hundred, each of which takes ten times as long there. Then what is about the
# program as it ships, optimised, which is what acts as a whole; threads under TSan; each fuzz target
# for a while.
if [ -n "$quick" ]; then
  stage plain run_tests plain -- "${patterns[@]}"
else
  # What is for the night is not even built.
  tagged asan_nightly
  asan=("${patterns[@]}" -//tests/servers/... "${labels[@]/#/-}")
  wanted_now=$wanted
  wanted+=$(printf ' - %s' //tests/servers/... "${labels[@]}")
  # shellcheck disable=SC2016
  find '$tests except attr(tags, "[\\[ ]noasan[\\],]", //...)'
  wanted=$wanted_now
  [ ${#labels[@]} -eq 0 ] || stage asan run_tests asan --config=asan -- "${asan[@]}"
  tagged 'shipped|noasan'
  [ ${#labels[@]} -eq 0 ] || stage opt run_tests opt --config=opt -- "${labels[@]}"
  tagged tsan
  [ ${#labels[@]} -eq 0 ] || stage tsan run_tests tsan --config=tsan -- "${labels[@]}"
  tagged libfuzzer
  [ ${#labels[@]} -eq 0 ] || stage fuzz run_tests fuzz --config=fuzz -- "${labels[@]}"
fi

# Bazel's server stays around for the next run; on a CI machine there is none.
[ -z "${CI:-}" ] || [ -n "$stages_outer" ] || bazel shutdown >/dev/null 2>&1 </dev/null

stages_end
