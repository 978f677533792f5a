// A sink that hands the body of a response to a place (deliver.h).
#ifndef POP3_TOOLS_CLI_PLACE_SINK_H_
#define POP3_TOOLS_CLI_PLACE_SINK_H_

#include <pop3/request.h>

#include "tools/cli/deliver.h"

#ifdef __cplusplus
extern "C" {
#endif

// cli_place_sink is one message on its way to |place|.
typedef struct cli_place_sink {
  cli_deliver *place;
  pop3_error failure;  // of the place, if any
} cli_place_sink;

// cli_place_sink_begin begins message |number| in |place| and fills |self| and |*out|, which points
// to it.
pop3_status cli_place_sink_begin(cli_place_sink *self, pop3_sink *out, cli_deliver *place,
                                 uint32_t number, pop3_error *err);

// cli_place_sink_end ends and flushes the message if |status|, with which the command ended, is
// POP3_OK, else drops it. Returns |status| or what the place says, which is in |err| then.
pop3_status cli_place_sink_end(cli_place_sink *self, pop3_status status, pop3_error *err);

#ifdef __cplusplus
}
#endif

#endif  // POP3_TOOLS_CLI_PLACE_SINK_H_
