#include "core/codec/capability_parse.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "core/base/memory.h"
#include "core/base/text.h"
#include "core/codec/codec.h"

#define LAYER "codec"

#define LINE_MAX_OCTETS 510  // RFC 2449 section 3: 512 with CRLF

// Room for a quoted line, its number and what is wrong with it.
#define DAMAGE_MAX (P3_QUOTE_MAX + 80)

// What pop3_capabilities.storage points to.
typedef struct storage {
  char *text;  // for each kept line: keyword NUL arguments NUL
  size_t text_len;
  size_t text_cap;
  size_t kept;      // lines in |text|
  uint32_t lines;   // seen, dropped ones too
  uint64_t octets;  // seen, with line ends
  char first_damage[DAMAGE_MAX];
  char damage[DAMAGE_MAX + 32];
} storage;

// A line in its parts.
typedef struct fields {
  const char *keyword;
  size_t keyword_len;
  const char *arguments;
  size_t arguments_len;
} fields;

// How the arguments of a keyword are understood.
typedef enum grammar { PLAIN, OPTIONAL_USER, DAYS, SECONDS } grammar;

typedef struct known {
  const char *keyword;
  grammar arguments;
  uint32_t flag;
  uint32_t user_flag;  // set if the argument USER follows
} known;

static const known kKnown[] = {
    {"TOP", PLAIN, POP3_CAP_TOP, 0},
    {"USER", PLAIN, POP3_CAP_USER, 0},
    {"SASL", PLAIN, POP3_CAP_SASL, 0},
    {"RESP-CODES", PLAIN, POP3_CAP_RESP_CODES, 0},
    {"AUTH-RESP-CODE", PLAIN, POP3_CAP_AUTH_RESP_CODE, 0},
    {"LOGIN-DELAY", SECONDS, POP3_CAP_LOGIN_DELAY, POP3_CAP_LOGIN_DELAY_USER},
    {"PIPELINING", PLAIN, POP3_CAP_PIPELINING, 0},
    {"EXPIRE", DAYS, POP3_CAP_EXPIRE, POP3_CAP_EXPIRE_USER},
    {"UIDL", PLAIN, POP3_CAP_UIDL, 0},
    {"IMPLEMENTATION", PLAIN, POP3_CAP_IMPLEMENTATION, 0},
    {"STLS", PLAIN, POP3_CAP_STLS, 0},
    {"UTF8", OPTIONAL_USER, POP3_CAP_UTF8, POP3_CAP_UTF8_USER},
    {"LANG", PLAIN, POP3_CAP_LANG, 0},
};

static int is_blank(char c) { return c == ' ' || c == '\t'; }

static int is_control(char c) { return (unsigned char)c < 0x20 || c == 0x7F; }

// flaw_of checks a line against RFC 2449: capa-tag *(SP param), printable ASCII, no "." in the tag,
// single spaces. Returns NULL or what is wrong.
static const char *flaw_of(const char *line, size_t len) {
  int in_keyword = 1;
  if (len == 0) {
    return "an empty line";
  }
  if (len > LINE_MAX_OCTETS) {
    return "a line of more than 512 octets";
  }
  for (size_t i = 0; i < len; i++) {
    char c = line[i];
    if (c == ' ') {
      if (i == 0 || i + 1 == len || line[i - 1] == ' ') {
        return "a space too many";
      }
      in_keyword = 0;
    } else if (is_control(c)) {
      return "a control character";
    } else if ((unsigned char)c > 0x7E) {
      return "an 8-bit octet";
    } else if (c == '.' && in_keyword) {
      return "a dot in a keyword";
    }
  }
  return NULL;
}

static int is_binary(const char *line, size_t len) {
  for (size_t i = 0; i < len; i++) {
    if (is_control(line[i]) && line[i] != '\t') {
      return 1;
    }
  }
  return 0;
}

// is_garbled says whether |keyword| has what no keyword may have.
static int is_garbled(const fields *f) {
  for (size_t i = 0; i < f->keyword_len; i++) {
    if (f->keyword[i] == '.' || (unsigned char)f->keyword[i] > 0x7E) {
      return 1;
    }
  }
  return 0;
}

// split takes a line apart. Returns 0 if nothing but blanks is there.
static int split(const char *line, size_t len, fields *out) {
  while (len > 0 && is_blank(line[len - 1])) {
    len--;
  }
  while (len > 0 && is_blank(*line)) {
    line++;
    len--;
  }
  size_t i = 0;
  while (i < len && !is_blank(line[i])) {
    i++;
  }
  out->keyword = line;
  out->keyword_len = i;
  while (i < len && is_blank(line[i])) {
    i++;
  }
  out->arguments = line + i;
  out->arguments_len = len - i;
  return out->keyword_len > 0;
}

