// Sets of message numbers as people write them: "1-5,7,12-".
#ifndef POP3_TOOLS_CLI_NUMBER_SET_H_
#define POP3_TOOLS_CLI_NUMBER_SET_H_

#include <pop3/status.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// cli_number_range is a run of numbers, both ends included.
typedef struct cli_number_range {
  uint32_t first;
  uint32_t last;  // UINT32_MAX for an open end
} cli_number_range;

// cli_number_set is a set of runs, sorted, none touching the next.
typedef struct cli_number_set {
  cli_number_range *ranges;
  size_t num_ranges;
} cli_number_set;

// cli_number_set_add parses |text| and adds what it says to |set|, which starts as all zeros.
// Numbers are 1 .. 2^32-1; "5-" is open-ended. Fails with POP3_ERR_ARGUMENT or POP3_ERR_MEMORY; the
// set is unchanged then.
pop3_status cli_number_set_add(cli_number_set *set, const char *text, pop3_error *err);

// cli_number_set_has says whether |number| is in |set|.
int cli_number_set_has(const cli_number_set *set, uint32_t number);

// cli_number_set_count returns how many numbers are in |set|.
uint64_t cli_number_set_count(const cli_number_set *set);

// cli_number_set_cleanup frees what |set| owns; it is empty then.
void cli_number_set_cleanup(cli_number_set *set);

#ifdef __cplusplus
}
#endif

#endif  // POP3_TOOLS_CLI_NUMBER_SET_H_
