// Numbers as people read them.
#ifndef POP3_TOOLS_CLI_TEXT_FORMAT_H_
#define POP3_TOOLS_CLI_TEXT_FORMAT_H_

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// CLI_TEXT_MAX is enough room for anything that is written here, with its NUL.
#define CLI_TEXT_MAX 32

// cli_format_octets writes "999 B", "1.5 kB", "23.4 MB", ... (powers of 1000) to |out|.
void cli_format_octets(char out[CLI_TEXT_MAX], uint64_t octets);

// cli_format_duration writes "0.4 s", "9.1 s", "1:05", "2:00:00" to |out|.
void cli_format_duration(char out[CLI_TEXT_MAX], int64_t ms);

#ifdef __cplusplus
}
#endif

#endif  // POP3_TOOLS_CLI_TEXT_FORMAT_H_
