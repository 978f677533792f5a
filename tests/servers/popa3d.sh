#!/bin/bash
# Runs popa3d, which knows USER and PASS, no CAPA and no TLS, until standard input ends. Prints what
# clients want to know, then `ready`:
#
#   dir=       a directory of its own; dir/mail/NAME are the mailboxes (mbox), dir/wire/N.eml what
#              RETR N must give to alice
#   port=      POP3 on 127.0.0.1
#
# Users: alice/wonderland (20 awkward messages), bob/builder (none), carol/"pass word" (3).
# shellcheck source=tests/servers/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

server_prepare() {
  local dir=$1 port user name uid count
  port=$(server_free_ports 1)
  printf '%s\n' popa3d:4994 alice:5001:wonderland bob:5002:builder 'carol:5003:pass word' >"$dir/accounts"
  rm -rf "$dir/mail" "$dir/wire"
  mkdir -m 2775 "$dir/mail"
  chgrp mail "$dir/mail"
  for user in alice:5001:20 bob:5002:0 carol:5003:3; do
    IFS=: read -r name uid count <<<"$user"
    python3 "$SERVERS/mailbox.py" mbox "$dir/mail/$name" "$count"
    chown "$uid:mail" "$dir/mail/$name"
    chmod 660 "$dir/mail/$name"
  done
  python3 "$SERVERS/mailbox.py" mbox-wire "$dir/wire" 20
  cp "$SERVERS/inetd.py" "$dir/inetd.py"
  printf '%s required pam_unix.so\n' auth account >"$dir/pam"
  # The port is compiled in, hence inetd.
  cat >"$dir/run" <<RUN
mkdir -p -m 755 /var/empty
rm -rf /var/mail
ln -s /pop3/mail /var/mail
cp /pop3/pam /etc/pam.d/popa3d
exec python3 /pop3/inetd.py $port /usr/sbin/popa3d
RUN
  echo "port=$port"
}

server_main popa3d
