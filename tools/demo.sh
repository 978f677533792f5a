#!/bin/bash
# Shows libpop3 at work on this machine: builds it, starts its own mail server with a sample mailbox,
# fetches that with `pop3`, and compares each message that arrived with what the server had.
#
#   tools/demo.sh [--keep]
#
#   --keep   leave the mailboxes and what the server logged in place, and say where they are
#
# Nothing leaves the machine. As root it installs the packages that are missing, else it says which.
# The exit status is 0 only if every message arrived byte for byte as the server had it.
set -u
cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit 1
exec </dev/null
# shellcheck source=tools/packages.sh
. tools/packages.sh

keep=
for argument in "$@"; do
  case $argument in
  --keep) keep=1 ;;
  -h | --help)
    sed -n '2,/^set/s/^# \{0,1\}//p' "$0"
    exit 0
    ;;
  *)
    echo "tools/demo.sh: unknown argument $argument (--help tells the known ones)" >&2
    exit 2
    ;;
  esac
done

server=
work=
finish() {
  local status=$?
  trap - EXIT INT TERM HUP
  if [ -n "$server" ]; then
    kill "$server" 2>/dev/null
    wait "$server" 2>/dev/null
  fi
  if [ -n "$work" ] && [ -n "$keep" ]; then
    printf '\nThe mailboxes are in %s (source: what the server had, fetched: what arrived).\n' "$work"
  elif [ -n "$work" ]; then
    rm -rf "$work"
  fi
  exit "$status"
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
trap 'exit 129' HUP

fail() {
  echo "tools/demo.sh: $1" >&2
  exit 1
}

step() { printf '\n%s\n' "$1"; }

pop3_need build

step "1. Building the client and the mail server. The first time takes a minute or two."
options=(--ui_event_filters=-info,-debug)
if [ -n "${CI:-}" ] || [ ! -t 2 ]; then options+=(--config=ci); fi
bazel build -c opt "${options[@]}" //tools/cli:pop3 //tools/mailboxd || fail "the build failed"
bin=$(bazel info -c opt --noshow_progress bazel-bin 2>/dev/null) || fail "bazel does not tell where it has put the programs"
pop3=$bin/tools/cli/pop3
mailboxd=$bin/tools/mailboxd/mailboxd

work=$(mktemp -d "${TMPDIR:-/tmp}/libpop3-demo.XXXXXX") || fail "there is no temporary directory"
source=$work/source
fetched=$work/fetched

step "2. Making a mailbox: plain text, UTF-8, MIME, dots at line starts, a 5 MB attachment, ..."
python3 tools/demo_mailbox.py "$source" || fail "the mailbox could not be made"
printf '   %s messages in %s\n' "$(find "$source/new" -type f | wc -l)" "$source"

step "3. Starting the mail server for it, on free ports that only this machine can reach."
umask 077 # the password is nobody's business
password=$(od -An -N12 -tx1 /dev/urandom | tr -d ' \n')
echo "demo:$password" >"$work/users"
echo "$password" >"$work/password"
"$mailboxd" --listen 127.0.0.1:0 --tls-listen 127.0.0.1:0 --self-signed "$work/tls" --require-tls \
  --port-file "$work/port" --maildir "$source" --users "$work/users" --exit-with-parent \
  2>"$work/server.log" &
server=$!
for _ in $(seq 200); do
  [ -s "$work/port" ] && break
  kill -0 "$server" 2>/dev/null || break
  sleep 0.05
done
plain_port=$(awk '$1 == "tcp" { print $3 }' "$work/port" 2>/dev/null)
tls_port=$(awk '$1 == "tls" { print $3 }' "$work/port" 2>/dev/null)
if [ -z "$plain_port" ] || [ -z "$tls_port" ]; then
  cat "$work/server.log" >&2
  fail "the mail server did not start"
fi
stls_url=pop3://demo@localhost:$plain_port
tls_url=pop3s://demo@localhost:$tls_port
printf '   %s (STLS) and %s, process %s\n' "$stls_url" "$tls_url" "$server"
printf '   Its certificate is its own: we trust it because of --ca-file %s\n' "$work/tls/ca.pem"

step "4. How secure is that?"
common=(--ca-file "$work/tls/ca.pem" --no-netrc)
printf '   $ pop3 check %s --tls required --ca-file ...\n' "$stls_url"
"$pop3" check "$stls_url" --tls required "${common[@]}" >"$work/report" || fail "the check failed"
grep -E '^(encrypted|TLS|cipher|certificate|names|expires|verified) |would be chosen' \
  "$work/report" | sed 's/^ */   /'

# fetch URL DIRECTORY OPTION...: says what is done, does it, says by which way.
fetch() {
  local url=$1 directory=$2
  shift 2
  printf '   $ pop3 fetch %s --maildir %s %s\n' "$url" "$directory" "$*"
  "$pop3" fetch "$url" --maildir "$directory" "$@" "${common[@]}" -v \
    --password-file "$work/password" 2>"$work/trace" ||
    { cat "$work/trace" >&2 && fail "the fetch failed"; }
  grep -E '^-- (tls:|logged in with)' "$work/trace" | sed 's/^-- /   /'
}

step "5. Fetching everything by STLS with SCRAM-SHA-256-PLUS, which ties the login to the TLS channel:"
fetch "$stls_url" "$fetched" --tls required --auth SCRAM-SHA-256-PLUS

step "6. What arrived, compared byte for byte with what the server had:"
echo
python3 tools/demo_table.py "$source" "$fetched" || fail "not everything arrived as it was"

step "7. The same over pop3s://, with whatever is strongest:"
fetch "$tls_url" "$fetched-pop3s"
python3 tools/demo_table.py "$source" "$fetched-pop3s" | tail -n 1
python3 tools/demo_table.py "$source" "$fetched-pop3s" >/dev/null ||
  fail "not everything arrived as it was"
