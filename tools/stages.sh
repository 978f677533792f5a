#!/bin/bash
# Stages of a long run: how long each takes, what it finds, and a table of them at the end. Sourced:
#
#   . tools/stages.sh
#   stages_begin
#   stage_behind NAME COMMAND...
#   stage NAME COMMAND...
#   stages_end
#
# What a COMMAND says in its last line, `N passed, N failed` or `WORDS: N passed, N failed`, counts;
# without such a line it is one case, which its exit status decides. A script that is started in a run
# of stages and has some itself adds them to the outer one's table.
#
# POP3_DISK_CACHE, if set, is a folder where Bazel keeps what the stages of one run may share.

stages_begin() {
  stages_dir=$(mktemp -d) || exit 1
  stages_start=$SECONDS
  stages_behind=()
  trap 'stages_kill; rm -rf "$stages_dir"' EXIT
  stages_outer=${POP3_STAGES:-}
  export POP3_STAGES=$stages_dir/table
  : >"$POP3_STAGES"
}

# stage NAME COMMAND...
stage() {
  local name=$1 start=$SECONDS status
  shift
  printf '\n== %s ==\n' "$name"
  "$@" 2>&1 | tee "$stages_dir/said"
  status=${PIPESTATUS[0]}
  stage_ends "$name" "$status" "$stages_dir/said" $((SECONDS - start))
}

# stage_behind NAME COMMAND...: a stage that takes what those after it leave of the processors. What it
# says is shown by stages_wait. (A session of its own, with a process group to kill:
# where the kernel shares time out by sessions, a nice process takes as much as the others together.)
stage_behind() {
  local name=$1 said
  shift
  said=$stages_dir/behind$((${#stages_behind[@]} + 1))
  setsid bash -c '
    said=$1
    shift
    { echo 19 >/proc/self/autogroup; } 2>/dev/null
    nice -n 19 "$@" >"$said" 2>&1
    echo "$? $SECONDS" >"$said.status"
  ' stage_behind "$said" "$@" </dev/null &
  stages_behind+=("$! $said $name")
}

# Ends what is still running behind when the script ends before its time.
stages_kill() {
  local one pid
  for one in "${stages_behind[@]}"; do
    pid=${one%% *}
    [ ! -e "/proc/$pid" ] || kill -- "-$pid" 2>/dev/null
  done
}

# stages_wait: waits for what was started with stage_behind, shows and counts it. stages_end does so too,
# for a script that has nothing to do in between.
stages_wait() {
  local one pid said name status seconds
  for one in "${stages_behind[@]}"; do
    read -r pid said name <<<"$one"
    wait "$pid"
    status=1 seconds=0
    [ ! -s "$said.status" ] || read -r status seconds <"$said.status"
    printf '\n== %s ==\n' "$name"
    cat "$said"
    stage_ends "$name" "$status" "$said" "$seconds"
  done
  stages_behind=()
}

# stage_ends NAME STATUS FILE SECONDS: counts a stage by its status and what it has said.
stage_ends() {
  local name=$1 status=$2 last passed=0 failed=0
  last=$(tail -n 1 "$3")
  if [[ $last =~ ^([^:]+:\ )?([0-9]+)\ passed,\ ([0-9]+)\ failed$ ]]; then
    passed=${BASH_REMATCH[2]}
    failed=${BASH_REMATCH[3]}
    if [ "$status" -ne 0 ] && [ "$failed" -eq 0 ]; then failed=1; fi
  elif [ "$status" -eq 0 ]; then
    passed=1
  else
    failed=1
  fi
  [ "$failed" -eq 0 ] || echo "FAILED: $name"
  stage_is "$name" "$passed" "$failed" "$4"
  echo "-- $name: $passed passed, $failed failed, $4 s"
}

# stage_is NAME PASSED FAILED SECONDS: one more line for the table.
stage_is() { printf '%s\t%s\t%s\t%s\n' "$1" "$2" "$3" "$4" >>"$POP3_STAGES"; }

# run_stages COMMAND...: a script that has stages of its own, which go into the table.
run_stages() {
  "$@"
  local status=$?
  [ "$status" -eq 0 ] || awk -F '\t' '{ n += $3 } END { exit n == 0 }' "$POP3_STAGES" ||
    stage_is "$*" 0 1 0
}

# stages_end: prints the table, and last of all `N passed, N failed`. Returns 0 if nothing failed and
# something ran.
stages_end() {
  stages_wait
  if [ -n "$stages_outer" ]; then
    cat "$POP3_STAGES" >>"$stages_outer"
  else
    printf '\n%-24s %8s %8s %8s\n' stage seconds passed failed
    awk -F '\t' '{ printf "%-24s %8d %8d %8d\n", $1, $4, $2, $3 }' "$POP3_STAGES"
    printf '%-24s %8d\n' "all" $((SECONDS - stages_start))
  fi
  awk -F '\t' '{ p += $2; f += $3 }
    END { printf "\n%d passed, %d failed\n", p, f; exit !(p > 0 && f == 0) }' "$POP3_STAGES"
}
