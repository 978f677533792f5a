#!/bin/bash
# The Debian packages that libpop3 is built and tested with: the one list of them.
#
#   tools/packages.sh GROUP...          installs what is missing (as root), or says how
#   tools/packages.sh --list GROUP...   prints the apt-get line for all of a group
#
# Scripts source this file and call `pop3_need GROUP...`. The groups:
#
#   build     the libraries and the programs
#   test      what tools/test.sh needs on top of that
#   check     what .ci/run needs on top of that
#
# POP3_NO_PACKAGES=1 takes what is there, for systems that have the same things under other names.

pop3_packages() {
  case $1 in
  build)
    # bazel-bootstrap brings a C and C++ compiler, and Python for the scripts. libsasl2-modules: the
    # mechanisms of Cyrus SASL, for the client and mailboxd; they bring OpenSSL's libcrypto.so.3.
    echo bazel-bootstrap g++ binutils libc6-dev android-libboringssl-dev libsasl2-dev \
      libsasl2-modules
    ;;
  test)
    # clang: libFuzzer. zip: for what a failed test leaves behind. openssl: certificates for tests.
    echo libgtest-dev libssl-dev clang libclang-rt-14-dev python3 zip openssl
    ;;
  check)
    # pkgconf, cmake, make, mandoc: for tests/install.
    echo clang-format clang-tidy git python3 pkgconf cmake make mandoc
    ;;
  *)
    echo "packages.sh: there is no group \"$1\": build, test, check" >&2
    return 2
    ;;
  esac
}

# Whether a package is there, or what one wants it for.
pop3_has_package() {
  case $1 in
  bazel-bootstrap) command -v bazel >/dev/null && return 0 ;;
  esac
  [ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

# pop3_need GROUP...: returns 0 when all packages of the groups are there. As root it sees to that
# itself; else it says what to type, and exits.
pop3_need() {
  local group package all missing=()
  pop3_environment
  [ -n "${POP3_NO_PACKAGES:-}" ] && return 0
  if ! command -v apt-get >/dev/null || ! command -v dpkg-query >/dev/null; then
    echo "libpop3: this system has no apt-get. It is known to work with Debian 12's packages:" >&2
    pop3_apt_line "$@" >&2
    echo "libpop3: with the same from elsewhere, set POP3_NO_PACKAGES=1." >&2
    exit 1
  fi
  for group in "$@"; do
    all=$(pop3_packages "$group") || exit 2
    for package in $all; do
      case " ${missing[*]} " in *" $package "*) continue ;; esac
      pop3_has_package "$package" || missing+=("$package")
    done
  done
  [ ${#missing[@]} -eq 0 ] && return 0
  if [ "$(id -u)" != 0 ]; then
    echo "libpop3: packages are missing. Install them, then start this again:" >&2
    echo "    sudo apt-get install --no-install-recommends ${missing[*]}" >&2
    exit 1
  fi
  echo "libpop3: installing ${missing[*]}" >&2
  pop3_apt_install "${missing[@]}" && return 0
  echo "libpop3: apt-get could not install: ${missing[*]}" >&2
  exit 1
}

# A fresh machine, or a container, may have no package lists yet, or old ones: they are fetched.
pop3_apt_install() {
  local apt=(env DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=300)
  "${apt[@]}" install -y --no-install-recommends "$@" </dev/null >&2 && return 0
  echo "libpop3: once more, with new package lists" >&2
  "${apt[@]}" update </dev/null >&2 &&
    "${apt[@]}" install -y --no-install-recommends "$@" </dev/null >&2
}

# pop3_apt_line GROUP...: prints the command that installs all of the groups, each package once.
pop3_apt_line() {
  local group all=()
  for group in "$@"; do
    # shellcheck disable=SC2207  # names of packages have no spaces
    all+=($(pop3_packages "$group")) || return 2
  done
  printf 'apt-get install --no-install-recommends'
  printf '%s\n' "${all[@]}" | awk '!seen[$0]++ { printf " %s", $0 } END { print "" }'
}

# Cron jobs, containers and CI start programs without the variables that Bazel wants, or with a home
# directory that cannot be written.
pop3_environment() {
  local name
  if [ -z "${USER:-}" ]; then
    name=$(id -un 2>/dev/null) || name=uid$(id -u)
    export USER=$name
  fi
  if [ -z "${HOME:-}" ]; then
    HOME=$(getent passwd "$(id -u)" 2>/dev/null | cut -d: -f6)
  fi
  if [ ! -d "${HOME:-}" ] || [ ! -w "$HOME" ]; then
    HOME=${TMPDIR:-/tmp}/libpop3-home-$(id -u)
    # A directory in /tmp that somebody else has made is not a home.
    if { [ ! -d "$HOME" ] && ! mkdir -m 700 "$HOME"; } || [ ! -O "$HOME" ]; then
      echo "libpop3: HOME is not set, and $HOME is not ours" >&2
      exit 1
    fi
  fi
  export HOME
}

if [ "${BASH_SOURCE[0]}" = "$0" ]; then
  case ${1:-} in
  --list) shift && pop3_apt_line "${@:-build}" ;;
  -* | "") sed -n '2,/^$/s/^# \{0,1\}//p' "$0" ;;
  *) pop3_need "$@" ;;
  esac
fi
