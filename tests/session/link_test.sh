#!/bin/bash
# //core links against libc alone.
#
#   link_test.sh PROGRAM FILE...    PROGRAM is core_only, among the FILEs are //core's
#
# The program runs and needs no library but libc. Whatever an object of //core does not define is in
# libc, and is nothing that a library without I/O has no business with.
set -u
export LC_ALL=C
program=$1
shift

failed=0
fail() {
  echo "FAILED: $*"
  failed=1
}

archives=()
for file in "$@"; do
  case $file in
  *.pic.a) continue ;;
  core/*/lib*.a) archives+=("$file") ;;
  esac
done
[ "${#archives[@]}" -ge 7 ] || {
  fail "no archives of //core among: $*"
  exit 1
}

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# With sanitizers the compiler adds calls and libraries of its own.
sanitized='^(__)?(asan|ubsan|tsan|msan|lsan|sanitizer|gcov|llvm_profile|odr_asan)'

"$program" || fail "core_only does not run"

readelf -d "$program" | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p' >"$work/needed"
others=$(grep -Ev '^(libc\.so\.6|ld-linux.*)$' "$work/needed" | grep -Ev '^lib(asan|ubsan|tsan|clang_rt)')
if grep -Eq '^lib(asan|ubsan|tsan|clang_rt)' "$work/needed" || nm "$program" | grep -Eq ' [TtWw] __(asan|tsan)_init'; then
  instrumented=1
else
  instrumented=
  [ -z "$others" ] || fail "core_only is linked with $others"
fi

# --- What the objects want
nm -A --defined-only "${archives[@]}" | awk '{ print $NF }' | sort -u >"$work/defined"
nm -A --undefined-only "${archives[@]}" | awk '{ object = $1; sub(/.*:/, "", object); print $NF, $1 }' |
  sort -u >"$work/wanted"
awk '{ print $1 }' "$work/wanted" | sort -u | comm -23 - "$work/defined" |
  grep -Ev "$sanitized" >"$work/foreign"
[ -s "$work/foreign" ] || fail "nm has found nothing in ${archives[*]}"

libc=$(ldd "$program" | sed -n 's/.*libc\.so\.6 => \([^ ]*\).*/\1/p')
[ -r "$libc" ] || fail "no libc in: $(ldd "$program")"
nm -D --defined-only "$libc" | awk '{ sub(/@.*/, "", $NF); print $NF }' | sort -u >"$work/libc"
while read -r symbol; do
  case $symbol in
  # The dynamic linker's and the linker's.
  _GLOBAL_OFFSET_TABLE_ | __tls_get_addr | __stack_chk_guard) continue ;;
  # The compiler's own: what the processor can do, found out at start-up by its libgcc.a.
  __cpu_model) continue ;;
  esac
  grep -qxF "$symbol" "$work/libc" || fail "$symbol is not in libc; wanted by $(grep "^$symbol " "$work/wanted")"
done <"$work/foreign"

# who SYMBOL: the objects that want it.
who() { grep -E "^($1) " "$work/wanted" | sed 's/.* //' | sort -u | tr '\n' ' '; }

# Sockets, names, TLS, SASL, loading, processes, threads, the environment; and ending the program,
# which is not ours to end.
while read -r symbol; do
  grep -qxE "$symbol" "$work/foreign" && fail "$symbol is used by $(who "$symbol")"
done <<'SYMBOLS'
socket
socketpair
bind
connect
listen
accept4?
send(to|msg|mmsg)?
recv(from|msg|mmsg)?
[sg]etsockopt
getaddrinfo
gethostby.*
dl(open|sym|close|mopen)
(SSL|BIO|EVP|X509|MD5|SHA[0-9]*|ERR|RAND)_.*
sasl_.*
pthread_create
fork|vfork|clone|posix_spawnp?|exec.*|system|popen
(secure_)?getenv|setenv|putenv
abort|exit|_exit|quick_exit|__assert_fail
(sig)?longjmp
epoll_.*|select|pselect|ppoll
signal|sigaction
SYMBOLS

# only OBJECTS SYMBOL...: these are used by those objects (a pattern) alone.
only() {
  local objects=$1 symbol user
  shift
  for symbol in "$@"; do
    for user in $(who "$symbol"); do
      grep -qE ":($objects)(\.pic)?\.o:\$" <<<"$user" ||
        fail "$symbol is used by $user, and only $objects may"
    done
  done
}
only wait_poll poll __poll_chk pipe pipe2 eventfd clock_gettime usleep sleep fcntl fcntl64 read
# The sink that writes to a descriptor "until all is out, also if that blocks".
only 'wait_poll|stream_sink' nanosleep write
only memory malloc calloc realloc free

# --- What the objects are
nm -A --defined-only --extern-only "${archives[@]}" | awk 'NF > 2 { print $NF }' | grep -Ev '^p(op)?3_' |
  grep -Ev "$sanitized" >"$work/names"
[ ! -s "$work/names" ] || fail "names that begin neither with pop3_ nor with p3_: $(tr '\n' ' ' <"$work/names")"
if [ -z "$instrumented" ]; then
  variables=$(readelf -SW "${archives[@]}" | awk '$2 ~ /^\.(data|bss|tdata|tbss)$/ || $3 ~ /^\.(data|bss|tdata|tbss)$/ {
      for (i = 1; i <= NF; i++) if ($i ~ /^(PROGBITS|NOBITS)$/ && $(i + 3) !~ /^0+$/) print $0 }')
  [ -z "$variables" ] || fail "//core has variables: $variables"
fi

[ "$failed" = 0 ] && echo "PASSED: //core needs of libc: $(wc -l <"$work/foreign") functions"
exit "$failed"
