#include "plugins/loader/elf_symbols.h"

#include <elf.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstring>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "tests/plugins/plugin_dir.h"

namespace pop3_testing {
namespace elf_symbols_test {
namespace {

class ElfSymbols : public PluginDir {
 protected:
  // Find looks |name| up in a file; -1: the file is refused.
  int Find(const std::string &runfile, const char *name) {
    p3_elf elf = {};
    struct stat st;
    elf.fd = open(runfile.c_str(), O_RDONLY | O_CLOEXEC);
    EXPECT_EQ(fstat(elf.fd, &st), 0) << runfile;
    elf.size = static_cast<uint64_t>(st.st_size);
    elf.shown = "FILE";
    error_ = POP3_ERROR_INIT;
    EXPECT_EQ(p3_elf_read(&elf, 0, &elf.header, sizeof(elf.header), &error_), POP3_OK);
    EXPECT_LE(elf.header.e_phnum, P3_ELF_SEGMENTS);
    EXPECT_EQ(p3_elf_read(&elf, elf.header.e_phoff, elf.segments,
                          elf.header.e_phnum * sizeof(elf.segments[0]), &error_),
              POP3_OK);
    int found = -2;
    const pop3_status status = p3_elf_exports(&elf, name, &found, &error_);
    close(elf.fd);
    return status == POP3_OK ? found : -1;
  }
};

TEST_F(ElfSymbols, FindsFunctionsOnly) {
  for (const char *file : {"tests/plugins/pop3_marked.so", "tests/plugins/pop3_sysv_hash.so"}) {
    EXPECT_EQ(Find(file, "pop3_plugin_entry"), 1) << file << ": " << error();
    EXPECT_EQ(Find(file, "pop3_plugin_entr"), 0) << file;
    EXPECT_EQ(Find(file, "pop3_plugin_entry_"), 0) << file;
    EXPECT_EQ(Find(file, "getenv"), 0) << file << ": it is wanted, not defined";
    EXPECT_EQ(Find(file, "marked_score"), 0) << file << ": not exported";
    EXPECT_EQ(Find(file, ""), 0) << file;
    EXPECT_EQ(Find(file, std::string(500, 'x').c_str()), 0) << file;
  }
  EXPECT_EQ(Find("tests/plugins/pop3_data_entry.so", "pop3_plugin_entry"), 0) << "a variable";
  EXPECT_EQ(Find("tests/plugins/pop3_no_entry.so", "pop3_plugin_entry"), 0);
  EXPECT_EQ(Find("tests/plugins/pop3_no_entry.so", "marked_other_entry"), 1);
}

TEST_F(ElfSymbols, WithoutADynamicSection) {
  const std::string path = Write("file", std::string(64, '\0'));
  p3_elf elf = {};
  elf.fd = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  elf.size = 64;
  elf.shown = "FILE";
  int found = -2;
  EXPECT_EQ(p3_elf_exports(&elf, "x", &found, &error_), POP3_ERR_ARGUMENT);
  EXPECT_EQ(error(), "FILE is malformed: it has no dynamic section");
  EXPECT_EQ(found, 0);
  close(elf.fd);
}

// --- Images made here

constexpr uint64_t kBase = 0x10000;  // where the file will be in memory

struct Symbol {
  std::string name;
  unsigned type = STT_FUNC;
  unsigned binding = STB_GLOBAL;
  unsigned visibility = STV_DEFAULT;
  unsigned section = 1;
};

// Image is a file with what the dynamic linker looks at, and what may be wrong with it.
struct Image {
  std::vector<Symbol> symbols;
  bool has_gnu_hash = true;  // or the older one
  // Of the newer hash table: how many buckets, what is in them, the first symbol in the table.
  uint32_t buckets = 1;
  uint32_t bucket = 1;
  uint32_t first = 1;
  std::set<size_t> ends;            // symbols, from 0, with which a chain ends; the last one does
  uint32_t not_counted = 0;         // of the older one: how many symbols at the end
  std::set<int64_t> without;        // DT_...
  std::vector<ElfW(Dyn)> behind;    // what follows DT_NULL
  uint64_t strings_less = 0;        // by how much the table of strings is too short
  uint64_t segment_less = 0;        // likewise the segment, which ends with the symbols
  uint32_t segment_type = PT_LOAD;  // of that segment

  std::string data;

  // Puts |octets| at the next address, and returns that.
  uint64_t Append(const void *octets, size_t len) {
    data.resize((data.size() + 7) / 8 * 8);
    const uint64_t address = kBase + data.size();
    data.append(static_cast<const char *>(octets), len);
    return address;
  }

  template <typename T>
  uint64_t Append(const std::vector<T> &list) {
    return Append(list.data(), list.size() * sizeof(T));
  }

