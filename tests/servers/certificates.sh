#!/bin/bash
# Makes the certificates of the tests in a directory:
#
#   tests/servers/certificates.sh DIR
#
#   ca.pem              the authority that the client is to trust
#   stranger.pem        another one, which has signed nothing here
#   server.pem .key     for localhost and 127.0.0.1
#   other.pem .key      for other.example: the wrong host
#   expired.pem .key    for localhost and 127.0.0.1, valid in 2020
#   client.pem .key     of the user alice
#   impostor.pem .key   says alice too, but has signed itself
#   NAME-all.pem        certificate and key in one file
#
# Anybody may read the keys: servers do so as several users, and nobody is to trust this authority.
set -euo pipefail
[ $# = 1 ] || {
  sed -n '2,/^set/s/^# \{0,1\}//p' "$0" >&2
  exit 2
}
mkdir -p "$1"
cd "$1"
rm -f -- *.pem *.key *.csr index.txt* serial*
: >index.txt
echo 1000 >serial
cat >ca.conf <<'CONF'
[ca]
default_ca = authority
[authority]
dir = .
database = index.txt
serial = serial
new_certs_dir = .
certificate = ca.pem
private_key = ca.key
default_md = sha256
default_days = 3650
policy = anything
unique_subject = no
[anything]
commonName = supplied
[req]
distinguished_name = name
[name]
[authorities]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
[localhost]
subjectAltName = DNS:localhost, IP:127.0.0.1
extendedKeyUsage = serverAuth
[elsewhere]
subjectAltName = DNS:other.example
extendedKeyUsage = serverAuth
[person]
extendedKeyUsage = clientAuth
CONF

key() {
  openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$1.key"
}

# alone NAME COMMON-NAME EXTENSIONS: signs itself.
alone() {
  key "$1"
  openssl req -config ca.conf -x509 -new -key "$1.key" -days 3650 -subj "/CN=$2" -extensions "$3" -out "$1.pem"
}

# issue NAME COMMON-NAME EXTENSIONS [OPTION...]
issue() {
  local name=$1 common=$2 extensions=$3
  shift 3
  key "$name"
  openssl req -config ca.conf -new -key "$name.key" -subj "/CN=$common" -out "$name.csr"
  openssl ca -config ca.conf -batch -notext -extensions "$extensions" "$@" -in "$name.csr" -out "$name.pem"
  cat "$name.pem" "$name.key" >"$name-all.pem"
}

{
  alone ca 'libpop3 tests' authorities
  alone stranger 'libpop3 tests, a stranger' authorities
  alone impostor alice person
  issue server localhost localhost
  issue other other.example elsewhere
  issue expired localhost localhost -startdate 20200101000000Z -enddate 20201231235959Z
  issue client alice person
} >log 2>&1 || {
  cat log >&2
  exit 1
}
chmod 644 -- *.pem *.key
