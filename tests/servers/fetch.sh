#!/bin/bash
# Downloads the packages of real POP3 servers for the tests, once.
#
#   tests/servers/fetch.sh [SERVER...]     all that there are, if none is named
#
# Into $POP3_SERVER_DEBS, or /var/cache/libpop3-tests: each server's packages, and what this machine
# lacks of what they depend on. Nothing is installed. apt checks the signatures. Tests need no
# network then.
# shellcheck source=tests/servers/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

apt=(env DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=300 -o APT::Sandbox::User=root)

# What the packages depend on and no test uses: a mail transport agent, headers, programs.
unused='exim4-.*|.*-dev|gnutls-bin|libgnutls-.*|libgnutlsxx.*|bind9-.*|krb5-locales|update-inetd'

# closure PACKAGE...: the packages, and of those that they depend on the ones that are not installed.
closure() {
  # apt has said what is wrong by itself.
  "${apt[@]}" -s -o Debug::NoLocking=1 install --no-install-recommends "$@" |
    sed -n 's/^Inst \([^ ]*\).*/\1/p' | grep -Evx "$unused"
}

# complete SERVER: nothing has to be done: all is there, and what is installed is what it was then.
complete() {
  local file
  [ "$1.list" -nt /var/lib/dpkg/status ] || return 1
  while read -r file; do
    [ -s "$file" ] || return 1
  done <"$1.list"
}

# fetch SERVER: the list is written last, and means that all is there.
fetch() {
  local server=$1 names files file missing=()
  # shellcheck disable=SC2046  # a list of names
  names=$(closure $(server_packages "$server")) || return 1
  # A machine may have the server installed, with all that it needs.
  if [ -z "$names" ]; then
    : >"$server.list"
    return
  fi
  # In an empty directory, because apt does not tell the URI of what it finds in this one.
  # Each line: 'URI' FILE SIZE HASH
  # shellcheck disable=SC2086  # a list of names
  files=$(cd "$work" && "${apt[@]}" download --print-uris $names | cut -d ' ' -f 2) || return 1
  for file in $files; do
    [ -s "$file" ] || missing+=("${file%%_*}")
  done
  if [ ${#missing[@]} -gt 0 ]; then
    "${apt[@]}" download "${missing[@]}" >&2 || return 1
  fi
  for file in $files; do
    [ -s "$file" ] || return 1
  done
  echo "$files" >"$server.list.new" && mv "$server.list.new" "$server.list"
}

command -v apt-get >/dev/null || server_die "real servers come from Debian's packages, and there is no apt-get"
[ "$(id -u)" = 0 ] || server_die "run fetch.sh as root: so do the tests that use what it fetches"
mkdir -p "$SERVER_DEBS"
cd "$SERVER_DEBS" || exit
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
[ $# -gt 0 ] || set -- dovecot cyrus courier popa3d mailutils
for server in "$@"; do
  complete "$server" && continue
  fetch "$server" && continue
  # A fresh machine has no package lists, or old ones.
  "${apt[@]}" update >&2 || server_die "apt-get update has failed"
  fetch "$server" || server_die "cannot download the packages of $server into $SERVER_DEBS"
done
