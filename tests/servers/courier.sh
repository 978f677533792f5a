#!/bin/bash
# Runs Courier until standard input ends. Prints what clients want to know, then `ready`:
#
#   dir=       a directory of its own; dir/mail/NAME/Maildir are the mailboxes, dir/wire/N.eml what
#              RETR N must give to alice, dir/tls the certificates (see certificates.sh)
#   port=      POP3 on 127.0.0.1, with STLS
#   pop3s=     POP3 over TLS, as ADDRESS:PORT; likewise
#   strict=    POP3 with STLS, where nobody logs in without it
#   expired=   POP3 over TLS with the certificate that is expired
#   other=     with the certificate of another host
#   old=       with TLS 1.0 and 1.1 only
#
# Users: alice/wonderland (20 awkward messages), bob/builder (none), carol/"pass word" (3). The
# certificate of alice logs her in, over TLS from the start.
# shellcheck source=tests/servers/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

courier_run() {
  cat <<RUN
mkdir -p /run/courier/authdaemon
chown -R courier:courier /run/courier
cp /pop3/authdaemonrc /etc/courier/authdaemonrc
umask 077
: >/etc/courier/userdb
while IFS=: read -r name word; do
  userdb "\$name" set uid=5000 gid=5000 home=/pop3/mail/\$name mail=/pop3/mail/\$name/Maildir
  echo "\$word" | userdbpw -md5 | userdb "\$name" set systempw
  for hash in md5 sha1 sha256; do
    echo "\$word" | userdbpw -hmac-\$hash | userdb "\$name" set hmac-\${hash}pw
  done
done </pop3/users
makeuserdb
umask 022
set -a
. /pop3/authdaemonrc
/usr/lib/courier/courier-authlib/authdaemond >/pop3/auth.log 2>&1 &
MAILDIRPATH=Maildir
POP3_PROXY=0
POP3_STARTTLS=YES
COURIERTLS=/usr/bin/couriertls
TLS_TRUSTCERTS=/pop3/tls/ca.pem
TLS_VERIFYPEER=PEER
TLS_EXTERNAL=CN
TLS_PRIORITY=NORMAL:-VERS-TLS1.1:-VERS-TLS1.0
POP3AUTH="PLAIN LOGIN CRAM-MD5 CRAM-SHA1 CRAM-SHA256"
POP3AUTH_TLS="\$POP3AUTH EXTERNAL"
# serve PORT PROGRAM...: the rest are programs that hand the connection on to the next.
serve() {
  port=\$1
  shift
  couriertcpd -address=127.0.0.1 -maxprocs=40 -maxperip=40 -nodnslookup -noidentlookup "\$port" "\$@" \\
    /usr/lib/courier/courier/courierpop3login /usr/lib/courier/courier/courierpop3d Maildir \\
    2>>/pop3/pop3.log &
}
# tls PORT CERTIFICATE
tls() {
  POP3_TLS=1
  TLS_CERTFILE=/pop3/tls/\$2-all.pem
  serve "\$1" \$COURIERTLS -server -tcpd -user=courier
}
TLS_CERTFILE=/pop3/tls/server-all.pem
POP3_TLS=0
POP3_TLS_REQUIRED=0
serve $1
POP3_TLS_REQUIRED=1
serve $3
POP3_TLS_REQUIRED=0
tls $2 server
tls $4 expired
tls $5 other
TLS_PRIORITY=NORMAL:-VERS-ALL:+VERS-TLS1.1:+VERS-TLS1.0:%VERIFY_ALLOW_SIGN_WITH_SHA1
tls $6 server
wait
RUN
}

server_prepare() {
  local dir=$1 ports user
  read -ra ports <<<"$(server_free_ports 6)"
  printf '%s\n' courier:4993 vmail:5000 >"$dir/accounts"
  printf '%s\n' alice:wonderland bob:builder 'carol:pass word' >"$dir/users"
  "$SERVERS/certificates.sh" "$dir/tls"
  rm -rf "$dir/mail" "$dir/wire"
  mkdir "$dir/mail"
  for user in alice:20 bob:0 carol:3; do
    mkdir "$dir/mail/${user%:*}"
    python3 "$SERVERS/mailbox.py" maildir "$dir/mail/${user%:*}/Maildir" "${user#*:}"
  done
  python3 "$SERVERS/mailbox.py" wire "$dir/wire" 20
  chown -R 5000:5000 "$dir/mail"
  cat >"$dir/authdaemonrc" <<'CONF'
authmodulelist="authuserdb"
authmodulelistorig="authuserdb"
daemons=3
authdaemonvar=/run/courier/authdaemon
DEBUG_LOGIN=0
DEFAULTOPTIONS=""
LOGGEROPTS=""
CONF
  courier_run "${ports[@]}" >"$dir/run"
  echo "port=${ports[0]}"
  echo "pop3s=127.0.0.1:${ports[1]}"
  echo "strict=127.0.0.1:${ports[2]}"
  echo "expired=127.0.0.1:${ports[3]}"
  echo "other=127.0.0.1:${ports[4]}"
  echo "old=127.0.0.1:${ports[5]}"
}

server_main courier
