#include <pop3/url.h>
#include <string.h>

#include "core/base/error.h"
#include "core/base/memory.h"
#include "core/base/text.h"
#include "core/codec/codec.h"
#include "core/codec/url_host.h"

#define LAYER "url"

// Error texts name a position and a reason but quote nothing behind the scheme: wherever a URL goes
// wrong, what stands there may be a part of the password.

// A parser works on |text|; ranges are given as offsets into it, so that errors can tell them.
typedef struct parser {
  const char *text;
  size_t len;
  pop3_url *out;
  pop3_error *err;
} parser;

// octet_class tells whether a decoded octet is fine at a place.
typedef int (*octet_class)(unsigned char c);

static int is_text(unsigned char c) { return c >= 0x20 && c != 0x7F; }
static int is_password(unsigned char c) { return c != '\r' && c != '\n' && c != '\0'; }
static int is_alnum(unsigned char c) {
  return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}
static int is_mechanism(unsigned char c) { return is_alnum(c) || c == '-' || c == '_'; }
static int is_unreserved(unsigned char c) { return is_mechanism(c) || c == '.' || c == '~'; }

static pop3_status fail(const parser *p, size_t at, const char *why) {
  return pop3_error_set(p->err, POP3_ERR_URL, LAYER, 0, "malformed URL at octet %zu: %s", at, why);
}

static pop3_status no_memory(const parser *p) {
  return pop3_error_set(p->err, POP3_ERR_MEMORY, LAYER, 0, "no memory for a URL");
}

// find returns the first place in [from, to) that holds |c|, or |to|.
static size_t find(const parser *p, size_t from, size_t to, char c) {
  const char *found = from < to ? memchr(p->text + from, c, to - from) : NULL;
  return found == NULL ? to : (size_t)(found - p->text);
}

static int hex_value(char c) {
  return c >= '0' && c <= '9'   ? c - '0'
         : c >= 'A' && c <= 'F' ? c - 'A' + 10
         : c >= 'a' && c <= 'f' ? c - 'a' + 10
                                : -1;
}

// decode undoes percent-encoding from [from, to) to |dst|, which has room for as many octets.
static pop3_status decode(const parser *p, size_t from, size_t to, octet_class allowed,
                          const char *why, uint8_t *dst, size_t *dst_len) {
  size_t len = 0;
  for (size_t i = from; i < to;) {
    unsigned char c = (unsigned char)p->text[i];
    size_t step = 1;
    if (c == '%') {
      int high = i + 1 < to ? hex_value(p->text[i + 1]) : -1;
      int low = i + 2 < to ? hex_value(p->text[i + 2]) : -1;
      if (high < 0 || low < 0) {
        return fail(p, i, "\"%\" without two hexadecimal digits behind it");
      }
      c = (unsigned char)(high * 16 + low);
      step = 3;
    }
    if (!allowed(c)) {
      return fail(p, i, why);
    }
    dst[len++] = c;
    i += step;
  }
  *dst_len = len;
  return POP3_OK;
}

// decode_string decodes into a string of its own, behind |prefix|. Everything is handled as if it
// were secret: where a ":" is missing, the password is a part of the user name.
static pop3_status decode_string(const parser *p, size_t from, size_t to, octet_class allowed,
                                 const char *why, const char *prefix, char **out) {
  size_t prefix_len = strlen(prefix);
  size_t cap = prefix_len + (to - from) + 1;
  size_t len = 0;
  char *string = p3_mem_alloc(&p->out->password.allocator, cap);
  if (string == NULL) {
    return no_memory(p);
  }
  memcpy(string, prefix, prefix_len);
  pop3_status status = decode(p, from, to, allowed, why, (uint8_t *)string + prefix_len, &len);
  if (status != POP3_OK) {
    pop3_wipe(string, cap);
    p3_mem_free(&p->out->password.allocator, string);
    return status;
  }
  string[prefix_len + len] = '\0';
  *out = string;
  return POP3_OK;
}

