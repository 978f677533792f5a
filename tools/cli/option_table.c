#include "tools/cli/option_table.h"

#include <stddef.h>

#include "tools/cli/command_table.h"

#define PLUGINS CLI_BIT(CLI_PLUGINS)
#define ALL CLI_ANY_COMMAND
#define ANY (ALL & ~PLUGINS)  // that has a server to talk to
#define FETCH CLI_BIT(CLI_FETCH)
#define RAW CLI_BIT(CLI_RAW)
#define BEFORE_LOGIN (CLI_BIT(CLI_CAPA) | CLI_BIT(CLI_RAW))
#define WITH_JSON                                                                \
  (PLUGINS | FETCH | CLI_BIT(CLI_LIST) | CLI_BIT(CLI_UIDL) | CLI_BIT(CLI_STAT) | \
   CLI_BIT(CLI_CAPA) | CLI_BIT(CLI_CHECK))

const cli_option_row cli_option_rows[] = {
    {CLI_OPT_MAILDIR, 0, "--maildir", "DIR", FETCH, "Where messages go (default: standard output)",
     "a Maildir, which is created if need be: written to tmp/, synced "
     "to disk, then moved to new/"},
    {CLI_OPT_MBOX, 0, "--mbox", "FILE", FETCH, NULL,
     "append to an mbox, locked (FILE.lock and fcntl), with the quoting "
     "called mboxrd. A FILE.lock of a process that is gone is taken over; one that names no "
     "process, after 30 minutes"},
    {CLI_OPT_DIR, 0, "--dir", "DIR", FETCH, NULL,
     "one file per message in a directory, which is created if need be: UID.eml, the unique-id "
     "with %XX for octets that are no letters, digits, '.', '-' or '_'; the number, if the server "
     "has no unique-ids. No file is replaced: another message of that name becomes UID~2.eml. One "
     "that is there already, octet for octet, in a file of yours that nobody else may write to, is "
     "not stored twice"},
    {CLI_OPT_FORCE, 0, "--force", NULL, FETCH, NULL,
     "--dir: replace UID.eml if it exists. Not with --delete"},
    {CLI_OPT_EOL, 0, "--eol", "crlf|lf", FETCH, NULL,
     "line ends in what is written: crlf is exactly what came from the "
     "server (default, but for --mbox), lf is what most programs expect "
     "in local files (default for --mbox)"},
    {CLI_OPT_MESSAGES, 0, "--messages", "LIST", FETCH, "Which messages (default: all)",
     "numbers, such as 1-5,7,12-"},
    {CLI_OPT_MAX_SIZE, 0, "--max-size", "SIZE", FETCH, NULL,
     "skip larger ones; in octets, or with k, M, G (powers of 1000)"},
    {CLI_OPT_KEEP, 0, "--keep", NULL, FETCH, NULL, "leave them on the server (default)"},
    {CLI_OPT_DELETE, 0, "--delete", NULL, FETCH, NULL,
     "delete from the server what is safely stored (synced to disk). "
     "The server does it when the session ends in order, and this says "
     "whether it did. Not with standard output. A message that is much shorter than the server's "
     "list says (by more than 128 octets and one for each line, by half, or empty) is stored, told "
     "and kept on the server; the exit code is 4 then"},
    {CLI_OPT_COMMIT_EVERY, 0, "--commit-every", "N", FETCH, NULL,
     "--delete: after N messages (default 500; or 256 MiB) end the session, so that the server "
     "deletes them, and log in again for the rest. If the connection is cut, few messages are "
     "fetched twice. 0: use one session, as is always done if the server has no unique-ids or "
     "requires time between logins"},

    {CLI_OPT_MULTI, 0, "--multi", NULL, RAW, "The response",
     "is multi-line: print its lines up to the dot"},

    {CLI_OPT_USER, 'u', "--user", "NAME", ANY, "Who you are", "user name, if the URL has none"},
    {CLI_OPT_AUTHZID, 0, "--authzid", "NAME", ANY, NULL,
     "act as NAME: log in with the name and password of --user, but to the mailbox of NAME, if the "
     "server permits that. Needs PLAIN, SCRAM, DIGEST-MD5, EXTERNAL, GSSAPI or OAUTHBEARER"},
    {CLI_OPT_PASSWORD_FILE, 0, "--password-file", "FILE", ANY, NULL,
     "read the password from FILE ('-': standard input), which only you "
     "may be able to read; one line end at its end does not count"},
    {CLI_OPT_PASSWORD_COMMAND, 0, "--password-command", "CMD", ANY, NULL,
     "run CMD with /bin/sh; the password is the first line it prints. What CMD leaves running is "
     "not waited for"},
    {CLI_OPT_TOKEN_COMMAND, 0, "--token-command", "CMD", ANY, NULL,
     "run CMD with /bin/sh; an OAuth 2 access token is the first line it "
     "prints. If the server refuses it, CMD is run once more for a fresh one"},
    {CLI_OPT_NETRC, 0, "--netrc", "FILE", ANY, NULL, "use this netrc file instead of ~/.netrc"},
    {CLI_OPT_NO_NETRC, 0, "--no-netrc", NULL, ANY, NULL, "use none"},
    {CLI_OPT_NO_PROMPT, 0, "--no-prompt", NULL, ANY, NULL,
     "never ask on the terminal; fail instead"},
    {CLI_OPT_AUTH, 0, "--auth", "NAME", ANY, NULL,
     "log in this way only: user, apop, rpop, or a SASL mechanism such as "
     "SCRAM-SHA-256 or XOAUTH2, in any case. Several names, as in SCRAM-SHA-256,user, are tried "
     "from the strongest on, each after a refusal of the one before. Without --auth, only the "
     "strongest mechanism that both sides have is tried (but see --channel-binding). Where TLS has "
     "verified the server, a readable password "
     "counts as stronger than CRAM-MD5 and DIGEST-MD5"},
    {CLI_OPT_ALLOW_CLEARTEXT, 0, "--allow-cleartext", NULL, ANY, NULL,
     "send the password even if others on the network can read it; STLS is then used only if the "
     "server offers it, unless --tls is given. Without this option, the password is sent only "
     "encrypted or inside this machine"},
    {CLI_OPT_TWO_STEP_AUTH, 0, "--two-step-auth", NULL, ANY, NULL,
     "never send the first response together with AUTH, for servers that "
     "want it so"},
    {CLI_OPT_CHANNEL_BINDING, 0, "--channel-binding", "POLICY", ANY, NULL,
     "prefer: bind the login to the TLS connection where both sides can (SCRAM-...-PLUS); if the "
     "server refuses that, and its certificate was verified, log in once more without; the "
     "default. require: bind it, or fail. never"},
    {CLI_OPT_NO_LOGIN, 0, "--no-login", NULL, BEFORE_LOGIN, NULL, "do not log in"},

    {CLI_OPT_TLS, 0, "--tls", "POLICY", ANY, "Encryption",
     "required: encrypt (STLS) before anything of the login is sent, or "
     "fail; the default, except to this machine itself. if-offered: only "
     "if the server offers it, which others on the way can prevent. never"},
    {CLI_OPT_CA_FILE, 0, "--ca-file", "FILE", ANY, NULL,
     "trust the certificates in this PEM file instead of the system's"},
    {CLI_OPT_CA_DIR, 0, "--ca-dir", "DIR", ANY, NULL,
     "likewise, in a folder with hashed names (openssl rehash)"},
    {CLI_OPT_TLS_NAME, 0, "--tls-name", "NAME", ANY, NULL,
     "the name that the server's certificate must have, if not the URL's"},
    {CLI_OPT_PIN, 0, "--pin", "PIN", ANY, NULL,
     "also require this key: sha256//BASE64 of its public key info, "
     "several separated by ';' (`pop3 check` shows it)"},
    {CLI_OPT_CERT, 0, "--cert", "FILE", ANY, NULL, "the client's certificate (PEM)"},
    {CLI_OPT_KEY, 0, "--key", "FILE", ANY, NULL,
     "its private key (PEM), if it is not in the same file"},
    {CLI_OPT_TLS_MIN, 0, "--tls-min", "VERSION", ANY, NULL,
     "least version of TLS: 1.0, 1.1, 1.2 (default), 1.3"},
    {CLI_OPT_TLS_MAX, 0, "--tls-max", "VERSION", ANY, NULL,
     "greatest version of TLS (default: the newest)"},
    {CLI_OPT_ALPN, 0, "--alpn", "NAME", ANY, NULL,
     "the protocol name that TLS sends (ALPN); a server that refuses it is not used. none: send no "
     "name. "
     "Default: pop3 and, if the server refuses that, one new connection without a name"},
    {CLI_OPT_ALLOW_WEAK, 0, "--allow-weak-certificates", NULL, ANY, NULL,
     "accept certificates that are signed with MD5 or SHA-1, or have a key that is too short (RSA "
     "below 2048 bits, elliptic curves below 224), for old servers. An attacker may be able to "
     "forge such certificates"},
    {CLI_OPT_NO_CHECK_NAME, 0, "--no-check-name", NULL, ANY, NULL,
     "verify who issued the server's certificate, but not its name: for a certificate authority of "
     "your own (--ca-file). With any other, everybody who has a certificate of it can read and "
     "change everything"},
    {CLI_OPT_INSECURE, 0, "--insecure-do-not-verify", NULL, ANY, NULL,
     "accept any certificate: an attacker on the network can then read and change everything, "
     "including the password"},

    {CLI_OPT_TIMEOUT, 0, "--timeout", "SECONDS", ANY, "The connection",
     "give up if no octet is sent or received for this long (default 60)"},
    {CLI_OPT_CONNECT_TIMEOUT, 0, "--connect-timeout", "SECONDS", ANY, NULL,
     "give up if there is no greeting after this long (default 30)"},
    {CLI_OPT_LOGIN_TIMEOUT, 0, "--login-timeout", "SECONDS", ANY, NULL,
     "give up if the login takes longer than this, including questions on the terminal and "
     "commands and pipes that give passwords (default 180)"},
    {CLI_OPT_TOTAL_TIMEOUT, 0, "--total-timeout", "SECONDS", ANY, NULL,
     "give up on the whole run, all its sessions, after this long (default: never)"},
    {CLI_OPT_SOURCE_ADDRESS, 0, "--source-address", "ADDR", ANY, NULL, "connect from this address"},
    {CLI_OPT_RESOLVE, 0, "--resolve", "HOST:ADDR", ANY, NULL,
     "use this address for HOST instead of looking it up; repeatable"},
    {CLI_OPT_IPV4, '4', "--ipv4", NULL, ANY, NULL, "use IPv4 only"},
    {CLI_OPT_IPV6, '6', "--ipv6", NULL, ANY, NULL, "use IPv6 only"},
    {CLI_OPT_VIA, 0, "--via", "HOW", ANY, NULL,
     "through a proxy, socks5://[USER[:PASSWORD]@]HOST[:PORT] or "
     "http://[USER[:PASSWORD]@]HOST:PORT,"
     " which looks the server's name up; or exec:COMMAND, whose input and output are the connection"
     " (%h and %p: the server's host and port), such as 'exec:ssh gate nc %h %p'; or replay:FILE,"
     " which plays what --record has written"},
    {CLI_OPT_RECORD, 0, "--record", "FILE", ANY, NULL,
     "write the dialogue to a new file. Passwords are hidden, mail is not. --via replay:FILE "
     "repeats the session without the server, but only if the login can be repeated (--auth user "
     "can, SCRAM cannot). Nothing after STLS is written"},

    {CLI_OPT_QUIRK, 0, "--quirk", "NAME", ANY, "Servers that break the rules",
     "tolerate this fault; repeatable. Names are below. With -v the end "
     "of the run tells how often each was needed"},
    {CLI_OPT_NO_PIPELINING, 0, "--no-pipelining", NULL, ANY, NULL,
     "one command at a time, even if the server says it can do more"},
    {CLI_OPT_LIMIT, 0, "--limit", "NAME=N", ANY, NULL,
     "change one of the library's limits; repeatable. Names are below"},

    {CLI_OPT_PLUGIN, 0, "--plugin", "NAME", ALL, "Plugins that are not part of this program",
     "load pop3_NAME.so from the first --plugin-dir that has it, or the file with this absolute "
     "path; repeatable. It and its directories may be written to by you and root only"},
    {CLI_OPT_PLUGIN_DIR, 0, "--plugin-dir", "DIR", ALL, NULL,
     "where plugins are: an absolute path; repeatable"},

    {CLI_OPT_JSON, 0, "--json", NULL, WITH_JSON, "What is shown",
     "write JSON to standard output; for fetch: a summary at the end"},
    {CLI_OPT_VERBOSE, 'v', "--verbose", NULL, ANY, NULL,
     "show the dialogue on standard error, passwords hidden; -vv shows "
     "listings and messages' sizes too"},
    {CLI_OPT_QUIET, 'q', "--quiet", NULL, ANY, NULL, "no progress, notes or summary: errors only"},
    {CLI_OPT_HELP, 'h', "--help", NULL, ALL, NULL, "show this, or a command's help"},
    {CLI_OPT_VERSION, 0, "--version", NULL, ALL, NULL, "show the version"},
    {CLI_OPT_HELP, 0, NULL, NULL, 0, NULL, NULL},
};
