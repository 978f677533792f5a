// An ELF file that is read without loading it, and never beyond its end.
#ifndef POP3_PLUGINS_LOADER_ELF_READ_H_
#define POP3_PLUGINS_LOADER_ELF_READ_H_

#include <link.h>
#include <pop3/status.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// P3_ELF_SEGMENTS is how many program headers a file may have.
#define P3_ELF_SEGMENTS 64

// p3_elf is an open ELF file, and its headers once they have been read. Whoever includes this
// defines _GNU_SOURCE, for ElfW.
typedef struct p3_elf {
  int fd;
  uint64_t size;      // octets
  const char *shown;  // what errors call it
  ElfW(Ehdr) header;
  ElfW(Phdr) segments[P3_ELF_SEGMENTS];  // header.e_phnum of them count
} p3_elf;

// p3_elf_read reads |len| octets at |offset| of the file. Fails with POP3_ERR_ARGUMENT if the
// file does not have them, or POP3_ERR_LOCAL_IO. Uses neither header nor segments.
pop3_status p3_elf_read(const p3_elf *elf, uint64_t offset, void *out, size_t len, pop3_error *err);

#ifdef __cplusplus
}
#endif

#endif  // POP3_PLUGINS_LOADER_ELF_READ_H_
