// Temporary files beside mail: under names that nobody else has, and taken away when the process
// that wrote them was killed. Who writes one holds an flock on it: that tells whether he still
// lives, where a number of a process would not (numbers repeat, in containers each time).
#ifndef POP3_TOOLS_CLI_TEMP_FILE_H_
#define POP3_TOOLS_CLI_TEMP_FILE_H_

#ifdef __cplusplus
extern "C" {
#endif

// CLI_TEMP_NAME_MAX is the length of a name with its NUL.
#define CLI_TEMP_NAME_MAX 40

// cli_temp_file_create makes a new file in |dir|, with mode 0600, open for reading and writing and
// locked, and writes its name to |out_name|: |prefix| (8 octets at the most), 16 hexadecimal digits
// and ".tmp". Returns the descriptor, or -1 with errno.
int cli_temp_file_create(int dir, const char *prefix, char out_name[CLI_TEMP_NAME_MAX]);

// cli_temp_file_name writes another name of that form to |out_name|, which nobody has.
void cli_temp_file_name(const char *prefix, char out_name[CLI_TEMP_NAME_MAX]);

// cli_temp_file_rename gives the file |temp| in |temp_dir| the name |name| in |dir|. Returns 0 or
// an errno, EEXIST if there is such a file.
int cli_temp_file_rename(int temp_dir, const char *temp, int dir, const char *name);

// cli_temp_file_sweep removes from |dir| the files of that form that belong to this user and that
// nobody holds. What cannot be removed stays.
void cli_temp_file_sweep(int dir, const char *prefix);

#ifdef __cplusplus
}
#endif

#endif  // POP3_TOOLS_CLI_TEMP_FILE_H_
