#!/bin/bash
# Installs libpop3 in a folder and uses it as somebody would who does not build with Bazel.
#
#   tests/install/run.sh
#
# A script and no Bazel test, because it runs Bazel. Its last line is `install: N passed, N failed`;
# the exit status is 0 if nothing failed and something ran.
set -u
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 1
exec </dev/null
export LC_ALL=C
# shellcheck source=tools/packages.sh
. tools/packages.sh
pop3_need build check

root=$PWD
here=$root/tests/install
work=$(mktemp -d) || exit 1
server=
trap '[ -z "$server" ] || kill "$server"; rm -rf "$work"' EXIT
cc=(cc -std=c11 -Wall -Wextra -pedantic -Werror)
passed=0
failed=0

# check NAME: runs the function check_NAME with `set -e`, and shows what it says if it fails.
check() {
  # Not in the condition of an `if`: there bash does not heed `set -e`.
  (set -eu; "check_$1") >"$work/said" 2>&1
  if [ $? -eq 0 ]; then
    passed=$((passed + 1))
    echo "ok      $1"
  else
    failed=$((failed + 1))
    echo "FAILED  $1"
    sed 's/^/        /' "$work/said" | tail -n 20
  fi
}

# nothing: fails if there is anything on standard input, and shows it.
nothing() {
  local lines
  lines=$(cat)
  [ -z "$lines" ] || { echo "not wanted: $lines"; return 1; }
}

# says WORDS COMMAND...: it succeeds and prints the words.
says() {
  local words=$1 said
  shift
  said=$("$@") || return 1
  [ "$said" = "$words" ] || {
    echo "$1 says \"$said\", not \"$words\""
    return 1
  }
}

# refuses WORDS COMMAND...: it fails, and the words are in what it prints.
refuses() {
  local words=$1
  shift
  if "$@" >"$work/refused" 2>&1; then
    echo "$* succeeds"
    return 1
  fi
  grep -qF -- "$words" "$work/refused" || {
    echo "$* does not say \"$words\" but: $(cat "$work/refused")"
    return 1
  }
}

check_install() { # and move it: nothing in there may know where it was
  refuses 'use: tools/install.sh PREFIX' tools/install.sh
  refuses 'is not a folder' tools/install.sh "$here/run.sh"
  tools/install.sh "$work/first"
  mv "$work/first" "$work/prefix"
  grep -rl -e "$work" -e "$root" "$work/prefix" | nothing
}

check_files() {
  cd "$prefix"
  local file
  for file in bin/pop3 include/pop3/{pop3,usual,loader}.h include/pop3/spi/{plugin,transport,auth}.h \
    lib/libpop3.a share/doc/libpop3/LICENSE share/man/man1/pop3.1 share/man/man3/libpop3.3; do
    [ -s "$file" ] || { echo "$file is missing"; return 1; }
  done
  [ "$(readlink lib/libpop3.so)" = "libpop3.so.${version%%.*}" ]
  [ "$(readlink "lib/libpop3.so.${version%%.*}")" = "libpop3.so.$version" ]
  # Each plugin has its header and its loadable form.
  diff <(cd include/pop3/plugins && printf '%s\n' *.h | sed 's/\.h$//') \
    <(cd lib/pop3/plugins && printf '%s\n' *.so | sed 's/^pop3_\(.*\)\.so$/\1/')
  [ "$(find . -perm /022 ! -type l | wc -l)" = 0 ]
}

check_version() {
  says "pop3 (libpop3) $version" "$prefix/bin/pop3" --version
}

# Standard name patterns would let a symbol slip in: the list is exact, in both directions.
check_shared_exports() {
  nm -D --defined-only "$prefix/lib/libpop3.so" | awk '$2 != "A" { print $NF }' |
    sed 's/@@LIBPOP3_[0-9]*$//' | sort | diff tools/dist/exports.txt -
}

check_static_exports() {
  nm --defined-only --extern-only "$prefix/lib/libpop3.a" 2>&1 | awk 'NF == 3 { print $3 }' |
    sort | diff tools/dist/exports.txt -
}

check_exports_are_the_headers() { # what the compiler has seen declared there, but not defined
  all_headers >"$work/all.c"
  cc -std=c11 -I"$prefix/include" -fsyntax-only -aux-info "$work/declared" "$work/all.c"
  grep -F "$prefix/include" "$work/declared" | grep -v '\*/ static ' |
    grep -oE '\bpop3_[a-z0-9_]+ \([^*]' | sed 's/ .*//' | sort -u | diff tools/dist/exports.txt -
}

