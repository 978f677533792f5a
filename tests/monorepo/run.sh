#!/bin/bash
# Builds and tests libpop3 from within another workspace, this folder, which takes it as a repository
# and has a @boringssl and a GoogleTest of its own.
#
#   tests/monorepo/run.sh [BAZEL-OPTION...]
#
# Needs what tools/packages.sh has in its groups build and test. The last line is
# `monorepo: N passed, N failed`, and the exit status 0 if nothing failed and something ran.
set -u
cd "$(dirname "${BASH_SOURCE[0]}")" || exit 1
exec </dev/null
# shellcheck source=tools/packages.sh
. ../../tools/packages.sh
pop3_need build test

work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT

# What this workspace has, and libpop3's own tests of the plugins that use BoringSSL: with the
# @boringssl of this workspace they are other programs than at home.
targets=(
  //...
  @libpop3//tests/auth:apop_test
  @libpop3//tests/conformance/cases:apop
  @libpop3//tests/conformance/cases:apop_so
  @libpop3//tests/conformance/cases:tls
  @libpop3//tests/conformance/cases:tls_so
  @libpop3//tests/transports:tls_bio_test
  @libpop3//tests/transports:tls_certificate_test
  @libpop3//tests/transports:tls_facts_test
  @libpop3//tests/transports:tls_sessions_test
  @libpop3//tests/transports:tls_setup_test
  @libpop3//tests/transports:tls_test
  @libpop3//tests/transports:tls_verify_test
)

options=(--keep_going)
if [ -n "${CI:-}" ] || [ ! -t 2 ]; then options+=(--noshow_progress --color=no --curses=no); fi
bazel test "${options[@]}" "$@" --build_event_json_file="$work/events" -- "${targets[@]}"
python3 ../../tools/test_report.py --strict monorepo "$work/events" $? | tee "$work/report"
passed=0
failed=0
if [[ $(tail -n 1 "$work/report") =~ ^monorepo:\ ([0-9]+)\ passed,\ ([0-9]+)\ failed$ ]]; then
  passed=${BASH_REMATCH[1]}
  failed=${BASH_REMATCH[2]}
fi
[ $((passed + failed)) -gt 0 ] || failed=1

check() {
  local what=$1
  shift
  if "$@"; then
    passed=$((passed + 1))
  else
    echo "FAILED: $what"
    failed=$((failed + 1))
  fi
}

# uses LABEL RULE: the repository is made by the rule that WORKSPACE here names.
uses() { bazel query --output=build "//external:$1" 2>/dev/null | grep -q "^$2("; }

check "libpop3_deps() leaves our @boringssl alone" uses boringssl shared_boringssl_repository
check "libpop3_deps() leaves our GoogleTest alone" uses com_google_googletest new_local_repository
check "docs/monorepo.md shows what is in this folder" python3 -B check_docs.py ../../docs/monorepo.md

# Bazel's server goes away by itself (.bazelrc); on a CI machine it goes at once.
[ -z "${CI:-}" ] || bazel shutdown >/dev/null 2>&1

printf 'monorepo: %d passed, %d failed\n' "$passed" "$failed"
[ "$failed" -eq 0 ]
