#!/bin/bash
# The player of pop3_fuzz_test notices a crash and a hang, and leaves the input behind.
set -u
crasher=$1 hanger=$2 seed=$3
export TEST_UNDECLARED_OUTPUTS_DIR=$TEST_TMPDIR

fail() {
  echo "FAILED: $*" >&2
  exit 1
}

output=$("$crasher" 2>&1) || fail "the empty input crashes: $output"
# What crashes is not the file, but its beginning.
output=$("$crasher" "$seed" 2>&1) && fail "a crash has not been noticed"
input=$(sed -n 's/^fuzz: the input that did it is in //p' <<<"$output")
[ "$(cat "$input")" = "+OK" ] || fail "the input is not there: $output"
"$crasher" "$input" >/dev/null 2>&1 && fail "$input does not crash again"

output=$("$hanger" --timeout=1 "$seed" 2>&1) && fail "a hang has not been noticed"
grep -q "takes too long" <<<"$output" || fail "no word about the hang: $output"

for wrong in /does/not/exist --runs=1 --timeout=many --timeout=0; do
  "$crasher" "$wrong" 2>/dev/null
  [ $? = 2 ] || fail "$wrong is no usage error"
done
exit 0
