// Watching a session: the trace (poplib's debug levels) and the audit hook.
#ifndef POP3_TRACE_H_
#define POP3_TRACE_H_

#include <pop3/status.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#ifdef __cplusplus
extern "C" {
#endif

// pop3_trace_kind says what a trace event shows.
typedef enum pop3_trace_kind {
  POP3_TRACE_NOTE = 1,  // level 1: a word about the connection ("connecting to ...")
  POP3_TRACE_COMMAND,   // level 1: a command line, without CRLF, secrets replaced
  POP3_TRACE_REPLY,     // level 1: a status line or continuation, without CRLF. From the first
                        // response of an AUTH exchange on, what follows "+ ", "+OK " or "-ERR " and
                        // a known response code is replaced
  POP3_TRACE_LINE,      // level 2: a line of a listing, as on the wire, without CRLF
  POP3_TRACE_BODY       // level 2: a span of a message body, un-stuffed
} pop3_trace_kind;

// pop3_trace_event is one thing that happened. Pointers are valid until the hook returns.
typedef struct pop3_trace_event {
  uint32_t size;
  pop3_trace_kind kind;
  uint32_t level;     // 1 or 2: the least debug level that shows it
  uint32_t redacted;  // 1 if a secret was replaced by "<redacted>"
  int64_t time_ms;    // the session's clock; an engine on its own has none: 0
  const char *data;
  size_t data_len;
} pop3_trace_event;

// pop3_trace_fn gets every event up to the chosen level. It must not call back into the session.
typedef void (*pop3_trace_fn)(void *arg, const pop3_trace_event *event);

// pop3_trace_to_file is a pop3_trace_fn that writes each event as a line to the FILE that |arg|
// points to: "-> " for what is sent, "<- " for what is received, "-- " for notes; octets outside
// printable ASCII as \xNN, a backslash doubled; a line of more than 1024 octets cut with its length
// told; of a body span only its length.
void pop3_trace_to_file(void *arg, const pop3_trace_event *event);

// pop3_audit_kind says what is about to happen.
typedef enum pop3_audit_kind {
  POP3_AUDIT_CONNECT = 1,  // poplib.connect: |host| and |port| are about to be connected to
  POP3_AUDIT_PUTLINE       // poplib.putline: |line| is about to be sent, secrets replaced
} pop3_audit_kind;

// pop3_audit_event describes it. Pointers are valid until the hook returns.
typedef struct pop3_audit_event {
  uint32_t size;
  pop3_audit_kind kind;
  const char *host;
  uint32_t port;  // 0 where there is none (Unix sockets)
  uint32_t redacted;
  const char *line;  // without CRLF, not NUL-terminated
  size_t line_len;
} pop3_audit_event;

// pop3_audit_fn is asked before each connection and each line. It returns 0 to allow, anything else
// to forbid: the session then fails with POP3_ERR_AUDIT and nothing of the line is sent. It must
// not call back into the session.
typedef int (*pop3_audit_fn)(void *arg, const pop3_audit_event *event);

#ifdef __cplusplus
}
#endif

#endif  // POP3_TRACE_H_