static pop3_status parse_password(const parser *p, size_t from, size_t to) {
  static const char kAuth[] = ";AUTH=";
  pop3_secret *password = &p->out->password;
  size_t len = 0;
  for (size_t i = from; i + sizeof(kAuth) - 1 <= to; i++) {
    if (p3_ascii_equal(p->text + i, sizeof(kAuth) - 1, kAuth)) {
      return fail(p, i, ";AUTH= stands before the password (a \";\" in a password is written %3B)");
    }
  }
  // The copy has room for the decoded octets; what they leave over is wiped.
  if (!pop3_secret_set(password, p->text + from, to - from)) {
    return no_memory(p);
  }
  pop3_status status =
      decode(p, from, to, is_password, "a line end or NUL in the password", password->data, &len);
  if (status == POP3_OK) {
    pop3_wipe(password->data + len, password->len - len);
    password->len = len;
  }
  return status;
}

// parse_auth reads what stands behind ";AUTH=": "*", "+APOP" or a SASL mechanism.
static pop3_status parse_auth(const parser *p, size_t from, size_t to) {
  static const char kWhy[] = "an authentication type has 1 to 20 letters, digits, \"-\" and \"_\"";
  if (to - from == 1 && p->text[from] == '*') {
    return POP3_OK;
  }
  if (from < to && p->text[from] == '+') {
    from++;
  }
  pop3_status status = decode_string(p, from, to, is_mechanism, kWhy, "", &p->out->auth);
  if (status != POP3_OK) {
    return status;
  }
  size_t len = strlen(p->out->auth);
  if (len == 0 || len > 20) {
    return fail(p, from, kWhy);
  }
  for (char *c = p->out->auth; *c != '\0'; c++) {
    if (*c >= 'a' && *c <= 'z') {
      *c = (char)(*c - 'a' + 'A');
    }
  }
  return POP3_OK;
}

// parse_user reads user [";AUTH=" type] [":" password].
static pop3_status parse_user(const parser *p, size_t from, size_t to) {
  static const char kAuth[] = ";AUTH=";
  size_t colon = find(p, from, to, ':');
  size_t semicolon = find(p, from, colon, ';');
  if (semicolon == from) {
    return fail(p, from, "the user name is empty");
  }
  pop3_status status = decode_string(p, from, semicolon, is_text,
                                     "a control character in the user name", "", &p->out->user);
  if (status == POP3_OK && semicolon < colon) {
    size_t value = semicolon + sizeof(kAuth) - 1;
    if (value > colon || !p3_ascii_equal(p->text + semicolon, sizeof(kAuth) - 1, kAuth)) {
      return fail(p, semicolon,
                  "only ;AUTH= may follow the user name (a \";\" in it is written %3B)");
    }
    size_t second = find(p, value, colon, ';');
    if (second < colon) {
      return fail(p, second, "more than one parameter");
    }
    status = parse_auth(p, value, colon);
  }
  return status == POP3_OK && colon < to ? parse_password(p, colon + 1, to) : status;
}

// parse_userinfo reads the part of the authority before "@", if there is one, and sets |*out_host|
// to where the host starts.
static pop3_status parse_userinfo(const parser *p, size_t from, size_t to, size_t *out_host) {
  size_t at = find(p, from, to, '@');
  *out_host = from;
  if (at == to) {
    return POP3_OK;
  }
  if (find(p, at + 1, to, '@') < to) {
    return fail(p, at, "more than one \"@\" (one in user name or password is written %40)");
  }
  *out_host = at + 1;
  return parse_user(p, from, at);
}