check_shared_object() {
  local dynamic
  dynamic=$(readelf -dW "$prefix/lib/libpop3.so")
  grep -q "SONAME.*\[libpop3\.so\.${version%%.*}\]" <<<"$dynamic"
  grep -E '\((RPATH|RUNPATH|TEXTREL)\)' <<<"$dynamic" | nothing
  readelf -lW "$prefix/lib/libpop3.so" | grep 'GNU_STACK.*RWE' | nothing
  sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p' <<<"$dynamic" |
    grep -Ev '^(libc|libdl|libpthread|libsasl2)\.so\.|^ld-linux' | nothing
  ldd -r "$prefix/lib/libpop3.so" 2>&1 | grep -E 'undefined|not found' | nothing
}

all_headers() {
  (cd "$prefix/include" && find pop3 -name '*.h' | sort | sed 's/.*/#include <&>/')
}

check_headers_alone() {
  local header status=0
  while read -r header; do
    printf '%s\n' "$header" >"$work/one.c"
    "${cc[@]}" -I"$prefix/include" -fsyntax-only "$work/one.c" || status=1
  done < <(all_headers)
  return $status
}

check_headers_in_cpp() {
  all_headers >"$work/all.cc"
  c++ -std=c++17 -Wall -Wextra -pedantic -Werror -I"$prefix/include" -fsyntax-only "$work/all.cc"
}

start_server() { # sets `plain` and `secure` to URLs
  bazel build -c opt --config=ci //tools/mailboxd || return 1
  "$(bazel info -c opt --noshow_progress bazel-bin 2>/dev/null)"/tools/mailboxd/mailboxd \
    --listen 127.0.0.1:0 --tls-listen 127.0.0.1:0 --self-signed "$work/tls" \
    --user alice:wonderland --generate 3x1000 --port-file "$work/ports" --exit-with-parent &
  server=$!
  for _ in $(seq 300); do [ -s "$work/ports" ] && break; sleep 0.1; done
  local kind host port
  while read -r kind host port; do
    case $kind in
    tcp) plain=pop3://alice:wonderland@$host:$port ;;
    tls) secure=pop3s://alice:wonderland@$host:$port ;;
    esac
  done <"$work/ports"
  [ -n "$plain" ] && [ -n "$secure" ]
}

fetches() { # PROGRAM: in clear, and by TLS with a certificate that it was told to trust, or not
  says '3 messages, 3000 octets' "$1" "$plain"
  says '3 messages, 3000 octets' "$1" "$secure" "$work/tls/ca.pem"
  refuses 'certificate' "$1" "$secure"
}

check_pkg_config_shared() {
  # shellcheck disable=SC2046  # several words
  "${cc[@]}" -o "$work/shared" "$here/fetch.c" $(pkg-config --cflags --libs libpop3)
  readelf -dW "$work/shared" | grep -q "NEEDED.*\[libpop3\.so\.${version%%.*}\]"
  fetches "$work/shared"
}

check_pkg_config_static() {
  # shellcheck disable=SC2046
  "${cc[@]}" -o "$work/static" "$here/fetch.c" $(pkg-config --cflags libpop3) \
    -Wl,-Bstatic $(pkg-config --libs libpop3) -Wl,-Bdynamic \
    $(pkg-config --libs --static libpop3 | tr ' ' '\n' | grep -v pop3)
  readelf -dW "$work/static" | grep 'NEEDED.*libpop3' | nothing
  fetches "$work/static"
}

check_static_core_alone() { # needs no other library
  "${cc[@]}" -I"$prefix/include" -o "$work/core" "$here/core_only.c" "$prefix/lib/libpop3.a"
  "$work/core"
}

check_one_source_for_both() { # what tests/monorepo builds with Bazel
  cat >"$work/main.c" <<'END'
#include "mail/mail.h"

int main(void) {
  uint32_t count = 0;
  return loading_mail_count(&count, "/no/socket", "alice", "x", "/no/plugin.so", NULL) == POP3_OK;
}
END
  # shellcheck disable=SC2046
  "${cc[@]}" -I"$root/tests/monorepo" -o "$work/both" "$work/main.c" \
    "$root/tests/monorepo/mail/loading_mail.c" $(pkg-config --cflags --libs libpop3)
  "$work/both"
}

check_loader() {
  # shellcheck disable=SC2046
  "${cc[@]}" -o "$work/load" "$here/load.c" $(pkg-config --cflags --libs libpop3)
  local dir
  dir=$(realpath "$(pkg-config --variable=plugindir libpop3)")
  says '3 messages' "$work/load" "$dir" "$plain" tcp user_pass
  says '3 messages' "$work/load" "$dir" "$plain" tcp "$dir/pop3_sasl.so"
  refuses 'pop3_no_such' "$work/load" "$dir" "$plain" tcp no_such
}