  static uint32_t Hash(const std::string &name) {
    uint32_t hash = 5381;
    for (const char c : name) hash = hash * 33 + static_cast<unsigned char>(c);
    return hash;
  }

  // Makes |elf| of all this; |data| is the file.
  void Make(p3_elf *elf) {
    std::string strings(1, '\0');
    std::vector<ElfW(Sym)> table(1);
    std::vector<uint32_t> gnu = {buckets, first, 1, 0, 0, 0};
    gnu.resize(4 + sizeof(ElfW(Addr)) / 4);  // the head, and a filter of one word
    gnu.insert(gnu.end(), buckets, bucket);
    for (size_t i = 0; i < symbols.size(); i++) {
      const Symbol &symbol = symbols[i];
      ElfW(Sym) entry = {};
      entry.st_name = static_cast<uint32_t>(strings.size());
      entry.st_info = static_cast<unsigned char>(symbol.binding << 4 | symbol.type);
      entry.st_other = static_cast<unsigned char>(symbol.visibility);
      entry.st_shndx = static_cast<uint16_t>(symbol.section);
      table.push_back(entry);
      strings += symbol.name + '\0';
      // A chain ends with the lowest bit.
      const uint32_t last = i + 1 == symbols.size() || ends.count(i) > 0 ? 1 : 0;
      gnu.push_back((Hash(symbol.name) & ~uint32_t{1}) | last);
    }
    const std::vector<uint32_t> old = {1, static_cast<uint32_t>(table.size()) - not_counted};
    data.assign(16, '\0');
    const uint64_t string_at = Append(strings.data(), strings.size());
    const uint64_t hash_at = has_gnu_hash ? Append(gnu) : Append(old);
    // Room for the dynamic section, so that the symbols are last.
    const size_t dynamic_at = data.size() + 7 - (data.size() + 7) % 8;
    const size_t dynamic_len = (6 + behind.size()) * sizeof(ElfW(Dyn));
    data.resize(dynamic_at + dynamic_len);
    const uint64_t symbols_at = Append(table);
    const std::pair<int64_t, uint64_t> entries[] = {{DT_STRTAB, string_at},
                                                    {DT_STRSZ, strings.size() - strings_less},
                                                    {has_gnu_hash ? DT_GNU_HASH : DT_HASH, hash_at},
                                                    {DT_SYMTAB, symbols_at},
                                                    {DT_NULL, 0}};
    std::vector<ElfW(Dyn)> dynamic;
    for (const auto &[tag, value] : entries) {
      if (without.count(tag) > 0) continue;
      ElfW(Dyn) entry = {};
      entry.d_tag = static_cast<decltype(entry.d_tag)>(tag);
      entry.d_un.d_val = static_cast<decltype(entry.d_un.d_val)>(value);
      dynamic.push_back(entry);
    }
    dynamic.insert(dynamic.end(), behind.begin(), behind.end());
    std::memcpy(&data[dynamic_at], dynamic.data(), dynamic.size() * sizeof(dynamic[0]));

    elf->size = data.size();
    elf->shown = "FILE";
    elf->header.e_phnum = 2;
    elf->segments[0].p_type = segment_type;
    elf->segments[0].p_vaddr = kBase;
    elf->segments[0].p_filesz = data.size() - segment_less;
    elf->segments[1].p_type = PT_DYNAMIC;
    elf->segments[1].p_offset = dynamic_at;
    elf->segments[1].p_filesz = dynamic.size() * sizeof(dynamic[0]);
  }
};

class ElfImage : public PluginDir {
 protected:
  // Find looks |name| up in |image|; -1: it is refused.
  int Find(Image image, const std::string &name) {
    p3_elf elf = {};
    image.Make(&elf);
    elf.fd = memfd_create("image", MFD_CLOEXEC);
    EXPECT_EQ(write(elf.fd, image.data.data(), image.data.size()),
              static_cast<ssize_t>(image.data.size()));
    int found = -2;
    error_ = POP3_ERROR_INIT;
    const pop3_status status = p3_elf_exports(&elf, name.c_str(), &found, &error_);
    close(elf.fd);
    return status == POP3_OK ? found : -1;
  }
};

// Each kind of hash table in turn.
std::vector<Image> Both(const std::vector<Symbol> &symbols) {
  Image gnu, old;
  gnu.symbols = old.symbols = symbols;
  old.has_gnu_hash = false;
  return {gnu, old};
}

TEST_F(ElfImage, FindsTheFirstAndTheLast) {
  for (Image image : Both({{"alpha"}, {"beta"}, {"gamma"}, {"delta"}})) {
    for (const char *name : {"alpha", "beta", "gamma", "delta"}) {
      EXPECT_EQ(Find(image, name), 1) << name << ": " << error();
    }
    for (const char *name : {"epsilon", "alph", "alphas", ""}) {
      EXPECT_EQ(Find(image, name), 0) << name << ": " << error();
    }
    image.strings_less = 1;
    EXPECT_EQ(Find(image, "gamma"), 1) << error();
    EXPECT_EQ(Find(image, "delta"), 0) << "its NUL is not there";
  }
}

TEST_F(ElfImage, FindsWhatOthersSee) {
  struct {
    Symbol symbol;
    int found;
  } const cases[] = {
      {{"f"}, 1},
      {{"f", STT_FUNC, STB_WEAK}, 1},
      {{"f", STT_FUNC, STB_LOCAL}, 0},
      {{"f", STT_FUNC, STB_GLOBAL, STV_PROTECTED}, 1},
      {{"f", STT_FUNC, STB_GLOBAL, STV_HIDDEN}, 0},
      {{"f", STT_FUNC, STB_GLOBAL, STV_INTERNAL}, 0},
      {{"f", STT_FUNC, STB_GLOBAL, STV_DEFAULT, SHN_UNDEF}, 0},
      {{"f", STT_OBJECT}, 0},
      {{"f", STT_NOTYPE}, 0},
      {{"f", STT_TLS}, 0},
  };
  for (size_t i = 0; i < std::size(cases); i++) {
    for (const Image &image : Both({cases[i].symbol})) {
      EXPECT_EQ(Find(image, "f"), cases[i].found) << i << ": " << error();
    }
  }
}

TEST_F(ElfImage, AsksForNamesOf63OctetsAtMost) {
  for (size_t len : {size_t{62}, size_t{63}, size_t{64}, size_t{65}}) {
    const std::string name(len, 'x');
    for (const Image &image : Both({{name}}))
      EXPECT_EQ(Find(image, name), len <= 63 ? 1 : 0) << len;
  }
}

TEST_F(ElfImage, ReadsWithinSegmentsOnly) {
  for (Image image : Both({{"alpha"}})) {
    EXPECT_EQ(Find(image, "alpha"), 1) << "the last symbol ends with its segment";
    image.segment_less = 1;
    EXPECT_EQ(Find(image, "alpha"), -1);
    EXPECT_EQ(error(), "FILE is malformed: its dynamic section refers to what is not in it");
    image.segment_less = 0;
    image.segment_type = PT_NOTE;
    EXPECT_EQ(Find(image, "alpha"), -1) << "it will not be in memory";
  }
}

TEST_F(ElfImage, WantsAllTables) {
  for (int64_t tag : {int64_t{DT_STRTAB}, int64_t{DT_SYMTAB}, int64_t{DT_GNU_HASH}}) {
    Image image;
    image.symbols = {{"alpha"}};
    image.without = {tag};
    EXPECT_EQ(Find(image, "alpha"), -1) << tag;
    EXPECT_EQ(error(), "FILE is malformed: it has no dynamic symbols") << tag;
  }
}

TEST_F(ElfImage, WhatFollowsTheEndDoesNotCount) {
  Image image;
  image.symbols = {{"alpha"}};
  ElfW(Dyn) stray = {};
  stray.d_tag = DT_SYMTAB;
  stray.d_un.d_ptr = 1;
  image.behind = {stray};
  EXPECT_EQ(Find(image, "alpha"), 1) << error();
}

TEST_F(ElfImage, OddHashTables) {
  Image image;
  image.symbols = {{"alpha"}, {"beta"}};
  image.buckets = 0;
  EXPECT_EQ(Find(image, "alpha"), 0) << "no buckets";
  image.buckets = 3;
  image.bucket = 0;
  EXPECT_EQ(Find(image, "alpha"), 0) << "nothing is in it";
  image.bucket = 2;
  EXPECT_EQ(Find(image, "alpha"), 0) << "in another chain";
  EXPECT_EQ(Find(image, "beta"), 1) << error();
  image.bucket = 1;
  EXPECT_EQ(Find(image, "beta"), 1) << error();
  image.ends = {0};
  EXPECT_EQ(Find(image, "alpha"), 1) << error();
  EXPECT_EQ(Find(image, "beta"), 0) << "behind the end of the chain";
  image.first = 2;
  image.bucket = 1;
  EXPECT_EQ(Find(image, "alpha"), -1) << "before the table";
  EXPECT_EQ(error(), "FILE is malformed: its symbols' hash table is damaged");
  for (Image old : Both(image.symbols)) {
    if (old.has_gnu_hash) continue;
    old.not_counted = 1;
    EXPECT_EQ(Find(old, "alpha"), 1) << error();
    EXPECT_EQ(Find(old, "beta"), 0) << "it is not counted";
  }
}

}  // namespace
}  // namespace elf_symbols_test
}  // namespace pop3_testing
