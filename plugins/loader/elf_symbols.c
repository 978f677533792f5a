#define _GNU_SOURCE 1  // ElfW, DT_GNU_HASH
#include "plugins/loader/elf_symbols.h"

#include <elf.h>
#include <string.h>

#include "plugins/loader/refusal.h"

#define NAME_CAP 64  // longer names are not asked for

// Where the tables are, as addresses in the image; 0: there is none.
typedef struct tables {
  uint64_t symbols;
  uint64_t strings;
  uint64_t strings_size;
  uint64_t gnu_hash;
  uint64_t hash;
} tables;

static pop3_status malformed(const p3_elf *elf, pop3_error *err, const char *what) {
  return p3_refuse(err, POP3_ERR_ARGUMENT, 0, elf->shown, "is malformed: %s", what);
}

// Reads |len| octets that will be at |address| in the image.
static pop3_status read_image(const p3_elf *elf, uint64_t address, void *out, size_t len,
                              pop3_error *err) {
  for (size_t i = 0; i < elf->header.e_phnum; i++) {
    const ElfW(Phdr) *segment = &elf->segments[i];
    if (segment->p_type != PT_LOAD || address < segment->p_vaddr) continue;
    const uint64_t inside = address - segment->p_vaddr;
    if (inside >= segment->p_filesz || len > segment->p_filesz - inside) continue;
    return p3_elf_read(elf, segment->p_offset + inside, out, len, err);
  }
  return malformed(elf, err, "its dynamic section refers to what is not in it");
}

static void note_entry(tables *out, const ElfW(Dyn) * entry) {
  switch (entry->d_tag) {
    case DT_SYMTAB:
      out->symbols = entry->d_un.d_ptr;
      break;
    case DT_STRTAB:
      out->strings = entry->d_un.d_ptr;
      break;
    case DT_STRSZ:
      out->strings_size = entry->d_un.d_val;
      break;
    case DT_GNU_HASH:
      out->gnu_hash = entry->d_un.d_ptr;
      break;
    case DT_HASH:
      out->hash = entry->d_un.d_ptr;
      break;
    default:
      break;
  }
}

static pop3_status find_tables(const p3_elf *elf, tables *out, pop3_error *err) {
  memset(out, 0, sizeof(*out));
  const ElfW(Phdr) *dynamic = NULL;
  for (size_t i = 0; i < elf->header.e_phnum; i++) {
    if (elf->segments[i].p_type == PT_DYNAMIC) dynamic = &elf->segments[i];
  }
  if (dynamic == NULL) return malformed(elf, err, "it has no dynamic section");
  const uint64_t count = dynamic->p_filesz / sizeof(ElfW(Dyn));
  for (uint64_t i = 0; i < count; i++) {
    ElfW(Dyn) entry;
    memset(&entry, 0, sizeof(entry));
    const pop3_status status =
        p3_elf_read(elf, dynamic->p_offset + i * sizeof(entry), &entry, sizeof(entry), err);
    if (status != POP3_OK) return status;
    if (entry.d_tag == DT_NULL) break;
    note_entry(out, &entry);
  }
  if (out->symbols == 0 || out->strings == 0 || (out->gnu_hash == 0 && out->hash == 0)) {
    return malformed(elf, err, "it has no dynamic symbols");
  }
  return POP3_OK;
}

// Whether the |index|-th symbol is a function of that name which this file defines for others.
static pop3_status is_symbol(const p3_elf *elf, const tables *at, uint64_t index, const char *name,
                             int *out, pop3_error *err) {
  ElfW(Sym) symbol;
  memset(&symbol, 0, sizeof(symbol));
  *out = 0;
  pop3_status status =
      read_image(elf, at->symbols + index * sizeof(symbol), &symbol, sizeof(symbol), err);
  if (status != POP3_OK) return status;
  char found[NAME_CAP];
  const size_t len = strlen(name) + 1;
  if (symbol.st_name >= at->strings_size || len > at->strings_size - symbol.st_name ||
      len > sizeof(found)) {
    return POP3_OK;
  }
  status = read_image(elf, at->strings + symbol.st_name, found, len, err);
  if (status != POP3_OK || memcmp(found, name, len) != 0) return status;
  // The low bits of st_info and st_other mean the same in both classes.
  const unsigned type = ELF64_ST_TYPE(symbol.st_info);
  const unsigned binding = ELF64_ST_BIND(symbol.st_info);
  const unsigned visibility = ELF64_ST_VISIBILITY(symbol.st_other);
  *out = symbol.st_shndx != SHN_UNDEF && type == STT_FUNC &&
         (binding == STB_GLOBAL || binding == STB_WEAK) &&
         (visibility == STV_DEFAULT || visibility == STV_PROTECTED);
  return POP3_OK;
}

static uint32_t gnu_hash_of(const char *name) {
  uint32_t hash = 5381;
  for (; *name != '\0'; name++) hash = hash * 33 + (unsigned char)*name;
  return hash;
}

static pop3_status look_up_gnu(const p3_elf *elf, const tables *at, const char *name, int *found,
                               pop3_error *err) {
  uint32_t head[4] = {0};  // buckets, first symbol in the table, words of the filter, its shift
  pop3_status status = read_image(elf, at->gnu_hash, head, sizeof(head), err);
  if (status != POP3_OK) return status;
  if (head[0] == 0) return POP3_OK;
  const uint64_t buckets = at->gnu_hash + sizeof(head) + (uint64_t)head[2] * sizeof(ElfW(Addr));
  const uint64_t chains = buckets + (uint64_t)head[0] * sizeof(uint32_t);
  const uint32_t hash = gnu_hash_of(name);
  uint32_t index = 0;
  status = read_image(elf, buckets + (uint64_t)(hash % head[0]) * sizeof(index), &index,
                      sizeof(index), err);
  if (status != POP3_OK || index == 0) return status;
  if (index < head[1]) return malformed(elf, err, "its symbols' hash table is damaged");
  for (uint64_t i = index;; i++) {
    uint32_t link = 0;
    status = read_image(elf, chains + (i - head[1]) * sizeof(link), &link, sizeof(link), err);
    if (status == POP3_OK && (link | 1) == (hash | 1)) {
      status = is_symbol(elf, at, i, name, found, err);
    }
    if (status != POP3_OK || *found || (link & 1) != 0) return status;
  }
}

// Looks at all symbols: the count is what is wanted of this table.
static pop3_status look_up_all(const p3_elf *elf, const tables *at, const char *name, int *found,
                               pop3_error *err) {
  uint32_t head[2] = {0};  // buckets, symbols
  pop3_status status = read_image(elf, at->hash, head, sizeof(head), err);
  for (uint32_t i = 0; status == POP3_OK && i < head[1] && !*found; i++) {
    status = is_symbol(elf, at, i, name, found, err);
  }
  return status;
}

pop3_status p3_elf_exports(const p3_elf *elf, const char *name, int *out_found, pop3_error *err) {
  *out_found = 0;
  tables at;
  const pop3_status status = find_tables(elf, &at, err);
  if (status != POP3_OK) return status;
  return at.gnu_hash != 0 ? look_up_gnu(elf, &at, name, out_found, err)
                          : look_up_all(elf, &at, name, out_found, err);
}
