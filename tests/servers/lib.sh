# shellcheck shell=bash
# What the scripts that run real POP3 servers have in common. To be sourced; run with `inside` it is
# the first process of a server's namespace.
#
# The server packages of Debian conflict with each other and have compiled-in paths, so none is
# installed. fetch.sh downloads a server's package and what the machine lacks of its dependencies
# into a cache. A server then runs in a mount and process namespace of its own, whose root is an
# overlay: the machine's root below, untouched, and the unpacked packages above, in memory. When the
# first process of the namespace dies, all of it is gone: processes, mounts, files.
#
# Needs root (to mount). The network is the machine's; servers listen on 127.0.0.1.
set -euo pipefail
PATH=/usr/sbin:/usr/bin:/sbin:/bin
export PATH
umask 022
# Of the client in the test: a server has the modules of its own packages.
unset SASL_PATH
SERVERS=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

# Where the packages are kept. tools/test.sh passes POP3_SERVER_DEBS on to the tests.
SERVER_DEBS=${POP3_SERVER_DEBS:-/var/cache/libpop3-tests}

server_die() {
  echo "tests/servers: $*" >&2
  exit 1
}

# The packages of a server; what they depend on is found out by apt.
server_packages() {
  case $1 in
  dovecot) echo dovecot-core dovecot-pop3d ;;
  cyrus) echo cyrus-common cyrus-pop3d sasl2-bin libsasl2-modules libsasl2-modules-db ;;
  courier) echo courier-pop courier-base courier-authlib courier-authdaemon courier-authlib-userdb ;;
  popa3d) echo popa3d ;;
  mailutils) echo mailutils-pop3d ;;
  *) server_die "there is no server \"$1\"" ;;
  esac
}

# server_need_root: says what is missing before anything fails in a less clear way.
server_need_root() {
  [ "$(id -u)" = 0 ] || server_die "a real server needs root: it runs in a namespace with mounts of its own"
  unshare --mount true 2>/dev/null ||
    server_die "this machine does not let root mount (a container without CAP_SYS_ADMIN?), which a real server needs"
}

# server_need_packages SERVER: the list that fetch.sh leaves behind when it is done.
server_need_packages() {
  local list=$SERVER_DEBS/$1.list
  [ -r "$list" ] ||
    server_die "the packages of $1 are not in $SERVER_DEBS: run tests/servers/fetch.sh $1 as root (tools/test.sh does)"
  # They are unpacked and run as root.
  if [ ! -O "$SERVER_DEBS" ] || [ -n "$(find "$SERVER_DEBS" -maxdepth 0 -perm /022)" ]; then
    server_die "$SERVER_DEBS must belong to root, and nobody else may write to it"
  fi
}

# server_free_ports N: prints so many ports of 127.0.0.1 that nobody listens on.
server_free_ports() {
  python3 - "$1" <<'PY'
import socket
import sys

sockets = [socket.socket() for _ in range(int(sys.argv[1]))]
for one in sockets:
    one.bind(("127.0.0.1", 0))
print(*[one.getsockname()[1] for one in sockets])
PY
}

# server_launch DIR SERVER: starts DIR/run in a namespace where DIR is /pop3. SERVER_PID is then the
# process to kill. DIR/accounts has lines NAME:UID or NAME:UID:PASSWORD for /etc/passwd and
# /etc/shadow there, DIR/log gets what is printed.
server_launch() {
  unshare --mount --pid --fork --kill-child=KILL -- \
    bash "$SERVERS/lib.sh" inside "$1" "$SERVER_DEBS/$2.list" </dev/null >"$1/log" 2>&1 &
  SERVER_PID=$!
}

# server_connects ADDRESS PORT: somebody listens there.
server_connects() {
  { exec 9<>"/dev/tcp/$1/$2"; } 2>/dev/null && exec 9>&-
}

# server_await_all FACTS: waits until a server greets at `port=`, and listens wherever else FACTS has
# NAME=ADDRESS:PORT.
server_await_all() {
  local where i
  server_await "$(sed -n 's/^port=//p' "$1")" || return 1
  # shellcheck disable=SC2013  # words
  for where in $(sed -n 's/^[a-z0-9]*=\([0-9.]*:[0-9]*\)$/\1/p' "$1"); do
    for ((i = 0; i < 600; i++)); do
      kill -0 "$SERVER_PID" 2>/dev/null || return 1
      server_connects "${where%:*}" "${where#*:}" && continue 2
      sleep 0.1
    done
    return 1
  done
}

# server_await PORT: waits until a server greets there. Fails if its process ends or time runs out.
server_await() {
  local greeting i
  for ((i = 0; i < 600; i++)); do
    kill -0 "$SERVER_PID" 2>/dev/null || return 1
    greeting=
    if { exec 9<>"/dev/tcp/127.0.0.1/$1"; } 2>/dev/null; then
      IFS= read -r -t 10 greeting <&9 || true
      exec 9>&-
      [ "${greeting:0:3}" = +OK ] && return 0
    fi
    sleep 0.1
  done
  return 1
}

