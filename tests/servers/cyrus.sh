#!/bin/bash
# Runs Cyrus (the IMAP server, which has POP3 too) until standard input ends. Prints what clients
# want to know, then `ready`:
#
#   dir=       a directory of its own; dir/wire/N.eml is what RETR N must give to alice, dir/tls the
#              certificates (see certificates.sh)
#   port=      POP3 on 127.0.0.1, with STLS
#   pop3s=     POP3 over TLS, as ADDRESS:PORT; likewise
#   strict=    POP3 with STLS, where no password is taken in clear
#   expired=   POP3 over TLS with the certificate that is expired
#   other=     with the certificate of another host
#   old=       with TLS 1.0 and 1.1 only
#   layers=    POP3 where DIGEST-MD5 brings a security layer
#   socket=    POP3 on a Unix socket
#
# Users: alice/wonderland (20 awkward messages), bob/builder (none), carol/"pass word" (3). The
# certificate of alice logs her in.
# shellcheck source=tests/servers/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

users=(alice:wonderland bob:builder 'carol:pass word')

# cyrus_conf CERTIFICATE [LINE...]: the configuration of one kind of service.
cyrus_conf() {
  local certificate=$1
  shift
  cat <<CONF
configdirectory: /pop3/conf
defaultpartition: default
partition-default: /pop3/spool
proc_path: /run/cyrus/proc
mboxname_lockpath: /run/cyrus/lock
admins: cyrus
servername: localhost
altnamespace: no
unixhierarchysep: no
duplicatesuppression: no
autocreate_quota: 0
popminpoll: 0
sasl_pwcheck_method: auxprop
sasl_auxprop_plugin: sasldb
sasl_sasldb_path: /pop3/sasldb2
sasl_mech_list: PLAIN LOGIN CRAM-MD5 DIGEST-MD5 SCRAM-SHA-1 SCRAM-SHA-224 SCRAM-SHA-256 SCRAM-SHA-384 SCRAM-SHA-512 SCRAM-SHA-1-PLUS SCRAM-SHA-256-PLUS SCRAM-SHA-512-PLUS EXTERNAL
sasl_minimum_layer: 0
sasl_maximum_layer: ${layers:-0}
tls_server_cert: /pop3/tls/$certificate.pem
tls_server_key: /pop3/tls/$certificate.key
tls_client_ca_file: /pop3/tls/ca.pem
tls_client_certs: optional
tls_session_timeout: 0
syslog_prefix: cyrus
CONF
  printf '%s\n' "$@"
}

cyrus_services() {
  cat <<CONF
START {
  recover cmd="/usr/sbin/cyrus ctl_cyrusdb -C /pop3/imapd.conf -r"
}
SERVICES {
  pop3 cmd="pop3d -C /pop3/imapd.conf" listen="127.0.0.1:$1"
  pop3s cmd="pop3d -C /pop3/imapd.conf -s" listen="127.0.0.1:$2"
  strict cmd="pop3d -C /pop3/strict.conf" listen="127.0.0.1:$3"
  expired cmd="pop3d -C /pop3/expired.conf -s" listen="127.0.0.1:$4"
  other cmd="pop3d -C /pop3/other.conf -s" listen="127.0.0.1:$5"
  old cmd="pop3d -C /pop3/old.conf -s" listen="127.0.0.1:$6"
  layers cmd="pop3d -C /pop3/layers.conf" listen="127.0.0.1:$7"
  socket cmd="pop3d -C /pop3/imapd.conf" listen="/pop3/socket"
}
EVENTS {
}
CONF
}

server_prepare() {
  local dir=$1 ports modern='tls_versions: tls1_2 tls1_3'
  read -ra ports <<<"$(server_free_ports 7)"
  echo cyrus:4992 >"$dir/accounts"
  "$SERVERS/certificates.sh" "$dir/tls"
  rm -rf "$dir/conf" "$dir/spool" "$dir/fill" "$dir/wire" "$dir/sasldb2" "$dir/socket"
  mkdir "$dir/conf" "$dir/spool" "$dir/fill"
  python3 "$SERVERS/mailbox.py" wire "$dir/wire" 20
  python3 "$SERVERS/mailbox.py" wire "$dir/fill/carol" 3
  cp -a "$dir/wire" "$dir/fill/alice"
  cyrus_conf server "$modern" 'allowplaintext: yes' 'allowapop: yes' >"$dir/imapd.conf"
  cyrus_conf server "$modern" 'allowplaintext: no' 'allowapop: no' >"$dir/strict.conf"
  cyrus_conf expired "$modern" 'allowplaintext: yes' >"$dir/expired.conf"
  cyrus_conf other "$modern" 'allowplaintext: yes' >"$dir/other.conf"
  # OpenSSL 3 holds SHA-1, which these versions sign with, for too weak at its usual level.
  cyrus_conf server 'tls_versions: tls1_0 tls1_1' 'tls_ciphers: DEFAULT:@SECLEVEL=0' \
    'allowplaintext: yes' >"$dir/old.conf"
  layers=256 cyrus_conf server "$modern" 'allowplaintext: no' >"$dir/layers.conf"
  cyrus_services "${ports[@]}" >"$dir/cyrus.conf"
  printf '%s\n' "${users[@]}" >"$dir/users"
  cat >"$dir/run" <<'RUN'
export CYRUS_USER=cyrus
while IFS=: read -r name word; do
  printf %s "$word" | saslpasswd2 -p -c -f /pop3/sasldb2 -u localhost "$name"
done </pop3/users
mkdir -p /run/cyrus/proc /run/cyrus/lock /run/cyrus/socket
chown -R cyrus:cyrus /run/cyrus /pop3/conf /pop3/spool /pop3/sasldb2
exec /usr/lib/cyrus/bin/master -D -C /pop3/imapd.conf -M /pop3/cyrus.conf -p /run/cyrus/pid
RUN
  cat >"$dir/fill-mailboxes" <<'RUN'
set -e
for user in alice carol; do
  to=$(/usr/sbin/cyrus mbpath -C /pop3/imapd.conf "user.$user")
  for file in /pop3/fill/$user/*.eml; do
    number=${file##*/}
    cp "$file" "$to/${number%.eml}."
  done
  chown -R cyrus:cyrus "$to"
  /usr/sbin/cyrus reconstruct -C /pop3/imapd.conf "user.$user"
done
RUN
  echo "port=${ports[0]}"
  echo "pop3s=127.0.0.1:${ports[1]}"
  echo "strict=127.0.0.1:${ports[2]}"
  echo "expired=127.0.0.1:${ports[3]}"
  echo "other=127.0.0.1:${ports[4]}"
  echo "old=127.0.0.1:${ports[5]}"
  echo "layers=127.0.0.1:${ports[6]}"
  echo "socket=$dir/socket"
}

# The first login makes the mailbox; then the messages are put where Cyrus keeps them.
server_started() {
  local dir=$1
  python3 - "$(sed -n 's/^port=//p' "$dir/facts")" "${users[@]}" <<'PY' || return 1
import poplib
import sys

for user in sys.argv[2:]:
    name, _, word = user.partition(":")
    session = poplib.POP3("127.0.0.1", int(sys.argv[1]), timeout=60)
    session.user(name)
    session.pass_(word)
    session.quit()
PY
  server_run /bin/sh /pop3/fill-mailboxes >"$dir/fill.log" 2>&1
}

server_main cyrus
