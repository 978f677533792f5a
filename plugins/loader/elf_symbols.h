// The dynamic symbols of an ELF file, read without loading it.
#ifndef POP3_PLUGINS_LOADER_ELF_SYMBOLS_H_
#define POP3_PLUGINS_LOADER_ELF_SYMBOLS_H_

#include <link.h>
#include <pop3/status.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// POP3_ELF_SEGMENTS is how many program headers a file may have.
#define POP3_ELF_SEGMENTS 64

// pop3_elf is an ELF file whose headers have been read and checked. Whoever includes this defines
// _GNU_SOURCE, for ElfW.
typedef struct pop3_elf {
  int fd;
  uint64_t size;
  const char *shown;
  ElfW(Ehdr) header;
  ElfW(Phdr) segments[POP3_ELF_SEGMENTS];  // header.e_phnum of them count
} pop3_elf;

// pop3_elf_read reads |len| octets at |offset|; an error if the file does not have them.
pop3_status pop3_elf_read(const pop3_elf *elf, uint64_t offset, void *out, size_t len,
                          pop3_error *err);

// pop3_elf_exports tells whether the function |name| is defined and visible to the dynamic linker,
// by the file's own hash table (DT_GNU_HASH, or DT_HASH).
pop3_status pop3_elf_exports(const pop3_elf *elf, const char *name, int *out_found,
                             pop3_error *err);

#ifdef __cplusplus
}
#endif

#endif  // POP3_PLUGINS_LOADER_ELF_SYMBOLS_H_
