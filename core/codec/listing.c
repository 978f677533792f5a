#include <string.h>

#include "core/base/text.h"
#include "core/codec/codec.h"

#define UID_MAX 70           // RFC 1939 section 7
#define UID_LENIENT_MAX 512  // with POP3_QUIRK_UID_LENIENT
#define LANGUAGE_MAX 64

// A cursor walks through the fields of a line and notes which leniencies it needed: they count only
// if the line turns out well.
typedef struct cursor {
  const char *line;
  size_t len;
  size_t at;
  pop3_quirks *quirks;
  uint32_t used;  // POP3_QUIRK_BIT()s
} cursor;

static int may(cursor *c, pop3_quirk quirk) {
  if (!p3_quirk_allowed(c->quirks, quirk)) {
    return 0;
  }
  c->used |= POP3_QUIRK_BIT(quirk);
  return 1;
}

static pop3_status succeed(const cursor *c) {
  for (unsigned i = 0; i < POP3_QUIRKS_ROOM; i++) {
    if ((c->used & POP3_QUIRK_BIT(i)) != 0) {
      c->quirks->hits[i]++;
    }
  }
  return POP3_OK;
}

static pop3_status fail(const cursor *c, pop3_error *err, const char *what, const char *why) {
  char quote[P3_QUOTE_MAX];
  return pop3_error_set(err, POP3_ERR_PROTOCOL, "codec", 0, "%s: %s: \"%s\"", what, why,
                        p3_text_quote(quote, c->line, c->len));
}

static int is_blank(const cursor *c, size_t at) {
  return at < c->len && (c->line[at] == ' ' || c->line[at] == '\t');
}

// skip_blanks skips |least| spaces, and with POP3_QUIRK_LIST_SPACES any number of blanks in their
// place. Returns 0 if something else is there.
static int skip_blanks(cursor *c, size_t least) {
  size_t at = c->at;
  while (is_blank(c, at)) {
    at++;
  }
  size_t found = at - c->at;
  int strict = found == least && (found == 0 || c->line[c->at] == ' ');
  if (!strict && (found < least || !may(c, POP3_QUIRK_LIST_SPACES))) {
    return 0;
  }
  c->at = at;
  return 1;
}

// number reads a number that ends at a blank or at the end of the line.
static int number(cursor *c, uint64_t least, uint64_t most, uint64_t *out) {
  size_t len = p3_decimal_parse(c->line + c->at, c->len - c->at, most, out);
  if (len == 0 || *out < least || (c->at + len < c->len && !is_blank(c, c->at + len))) {
    return 0;
  }
  c->at += len;
  return 1;
}

// number_and_octets reads "number SP octets [SP ...]", which LIST and STAT have in common.
static pop3_status number_and_octets(cursor *c, const char *what, const char *bad_number,
                                     uint64_t least, uint32_t *out_number, uint64_t *out_octets,
                                     pop3_error *err) {
  uint64_t first = 0;
  uint64_t octets = POP3_OCTETS_UNKNOWN;
  if (!skip_blanks(c, 0)) {
    return fail(c, err, what, "the line begins with a space");
  }
  if (!number(c, least, UINT32_MAX, &first)) {
    return fail(c, err, what, bad_number);
  }
  if (c->at < c->len && !skip_blanks(c, 1)) {
    return fail(c, err, what, "not exactly one space between the numbers");
  }
  // The largest number stands for "unknown". What follows the octets is the server's own affair.
  if (number(c, 0, POP3_OCTETS_UNKNOWN - 1, &octets)) {
    if (c->at < c->len && c->line[c->at] != ' ' && !may(c, POP3_QUIRK_LIST_SPACES)) {
      return fail(c, err, what, "no space behind the number of octets");
    }
  } else {
    if (!may(c, POP3_QUIRK_ODD_SIZE)) {
      return fail(c, err, what, "no valid number of octets");
    }
    octets = POP3_OCTETS_UNKNOWN;
  }
  *out_number = (uint32_t)first;
  *out_octets = octets;
  return succeed(c);
}

static pop3_item item_of(pop3_item_kind kind, uint32_t message, const char *line, size_t line_len) {
  pop3_item item;
  memset(&item, 0, sizeof(item));
  item.size = (uint32_t)sizeof(item);
  item.kind = kind;
  item.number = message;
  item.line = line;
  item.line_len = line_len;
  return item;
}

