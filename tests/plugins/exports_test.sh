#!/bin/bash
# What a loadable plugin shows and wants: it exports its entry alone, and needs nothing of libpop3.
#
#   exports_test.sh FILE...    pop3_NAME.so of each plugin, and the files of //core
set -u
export LC_ALL=C

failed=0
fail() {
  echo "FAILED: $*"
  failed=1
}

archives=()
plugins=()
for file in "$@"; do
  case $file in
  *.pic.a) continue ;;
  core/*/lib*.a) archives+=("$file") ;;
  */pop3_*.so) plugins+=("$file") ;;
  esac
done
[ "${#archives[@]}" -ge 7 ] || fail "no archives of //core among: $*"
[ "${#plugins[@]}" -ge 5 ] || fail "no plugins among: $*"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
nm -A --defined-only --extern-only "${archives[@]}" | awk '{ print $NF }' | sort -u >"$work/core"
[ -s "$work/core" ] || fail "nm has found nothing in ${archives[*]}"

# With sanitizers the compiler adds calls and libraries of its own.
runtimes='^lib(asan|ubsan|tsan|gcc_s|clang_rt)'
# Of libc, and what single plugins are for.
libraries='^(libc|libm|libdl|libpthread|libsasl2)\.so\.|^ld-linux'

for plugin in "${plugins[@]}"; do
  name=$(basename "$plugin")
  exported=$(nm -D --defined-only "$plugin" | awk '{ print $NF }')
  [ "$exported" = pop3_plugin_entry ] || fail "$name exports: $exported"

  nm -D --undefined-only "$plugin" | awk '{ sub(/@.*/, "", $NF); print $NF }' | sort -u >"$work/wanted"
  [ -s "$work/wanted" ] || fail "nm has found nothing in $name"
  of_core=$(comm -12 "$work/wanted" "$work/core")
  [ -z "$of_core" ] || fail "$name wants of //core: $of_core"
  ours=$(grep -E '^p(op)?3_' "$work/wanted")
  [ -z "$ours" ] || fail "$name wants: $ours"

  readelf -d "$plugin" | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p' >"$work/needed"
  others=$(grep -Ev "$runtimes" "$work/needed" | grep -Ev "$libraries")
  [ -z "$others" ] || fail "$name is linked with $others"
  # All it wants is in there. (clang's sanitizers are in the program, not in a library.)
  missing=$(ldd -r "$plugin" 2>&1 | sed -n 's/undefined symbol: \([^[:space:]]*\).*/\1/p' |
    grep -Ev '^__(asan|ubsan|tsan|lsan|sanitizer)')
  [ -z "$missing" ] || fail "$name wants what no library has: $missing"
  # A search path in the file would let somebody else's directory decide.
  readelf -d "$plugin" | grep -E '\((RPATH|RUNPATH)\)' && fail "$name has a search path"
  readelf -lW "$plugin" | grep -E 'GNU_STACK.*RWE' && fail "$name wants an executable stack"
done

[ "$failed" = 0 ] && echo "PASSED: ${#plugins[@]} plugins"
exit "$failed"
