#include <string.h>

#include "core/base/text.h"
#include "core/codec/codec.h"

#define TIMESTAMP_MAX 255

// Finds the timestamp. Returns NULL, or what is wrong.
static const char *find_timestamp(const char *text, size_t text_len, pop3_quirks *quirks,
                                  const char **out_stamp, size_t *out_len) {
  static const char kNone[] = "the server's greeting has no timestamp for APOP";
  size_t end = text_len;  // behind the last ">"
  while (end > 0 && text[end - 1] != '>') {
    end--;
  }
  if (end == 0) {
    return kNone;
  }
  size_t start = end - 1;  // the last "<" before that
  while (start > 0 && text[start - 1] != '<') {
    start--;
  }
  if (start == 0) {
    return kNone;
  }
  start--;
  if (end - start > TIMESTAMP_MAX) {
    return "the greeting's timestamp is longer than 255 octets";
  }
  size_t at_signs = 0;
  for (size_t i = start + 1; i < end - 1; i++) {
    // RFC 822 allows more, but the collisions of CVE-2007-1558 need octets that no honest server
    // sends.
    if ((unsigned char)text[i] <= 0x20 || (unsigned char)text[i] >= 0x7F || text[i] == '>') {
      return "the greeting's timestamp has an octet that is in no msg-id (RFC 822), which may be "
             "an attack (CVE-2007-1558)";
    }
    at_signs += text[i] == '@';
  }
  const int is_msg_id = at_signs == 1 && text[start + 1] != '@' && text[end - 2] != '@';
  if (!is_msg_id && (end - start < 3 || !p3_quirk_use(quirks, POP3_QUIRK_TIMESTAMP_ANY))) {
    return "the greeting's timestamp is no msg-id (RFC 822: one \"@\" inside), which may be an "
           "attack (CVE-2007-1558)";
  }
  *out_stamp = text + start;
  *out_len = end - start;
  return NULL;
}

int p3_timestamp_find(const char *text, size_t text_len, pop3_quirks *quirks,
                      const char **out_stamp, size_t *out_len) {
  return find_timestamp(text, text_len, quirks, out_stamp, out_len) == NULL;
}

const char *p3_timestamp_problem(const char *text, size_t text_len) {
  const char *stamp;
  size_t stamp_len;
  return find_timestamp(text, text_len, NULL, &stamp, &stamp_len);
}

// A sign by which another protocol is known: what the first octets are, and what a line that starts
// like this holds somewhere (NULL: does not matter).
typedef struct sign {
  const char *start;
  size_t start_len;
  const char *holds;
  const char *what;
} sign;

#define SIGN(start_, holds_, what_) \
  { (start_), sizeof(start_) - 1, (holds_), (what_) }

#define USE_TLS "TLS: the server expects TLS from the first octet (pop3s, usually port 995)"

// The first that fits is told.
static const sign kSigns[] = {
    SIGN("\x15\x03", NULL, USE_TLS),
    SIGN("\x16\x03", NULL, USE_TLS),
    SIGN("HTTP/", NULL, "HTTP: this is a web server"),
    SIGN("<!DOCTYPE", NULL, "a web page: this is a web server"),
    SIGN("<html", NULL, "a web page: this is a web server"),
    SIGN("<?xml", NULL, "XML: this may be an XMPP server"),
    SIGN("* ", NULL, "IMAP: this is an IMAP server (POP3 is usually on port 110 or 995)"),
    SIGN("SSH-", NULL, "SSH: this is an SSH server"),
    SIGN("RFB ", NULL, "RFB: this is a VNC server"),
    SIGN("@RSYNCD:", NULL, "rsync: this is an rsync server"),
    SIGN("\"IMPLEMENTATION\"", NULL, "ManageSieve: this is a Sieve server"),
    SIGN("220", "LMTP", "LMTP: this is a mail delivery server"),
    SIGN("220", "SMTP", "SMTP: this is a server for sending mail"),
    SIGN("220", "FTP", "FTP: this is a file server"),
    SIGN("220", NULL, "a reply of SMTP or FTP"),
    SIGN("421", NULL, "a refusal of SMTP or FTP"),
    SIGN("554", NULL, "a refusal of SMTP"),
    SIGN("200 ", NULL, "NNTP: this is a news server"),
    SIGN("201 ", NULL, "NNTP: this is a news server"),
    SIGN("\xFF\xFB", NULL, "telnet: this is a telnet server"),
    SIGN("\xFF\xFD", NULL, "telnet: this is a telnet server"),
    SIGN("+", NULL, "a reply similar to +OK, but not valid"),
    SIGN("-", NULL, "a reply similar to -ERR, but not valid"),
    SIGN("\r", NULL, "an empty line"),
    SIGN("\n", NULL, "an empty line"),
};

// begins compares without regard to case.
static int begins(const char *text, size_t text_len, const char *start, size_t start_len) {
  return text_len >= start_len &&
         (memcmp(text, start, start_len) == 0 || p3_ascii_equal(text, start_len, start));
}

static int holds(const char *text, size_t text_len, const char *word) {
  size_t word_len = strlen(word);
  for (size_t i = 0; i + word_len <= text_len; i++) {
    if (begins(text + i, word_len, word, word_len)) {
      return 1;
    }
  }
  return 0;
}

static int is_binary(const char *text, size_t text_len) {
  for (size_t i = 0; i < text_len; i++) {
    unsigned char c = (unsigned char)text[i];
    if ((c < 0x20 && c != '\r' && c != '\n' && c != '\t') || c == 0x7F) {
      return 1;
    }
  }
  return 0;
}

pop3_status p3_greeting_diagnose(const uint8_t *data, size_t data_len, pop3_error *err) {
  const char *text = (const char *)data;
  const char *what = NULL;
  char quote[P3_QUOTE_MAX];
  size_t line_len = 0;
  while (line_len < data_len && text[line_len] != '\r' && text[line_len] != '\n') {
    line_len++;
  }
  for (size_t i = 0; i < sizeof(kSigns) / sizeof(kSigns[0]) && what == NULL; i++) {
    const sign *s = &kSigns[i];
    if (begins(text, data_len, s->start, s->start_len) &&
        (s->holds == NULL || holds(text, line_len, s->holds))) {
      what = s->what;
    }
  }
  if (what == NULL) {
    what = is_binary(text, line_len) ? "binary data" : "something that is not POP3";
  }
  return pop3_error_set(err, POP3_ERR_GREETING, "codec", 0,
                        "instead of a greeting (+OK) the server sent %s: \"%s\"", what,
                        p3_text_quote(quote, text, line_len));
}
