#!/bin/bash
# The driver of pop3_fuzz_test finds a crash and a hang, and leaves the input behind.
set -u
crasher=$1 hanger=$2 seed=$3 dictionary=$4
export TEST_UNDECLARED_OUTPUTS_DIR=$TEST_TMPDIR

fail() {
  echo "FAILED: $*" >&2
  exit 1
}

# The crash is two changes away from the seed: not in the corpus, but among the mutations.
"$crasher" --dictionary="$dictionary" "$seed" >/dev/null || fail "the corpus alone crashes"
output=$("$crasher" --runs=100000 --dictionary="$dictionary" "$seed" 2>&1) &&
  fail "a crash has not been found"
input=$(sed -n 's/^fuzz: the input that did it is in //p' <<<"$output")
[ -s "$input" ] || fail "the input is not there: $output"
"$crasher" "$input" >/dev/null 2>&1 && fail "$input does not crash again"

again=$("$crasher" --runs=100000 --dictionary="$dictionary" "$seed" 2>&1)
other=$(sed -n 's/^fuzz: the input that did it is in //p' <<<"$again")
cmp "$input" "$other" || fail "a second run has gone another way"

output=$("$hanger" --timeout=1 "$seed" 2>&1) && fail "a hang has not been found"
grep -q "takes too long" <<<"$output" || fail "no word about the hang: $output"

"$crasher" /does/not/exist 2>/dev/null
[ $? = 2 ] || fail "a missing input is no usage error"
"$crasher" --runs=many 2>/dev/null
[ $? = 2 ] || fail "a bad number is no usage error"
exit 0
