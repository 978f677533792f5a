// Making directories that survive a power cut.
#ifndef POP3_TOOLS_CLI_MAKE_DIR_H_
#define POP3_TOOLS_CLI_MAKE_DIR_H_

#ifdef __cplusplus
extern "C" {
#endif

// cli_make_dir makes the directory |path|, which is relative to |dir|, with mode 0700 if it is
// missing, makes durable that it is there, and opens it. Returns the descriptor or -1, with errno.
int cli_make_dir(int dir, const char *path);

// cli_open_parent opens the directory that |path| (relative to |dir|) is in. Returns the descriptor
// or -1, with errno.
int cli_open_parent(int dir, const char *path);

// cli_sync_parent makes durable which files there are in the directory that |path| (relative to
// |dir|) is in. Returns 0 or an errno.
int cli_sync_parent(int dir, const char *path);

#ifdef __cplusplus
}
#endif

#endif  // POP3_TOOLS_CLI_MAKE_DIR_H_
