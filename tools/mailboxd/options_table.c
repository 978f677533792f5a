#include "tools/mailboxd/options_table.h"

#include <stdio.h>
#include <string.h>

// Everything that --help says and everything that is understood come from this table.
static const struct option kOptions[] = {
    {OPTION_SECTION, "Where clients connect (at least one):", NULL, NULL},
    {OPTION_LISTEN, "listen", "HOST:PORT", "listen on TCP, port 0 is any free one; repeatable"},
    {OPTION_TLS_LISTEN, "tls-listen", "HOST:PORT", "the same for TLS from the start; repeatable"},
    {OPTION_UNIX, "unix", "PATH", "listen on a Unix socket, @NAME is abstract; repeatable"},
    {OPTION_ALLOW_REMOTE, "allow-remote", NULL, "allow addresses other than loopback"},
    {OPTION_SEND_BUFFER, "send-buffer", "SIZE",
     "let this much wait in the kernel per TCP connection (256K), 0 leaves it to the kernel, which "
     "is "
     "better over long distances and worse on one machine"},
    {OPTION_PORT_FILE, "port-file", "FILE",
     "when ready, write one line per listener: 'tcp HOST PORT', 'tls HOST PORT', 'unix PATH'"},
    {OPTION_PRINT_READY, "print-ready", NULL, "print the same lines on standard output"},

    {OPTION_SECTION, "TLS, from the start and by STLS:", NULL, NULL},
    {OPTION_CERT, "cert", "FILE", "the server's certificate and those that lead to its CA, as PEM"},
    {OPTION_KEY, "key", "FILE", "its private key, as PEM"},
    {OPTION_SELF_SIGNED, "self-signed", "DIR",
     "instead: use server.pem and server.key in DIR, for localhost, 127.0.0.1 and ::1, and ca.pem "
     "for clients to trust; what is not there is made"},
    {OPTION_CLIENT_CA, "client-ca", "FILE",
     "ask for a certificate that one of these CAs has signed"},
    {OPTION_REQUIRE_TLS, "require-tls", NULL, "nobody logs in without TLS"},
    {OPTION_TLS_MIN, "tls-min", "VERSION", "at least 1.0, 1.1, 1.2 or 1.3 (1.2)"},
    {OPTION_TLS_MAX, "tls-max", "VERSION", "at most 1.0, 1.1, 1.2 or 1.3 (1.3)"},

    {OPTION_SECTION, "Mail, for users who have none of their own:", NULL, NULL},
    {OPTION_MAILDIR, "maildir", "DIR", "a Maildir; deleted messages are unlinked"},
    {OPTION_MBOX, "mbox", "FILE", "an mbox (mboxrd: '>From ' is read as 'From ')"},
    {OPTION_GENERATE, "generate", "COUNTxSIZE",
     "messages made up as they are sent, as 20000x4K or 1x1G"},
    {OPTION_CACHE, "cache", "SIZE", "keep converted messages up to this together (64M)"},
    {OPTION_NO_LOCK, "no-lock", NULL, "several sessions may have a maildrop open at a time"},

    {OPTION_SECTION, "Users (at least one):", NULL, NULL},
    {OPTION_USER, "user", "NAME:PASSWORD", "a user, visible to others in ps; repeatable"},
    {OPTION_USERS, "users", "FILE",
     "lines NAME:PASSWORD[:maildir=DIR|:mbox=FILE|:generate=COUNTxSIZE]"},
    {OPTION_RPOP, "rpop", "NAME[:CLIENT]",
     "a user whom RPOP may log in, as CLIENT (NAME) and without password, from a TCP port below "
     "1024 or, on a Unix socket, by root or by the server's own user; repeatable"},
    {OPTION_RPOP_ANY_PORT, "rpop-any-port", NULL, "allow RPOP from any TCP port"},
    {OPTION_OAUTH, "oauth", "NAME:TOKEN",
     "a token that logs a user in by OAUTHBEARER and XOAUTH2; repeatable, visible to others in ps"},
    {OPTION_ANONYMOUS, "anonymous", "NAME", "the user as whom AUTH ANONYMOUS logs everybody in"},
    {OPTION_SASL_LAYERS, "sasl-layers", NULL,
     "without TLS, let DIGEST-MD5 protect what follows the login: qop auth-int and auth-conf"},

    {OPTION_SECTION, "Policy:", NULL, NULL},
    {OPTION_LOGIN_DELAY, "login-delay", "SECONDS", "least time between logins of a user (0)"},
    {OPTION_EXPIRE, "expire", "DAYS|NEVER", "say so in CAPA; nothing is expired"},
    {OPTION_IDLE, "idle", "SECONDS", "close a connection that is silent for so long (600)"},
    {OPTION_MAX_CONNECTIONS, "max-connections", "N", "refuse more (as many as descriptors allow)"},
    {OPTION_MAX_BAD, "max-bad", "N", "close after so many bad commands in a row (10)"},

    {OPTION_SECTION, "Things left out:", NULL, NULL},
    {OPTION_DISABLE, "disable", "COMMAND", "do not know this command; repeatable"},
    {OPTION_NO_APOP, "no-apop", NULL, "the same for APOP, and no timestamp in the greeting"},
    {OPTION_NO_CAPA, "no-capa", NULL, "the same for CAPA"},
    {OPTION_NO_UIDL, "no-uidl", NULL, "the same for UIDL"},
    {OPTION_NO_TOP, "no-top", NULL, "the same for TOP"},
    {OPTION_NO_LAST, "no-last", NULL, "the same for LAST"},
    {OPTION_NO_PIPELINING, "no-pipelining", NULL, "do not list PIPELINING in CAPA"},

    {OPTION_SECTION, "Things done wrong, to test clients:", NULL, NULL},
    {OPTION_LIE_PIPELINING, "lie-pipelining", NULL,
     "lose the commands that were received together with the one that logs in"},
    {OPTION_CHUNK, "chunk", "OCTETS", "send no more than this with one write"},
    {OPTION_DELAY, "delay", "MILLISECONDS", "wait before each reply"},
    {OPTION_DROP_AFTER, "drop-after", "OCTETS", "close a connection when this much was sent"},
    {OPTION_QUIT_FAILS, "quit-fails", NULL, "QUIT deletes nothing and answers -ERR [SYS/TEMP]"},

    {OPTION_FAULT, "fault", "NAME",
     "stls-strip: STLS is neither listed nor known; stls-refuse: it is refused; stls-odd: its "
     "reply "
     "is neither +OK nor -ERR; stls-inject: a second reply in clear follows it; capa-tamper: CAPA "
     "says other things before TLS; tls-truncate: the connection is cut in the middle of the first "
     "message, without close_notify; no-close-notify: no TLS connection ends with one; "
     "plus-refuse: "
     "mechanisms with channel binding are listed, and refused; hashed: as on a server that keeps "
     "passwords hashed there is no SCRAM, and CRAM-MD5 and DIGEST-MD5 are listed, and refused; "
     "repeatable"},

    {OPTION_SECTION, "The program:", NULL, NULL},
    {OPTION_EXIT_WITH_PARENT, "exit-with-parent", NULL, "end when the parent process ends"},
    {OPTION_LOG, "log", "LEVEL", "quiet, error, info or debug, on standard error (error)"},
    {OPTION_HELP, "help", NULL, "print this"},
};

