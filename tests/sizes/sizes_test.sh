#!/bin/bash
# //tools/sizes prints a table with a line for each composition, from the smallest on; each program
# runs: sizes_test.sh SIZES PROGRAM...
set -eu
sizes=$1
shift
table=$("$sizes" "$@")
echo "$table"
mapfile -t kib < <(sed -n 's/^|[^|]*| \([0-9]*\) |.*/\1/p' <<<"$table")
[ ${#kib[@]} -eq $# ]
for ((i = 1; i < $#; i++)); do
  [ "${kib[i - 1]}" -gt 0 ] && [ "${kib[i - 1]}" -le "${kib[i]}" ]
done
for program; do
  status=0
  said=$("$program" pop3+unix:///nowhere/pop3 2>&1) || status=$?
  echo "$program: $said"
  [ "$status" -eq 1 ] && [ -n "$said" ]
done
