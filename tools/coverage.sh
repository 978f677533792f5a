#!/bin/bash
# Which lines and branches of core, transports, auth, plugins, the command and mailboxd do the tests
# reach?
#
#   tools/coverage.sh [--most N] [PATTERN...]
#
#   --most N      that many of the largest pieces that were not reached (default: 30)
#   PATTERN       tests to run instead of those of all rooms, as Bazel names them
#
# The exit status is 0 if core, transports, auth and plugins have 95 % of the lines and 90 % of the
# branches each, without what tools/coverage.txt explains. A test that fails is told, and counts for
# what it has reached: some look at symbols, system calls or memory, of which there is more here. What
# a process that is killed has reached is lost.
#
# Needs gcc and its gcov; builds everything once more, which takes five minutes on two processors.
set -u
cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit 1
# shellcheck source=tools/packages.sh
. tools/packages.sh

most=30
while [ $# -gt 0 ]; do
  case $1 in
  --most) most=$2 && shift ;;
  -h | --help)
    sed -n '2,/^set/s/^# \{0,1\}//p' "$0" | sed '$d'
    exit 0
    ;;
  -*)
    echo "tools/coverage.sh: unknown option $1 (--help tells the known ones)" >&2
    exit 2
    ;;
  *) break ;;
  esac
  shift
done
patterns=("$@")
if [ ${#patterns[@]} -eq 0 ]; then
  for room in auth cli conformance core mailboxd plugins session transports; do
    patterns+=("//tests/$room/...")
  done
fi

pop3_need build test

# Where the programs leave what they know: a folder outside of the sandbox, open for this. It
# is compiled into them, as tests choose which variables a program gets.
places=$(bazel info --noshow_progress --config=coverage output_base execution_root bazel-bin \
  2>/dev/null </dev/null) || {
  echo "coverage: bazel cannot say where it works" >&2
  exit 1
}
execroot=$(sed -n 's/^execution_root: //p' <<<"$places")
folder=$(sed -n 's/^bazel-bin: //p' <<<"$places")
data=$(sed -n 's/^output_base: //p' <<<"$places")/coverage
mkdir -p "$data" && find "$data" -name '*.gcda' -delete

options=(--config=coverage --config=ci --keep_going "--sandbox_writable_path=$data")
options+=("--per_file_copt=^(core|transports|auth|plugins|tools)/.*[.]c\$@-fprofile-dir=$data")
bazel test "${options[@]}" --test_output=errors -- "${patterns[@]}" </dev/null
status=$?
case $status in
0 | 3) ;; # 3: some failed
*) exit 1 ;;
esac

printf '\n'
python3 -B tools/coverage_report.py --most "$most" "$execroot" "$folder" "$data"
