#include "tools/cli/scrub.h"

#include <pop3/allocator.h>
#include <string.h>

void cli_scrub_url(char *url) {
  char *authority = strstr(url, "://");
  if (authority == NULL) return;
  authority += 3;
  // The last '@' counts, although a password should have it encoded: better to lose a piece of a
  // path in `ps` than to leave a piece of a password.
  char *at = strrchr(authority, '@');
  char *colon = strchr(authority, ':');
  if (at == NULL || colon == NULL || colon > at) return;
  size_t rest = strlen(at);
  size_t hidden = (size_t)(at - colon);
  memmove(colon, at, rest);
  pop3_wipe(colon + rest, hidden);
}

void cli_scrub_argv(int argc, char **argv) {
  for (int i = 1; i < argc; ++i) cli_scrub_url(argv[i]);
}