check_every_plugin_loads() {
  local file name
  for file in "$prefix"/lib/pop3/plugins/pop3_*.so; do
    name=$(basename "$file" .so)
    # Those that the command has already are refused as a second one, and not before.
    case ${name#pop3_} in
    exec | http_connect | record | socks5)
      "$prefix/bin/pop3" plugins --plugin "$file" | grep -qF " $file" ;;
    *) refuses taken "$prefix/bin/pop3" plugins --plugin "$file" ;;
    esac
  done
}

check_command() {
  says '3 3000' "$prefix/bin/pop3" stat "$plain"
  says '3 3000' "$prefix/bin/pop3" stat "$secure" --ca-file "$work/tls/ca.pem"
}

check_cmake() {
  cmake -S "$here" -B "$work/cmake" -G 'Unix Makefiles' -DCMAKE_PREFIX_PATH="$prefix" \
    -DCMAKE_C_FLAGS='-Wall -Wextra -Werror'
  cmake --build "$work/cmake"
  fetches "$work/cmake/fetch_shared"
  fetches "$work/cmake/fetch_static"
  [ -e "$(cat "$work/cmake/plugin_dir")/pop3_tcp.so" ]
  readelf -dW "$work/cmake/fetch_static" | grep 'NEEDED.*libpop3' | nothing
}

check_cmake_says_what_is_missing() {
  cp -a "$prefix" "$work/half"
  rm "$work/half/lib/libpop3.a"
  refuses 'lib/libpop3.a is missing' \
    cmake -S "$here" -B "$work/cmake_half" -G 'Unix Makefiles' -DCMAKE_PREFIX_PATH="$work/half"
}

check_man_pages() {
  local name missing=0
  mandoc -T lint -W warning "$prefix"/share/man/man1/*.1 "$prefix"/share/man/man3/*.h.3 \
    "$prefix/share/man/man3/libpop3.3"
  while read -r name; do
    [ -s "$prefix/share/man/man3/$name.3" ] || { echo "no page for $name"; missing=1; }
  done <tools/dist/exports.txt
  man_words pop3_retr.3 | grep -q 'pop3_status pop3_retr(pop3_session \*session, uint32_t number'
  return $missing
}

man_words() { # PAGE: as text, in long lines
  (cd "$prefix/share/man" && mandoc -T ascii -O width=200 "man${1##*.}/$1" | sed 's/.\x08//g')
}

check_man_page_of_the_command() { # has all that the command says of itself
  local command option missing=0
  man_words pop3.1 >"$work/page"
  "$prefix/bin/pop3" --help >"$work/help"
  sed -n '/^Commands:/,/^$/s/^  \([a-z]*\) .*/\1/p' "$work/help" >"$work/commands"
  grep -q fetch "$work/commands"
  while read -r command; do
    grep -q "^ *pop3 $command " "$work/page" || { echo "no command $command"; missing=1; }
    "$prefix/bin/pop3" "$command" --help >>"$work/help"
  done <"$work/commands"
  sed -n 's/^  \(-., \|    \)\(--[a-z0-9-]*\).*/\2/p' "$work/help" | sort -u >"$work/options"
  grep -q -e --plugin-dir "$work/options"
  while read -r option; do
    grep -Eq -- "^ *(-., )?$option( |\$)" "$work/page" || { echo "no $option"; missing=1; }
  done <"$work/options"
  # Each word of the help is in it: no explanation is cut short.
  tr -s ' ' '\n' <"$work/help" | sed 's/[:.,;]*$//' | grep -vxE 'Use|Exit|codes' | sort -u |
    while read -r word; do grep -qiF -- "$word" "$work/page" || echo "$word"; done | nothing
  return $missing
}

plain='' secure=''
prefix=$work/prefix
check install
[ -x "$prefix/bin/pop3" ] || {
  echo "install: $passed passed, $((failed + 1)) failed"
  exit 1
}
export PKG_CONFIG_PATH=$prefix/lib/pkgconfig LD_LIBRARY_PATH=$prefix/lib
version=$(pkg-config --modversion libpop3)
check files
check version
check shared_exports
check static_exports
check exports_are_the_headers
check shared_object
check headers_alone
check headers_in_cpp
if start_server >"$work/server" 2>&1; then
  check pkg_config_shared
  check pkg_config_static
  check loader
  check command
  check cmake
else
  cat "$work/server"
  failed=$((failed + 1))
fi
check static_core_alone
check one_source_for_both
check every_plugin_loads
check cmake_says_what_is_missing
check man_pages
check man_page_of_the_command

echo "install: $passed passed, $failed failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
