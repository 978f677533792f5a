// Reading files that hold secrets: refused if other people could have read or written them.
#ifndef POP3_TOOLS_CLI_SECRET_FILE_H_
#define POP3_TOOLS_CLI_SECRET_FILE_H_

#include <pop3/allocator.h>
#include <pop3/status.h>

#include "tools/cli/patience.h"

#ifdef __cplusplus
extern "C" {
#endif

// cli_secret_file_read reads the regular file or pipe |path| ("-" is standard input) into |out|,
// which was initialised. Such a file has CLI_SECRET_MAX octets at the most, and ends before
// |patience| does, if it is a pipe (POP3_ERR_TIMEOUT, POP3_ERR_CANCELLED). |out_exposed| (may be
// NULL) gets a description of who else can get at it,
// "" for nobody, and judges for itself; with NULL an exposed file is refused with POP3_ERR_POLICY.
// A file that is not there is POP3_ERR_NOT_FOUND, one that cannot be read POP3_ERR_LOCAL_IO.
pop3_status cli_secret_file_read(pop3_secret *out, const char **out_exposed, const char *path,
                                 const cli_patience *patience, pop3_error *err);

// cli_password_file reads a password from |path|: the whole file without one line end at its end.
// Several lines are refused with POP3_ERR_ARGUMENT.
pop3_status cli_password_file(pop3_secret *out, const char *path, const cli_patience *patience,
                              pop3_error *err);

#ifdef __cplusplus
}
#endif

#endif  // POP3_TOOLS_CLI_SECRET_FILE_H_