#define NUM_OPTIONS (sizeof(kOptions) / sizeof(kOptions[0]))

const struct option *options_find(const char *name, size_t len) {
  for (size_t i = 0; i < NUM_OPTIONS; i++) {
    if (kOptions[i].id != OPTION_SECTION && strlen(kOptions[i].name) == len &&
        memcmp(kOptions[i].name, name, len) == 0) {
      return &kOptions[i];
    }
  }
  return NULL;
}

void options_print_help(void) {
  printf(
      "mailboxd: a POP3 server for demos, tests and benchmarks\n\n"
      "  mailboxd --listen 127.0.0.1:0 --print-ready --user me:secret --generate 100x4K\n\n"
      "It stays in the foreground; SIGTERM and SIGINT end it. Options may be written --NAME VALUE "
      "or\n"
      "--NAME=VALUE. Numbers of octets may end in K, M or G.\n");
  for (size_t i = 0; i < NUM_OPTIONS; i++) {
    const struct option *option = &kOptions[i];
    if (option->id == OPTION_SECTION) {
      printf("\n%s\n", option->name);
      continue;
    }
    char left[64];
    snprintf(left, sizeof(left), "--%s%s%s", option->name, option->argument == NULL ? "" : " ",
             option->argument == NULL ? "" : option->argument);
    const char *help = option->help;
    // Texts are broken at spaces to fit beside the names.
    while (help != NULL) {
      size_t len = strlen(help), width = 68;
      if (len > width) {
        for (len = width; help[len] != ' '; len--) {
        }
      }
      printf("  %-27s %.*s\n", left, (int)len, help);
      help = help[len] == ' ' ? help + len + 1 : NULL;
      left[0] = '\0';
    }
  }
  printf(
      "\nExit status: 0 when ended by a signal, 1 if it could not start or run, 2 for a wrong\n"
      "command line.\n");
}
