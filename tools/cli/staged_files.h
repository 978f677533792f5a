// Files that appear complete or not at all: written under a temporary name, made durable, and only
// then given their own. Shared by the Maildir and the directory of .eml files.
#ifndef POP3_TOOLS_CLI_STAGED_FILES_H_
#define POP3_TOOLS_CLI_STAGED_FILES_H_

#include <pop3/status.h>
#include <stddef.h>
#include <stdint.h>

#include "tools/cli/fd_writer.h"
#include "tools/cli/temp_file.h"

#ifdef __cplusplus
extern "C" {
#endif

// CLI_STAGED_MAX is how many finished files may wait to be published: enough that one pass to the
// disk serves many small messages.
#define CLI_STAGED_MAX 64

// CLI_STAGED_NAME_MAX is the length of a name with its NUL.
#define CLI_STAGED_NAME_MAX 256

// cli_staged_clash says what to do if there is a file of the final name.
typedef enum cli_staged_clash {
  CLI_STAGED_KEEP_BOTH = 0,  // take the first free name: STEM~2SUFFIX, STEM~3SUFFIX, ...
  CLI_STAGED_SAME_WILL_DO,   // likewise, unless one of those files holds the same octets, is this
                             // user's, and nobody else may write to it
  CLI_STAGED_REPLACE         // replace it
} cli_staged_clash;

// cli_staged_file is one file on its way.
typedef struct cli_staged_file {
  int fd;  // -1 for none
  cli_staged_clash clash;
  char temp[CLI_TEMP_NAME_MAX];
  char stem[CLI_STAGED_NAME_MAX];  // the final name is this and |suffix|
  char suffix[CLI_STAGED_NAME_MAX];
} cli_staged_file;

// cli_staged_files is the files of one place. Both directories may be the same.
typedef struct cli_staged_files {
  const char *layer;   // of errors: "maildir", "dir"
  const char *path;    // of the place, for errors; the owner's
  const char *prefix;  // of temporary names, see temp_file.h
  int temp_dir;        // the owner's
  int final_dir;       // the owner's
  size_t num_waiting;
  cli_staged_file current;
  cli_staged_file waiting[CLI_STAGED_MAX];
  cli_fd_writer writer;
} cli_staged_files;

// cli_staged_files_init fills |files|, which holds nothing then.
void cli_staged_files_init(cli_staged_files *files, const char *layer, const char *path,
                           const char *prefix, int temp_dir, int final_dir);

// cli_staged_files_begin creates a file which will become STEMSUFFIX, or what |clash| says.
pop3_status cli_staged_files_begin(cli_staged_files *files, const char *stem, const char *suffix,
                                   cli_staged_clash clash, pop3_error *err);

// cli_staged_files_write appends to it.
pop3_status cli_staged_files_write(cli_staged_files *files, const uint8_t *data, size_t data_len,
                                   pop3_error *err);

// cli_staged_files_end says that it is complete. When CLI_STAGED_MAX files wait they must be
// published before the next begin.
pop3_status cli_staged_files_end(cli_staged_files *files, pop3_error *err);

// cli_staged_files_abort removes the file that was begun, if any.
void cli_staged_files_abort(cli_staged_files *files);

// cli_staged_files_publish makes all files that wait durable and gives them their names, in their
// order, adding to |*out_published| for each. After a failure those that were not published are
// removed.
pop3_status cli_staged_files_publish(cli_staged_files *files, uint64_t *out_published,
                                     pop3_error *err);

// cli_staged_files_cleanup removes everything that was not published.
void cli_staged_files_cleanup(cli_staged_files *files);

#ifdef __cplusplus
}
#endif

#endif  // POP3_TOOLS_CLI_STAGED_FILES_H_
