#!/bin/bash
# The README's example fetches a mailbox of two messages; and it is as short as the README says.
set -eu
example=$1 mailboxd=$2 source=$3
dir=$(mktemp -d "${TEST_TMPDIR:-/tmp}/readme.XXXXXX")
"$mailboxd" --listen 127.0.0.1:0 --user alice:wonderland --generate 2x1000 \
  --port-file "$dir/ports" --exit-with-parent &
server=$!
trap 'kill $server 2>/dev/null; rm -rf "$dir"' EXIT
for _ in $(seq 100); do [ -s "$dir/ports" ] && break; sleep 0.1; done
read -r _ host port <"$dir/ports"

"$example" "pop3://alice:wonderland@$host:$port" >"$dir/out"
octets=$(wc -c <"$dir/out")
[ "$octets" = 2000 ] || { echo "got $octets octets, not 2000"; exit 1; }

if "$example" "pop3://alice:wrong@$host:$port" >/dev/null 2>"$dir/err"; then
  echo "a wrong password was taken"
  exit 1
fi
grep -q . "$dir/err" || { echo "no word about the wrong password"; exit 1; }

lines=$(wc -l <"$source")
[ "$lines" -le 24 ] || { echo "the example has grown to $lines lines"; exit 1; }
