#!/bin/bash
# Runs Dovecot until standard input ends. Prints what clients want to know, then `ready`:
#
#   dir=       a directory of its own; dir/mail/NAME/Maildir are the mailboxes, dir/wire/N.eml what
#              RETR N must give to alice, dir/tls the certificates (see certificates.sh), dir/token
#              an access token for alice, dir/dovecot.log what Dovecot has to say
#   port=      POP3 on 127.0.0.1, with STLS. A client that comes from 127.0.0.2 may not send its
#              password in clear: there, Dovecot does not take the connection for a private one
#   pop3s=     POP3 over TLS, as ADDRESS:PORT; likewise
#   strict=    POP3 with STLS, where no password is taken in clear (see above)
#   expired=   with the certificate that is expired
#   other=     with the certificate of another host
#   socket=    POP3 on a Unix socket
#
# Users: alice/wonderland (20 awkward messages), bob/builder (none), carol/"pass word" (3), eve/"eve"
# (3), dave/dave, whose mailbox cannot be opened, anonymous (1). The certificate of alice logs her in.
# shellcheck source=tests/servers/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

# What is said for `local ADDRESS` holds for connections to that address.
dovecot_conf() {
  cat <<CONF
base_dir = /run/dovecot
state_dir = /run/dovecot/state
protocols = pop3
listen = 127.0.0.1, 127.0.0.3, 127.0.0.4, 127.0.0.5
log_path = /pop3/dovecot.log
default_internal_user = dovecot
default_internal_group = dovecot
default_login_user = dovenull
first_valid_uid = 5000
ssl = yes
ssl_cert = </pop3/tls/server.pem
ssl_key = </pop3/tls/server.key
ssl_ca = </pop3/tls/ca.pem
ssl_require_crl = no
ssl_verify_client_cert = yes
ssl_min_protocol = TLSv1.2
auth_ssl_username_from_cert = yes
auth_mechanisms = plain login apop cram-md5 digest-md5 scram-sha-1 scram-sha-256 anonymous external xoauth2 oauthbearer
auth_realms = localhost
auth_anonymous_username = anonymous
auth_failure_delay = 0
disable_plaintext_auth = no
mail_location = maildir:~/Maildir
mail_max_userip_connections = 100
pop3_uidl_format = %08Xu%08Xv
pop3_lock_session = yes
remote 127.0.0.2 {
  disable_plaintext_auth = yes
}
local 127.0.0.3 {
  ssl_cert = </pop3/tls/expired.pem
  ssl_key = </pop3/tls/expired.key
}
local 127.0.0.4 {
  ssl_cert = </pop3/tls/other.pem
  ssl_key = </pop3/tls/other.key
}
local 127.0.0.5 {
  disable_plaintext_auth = yes
}
passdb {
  driver = passwd-file
  mechanisms = plain login apop cram-md5 digest-md5 scram-sha-1 scram-sha-256 anonymous
  # Users of DIGEST-MD5 bring a realm along.
  args = username_format=%n /pop3/users
}
passdb {
  driver = static
  mechanisms = external
  args = nopassword=y
}
passdb {
  driver = oauth2
  mechanisms = xoauth2 oauthbearer
  args = /pop3/oauth2.conf.ext
}
userdb {
  driver = static
  args = uid=vmail gid=vmail home=/pop3/mail/%n
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
    port = $2
    ssl = yes
  }
  unix_listener /pop3/socket {
    mode = 0666
  }
}
CONF
}

# Tokens are checked here, without asking anybody: signed with HMAC-SHA-256 under a shared key.
dovecot_oauth() {
  local dir=$1
  mkdir -p "$dir/keys/default/HS256"
  base64 >"$dir/keys/default/HS256/default" <<<'the key of the tests'
  cat >"$dir/oauth2.conf.ext" <<CONF
introspection_mode = local
local_validation_key_dict = fs:posix:prefix=/pop3/keys/
username_attribute = sub
issuers = https://issuer.example
openid_configuration_url = https://issuer.example/.well-known/openid-configuration
CONF
  python3 - alice >"$dir/token" <<'PY'
import base64
import hashlib
import hmac
import json
import sys
import time


def part(octets):
    return base64.urlsafe_b64encode(octets).rstrip(b"=")


now = int(time.time())
claims = {"iss": "https://issuer.example", "sub": sys.argv[1], "iat": now - 60, "exp": now + 86400}
parts = [json.dumps(value).encode() for value in ({"alg": "HS256", "typ": "JWT"}, claims)]
signed = b".".join(map(part, parts))
digest = hmac.new(b"the key of the tests\n", signed, hashlib.sha256).digest()
print((signed + b"." + part(digest)).decode(), end="")
PY
}

server_prepare() {
  local dir=$1 port pop3s user
  read -r port pop3s <<<"$(server_free_ports 2)"
  printf '%s\n' dovecot:4990 dovenull:4991 vmail:5000 >"$dir/accounts"
  printf '%s\n' 'alice:{PLAIN}wonderland' 'bob:{PLAIN}builder' 'carol:{PLAIN}pass word' \
    'eve:{PLAIN}eve' 'dave:{PLAIN}dave' 'anonymous:{PLAIN}anonymous' >"$dir/users"
  "$SERVERS/certificates.sh" "$dir/tls"
  dovecot_oauth "$dir"
  rm -rf "$dir/mail" "$dir/wire"
  mkdir "$dir/mail"
  for user in alice:20 bob:0 carol:3 eve:3 anonymous:1; do
    mkdir "$dir/mail/${user%:*}"
    python3 "$SERVERS/mailbox.py" maildir "$dir/mail/${user%:*}/Maildir" "${user#*:}"
  done
  python3 "$SERVERS/mailbox.py" wire "$dir/wire" 20
  chown -R 5000:5000 "$dir/mail"
  mkdir -m 0 "$dir/mail/dave"
  dovecot_conf "$port" "$pop3s" >"$dir/dovecot.conf"
  : >"$dir/dovecot.log"
  echo 'mkdir -p /run/dovecot && exec dovecot -F -c /pop3/dovecot.conf' >"$dir/run"
  echo "port=$port"
  echo "pop3s=127.0.0.1:$pop3s"
  echo "strict=127.0.0.5:$port"
  echo "expired=127.0.0.3:$pop3s"
  echo "other=127.0.0.4:$pop3s"
  echo "socket=$dir/socket"
}

server_main dovecot
