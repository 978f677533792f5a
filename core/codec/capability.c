#include <pop3/capability.h>
#include <string.h>

#include "core/base/text.h"
#include "core/codec/codec.h"

int pop3_capabilities_has(const pop3_capabilities *caps, uint32_t flags) {
  return caps != NULL && (caps->flags & flags) == flags;
}

const char *pop3_capabilities_find(const pop3_capabilities *caps, const char *keyword) {
  size_t keyword_len = strlen(keyword);
  for (size_t i = 0; caps != NULL && i < caps->num_lines; i++) {
    if (p3_ascii_equal(keyword, keyword_len, caps->lines[i].keyword)) {
      return caps->lines[i].arguments;
    }
  }
  return NULL;
}

int pop3_capabilities_sasl(const pop3_capabilities *caps, size_t index, const char **out_name,
                           size_t *out_name_len) {
  for (size_t i = 0; caps != NULL && i < caps->num_lines; i++) {
    if (!p3_ascii_equal("SASL", 4, caps->lines[i].keyword)) {
      continue;
    }
    const char *name = caps->lines[i].arguments;
    for (;;) {
      name += strspn(name, " \t");
      size_t len = strcspn(name, " \t");
      if (len == 0) {
        break;
      }
      if (index == 0) {
        *out_name = name;
        *out_name_len = len;
        return 1;
      }
      index--;
      name += len;
    }
  }
  return 0;
}

int pop3_capabilities_has_sasl(const pop3_capabilities *caps, const char *mechanism) {
  const char *name = NULL;
  size_t name_len = 0;
  for (size_t i = 0; pop3_capabilities_sasl(caps, i, &name, &name_len); i++) {
    if (p3_ascii_equal(name, name_len, mechanism)) {
      return 1;
    }
  }
  return 0;
}
