// Opening a file that nobody but root and one user can have put where it is.
#ifndef POP3_PLUGINS_LOADER_TRUSTED_PATH_H_
#define POP3_PLUGINS_LOADER_TRUSTED_PATH_H_

#include <pop3/status.h>
#include <sys/stat.h>
#include <sys/types.h>

#ifdef __cplusplus
extern "C" {
#endif

// p3_trust_owner returns the user that is trusted beside root: the effective one, or root alone
// (0) in a program that runs with privileges its caller does not have (AT_SECURE): in a
// set-group-ID program the effective user is whoever started it.
uid_t p3_trust_owner(void);

// p3_path_check says whether |path| is absolute and has neither "." nor ".." in it. Fails with
// POP3_ERR_ARGUMENT.
pop3_status p3_path_check(const char *path, pop3_error *err);

// p3_trusted_dir walks from the root to the directory |path|, without following a link, and
// checks each directory's owner and permissions; loader.h has the rules. |*out_fd| (O_PATH) is the
// caller's. POP3_ERR_NOT_FOUND if a part of it is not there.
pop3_status p3_trusted_dir(const char *path, uid_t owner, int *out_fd, pop3_error *err);

// p3_trusted_file opens the regular file |name| in |dir_fd| for reading, without following a
// link, and checks owner and permissions. |shown| stands for it in errors. |*out_fd| is the
// caller's. POP3_ERR_NOT_FOUND if it is not there.
pop3_status p3_trusted_file(int dir_fd, const char *name, const char *shown, uid_t owner,
                            int *out_fd, struct stat *out_stat, pop3_error *err);

// p3_same_file says whether |name| in |dir_fd| still is the file of |then|, unchanged.
int p3_same_file(int dir_fd, const char *name, const struct stat *then);

#ifdef __cplusplus
}
#endif

#endif  // POP3_PLUGINS_LOADER_TRUSTED_PATH_H_
