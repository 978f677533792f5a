#!/bin/bash
# Runs the pop3d of GNU mailutils until standard input ends. Prints what clients want to know, then
# `ready`:
#
#   dir=       a directory of its own; dir/mail/NAME are the mailboxes (mbox), dir/wire/N.eml what
#              RETR N must give to alice, dir/tls the certificates (see certificates.sh)
#   port=      POP3 on 127.0.0.1, with STLS
#   pop3s=     POP3 over TLS, as ADDRESS:PORT; likewise
#   strict=    POP3 with STLS, where nobody logs in without it
#
# Users: alice/wonderland (20 awkward messages), bob/builder (none), both with APOP; carol/"pass
# word" (3), without.
# shellcheck source=tests/servers/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

server_prepare() {
  local dir=$1 port pop3s strict user name uid count
  read -r port pop3s strict <<<"$(server_free_ports 3)"
  printf '%s\n' alice:5001:wonderland bob:5002:builder 'carol:5003:pass word' >"$dir/accounts"
  "$SERVERS/certificates.sh" "$dir/tls"
  chmod 600 "$dir/tls/server.key"
  rm -rf "$dir/mail" "$dir/wire"
  mkdir -m 2777 "$dir/mail"
  chgrp mail "$dir/mail"
  for user in alice:5001:20 bob:5002:0 carol:5003:3; do
    IFS=: read -r name uid count <<<"$user"
    python3 "$SERVERS/mailbox.py" mbox "$dir/mail/$name" "$count"
    chown "$uid:mail" "$dir/mail/$name"
    chmod 660 "$dir/mail/$name"
  done
  python3 "$SERVERS/mailbox.py" mbox-wire "$dir/wire" 20
  cat >"$dir/pop3d.conf" <<CONF
mode daemon;
foreground yes;
transcript no;
pidfile /run/pop3d.pid;
apop-database-file "/pop3/apop.db";
mailbox { mail-spool /pop3/mail; mailbox-type mbox; };
tls { ssl-priorities "NORMAL:-VERS-TLS1.1:-VERS-TLS1.0"; ssl-certificate-file /pop3/tls/server.pem; ssl-key-file /pop3/tls/server.key; ssl-ca-file /pop3/tls/ca.pem; };
logging { syslog no; };
server 127.0.0.1:$port { tls-mode ondemand; };
server 127.0.0.1:$pop3s { tls-mode connection; };
server 127.0.0.1:$strict { tls-mode required; };
CONF
  # Only its older format of passwords is one that pop3d can read.
  cat >"$dir/run" <<'RUN'
umask 077
rm -f /pop3/apop.db
printf '%s\n' 'alice: wonderland' 'bob: builder' >/pop3/apop.txt
popauth --compatibility --create --file=/pop3/apop.txt --output=/pop3/apop.db
umask 022
exec pop3d --no-config --config-file=/pop3/pop3d.conf
RUN
  echo "port=$port"
  echo "pop3s=127.0.0.1:$pop3s"
  echo "strict=127.0.0.1:$strict"
}

server_main mailutils
