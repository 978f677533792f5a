#!/bin/bash
# Runs Dovecot until standard input ends. Prints what clients want to know, then `ready`:
#
#   dir=     a directory of its own; dir/mail/NAME/Maildir are the mailboxes, dir/wire/N.eml what
#            RETR N must give to alice, dir/dovecot.log what Dovecot has to say
#   port=    POP3 on 127.0.0.1. A client that comes from 127.0.0.2 may not send its password in
#            clear: there, Dovecot does not take the connection for a private one
#   socket=  POP3 on a Unix socket
#
# Users: alice/wonderland (20 awkward messages), bob/builder (none), carol/"pass word" (3), eve/"eve"
# (3), dave/dave, whose mailbox cannot be opened.
# shellcheck source=tests/servers/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

dovecot_conf() {
  cat <<CONF
base_dir = /run/dovecot
state_dir = /run/dovecot/state
protocols = pop3
listen = 127.0.0.1
log_path = /pop3/dovecot.log
default_internal_user = dovecot
default_internal_group = dovecot
default_login_user = dovenull
first_valid_uid = 5000
ssl = no
auth_mechanisms = plain login apop cram-md5
auth_failure_delay = 0
disable_plaintext_auth = no
mail_location = maildir:~/Maildir
mail_max_userip_connections = 100
pop3_uidl_format = %08Xu%08Xv
pop3_lock_session = yes
remote 127.0.0.2 {
  disable_plaintext_auth = yes
}
passdb {
  driver = passwd-file
  args = /pop3/users
}
userdb {
  driver = static
  args = uid=vmail gid=vmail home=/pop3/mail/%u
}
service anvil {
  # No growing delays after failed logins.
  unix_listener anvil-auth-penalty {
    mode = 0
  }
}
service pop3-login {
  inet_listener pop3 {
    port = $1
  }
  inet_listener pop3s {
    port = 0
  }
  unix_listener /pop3/socket {
    mode = 0666
  }
}
CONF
}

server_prepare() {
  local dir=$1 port user
  port=$(server_free_ports 1)
  printf '%s\n' dovecot:4990 dovenull:4991 vmail:5000 >"$dir/accounts"
  printf '%s\n' 'alice:{PLAIN}wonderland' 'bob:{PLAIN}builder' 'carol:{PLAIN}pass word' \
    'eve:{PLAIN}eve' 'dave:{PLAIN}dave' >"$dir/users"
  rm -rf "$dir/mail" "$dir/wire"
  mkdir "$dir/mail"
  for user in alice bob carol eve; do
    mkdir "$dir/mail/$user"
  done
  python3 "$SERVERS/mailbox.py" maildir "$dir/mail/alice/Maildir" 20
  python3 "$SERVERS/mailbox.py" maildir "$dir/mail/bob/Maildir" 0
  python3 "$SERVERS/mailbox.py" maildir "$dir/mail/carol/Maildir" 3
  python3 "$SERVERS/mailbox.py" maildir "$dir/mail/eve/Maildir" 3
  python3 "$SERVERS/mailbox.py" wire "$dir/wire" 20
  chown -R 5000:5000 "$dir/mail"
  mkdir -m 0 "$dir/mail/dave"
  dovecot_conf "$port" >"$dir/dovecot.conf"
  : >"$dir/dovecot.log"
  echo 'mkdir -p /run/dovecot && exec dovecot -F -c /pop3/dovecot.conf' >"$dir/run"
  echo "port=$port"
  echo "socket=$dir/socket"
}

server_main dovecot
