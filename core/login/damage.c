#include "core/login/damage.h"

#include <stdio.h>
#include <string.h>

int p3_damage_is_there(const pop3_capabilities *caps) {
  return caps != NULL && caps->num_damaged > 0;
}

const char *p3_damage_describe(const pop3_capabilities *caps, int is_lenient,
                               char out[P3_DAMAGE_MAX]) {
  out[0] = 0;
  if (!p3_damage_is_there(caps)) return out;
  (void)snprintf(out, P3_DAMAGE_MAX, "%s (%s)", caps->damage,
                 is_lenient ? "quirk capa-damage does not help" : "quirk capa-damage reads it");
  return out;
}

int p3_damage_hides_mechanisms(const pop3_capabilities *caps, const char *asked) {
  // Who names one mechanism does not choose from the list.
  return p3_damage_is_there(caps) && (asked == NULL || strchr(asked, ',') != NULL);
}