// value_of reads a number, or NEVER for |grammar_| DAYS, at the start of |text|. Returns the octets
// read, 0 if it is none.
static size_t value_of(const char *text, size_t len, grammar grammar_, uint32_t *out) {
  uint64_t number = 0;
  if (grammar_ == DAYS && len >= 5 && p3_ascii_equal(text, 5, "NEVER")) {
    *out = POP3_EXPIRE_NEVER;
    return 5;
  }
  size_t digits = p3_decimal_parse(text, len, POP3_EXPIRE_NEVER - 1, &number);
  *out = (uint32_t)number;
  return digits;
}

// find_known looks the keyword up. With |damaged| it also splits "EXPIRENEVER" and "EXPIRE30", as
// GNU Mailutils writes them, and then changes |f|: for what they mean, the list keeps the words.
static const known *find_known(fields *f, int *damaged) {
  const known *end = kKnown + sizeof(kKnown) / sizeof(kKnown[0]);
  for (const known *k = kKnown; k < end; k++) {
    if (p3_ascii_equal(f->keyword, f->keyword_len, k->keyword)) {
      return k;
    }
  }
  for (const known *k = kKnown; k < end && damaged != NULL; k++) {
    size_t len = strlen(k->keyword);
    uint32_t value = 0;
    if ((k->arguments == DAYS || k->arguments == SECONDS) && f->keyword_len > len &&
        p3_ascii_equal(f->keyword, len, k->keyword) &&
        value_of(f->keyword + len, f->keyword_len - len, k->arguments, &value) ==
            f->keyword_len - len) {
      const char *line_end = f->arguments + f->arguments_len;
      f->keyword_len = len;
      f->arguments = f->keyword + len;
      f->arguments_len = (size_t)(line_end - f->arguments);
      *damaged = 1;
      return k;
    }
  }
  return NULL;
}

// take sets the flags and values of a known keyword. Returns NULL or what is wrong with the
// arguments; what could be understood is then taken all the same if |lenient|.
static const char *take(pop3_capabilities *caps, const known *k, const fields *f, int lenient) {
  const char *rest = f->arguments;
  size_t rest_len = f->arguments_len;
  const char *flaw = NULL;
  uint32_t value = 0;
  uint32_t flags = k->flag;
  if (k->arguments == PLAIN) {
    caps->flags |= flags;  // arguments of later standards do no harm
    return NULL;
  }
  if (k->arguments != OPTIONAL_USER) {
    size_t len = value_of(rest, rest_len, k->arguments, &value);
    if (len == 0 || (len < rest_len && !is_blank(rest[len]))) {
      return "a value that is no valid number";
    }
    rest += len;
    rest_len -= len;
  }
  while (rest_len > 0 && is_blank(*rest)) {
    rest++;
    rest_len--;
  }
  if (p3_ascii_equal(rest, rest_len, "USER")) {
    flags |= k->user_flag;
  } else if (rest_len > 0 && k->arguments != OPTIONAL_USER) {
    flaw = "an argument that is not USER behind the value";
  }
  // The first of several lines counts, as for pop3_capabilities_find.
  if ((flaw == NULL || lenient) && (caps->flags & k->flag) == 0) {
    caps->flags |= flags;
    if (k->arguments == DAYS) {
      caps->expire_days = value;
    } else if (k->arguments == SECONDS) {
      caps->login_delay_seconds = value;
    }
  }
  return flaw;
}

// keep appends a line to the text of |s|. Returns 0 if memory ran out.
static int keep(storage *s, const fields *f, const pop3_allocator *allocator) {
  size_t need = s->text_len + f->keyword_len + f->arguments_len + 2;
  if (need > s->text_cap) {
    size_t cap = s->text_cap < 512 ? 512 : s->text_cap;
    while (cap < need) {
      cap *= 2;
    }
    char *text = p3_mem_grow(allocator, s->text, cap, 1);
    if (text == NULL) {
      return 0;
    }
    s->text = text;
    s->text_cap = cap;
  }
  char *at = s->text + s->text_len;
  memcpy(at, f->keyword, f->keyword_len);
  at += f->keyword_len;
  *at++ = '\0';
  memcpy(at, f->arguments, f->arguments_len);
  at[f->arguments_len] = '\0';
  s->text_len = need;
  s->kept++;
  return 1;
}

