// Standard output, whose failures must not go unnoticed.
#ifndef POP3_TOOLS_CLI_OUTPUT_H_
#define POP3_TOOLS_CLI_OUTPUT_H_

#include <pop3/status.h>

#ifdef __cplusplus
extern "C" {
#endif

// cli_output_failed says whether a write to stdout has failed. Called right after a write, it keeps
// the errno in |*sys_errno|, which starts as 0.
int cli_output_failed(int *sys_errno);

// cli_output_finish writes what stdout has buffered. Fails with POP3_ERR_LOCAL_IO if that, or a
// write before it, failed. |sys_errno| is what cli_output_failed kept, or 0.
pop3_status cli_output_finish(int sys_errno, pop3_error *err);

#ifdef __cplusplus
}
#endif

#endif  // POP3_TOOLS_CLI_OUTPUT_H_
