#include <pop3/url.h>
#include <stdio.h>
#include <string.h>

#include "core/base/text.h"
#include "core/codec/codec.h"

// A writer counts everything and keeps what fits.
typedef struct writer {
  char *out;
  size_t cap;
  size_t len;
} writer;

static void put(writer *w, char c) {
  if (w->cap > 0 && w->len < w->cap - 1) {
    w->out[w->len] = c;
  }
  w->len++;
}

static void put_text(writer *w, const char *text) {
  while (*text != '\0') {
    put(w, *text++);
  }
}

// put_encoded percent-encodes all but the unreserved characters of RFC 3986 and those of |also|.
static void put_encoded(writer *w, const char *text, const char *also) {
  static const char kHex[] = "0123456789ABCDEF";
  for (; *text != '\0'; text++) {
    unsigned char c = (unsigned char)*text;
    int is_alnum = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
    if (is_alnum || strchr("-._~", *text) != NULL || strchr(also, *text) != NULL) {
      put(w, *text);
    } else {
      put(w, '%');
      put(w, kHex[c >> 4U]);
      put(w, kHex[c & 0x0FU]);
    }
  }
}

static void put_user(writer *w, const pop3_url *url) {
  // RFC 2384: a "+" stands before what is not a SASL mechanism.
  static const char *const kOwn[] = {"APOP", "RPOP", "USER"};
  if (url->user == NULL) {
    return;
  }
  put_encoded(w, url->user, "");
  if (url->auth != NULL) {
    put_text(w, ";AUTH=");
    for (size_t i = 0; i < sizeof(kOwn) / sizeof(kOwn[0]); i++) {
      if (p3_ascii_equal(url->auth, strlen(url->auth), kOwn[i])) {
        put(w, '+');
      }
    }
    put_encoded(w, url->auth, "");
  }
  put(w, '@');
}

static void put_host(writer *w, const pop3_url *url) {
  const char *host = url->host == NULL ? "" : url->host;
  unsigned port = url->scheme == POP3_URL_POP3S ? 995 : 110;
  if (strchr(host, ':') != NULL) {
    put(w, '[');
    put_encoded(w, host, ":");
    put(w, ']');
  } else {
    put_encoded(w, host, "");
  }
  if (url->port != port) {
    char number[16];
    (void)snprintf(number, sizeof(number), ":%u", (unsigned)url->port);
    put_text(w, number);
  }
}

size_t pop3_url_format(char *out, size_t out_cap, const pop3_url *url) {
  writer w = {out, out_cap, 0};
  if (url->scheme == POP3_URL_UNIX) {
    const char *path = url->path == NULL ? "" : url->path;
    int is_abstract = path[0] == '@';
    put_text(&w, "pop3+unix://");
    put_user(&w, url);
    put_text(&w, is_abstract ? "/%00" : "");
    put_encoded(&w, path + is_abstract, "/");
  } else {
    put_text(&w, url->scheme == POP3_URL_POP3S ? "pop3s://" : "pop3://");
    put_user(&w, url);
    put_host(&w, url);
  }
  if (out_cap > 0) {
    out[w.len < out_cap ? w.len : out_cap - 1] = '\0';
  }
  return w.len;
}
