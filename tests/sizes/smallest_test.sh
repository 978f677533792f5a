#!/bin/bash
# The smallest compositions are built from no file that they do not need, and have nothing of TLS
# and SASL in them.
set -u
failed=0

fail() {
  echo "FAILED: $*"
  failed=1
}

# files PROGRAM: the sources that it is built from, except for core's and its own.
files() { grep -v -e '^//core[:/]' -e '^//tools/sizes:' "tests/sizes/$1_files" | sort; }

# built_from PROGRAM LABEL...: it is built from these and no others.
built_from() {
  local program=$1
  shift
  diff <(printf '%s\n' "$@" | sort) <(files "$program") ||
    fail "$program is built from other files than expected (< expected, > found)"
}

user_pass=(//auth:line.c //auth:line.h //auth:user_pass.c //auth:include/pop3/plugins/user_pass.h)
sockio=(//transports:sockio.c //transports:sockio.h)
tcp=(//transports:tcp.c //transports:include/pop3/plugins/tcp.h)
for part in address race resolve tcp_options tcp_socket; do
  tcp+=("//transports:$part.c" "//transports:$part.h")
done
built_from count_unix "${user_pass[@]}" "${sockio[@]}" //transports:unix.c //transports:include/pop3/plugins/unix.h
built_from count_tcp "${user_pass[@]}" "${sockio[@]}" "${tcp[@]}"

# symbols PROGRAM: the names in it.
symbols() { nm "tools/sizes/$1" | awk '{ print $NF }'; }

foreign='^(SSL|TLS|BIO|EVP|X509|ERR|CRYPTO|OPENSSL|MD5|SHA256|boringssl|sasl|pop3_plugin_(tls|sasl))(_|$)'
for program in count_unix count_tcp; do
  symbols "$program" | grep -q '^pop3_login$' || fail "$program: nm shows no symbols of libpop3"
  symbols "$program" | grep -E "$foreign" && fail "$program has the symbols above in it"
done

# The patterns find what they are meant to find.
files count_tls | grep -q '^@boringssl//' || fail "count_tls is not built from @boringssl"
files count_usual | grep -q '^@cyrus_sasl//' || fail "count_usual is not built from @cyrus_sasl"
symbols count_tls | grep -q '^SSL_' || fail "count_tls has no symbol of BoringSSL"
symbols count_usual | grep -q '^sasl_' || fail "count_usual has no symbol of Cyrus SASL"

[ "$failed" -eq 0 ] && echo "passed"
exit "$failed"