// remember_damage counts a line that is left out, and keeps what to say of the first.
static void remember_damage(pop3_capabilities *caps, const char *line, size_t line_len,
                            const char *flaw) {
  storage *s = caps->storage;
  if (caps->num_damaged++ > 0) return;
  char quote[P3_QUOTE_MAX];
  (void)snprintf(s->first_damage, sizeof(s->first_damage), "line %" PRIu32 " (\"%s\"): %s",
                 s->lines, p3_text_quote(quote, line, line_len), flaw);
}

static pop3_status out_of_memory(pop3_error *err) {
  return pop3_error_set(err, POP3_ERR_MEMORY, LAYER, 0, "no memory for the CAPA response");
}

static pop3_status past(pop3_error *err, const char *name, uint32_t most) {
  return pop3_error_set(err, POP3_ERR_LIMIT, LAYER, 0,
                        "the CAPA response is longer than limits.%s (%" PRIu32 ")", name, most);
}

void p3_capabilities_init(pop3_capabilities *caps, const pop3_allocator *allocator) {
  memset(caps, 0, sizeof(*caps));
  caps->size = (uint32_t)sizeof(*caps);
  caps->allocator = *allocator;
}

pop3_status p3_capabilities_add(pop3_capabilities *caps, const char *line, size_t line_len,
                                const pop3_limits *limits, pop3_quirks *quirks, pop3_error *err) {
  if (caps->storage == NULL) {
    caps->storage = p3_mem_zalloc(&caps->allocator, 1, sizeof(storage));
    if (caps->storage == NULL) {
      return out_of_memory(err);
    }
  }
  storage *s = caps->storage;
  if (s->lines >= limits->max_capa_lines) {
    return past(err, "max_capa_lines", limits->max_capa_lines);
  }
  s->lines++;
  s->octets += (uint64_t)line_len + 2;
  if (s->octets > limits->max_capa_octets) {
    return past(err, "max_capa_octets", limits->max_capa_octets);
  }

  int lenient = p3_quirk_allowed(quirks, POP3_QUIRK_CAPA_DAMAGE);
  const char *flaw = flaw_of(line, line_len);
  int damaged = flaw != NULL;
  fields written;
  int unreadable = is_binary(line, line_len);
  int dropped = unreadable || !split(line, line_len, &written);
  if (!dropped && (flaw == NULL || lenient)) {
    fields f = written;
    const known *k = find_known(&f, lenient ? &damaged : NULL);
    unreadable = k == NULL && is_garbled(&f);
    const char *value_flaw = k == NULL ? NULL : take(caps, k, &f, lenient);
    flaw = value_flaw == NULL ? flaw : value_flaw;
    damaged |= value_flaw != NULL;
  }
  if (damaged && !p3_quirk_use(quirks, POP3_QUIRK_CAPA_DAMAGE)) dropped = 1;
  // With the quirk, a line whose keyword nobody can read may still have been any.
  if (damaged && (!lenient || unreadable)) remember_damage(caps, line, line_len, flaw);
  return dropped || keep(s, &written, &caps->allocator) ? POP3_OK : out_of_memory(err);
}

pop3_status p3_capabilities_finish(pop3_capabilities *caps, pop3_error *err) {
  storage *s = caps->storage;
  if (s == NULL) {
    return POP3_OK;
  }
  if (caps->num_damaged > 0) {
    const uint32_t more = caps->num_damaged - 1;
    (void)snprintf(s->damage, sizeof(s->damage), "%s", s->first_damage);
    if (more > 0) {
      (void)snprintf(s->damage, sizeof(s->damage), "%s; and %" PRIu32 " more", s->first_damage,
                     more);
    }
    caps->damage = s->damage;
  }
  if (s->kept == 0) {
    return POP3_OK;
  }
  pop3_capability *lines = p3_mem_zalloc(&caps->allocator, s->kept, sizeof(*lines));
  if (lines == NULL) {
    return out_of_memory(err);
  }
  const char *at = s->text;
  for (size_t i = 0; i < s->kept; i++) {
    lines[i].keyword = at;
    at += strlen(at) + 1;
    lines[i].arguments = at;
    at += strlen(at) + 1;
  }
  p3_mem_free(&caps->allocator, (void *)caps->lines);
  caps->lines = lines;
  caps->num_lines = s->kept;
  caps->implementation = pop3_capabilities_find(caps, "IMPLEMENTATION");
  return POP3_OK;
}

void p3_capabilities_cleanup(pop3_capabilities *caps) {
  pop3_allocator allocator = caps->allocator;
  storage *s = caps->storage;
  p3_mem_free(&allocator, (void *)caps->lines);
  if (s != NULL) {
    p3_mem_free(&allocator, s->text);
    p3_mem_free(&allocator, s);
  }
  p3_capabilities_init(caps, &allocator);
}
