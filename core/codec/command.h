// What the core itself has to know about command lines.
#ifndef POP3_CORE_CODEC_COMMAND_H_
#define POP3_CORE_CODEC_COMMAND_H_

#include <pop3/request.h>

#ifdef __cplusplus
extern "C" {
#endif

// pop3_command_of_line returns which command a raw |line| is, by its first word in any case, or
// POP3_CMD_RAW for one that libpop3 does not know: so that a raw PASS is hidden, guarded and sent
// alone like any other.
pop3_command pop3_command_of_line(const char *line, size_t line_len);

#ifdef __cplusplus
}
#endif

#endif  // POP3_CORE_CODEC_COMMAND_H_
