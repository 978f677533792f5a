#include "auth/sasl_mechanism.h"

#include <string.h>

#define SECRET (P3_SASL_USER | P3_SASL_PASSWORD)
#define SCRAM (SECRET | P3_SASL_AUTHZID | P3_SASL_MAY_BIND)
#define SCRAM_PLUS (SECRET | P3_SASL_AUTHZID | P3_SASL_BINDS)
#define KERBEROS (P3_SASL_BY_NAME | P3_SASL_AUTHZID)

static const p3_sasl_mechanism kKnown[] = {
    {"LOGIN", 105, SECRET | P3_SASL_READABLE},
    {"PLAIN", 110, SECRET | P3_SASL_AUTHZID | P3_SASL_READABLE},
    {"CRAM-MD5", 200, SECRET},
    {"DIGEST-MD5", 210, SECRET | P3_SASL_AUTHZID | P3_SASL_REALM | P3_SASL_SERVER_FIRST},
    {"SCRAM-SHA-1", 300, SCRAM},
    {"SCRAM-SHA-224", 305, SCRAM},
    {"SCRAM-SHA-256", 310, SCRAM},
    {"SCRAM-SHA-384", 315, SCRAM},
    {"SCRAM-SHA-512", 320, SCRAM},
    {"SCRAM-SHA-1-PLUS", 400, SCRAM_PLUS},
    {"SCRAM-SHA-224-PLUS", 405, SCRAM_PLUS},
    {"SCRAM-SHA-256-PLUS", 410, SCRAM_PLUS},
    {"SCRAM-SHA-384-PLUS", 415, SCRAM_PLUS},
    {"SCRAM-SHA-512-PLUS", 420, SCRAM_PLUS},
    {"EXTERNAL", 380, P3_SASL_AUTHZID | P3_SASL_CERTIFICATE},
    {"GSSAPI", 350, KERBEROS},
    {"GSS-SPNEGO", 350, KERBEROS},
    {"GS2-KRB5", 350, KERBEROS},
    {"ANONYMOUS", 10, P3_SASL_BY_NAME | P3_SASL_ANONYMOUS},
};

// NTLM and the like.
static const p3_sasl_mechanism kUnknown = {"", 150, SECRET | P3_SASL_BY_NAME};

static char upper(char c) { return c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c; }

static int same(const char *a, const char *b) {
  while (*a && upper(*a) == upper(*b)) {
    a++;
    b++;
  }
  return upper(*a) == upper(*b);
}

const p3_sasl_mechanism *p3_sasl_mechanism_find(const char *name) {
  for (size_t i = 0; i < sizeof(kKnown) / sizeof(kKnown[0]); i++) {
    if (same(kKnown[i].name, name)) return &kKnown[i];
  }
  return &kUnknown;
}

static int is_name_char(char c) {
  c = upper(c);
  return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
}

int p3_sasl_name(const char **list, char out[P3_SASL_NAME_MAX + 1]) {
  const char *at = *list;
  for (;;) {
    while (*at == ' ') at++;
    if (!*at) break;
    size_t len = 0;
    int good = 1;
    for (; *at && *at != ' '; at++) {
      if (len < P3_SASL_NAME_MAX && is_name_char(*at)) {
        out[len++] = upper(*at);
      } else {
        good = 0;
      }
    }
    if (!good) continue;
    out[len] = '\0';
    *list = at;
    return 1;
  }
  *list = at;
  out[0] = '\0';
  return 0;
}

int p3_sasl_listed(const char *list, const char *name) {
  char word[P3_SASL_NAME_MAX + 1];
  while (list != NULL && p3_sasl_name(&list, word)) {
    if (strcmp(word, name) == 0) return 1;
  }
  return 0;
}