pop3_status p3_scan_parse(pop3_item *out, const char *line, size_t line_len, pop3_quirks *quirks,
                          pop3_error *err) {
  cursor c = {line, line_len, 0, quirks, 0};
  uint32_t message = 0;
  uint64_t octets = 0;
  pop3_status status =
      number_and_octets(&c, "LIST", "no valid message number", 1, &message, &octets, err);
  if (status == POP3_OK) {
    *out = item_of(POP3_ITEM_SCAN, message, line, line_len);
    out->octets = octets;
  }
  return status;
}

pop3_status p3_stat_parse(uint32_t *out_count, uint64_t *out_octets, const char *text,
                          size_t text_len, pop3_quirks *quirks, pop3_error *err) {
  cursor c = {text, text_len, 0, quirks, 0};
  return number_and_octets(&c, "STAT", "no valid number of messages", 0, out_count, out_octets,
                           err);
}

pop3_status p3_last_parse(uint32_t *out_number, const char *text, size_t text_len,
                          pop3_error *err) {
  cursor c = {text, text_len, 0, NULL, 0};
  uint64_t last = 0;
  if (!number(&c, 0, UINT32_MAX, &last)) {
    return fail(&c, err, "LAST", "no valid message number");
  }
  *out_number = (uint32_t)last;
  return POP3_OK;
}

// unique_id checks that the rest of the line is one unique-id. Returns NULL or what is wrong.
static const char *unique_id(cursor *c) {
  size_t len = c->len - c->at;
  int lenient = 0;
  if (len == 0) {
    return "no unique-id";
  }
  if (is_blank(c, c->at)) {
    return "more than one space before the unique-id";
  }
  for (size_t i = c->at; i < c->len; i++) {
    unsigned char u = (unsigned char)c->line[i];
    if (u < 0x20 || u == 0x7F) {
      return "a control character in the unique-id";
    }
    lenient |= u == ' ' || u > 0x7E;
  }
  if (len > UID_LENIENT_MAX) {
    return "a unique-id of more than 512 octets";
  }
  if ((lenient || len > UID_MAX) && !may(c, POP3_QUIRK_UID_LENIENT)) {
    return lenient ? "a space or 8-bit octet in the unique-id"
                   : "a unique-id of more than 70 octets";
  }
  return NULL;
}

// numbered_id reads "number SP unique-id". Returns NULL or what is wrong.
static const char *numbered_id(cursor *c, uint64_t *out_number) {
  if (c->len >= 4 && p3_ascii_equal(c->line, 4, "+OK ") && may(c, POP3_QUIRK_UIDL_OK_PREFIX)) {
    c->at = 4;
  }
  if (!skip_blanks(c, 0)) {
    return "the line begins with a space";
  }
  if (!number(c, 1, UINT32_MAX, out_number)) {
    return "no valid message number";
  }
  if (c->at == c->len) {
    return "no unique-id";
  }
  if (!skip_blanks(c, 1)) {
    return "not exactly one space before the unique-id";
  }
  return unique_id(c);
}

pop3_status p3_unique_id_parse(pop3_item *out, const char *line, size_t line_len, uint32_t asked,
                               pop3_quirks *quirks, pop3_error *err) {
  cursor c = {line, line_len, 0, quirks, 0};
  uint64_t message = 0;
  const char *why = numbered_id(&c, &message);
  if (why != NULL && asked != 0 && p3_quirk_allowed(quirks, POP3_QUIRK_UIDL_ONE_NO_NUMBER)) {
    cursor whole = {line, line_len, 0, quirks, 0};
    if (may(&whole, POP3_QUIRK_UIDL_ONE_NO_NUMBER) && unique_id(&whole) == NULL) {
      c = whole;
      message = asked;
      why = NULL;
    }
  }
  if (why != NULL) {
    return fail(&c, err, "UIDL", why);
  }
  *out = item_of(POP3_ITEM_UNIQUE_ID, (uint32_t)message, line, line_len);
  out->text = line + c.at;
  out->text_len = line_len - c.at;
  return succeed(&c);
}

static int is_tag_char(char c) {
  return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '-';
}

pop3_status p3_language_parse(pop3_item *out, const char *line, size_t line_len, pop3_error *err) {
  cursor c = {line, line_len, 0, NULL, 0};
  while (c.at < line_len && is_tag_char(line[c.at])) {
    c.at++;
  }
  if (c.at == 0 || c.at > LANGUAGE_MAX || (c.at < line_len && line[c.at] != ' ')) {
    return fail(&c, err, "LANG", "no valid language tag");
  }
  *out = item_of(POP3_ITEM_LANGUAGE, 0, line, line_len);
  out->text = line;
  out->text_len = c.at;
  return POP3_OK;
}