# server_run COMMAND...: runs it in the namespace of the server.
server_run() {
  local first
  first=$(cat "/proc/$SERVER_PID/task/$SERVER_PID/children") || return 1
  nsenter --target "${first%% *}" --mount --pid --root --wd "$@" </dev/null
}

# server_halt: kills everything in the namespace.
server_halt() {
  [ -n "${SERVER_PID:-}" ] || return 0
  kill -KILL "$SERVER_PID" 2>/dev/null || true
  wait "$SERVER_PID" 2>/dev/null || true
  SERVER_PID=
}

server_started() {
  :
}

# server_main SERVER: what a server's script ends with. It has defined server_prepare DIR (mailboxes,
# configuration, DIR/run; prints what clients want to know) and perhaps server_started DIR, for what
# can only be done when it runs. Runs until its standard input ends, so that nothing is left behind
# whatever becomes of the test that has started it.
server_main() {
  local server=$1 dir attempt
  server_need_root
  server_need_packages "$server"
  # Not in TEST_TMPDIR: the path of a Unix socket may have no more than 107 octets.
  dir=$(mktemp -d "/tmp/pop3-$server-XXXXXX")
  # shellcheck disable=SC2064  # the directory as it is now
  trap "server_halt; rm -rf --one-file-system '$dir'" EXIT
  trap 'exit 1' HUP INT TERM
  chmod 755 "$dir"
  # Somebody may take a port between finding and using it.
  for attempt in 1 2 3; do
    server_prepare "$dir" >"$dir/facts"
    server_launch "$dir" "$server"
    server_await_all "$dir/facts" && server_started "$dir" && break
    cat "$dir"/*log "$dir/log" >&2 || true
    server_halt
    [ "$attempt" != 3 ] || server_die "$server does not start; its words are above"
  done
  echo "dir=$dir"
  cat "$dir/facts"
  echo ready
  cat >/dev/null
}

# --- Inside the namespace

server_unpack() {
  local upper=$1 list=$2 folder link deb
  folder=$(dirname "$list")
  # As in the machine's root, so that a package's /lib does not hide it. The links are relative, so
  # that what is unpacked through them stays here.
  mkdir -p "$upper/usr/bin" "$upper/usr/sbin" "$upper/usr/lib" "$upper/usr/lib64" "$upper/var" "$upper/run"
  for link in bin sbin lib lib64; do
    [ -L "/$link" ] && ln -s "usr/$link" "$upper/$link"
  done
  ln -s ../run "$upper/var/run"
  while read -r deb; do
    dpkg-deb --fsys-tarfile "$folder/$deb" |
      tar -x --keep-directory-symlink -C "$upper" || server_die "cannot unpack $deb"
  done <"$list"
  [ "$(stat -c %d "$upper/usr")" = "$(stat -c %d "$upper")" ]
}

server_accounts() {
  local upper=$1 dir=$2 name uid password
  mkdir -p "$upper/etc"
  cp -p /etc/passwd /etc/group /etc/shadow "$upper/etc/"
  while IFS=: read -r name uid password; do
    grep -q "^$name:" "$upper/etc/passwd" || echo "$name:x:$uid:$uid::/nonexistent:/usr/sbin/nologin" >>"$upper/etc/passwd"
    grep -q "^$name:" "$upper/etc/group" || echo "$name:x:$uid:" >>"$upper/etc/group"
    [ -z "$password" ] || echo "$name:$(openssl passwd -6 -- "$password"):19000:0:99999:7:::" >>"$upper/etc/shadow"
  done <"$dir/accounts"
}

server_inside() {
  local dir=$1 list=$2 memory=$1/namespace root
  mount --make-rprivate /
  mkdir -p "$memory"
  mount -t tmpfs -o size=1g,mode=755 tmpfs "$memory"
  mkdir "$memory/upper" "$memory/work" "$memory/root"
  root=$memory/root
  server_unpack "$memory/upper" "$list"
  server_accounts "$memory/upper" "$dir"
  mount -t overlay overlay -o "lowerdir=/,upperdir=$memory/upper,workdir=$memory/work" "$root" ||
    server_die "cannot mount an overlay over /"
  mkdir -p "$root/pop3"
  mount --bind "$dir" "$root/pop3"
  mount -t proc proc "$root/proc"
  mount --rbind /dev "$root/dev"
  mount -t tmpfs -o mode=755 tmpfs "$root/run"
  mkdir -p "$root/run/lock"
  cd "$root"
  exec chroot "$root" /bin/sh /pop3/run
}

if [ "${BASH_SOURCE[0]}" = "$0" ]; then
  [ "${1:-}" = inside ] || server_die "lib.sh is not run by hand"
  server_inside "$2" "$3"
fi
