// The dynamic symbols of an ELF file, read without loading it.
#ifndef POP3_PLUGINS_LOADER_ELF_SYMBOLS_H_
#define POP3_PLUGINS_LOADER_ELF_SYMBOLS_H_

#include <pop3/status.h>

#include "plugins/loader/elf_read.h"

#ifdef __cplusplus
extern "C" {
#endif

// p3_elf_exports tells whether the function |name| is defined and visible to the dynamic linker,
// by the file's own hash table (DT_GNU_HASH, or DT_HASH). The headers of |elf| have been read and
// checked.
pop3_status p3_elf_exports(const p3_elf *elf, const char *name, int *out_found, pop3_error *err);

#ifdef __cplusplus
}
#endif

#endif  // POP3_PLUGINS_LOADER_ELF_SYMBOLS_H_
