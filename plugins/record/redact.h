// What of the lines of both sides may be written down, found out by listening to them.
#ifndef POP3_PLUGINS_RECORD_REDACT_H_
#define POP3_PLUGINS_RECORD_REDACT_H_

#include <pop3/spi/plugin.h>

#ifdef __cplusplus
extern "C" {
#endif
#pragma GCC visibility push(hidden)

// P3_REDACT_LINE_MAX is how much of a line is kept; what is behind it is hidden.
#define P3_REDACT_LINE_MAX 512

// p3_redact is where a dialogue stands. All zeros is its beginning.
typedef struct p3_redact {
  int in_auth;    // the client's lines are the responses of an AUTH exchange
  int responded;  // one was sent, be it in the AUTH line: the server's lines are secret as well
  int stls_sent;  // the next status line answers STLS
  int encrypted;  // it was +OK: everything from here on is TLS
  size_t reply_len;
  char reply[4];      // how the server's line under way begins
  uint64_t line_len;  // of the client's line under way
  char last[2];       // its last two octets
  char line[P3_REDACT_LINE_MAX];
} p3_redact;

// p3_redact_text is a client's line without its secrets.
typedef struct p3_redact_text {
  size_t shown;        // so many octets of |line| may be shown
  int hides;           // there is more, which may not
  const char *ending;  // "\r\n", "\n" or ""
} p3_redact_text;

// p3_redact_client takes an octet that the client sent. 1: the line is complete.
int p3_redact_client(p3_redact *redact, uint8_t octet);

// p3_redact_show says what may be shown of the client's line under way.
p3_redact_text p3_redact_show(const p3_redact *redact);

// p3_redact_next forgets that line, having understood it if it is complete.
void p3_redact_next(p3_redact *redact, const pop3_host *host);

// p3_redact_reply says what may be shown of |line|, the beginning of a line of the server or all
// of it, while |responded| is set: so many octets of it, then |*out_stand_in|, then its line end.
size_t p3_redact_reply(const char *line, size_t line_len, const char **out_stand_in);

// p3_redact_server takes an octet that the server sent.
void p3_redact_server(p3_redact *redact, uint8_t octet);

#pragma GCC visibility pop
#ifdef __cplusplus
}
#endif

#endif  // POP3_PLUGINS_RECORD_REDACT_H_
