#!/bin/bash
# boringssl_api_test finds what it is there to find: boringssl_api_finds_test.sh TEST.py LIST
set -u
test=$1 list=$2
work=$(mktemp -d "${TEST_TMPDIR:-/tmp}/api.XXXXXX") || exit 1
trap 'rm -rf "$work"' EXIT
failed=0

# finds WORDS LIST SOURCE...: the test fails and says so.
finds() {
  local words=$1 said
  shift
  if said=$(python3 -B "$test" "$@" 2>&1); then
    echo "FAILED: nothing was found, instead of: $words"
    failed=1
  elif ! grep -qF "$words" <<<"$said"; then
    echo "$said"
    echo "FAILED: something else was found, instead of: $words"
    failed=1
  fi
}

cat >"$work/function.c" <<'END'
#include <openssl/ssl.h>
int descriptor(const SSL *ssl);
int descriptor(const SSL *ssl) { return SSL_get_fd(ssl); }
END
cat >"$work/member.c" <<'END'
#include <openssl/bio.h>
int descriptor(const BIO *bio);
int descriptor(const BIO *bio) { return bio->num; }
END
{
  cat "$list"
  echo "function SSL_get_fd"
} >"$work/stale"
{
  cat "$list"
  echo "struct nobody_st"
} >"$work/nobody"

finds "SSL_get_fd is used and not in the list" "$list" "$work/function.c"
finds "member.c does not compile with structs that are opaque" "$list" "$work/member.c"
finds "SSL_get_fd is in the list and nobody uses it" "$work/stale" "$work/member.c"
finds "there is no struct nobody_st in the headers" "$work/nobody" "$work/function.c"
[ "$failed" -eq 0 ] && echo "passed"
exit "$failed"
