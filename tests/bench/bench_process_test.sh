#!/bin/bash
# `bench` runs, both clients count the same octets, and the ratios have the form that README shows.
# Nothing is said here about how large they are.
#
#   bench_process_test.sh BENCH MAILBOXD
set -u
bench=$1 mailboxd=$2

fail() {
  echo "FAILED: $*" >&2
  exit 1
}

# run OPTION...: the output of a bench that must succeed.
run() {
  output=$("$bench" --server "$mailboxd" --runs 1 "$@" 2>&1) || fail "bench $* failed: $output"
}

# has PATTERN: the output has a line like that.
has() {
  grep -qxE "$1" <<<"$output" || fail "no line like '$1' in: $output"
}

number='[0-9]+\.[0-9]+'

# 50 messages of 4096 octets: bench fails when a client counts anything else.
run --workload 50x4K,2x300K
has '50x4K: 204800 octets, [0-9]+ on the wire, over TCP; 1 rounds'
has 'ratios'
has "small 50x4K: $number x the time of the recv loop \(CPU $number x\)"
has "bulk 2x300K: $number of the recv loop \(CPU $number x\)"

run --workload 50x4K --unix --pin none
has '50x4K: 204800 octets, [0-9]+ on the wire, over a Unix socket; 1 rounds'

run --workload 50x4K --no-pipelining --window 0
has "small 50x4K: $number x the time of the lockstep \(CPU $number x\)"

run --workload sessions,crowd --sessions 3 --crowd 5
has "sessions 3: $number x the time of a single write \(CPU $number x\)"
has "crowd 5: $number x the time of a single write each \(CPU $number x\), -?$number KiB a session"

run --workload tls:3x100K
has "tls 3x100K: $number of the SSL_read loop \(CPU $number x\)"

run --workload 10x1K --json
python3 -c 'import json, sys
report = json.load(sys.stdin)
section = report["sections"][0]
assert section["kind"] == "small" and section["name"] == "10x1K", section
assert [client["name"] for client in section["clients"]] == ["recv loop", "libpop3"], section
assert section["clients"][1]["octets"] == 10240, section' <<<"$output" || fail "not that JSON: $output"

"$bench" --runs none >/dev/null 2>&1
[ $? = 2 ] || fail "a bad number is no usage error"
"$bench" --server /does/not/exist --workload 1x1K >/dev/null 2>&1
[ $? = 1 ] || fail "a missing server is no failure"
exit 0
