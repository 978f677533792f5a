// The values of options: numbers with units.
#ifndef POP3_TOOLS_CLI_OPTION_VALUE_H_
#define POP3_TOOLS_CLI_OPTION_VALUE_H_

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// These return 1, or 0 if |text| is not such a value.

// cli_value_number reads a decimal number of 0 .. 2^32-1.
int cli_value_number(uint32_t *out, const char *text);

// cli_value_size reads octets: "1048576", "500k", "25M", "1.5G" (powers of 1000).
int cli_value_size(uint64_t *out, const char *text);

// cli_value_seconds reads a time above zero, "30" or "0.25", as milliseconds.
int cli_value_seconds(int64_t *out_ms, const char *text);

#ifdef __cplusplus
}
#endif

#endif  // POP3_TOOLS_CLI_OPTION_VALUE_H_
