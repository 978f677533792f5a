// Reading files that hold secrets: refused if other people could have read or written them.
#ifndef POP3_TOOLS_CLI_SECRET_FILE_H_
#define POP3_TOOLS_CLI_SECRET_FILE_H_

#include <pop3/allocator.h>
#include <pop3/status.h>

#ifdef __cplusplus
extern "C" {
#endif

// CLI_SECRET_FILE_MAX is how many octets such a file may have.
#define CLI_SECRET_FILE_MAX (1 << 20)

// cli_secret_file_read reads the regular file or pipe |path| ("-" is standard input) into |out|,
// which was initialised. |out_exposed| (may be NULL) gets a description of who else can get at it,
// "" for nobody, and judges for itself; with NULL an exposed file is refused with POP3_ERR_POLICY.
// A file that is not there is POP3_ERR_NOT_FOUND, one that cannot be read POP3_ERR_LOCAL_IO.
pop3_status cli_secret_file_read(pop3_secret *out, const char **out_exposed, const char *path,
                                 pop3_error *err);

// cli_secret_read_fd reads |fd| to its end, CLI_SECRET_FILE_MAX octets at the most, into |out|,
// which was initialised. |what| names it in errors.
pop3_status cli_secret_read_fd(pop3_secret *out, int fd, const char *what, pop3_error *err);

// cli_password_file reads a password from |path|: the whole file without one line end at its end.
// Several lines are refused with POP3_ERR_ARGUMENT.
pop3_status cli_password_file(pop3_secret *out, const char *path, pop3_error *err);

#ifdef __cplusplus
}
#endif

#endif  // POP3_TOOLS_CLI_SECRET_FILE_H_
