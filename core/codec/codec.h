// The codec: pure functions between lines and values. No state, no memory but what is passed in.
// Lines come without their line end and need not end in NUL.
#ifndef POP3_CORE_CODEC_CODEC_H_
#define POP3_CORE_CODEC_CODEC_H_

#include <pop3/limits.h>
#include <pop3/request.h>
#include <pop3/status.h>

#ifdef __cplusplus
extern "C" {
#endif

// p3_decimal_parse reads an unsigned decimal number of 1 to 20 digits not above |max| at the
// start of |text|. Returns the number of octets read, 0 if there is no such number (no digit,
// overflow).
size_t p3_decimal_parse(const char *text, size_t text_len, uint64_t max, uint64_t *out);

// p3_quirks_known returns the bits of all quirks that there are.
uint32_t p3_quirks_known(void);

// p3_quirk_allowed says whether |quirk| is switched on. |quirks| may be NULL: then no.
int p3_quirk_allowed(const pop3_quirks *quirks, pop3_quirk quirk);

// p3_quirk_use is p3_quirk_allowed, and counts it: for when it is needed.
int p3_quirk_use(pop3_quirks *quirks, pop3_quirk quirk);

// p3_response_code_parse reads the code at the start of a reply's |text|, e.g. "[IN-USE] Busy".
// |*out_len| (may be NULL) is the length with brackets, 0 if there is none.
pop3_response_code p3_response_code_parse(const char *text, size_t text_len, size_t *out_len);

// p3_reply_parse reads a status line. |out->text| points into |line|: behind the status word and
// one space. Anything but "+OK" and "-ERR" (any case), alone or followed by a space, is
// POP3_ERR_PROTOCOL with the start of the line quoted, unless a quirk allows it; a NUL in the line
// always is.
pop3_status p3_reply_parse(pop3_reply *out, const char *line, size_t line_len, pop3_quirks *quirks,
                           pop3_error *err);

// p3_challenge_parse says whether |line| is a continuation of AUTH ("+ text", "+" alone; with
// POP3_QUIRK_AUTH_PLUS "+text" and, while |in_exchange|, "+OK text" whose text is base64 of
// printable ASCII, as no English word is) and where its text is. Returns 1 or 0; 0 on a NUL.
int p3_challenge_parse(const char *line, size_t line_len, int in_exchange, pop3_quirks *quirks,
                       const char **out_text, size_t *out_len);

// p3_scan_parse reads a line of LIST, or the text of the reply to LIST n: number SP octets [SP
// ...].
pop3_status p3_scan_parse(pop3_item *out, const char *line, size_t line_len, pop3_quirks *quirks,
                          pop3_error *err);

// p3_unique_id_parse reads a line of UIDL, or the text of the reply to UIDL n: number SP
// unique-id. |asked| is the number in UIDL n (for POP3_QUIRK_UIDL_ONE_NO_NUMBER), 0 in a listing.
pop3_status p3_unique_id_parse(pop3_item *out, const char *line, size_t line_len, uint32_t asked,
                               pop3_quirks *quirks, pop3_error *err);

// p3_stat_parse reads the text of the reply to STAT: count SP octets [SP ...]. A count of 0 is
// fine.
pop3_status p3_stat_parse(uint32_t *out_count, uint64_t *out_octets, const char *text,
                          size_t text_len, pop3_quirks *quirks, pop3_error *err);

// p3_last_parse reads the text of the reply to LAST: a number, 0 if none was accessed.
pop3_status p3_last_parse(uint32_t *out_number, const char *text, size_t text_len, pop3_error *err);

// p3_language_parse reads a line of LANG: tag [SP description] (RFC 6856 section 3).
pop3_status p3_language_parse(pop3_item *out, const char *line, size_t line_len, pop3_error *err);

// p3_timestamp_find finds the APOP timestamp in the greeting's |text|: the last "<...>" of it, if
// that is a valid RFC 822 msg-id by a linear scan (one "<", one "@" with something on both sides,
// one ">", printable ASCII without space, at most 255 octets). POP3_QUIRK_TIMESTAMP_ANY does
// without the "@". Returns 1 or 0.
int p3_timestamp_find(const char *text, size_t text_len, pop3_quirks *quirks,
                      const char **out_stamp, size_t *out_len);

// p3_timestamp_problem says in words why p3_timestamp_find finds none; NULL if it does. Static.
const char *p3_timestamp_problem(const char *text, size_t text_len);

// p3_greeting_diagnose says in words what a server that is not POP3 may be, from its first
// |data_len| > 0 octets (HTTP, TLS record or alert, SMTP, FTP, IMAP, SSH, NNTP, binary ...). Always
// returns POP3_ERR_GREETING.
pop3_status p3_greeting_diagnose(const uint8_t *data, size_t data_len, pop3_error *err);

// p3_limits_resolve copies |in| (may be NULL, may be of a smaller |size|) with every 0 replaced
// by the default. Fails with POP3_ERR_ARGUMENT, naming the member, on values that cannot work
// together.
pop3_status p3_limits_resolve(pop3_limits *out, const pop3_limits *in, pop3_error *err);

// p3_limits_line returns how many octets a line of |command| may have, with CRLF. |limits| is
// resolved.
uint32_t p3_limits_line(const pop3_limits *limits, pop3_command command);

#ifdef __cplusplus
}
#endif

#endif  // POP3_CORE_CODEC_CODEC_H_
