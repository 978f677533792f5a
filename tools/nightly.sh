#!/bin/bash
# What takes longer than CI and need not be known at once: for a machine that has the night for it, and
# before a release.
#
#   tools/nightly.sh [OPTION...] [STAGE...]
#
#   STAGE          what to run instead of all of it, in this order:
#                    lint        clang-tidy on the tests, too
#                    plain       every test with gcc, as CI does not: no optimisation, no sanitizer
#                    asan        every test under AddressSanitizer and UndefinedBehaviorSanitizer
#                    tsan        every test under ThreadSanitizer, not only those with threads
#                    opt         every test as one ships it, without assertions
#                    clang       every test with clang
#                    clang-asan  every test with clang and its sanitizers
#                    kills       `pop3` killed in the middle of a run, many more times
#                    fuzz        a long search with libFuzzer
#                    mutants     wrong changes, each of which a test must notice
#                    coverage    lines and branches that the tests reach
#   --minutes N    so long for each fuzz target (default: 10)
#   --found DIR    where the fuzzers leave what they find, and begin next time (default: a new folder
#                  under /tmp, which stays)
#   --kills N      so many stories of a killed `pop3` (default: 600)
#   --cache DIR    kept for the next night: what the mutants are built from (default: none)
#
# Needs Debian 12 and installs what is missing when run as root, like tools/test.sh; root for the real
# servers. On two processors it takes about three hours: the seven that build everything 10 to 25
# minutes each, six fuzz targets 10 each, mutants 20, coverage 5. It ends in a table of the
# stages, and `N passed, N failed`.
set -u
cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit 1
exec </dev/null
# shellcheck source=tools/packages.sh
. tools/packages.sh
# shellcheck source=tools/stages.sh
. tools/stages.sh

all=(lint plain asan tsan opt clang clang-asan kills fuzz mutants coverage)
minutes=10
found=
kills=600
cache=

fail() {
  echo "tools/nightly.sh: $1 (--help tells what there is)" >&2
  exit 2
}

while [ $# -gt 0 ]; do
  case $1 in
  -h | --help)
    sed -n '2,/^set/s/^# \{0,1\}//p' "$0"
    exit 0
    ;;
  --minutes | --found | --kills | --cache)
    [ $# -gt 1 ] || fail "$1 wants a value"
    case $1 in
    --minutes) minutes=$2 ;;
    --found) found=$2 ;;
    --kills) kills=$2 ;;
    --cache) cache=$2 ;;
    esac
    shift
    ;;
  -*) fail "unknown option $1" ;;
  *) break ;;
  esac
  shift
done
[[ $minutes =~ ^[1-9][0-9]*$ && $kills =~ ^[1-9][0-9]*$ ]] || fail "--minutes and --kills are numbers"
chosen=("$@")
[ ${#chosen[@]} -gt 0 ] || chosen=("${all[@]}")
for name in "${chosen[@]}"; do
  [[ " ${all[*]} " = *" $name "* ]] || fail "there is no stage $name"
done

pop3_need build test check
stages_begin
options=(--config=ci --keep_going)
[ -z "${POP3_DISK_CACHE:-}" ] || options+=("--disk_cache=$POP3_DISK_CACHE")

tests=(//...)
if [ "$(id -u)" = 0 ]; then
  tests/servers/fetch.sh
else
  tests+=(-//tests/servers/...)
  echo "NOT RUN, because it takes root: //tests/servers/..."
fi

# bazel_test NAME ARGUMENT...: one run of `bazel test`, and what came out of it.
bazel_test() {
  local name=$1 status
  shift
  bazel test "${options[@]}" --build_event_json_file="$stages_dir/events" "$@"
  status=$?
  python3 tools/test_report.py "$name" "$stages_dir/events" "$status"
  status=$?
  rm -f "$stages_dir/events"
  return $status
}

run_fuzz() {
  local labels label name folder before status=0
  [ -n "$found" ] || found=$(mktemp -d /tmp/pop3-fuzz-XXXXXX) || return 1
  labels=$(bazel query --noshow_progress "attr(tags, '[\\[ ]libfuzzer[\\],]', //tests/...)") || return 1
  # shellcheck disable=SC2086  # labels have no blanks
  bazel build "${options[@]}" --config=fuzz $labels || return 1
  for label in $labels; do
    name=${label##*:}
    folder=$(mkdir -p "$found/$name" && cd "$found/$name" && pwd) || return 1
    before=$(find "$folder" -type f | wc -l)
    printf '\n%s: %d minutes\n' "$label" "$minutes"
    # What comes last counts: the time of the target's own arguments is that of CI.
    bazel run "${options[@]}" --config=fuzz "$label" -- -max_total_time=$((minutes * 60)) \
      -artifact_prefix="$folder.found-" "$folder" || {
      echo "FOUND: $label fails with one of $folder.found-*"
      status=1
    }
    printf '%s: %d new inputs in %s\n' "$label" $(($(find "$folder" -type f | wc -l) - before)) \
      "$folder"
  done
  return $status
}

run_mutants() {
  local options=()
  [ -z "$cache" ] || options=(--cache "$cache")
  tools/mutants.py "${options[@]}"
}

for name in "${all[@]}"; do
  [[ " ${chosen[*]} " = *" $name "* ]] || continue
  case $name in
  lint) stage lint tools/check_lint.py --all ;;
  plain) stage plain bazel_test plain -- "${tests[@]}" ;;
  asan) stage asan bazel_test asan --config=asan -- "${tests[@]}" ;;
  tsan)
    # No program can have two sanitizers: what is built to be without one is without this one, too.
    stage tsan bazel_test tsan --config=tsan --test_tag_filters=-noasan -- "${tests[@]}"
    ;;
  opt) stage opt bazel_test opt --config=opt -- "${tests[@]}" ;;
  clang) stage clang bazel_test clang --config=clang -- "${tests[@]}" ;;
  clang-asan)
    stage clang-asan bazel_test clang-asan --config=asan --config=clang \
      --platform_suffix=-clang-asan -- "${tests[@]}"
    ;;
  kills)
    stage kills bazel_test kills --config=opt --cache_test_results=no --test_timeout=7200 \
      "--test_env=POP3_KILLS=$kills" -- //tests/cli:fetch_kill_process_test
    ;;
  fuzz) stage fuzz run_fuzz ;;
  mutants) stage mutants run_mutants ;;
  coverage) stage coverage tools/coverage.sh ;;
  esac
done

stages_end
