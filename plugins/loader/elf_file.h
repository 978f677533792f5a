// What an ELF file says about itself, read without loading it.
#ifndef POP3_PLUGINS_LOADER_ELF_FILE_H_
#define POP3_PLUGINS_LOADER_ELF_FILE_H_

#include <pop3/status.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// p3_elf_check says whether the file |fd|, which has |file_size| octets, is a whole shared object
// for this machine that exports the function |symbol|. Fails with POP3_ERR_ARGUMENT, saying what is
// wrong with |shown|, or POP3_ERR_LOCAL_IO.
pop3_status p3_elf_check(int fd, uint64_t file_size, const char *symbol, const char *shown,
                         pop3_error *err);

#ifdef __cplusplus
}
#endif

#endif  // POP3_PLUGINS_LOADER_ELF_FILE_H_
