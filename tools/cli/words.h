// The library's words for settings, turned into this program's: "idle_ms" is --timeout here.
#ifndef POP3_TOOLS_CLI_WORDS_H_
#define POP3_TOOLS_CLI_WORDS_H_

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

// cli_words_translate writes |text|, a library's error text, to |out| with the names of settings
// replaced by those of options. What does not fit is cut.
void cli_words_translate(char *out, size_t out_cap, const char *text);

#ifdef __cplusplus
}
#endif

#endif  // POP3_TOOLS_CLI_WORDS_H_
