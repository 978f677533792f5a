// Every bound that libpop3 keeps, in one struct, and the leniency that a caller may switch on.
#ifndef POP3_LIMITS_H_
#define POP3_LIMITS_H_

#include <pop3/size.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// pop3_limits bounds memory, replies and waiting commands. Start from POP3_LIMITS_INIT, whose zeros
// stand for the defaults named at each member. Crossing one that the server controls is
// POP3_ERR_LIMIT (fatal for the session), one that the caller controls POP3_ERR_ARGUMENT.
typedef struct pop3_limits {
  uint32_t size;                // sizeof(pop3_limits)
  uint32_t recv_buffer;         // octets of the receive buffer; default 256 KiB, minimum 512
  uint32_t send_buffer;         // octets of the send buffer; default 8 KiB, minimum 512
  uint32_t max_command;         // octets of a command line with CRLF; default 255 (RFC 2449),
                                // minimum 32; at most send_buffer
  uint32_t max_reply_line;      // octets of a status or listing line with CRLF; default 8192, or
                                // recv_buffer if that is less; minimum 64; at most recv_buffer
  uint32_t max_capa_lines;      // lines of a CAPA response; default 256
  uint32_t max_capa_octets;     // octets of a CAPA response; default 64 KiB
  uint32_t max_items;           // lines of any other listing; default 100,000,000
  uint32_t max_queued;          // operations submitted and not done; default 1,048,576
  uint32_t pipeline_high;       // commands in flight at the most; default 256
  uint32_t pipeline_low;        // refill once this few are in flight; default 128, or half of
                                // pipeline_high if that is less; at most pipeline_high
  uint32_t pipeline_octets;     // octets of commands in flight at the most; default 8 KiB
  uint32_t max_auth_rounds;     // challenges of one AUTH exchange; default 64
  uint32_t max_auth_line;       // octets of one AUTH challenge or response; default 1 MiB; a
                                // challenge is bounded by max_reply_line too
  uint32_t max_layers;          // transports stacked on each other; default 8, at most 16
  uint64_t max_message_octets;  // octets of one message body; default 2^40
  uint32_t max_credential;  // octets of a PASS line with CRLF, if that is more than max_command:
                            // passwords may be tokens; default 4 KiB, or send_buffer if that is
                            // less; minimum 32; at most send_buffer
  uint32_t reserved;
} pop3_limits;

// POP3_LIMITS_INIT stands for the defaults.
#define POP3_LIMITS_INIT \
  { POP3_SIZEOF(pop3_limits), 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 }

// pop3_limits_init is POP3_LIMITS_INIT for languages without macros. |size| is how large the
// caller's struct is: nothing is written behind it.
void pop3_limits_init(pop3_limits *limits, size_t size);

// pop3_quirk names a way in which real servers break the standard. Each is off by default; when
// switched on, each use is counted, so that a report can say what a server needed.
typedef enum pop3_quirk {
  POP3_QUIRK_BARE_LF = 0,  // LF without CR ends a line, and LF . LF a response
  POP3_QUIRK_ANY_PLUS,     // any status line that starts with '+' is success
  POP3_QUIRK_PLUS_ERR,     // "+ERR" is a refusal (else a protocol error)
  POP3_QUIRK_UID_LENIENT,  // unique-ids of up to 512 octets, with spaces or 8-bit octets
  POP3_QUIRK_LIST_SPACES,  // several spaces or tabs between or before the fields of a listing
  POP3_QUIRK_LIST_ONE_MULTILINE,  // LIST n and UIDL n answered in several lines
  POP3_QUIRK_UIDL_OK_PREFIX,      // "+OK" before each UIDL line
  POP3_QUIRK_UIDL_ONE_NO_NUMBER,  // UIDL n answered without the number
  POP3_QUIRK_ODD_SIZE,            // negative, missing or unreadable octets: taken as unknown
  POP3_QUIRK_CAPA_DAMAGE,  // CAPA lines that break the grammar (two spaces, "EXPIRENEVER", bad
                           // values) are read, not left out
  POP3_QUIRK_AUTH_PLUS,    // "+OK" or "+text" where a continuation "+ " should stand
  POP3_QUIRK_ANY_MINUS,    // any status line that starts with '-' is a refusal ("-ERROR no", "-no")
  POP3_QUIRK_TIMESTAMP_ANY  // the greeting's "<...>" is a timestamp for APOP without an "@", too;
                            // that it is a msg-id is what makes forged ones harder (CVE-2007-1558)
} pop3_quirk;

// POP3_QUIRK_BIT is the flag for |quirk| in pop3_quirks.enabled.
#define POP3_QUIRK_BIT(quirk) (UINT32_C(1) << POP3_CAST(unsigned, quirk))

// POP3_QUIRKS_ALL switches every leniency on that the library knows.
#define POP3_QUIRKS_ALL UINT32_MAX

// POP3_QUIRKS_ROOM is how many there can be at all.
#define POP3_QUIRKS_ROOM 32

// POP3_OCTETS_UNKNOWN stands for a size that the server did not tell (POP3_QUIRK_ODD_SIZE).
#define POP3_OCTETS_UNKNOWN UINT64_MAX

// pop3_quirks holds what is allowed and how often each was needed. It never grows.
typedef struct pop3_quirks {
  uint32_t enabled;                 // POP3_QUIRK_BIT()s
  uint32_t reserved;                // 0
  uint64_t hits[POP3_QUIRKS_ROOM];  // by pop3_quirk
} pop3_quirks;

// POP3_QUIRKS_NONE is strict behaviour.
#define POP3_QUIRKS_NONE \
  {                      \
    0, 0, { 0 }          \
  }

// pop3_quirk_name returns a stable lower-case name such as "bare-lf" for |quirk|, a pop3_quirk, or
// NULL if it is none that the library knows: they are all told by counting from 0 up to that. The
// string is static.
const char *pop3_quirk_name(uint32_t quirk);

// pop3_quirk_from_name finds a quirk by its name. Returns 1, or 0 if there is none of that name:
// then |*out| is left alone.
int pop3_quirk_from_name(pop3_quirk *out, const char *name);

#ifdef __cplusplus
}
#endif

#endif  // POP3_LIMITS_H_
