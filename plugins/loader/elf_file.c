#define _GNU_SOURCE 1  // ElfW
#include "plugins/loader/elf_file.h"

#include <elf.h>
#include <link.h>
#include <string.h>

#include "plugins/loader/elf_read.h"
#include "plugins/loader/elf_symbols.h"
#include "plugins/loader/refusal.h"

#if defined(__x86_64__)
#define OWN_MACHINE EM_X86_64
#elif defined(__i386__)
#define OWN_MACHINE EM_386
#elif defined(__aarch64__)
#define OWN_MACHINE EM_AARCH64
#elif defined(__arm__)
#define OWN_MACHINE EM_ARM
#elif defined(__riscv)
#define OWN_MACHINE EM_RISCV
#elif defined(__powerpc64__)
#define OWN_MACHINE EM_PPC64
#elif defined(__s390__)
#define OWN_MACHINE EM_S390
#else
#define OWN_MACHINE EM_NONE  // not known by name here: left to the dynamic linker
#endif

#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
#define OWN_DATA ELFDATA2MSB
#else
#define OWN_DATA ELFDATA2LSB
#endif

#define OWN_CLASS (sizeof(void *) == 8 ? ELFCLASS64 : ELFCLASS32)

static const char *machine_name(unsigned machine) {
  switch (machine) {
    case EM_386:
      return "x86 (32 bits)";
    case EM_X86_64:
      return "x86-64";
    case EM_ARM:
      return "ARM (32 bits)";
    case EM_AARCH64:
      return "AArch64";
    case EM_RISCV:
      return "RISC-V";
    case EM_PPC64:
      return "PowerPC (64 bits)";
    case EM_S390:
      return "IBM S/390";
    case EM_MIPS:
      return "MIPS";
    default:
      return "an unknown processor";
  }
}

static pop3_status wrong(const p3_elf *elf, pop3_error *err, const char *rule) {
  return p3_refuse(err, POP3_ERR_ARGUMENT, 0, elf->shown, "%s", rule);
}

// What the first octets say, which mean the same on all machines.
static pop3_status check_ident(const p3_elf *elf, const unsigned char *ident, pop3_error *err) {
  if (memcmp(ident, ELFMAG, SELFMAG) != 0) return wrong(elf, err, "is no ELF file");
  if (ident[EI_CLASS] != OWN_CLASS) {
    return p3_refuse(err, POP3_ERR_ARGUMENT, 0, elf->shown,
                     "is for programs of %s bits, and this one has %d",
                     ident[EI_CLASS] == ELFCLASS64   ? "64"
                     : ident[EI_CLASS] == ELFCLASS32 ? "32"
                                                     : "unknown",
                     (int)(8 * sizeof(void *)));
  }
  if (ident[EI_DATA] != OWN_DATA) return wrong(elf, err, "is for the other byte order");
  if (ident[EI_VERSION] != EV_CURRENT) return wrong(elf, err, "is of an unknown ELF version");
  return POP3_OK;
}

static pop3_status check_header(const p3_elf *elf, pop3_error *err) {
  const ElfW(Ehdr) *header = &elf->header;
  if (OWN_MACHINE != EM_NONE && header->e_machine != OWN_MACHINE) {
    return p3_refuse(err, POP3_ERR_ARGUMENT, 0, elf->shown,
                     "is built for %s (%u), this program for %s", machine_name(header->e_machine),
                     (unsigned)header->e_machine, machine_name(OWN_MACHINE));
  }
  if (header->e_type != ET_DYN) {
    return wrong(elf, err,
                 header->e_type == ET_EXEC  ? "is a program, no shared object"
                 : header->e_type == ET_REL ? "is an object file, no shared object"
                                            : "is no shared object");
  }
  if (header->e_phentsize != sizeof(ElfW(Phdr)) || header->e_phnum == 0) {
    return wrong(elf, err, "is malformed: it has no program headers");
  }
  if (header->e_phnum > P3_ELF_SEGMENTS) {
    return wrong(elf, err, "is malformed: it has too many program headers");
  }
  return POP3_OK;
}

static pop3_status cut_off(const p3_elf *elf, uint64_t needed, pop3_error *err) {
  return p3_refuse(err, POP3_ERR_ARGUMENT, 0, elf->shown,
                   "is truncated: it has %llu octets, and needs at least %llu",
                   (unsigned long long)elf->size, (unsigned long long)needed);
}

// Whether all is there that the headers promise. The section headers come last in a file, so that
// their end tells if the smallest piece is missing.
static pop3_status check_whole(p3_elf *elf, pop3_error *err) {
  const ElfW(Ehdr) *header = &elf->header;
  const uint64_t table_size = (uint64_t)header->e_phnum * sizeof(ElfW(Phdr));
  if (header->e_phoff > UINT64_MAX - table_size) return wrong(elf, err, "is malformed");
  if (header->e_phoff + table_size > elf->size) {
    return cut_off(elf, header->e_phoff + table_size, err);
  }
  const pop3_status status =
      p3_elf_read(elf, header->e_phoff, elf->segments, (size_t)table_size, err);
  if (status != POP3_OK) return status;
  int has_code = 0;
  for (size_t i = 0; i < header->e_phnum; i++) {
    const ElfW(Phdr) *segment = &elf->segments[i];
    if (segment->p_type != PT_LOAD) continue;
    has_code = 1;
    if (segment->p_offset > UINT64_MAX - segment->p_filesz) return wrong(elf, err, "is malformed");
    if (segment->p_offset + segment->p_filesz > elf->size) {
      return cut_off(elf, segment->p_offset + segment->p_filesz, err);
    }
  }
  if (!has_code) return wrong(elf, err, "is malformed: there is nothing in it to load");
  const uint64_t sections = (uint64_t)header->e_shnum * header->e_shentsize;
  if (header->e_shoff > UINT64_MAX - sections) return wrong(elf, err, "is malformed");
  if (header->e_shoff != 0 && header->e_shoff + sections > elf->size) {
    return cut_off(elf, header->e_shoff + sections, err);
  }
  return POP3_OK;
}

pop3_status p3_elf_check(int fd, uint64_t file_size, const char *symbol, const char *shown,
                         pop3_error *err) {
  p3_elf elf;
  memset(&elf, 0, sizeof(elf));
  elf.fd = fd;
  elf.size = file_size;
  elf.shown = shown;
  unsigned char ident[EI_NIDENT];
  if (file_size < sizeof(ident)) return wrong(&elf, err, "is no ELF file: it is too short");
  pop3_status status = p3_elf_read(&elf, 0, ident, sizeof(ident), err);
  if (status == POP3_OK) status = check_ident(&elf, ident, err);
  if (status != POP3_OK) return status;
  if (file_size < sizeof(elf.header)) return cut_off(&elf, sizeof(elf.header), err);
  status = p3_elf_read(&elf, 0, &elf.header, sizeof(elf.header), err);
  if (status == POP3_OK) status = check_header(&elf, err);
  if (status == POP3_OK) status = check_whole(&elf, err);
  int found = 0;
  if (status == POP3_OK) status = p3_elf_exports(&elf, symbol, &found, err);
  if (status == POP3_OK && !found) {
    return p3_refuse(err, POP3_ERR_ARGUMENT, 0, shown,
                     "does not export the function %s: it is no plugin", symbol);
  }
  return status;
}