// parse_address reads an IPv6 address, the inside of the brackets: address ["%25" zone] (RFC 6874).
static pop3_status parse_address(const parser *p, size_t from, size_t to) {
  char prefix[64];
  size_t percent = find(p, from, to, '%');
  size_t len = percent - from;
  // No address is longer than 45 octets.
  if (len > sizeof(prefix) - 2 || !p3_ipv6_valid(p->text + from, len)) {
    return fail(p, from, "not an IPv6 address between the brackets");
  }
  memcpy(prefix, p->text + from, len);
  prefix[len] = percent < to ? '%' : '\0';
  prefix[len + 1] = '\0';
  if (percent == to) {
    return decode_string(p, to, to, is_text, "", prefix, &p->out->host);
  }
  if (to - percent < 4 || memcmp(p->text + percent, "%25", 3) != 0) {
    return fail(p, percent, "the zone of an address is written %25zone");
  }
  return decode_string(p, percent + 3, to, is_unreserved, "a character that no zone has", prefix,
                       &p->out->host);
}

static pop3_status parse_port(const parser *p, size_t from, size_t to) {
  uint64_t port = 0;
  if (from == to) {
    return POP3_OK;  // RFC 3986 section 3.2.3: the default
  }
  if (p3_decimal_parse(p->text + from, to - from, 65535, &port) != to - from || port == 0) {
    return fail(p, from, "the port is not a number from 1 to 65535");
  }
  p->out->port = (uint16_t)port;
  return POP3_OK;
}

static pop3_status parse_hostport(const parser *p, size_t from, size_t to) {
  size_t colon = 0;
  pop3_status status = POP3_OK;
  if (from < to && p->text[from] == '[') {
    size_t bracket = find(p, from, to, ']');
    if (bracket == to) {
      return fail(p, from, "\"[\" without \"]\"");
    }
    colon = bracket + 1;
    if (colon < to && p->text[colon] != ':') {
      return fail(p, colon, "only a port may follow \"]\"");
    }
    status = parse_address(p, from + 1, bracket);
  } else {
    colon = find(p, from, to, ':');
    if (colon < to && find(p, colon + 1, to, ':') < to) {
      return fail(p, colon, "more than one \":\" (an IPv6 address is written in brackets)");
    }
    if (colon == from) {
      return fail(p, from, "there is no host");
    }
    status = decode_string(p, from, colon, is_text, "a control character in the host name", "",
                           &p->out->host);
    if (status == POP3_OK && !p3_host_name_valid(p->out->host, strlen(p->out->host))) {
      return fail(p, from, "not a host name (international ones are written in their xn-- form)");
    }
  }
  return status == POP3_OK && colon < to ? parse_port(p, colon + 1, to) : status;
}

// parse_tcp reads [user "@"] host [":" port] ["/"].
static pop3_status parse_tcp(const parser *p, size_t from) {
  size_t end = from;
  size_t host = from;
  while (end < p->len && strchr("/?#", p->text[end]) == NULL) {
    end++;
  }
  if (end < p->len && !(p->text[end] == '/' && end + 1 == p->len)) {
    switch (p->text[end]) {
      case '/':
        return fail(p, end,
                    "a POP URL has no path (a \"/\" in user name or password is written %2F)");
      case '?':
        return fail(p, end,
                    "a POP URL has no query (a \"?\" in user name or password is written %3F)");
      default:
        return fail(p, end,
                    "a POP URL has no fragment (a \"#\" in user name or password is written %23)");
    }
  }
  pop3_status status = parse_userinfo(p, from, end, &host);
  return status == POP3_OK ? parse_hostport(p, host, end) : status;
}

// parse_unix reads [user "@"] "/" path, where a path that starts with %00 is an abstract name.
static pop3_status parse_unix(const parser *p, size_t from) {
  size_t slash = find(p, from, p->len, '/');
  size_t host = from;
  size_t odd = slash;
  pop3_status status = parse_userinfo(p, from, slash, &host);
  if (status != POP3_OK) {
    return status;
  }
  if (host < slash) {
    return fail(p, host, "a Unix socket has no host: its path starts with another \"/\"");
  }
  if (p->len - slash < 2) {
    return fail(p, slash, "there is no path of a socket");
  }
  while (odd < p->len && p->text[odd] != '?' && p->text[odd] != '#') {
    odd++;
  }
  if (odd < p->len) {
    return fail(p, odd, "\"?\" and \"#\" in a path are written %3F and %23");
  }
  static const char kWhy[] = "a control character or NUL in the path";
  if (p->len - slash >= 4 && memcmp(p->text + slash, "/%00", 4) == 0) {
    if (p->len - slash == 4) {
      return fail(p, slash, "there is no name behind %00");
    }
    return decode_string(p, slash + 4, p->len, is_text, kWhy, "@", &p->out->path);
  }
  return decode_string(p, slash, p->len, is_text, kWhy, "", &p->out->path);
}

