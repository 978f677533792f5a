#include <pop3/version.h>

const char *pop3_version(void) { return POP3_VERSION; }