// check_raw refuses what may not stand in any URL unless it is percent-encoded.
static pop3_status check_raw(const parser *p) {
  for (size_t i = 0; i < p->len; i++) {
    unsigned char c = (unsigned char)p->text[i];
    if (c == ' ') {
      return fail(p, i, "a space (it is written %20)");
    }
    if (c < 0x20 || c == 0x7F) {
      return fail(p, i, "a control character");
    }
    if (c >= 0x80) {
      return fail(p, i, "an octet above 0x7F that is not percent-encoded");
    }
  }
  return POP3_OK;
}

typedef struct scheme {
  const char *name;
  pop3_url_scheme scheme;
  uint16_t port;
} scheme;

static const scheme kSchemes[] = {
    {"pop3", POP3_URL_POP3, 110},  {"pop", POP3_URL_POP3, 110},     {"pop3s", POP3_URL_POP3S, 995},
    {"pops", POP3_URL_POP3S, 995}, {"pop3+unix", POP3_URL_UNIX, 0},
};

static pop3_status parse_all(const parser *p) {
  size_t len = 0;
  pop3_status status = check_raw(p);
  if (status != POP3_OK) {
    return status;
  }
  while (len < p->len &&
         (is_alnum((unsigned char)p->text[len]) || strchr("+-.", p->text[len]) != NULL)) {
    len++;
  }
  if (len == 0 || p->len - len < 3 || memcmp(p->text + len, "://", 3) != 0) {
    return fail(p, len, "a URL starts with pop3://, pop3s:// or pop3+unix://");
  }
  for (size_t i = 0; i < sizeof(kSchemes) / sizeof(kSchemes[0]); i++) {
    if (p3_ascii_equal(p->text, len, kSchemes[i].name)) {
      p->out->scheme = kSchemes[i].scheme;
      p->out->port = kSchemes[i].port;
      return kSchemes[i].scheme == POP3_URL_UNIX ? parse_unix(p, len + 3) : parse_tcp(p, len + 3);
    }
  }
  return pop3_error_set(p->err, POP3_ERR_URL, LAYER, 0,
                        "malformed URL at octet 0: unknown scheme \"%.*s\" (known: pop, pop3, "
                        "pops, pop3s, pop3+unix)",
                        len < 32 ? (int)len : 32, p->text);
}

pop3_status pop3_url_parse(pop3_url *out, const char *text, size_t text_len,
                           const pop3_allocator *allocator, pop3_error *err) {
  p3_error_reset(err);
  parser p = {text, text_len, out, err};
  memset(out, 0, sizeof(*out));
  pop3_secret_init(&out->password, allocator);
  pop3_status status = parse_all(&p);
  if (status != POP3_OK) {
    pop3_url_cleanup(out);
  }
  return status;
}

static void release(const pop3_allocator *allocator, char *string) {
  if (string != NULL) {
    pop3_wipe(string, strlen(string));
    p3_mem_free(allocator, string);
  }
}

void pop3_url_cleanup(pop3_url *url) {
  pop3_allocator allocator = url->password.allocator;
  release(&allocator, url->host);
  release(&allocator, url->path);
  release(&allocator, url->user);
  release(&allocator, url->auth);
  pop3_secret_cleanup(&url->password);
  memset(url, 0, sizeof(*url));
  url->password.allocator = allocator;
}
