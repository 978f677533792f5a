#include "plugins/loader/elf_symbols.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <string>

#include "tests/plugins/plugin_dir.h"

namespace pop3_testing {
namespace elf_symbols_test {
namespace {

class ElfSymbols : public PluginDir {
 protected:
  // Find looks |name| up in a file; -1: the file is refused.
  int Find(const std::string &runfile, const char *name) {
    pop3_elf elf = {};
    struct stat st;
    elf.fd = open(runfile.c_str(), O_RDONLY | O_CLOEXEC);
    EXPECT_EQ(fstat(elf.fd, &st), 0) << runfile;
    elf.size = static_cast<uint64_t>(st.st_size);
    elf.shown = "FILE";
    error_ = POP3_ERROR_INIT;
    EXPECT_EQ(pop3_elf_read(&elf, 0, &elf.header, sizeof(elf.header), &error_), POP3_OK);
    EXPECT_LE(elf.header.e_phnum, POP3_ELF_SEGMENTS);
    EXPECT_EQ(pop3_elf_read(&elf, elf.header.e_phoff, elf.segments,
                            elf.header.e_phnum * sizeof(elf.segments[0]), &error_),
              POP3_OK);
    int found = -2;
    const pop3_status status = pop3_elf_exports(&elf, name, &found, &error_);
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

TEST_F(ElfSymbols, ReadsWithinTheFileOnly) {
  const std::string path = Write("file", "0123456789");
  pop3_elf elf = {};
  elf.fd = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  elf.size = 10;
  elf.shown = "FILE";
  char out[16] = {};
  EXPECT_EQ(pop3_elf_read(&elf, 4, out, 6, &error_), POP3_OK);
  EXPECT_STREQ(out, "456789");
  EXPECT_EQ(pop3_elf_read(&elf, 10, out, 0, &error_), POP3_OK);
  for (uint64_t offset : {uint64_t{4}, uint64_t{11}, UINT64_MAX, UINT64_MAX - 3}) {
    EXPECT_EQ(pop3_elf_read(&elf, offset, out, 7, &error_), POP3_ERR_ARGUMENT) << offset;
    EXPECT_EQ(error(), "FILE is malformed: it refers to what is behind its end");
  }
  close(elf.fd);
}

TEST_F(ElfSymbols, WithoutADynamicSection) {
  const std::string path = Write("file", std::string(64, '\0'));
  pop3_elf elf = {};
  elf.fd = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  elf.size = 64;
  elf.shown = "FILE";
  int found = -2;
  EXPECT_EQ(pop3_elf_exports(&elf, "x", &found, &error_), POP3_ERR_ARGUMENT);
  EXPECT_EQ(error(), "FILE is malformed: it has no dynamic section");
  EXPECT_EQ(found, 0);
  close(elf.fd);
}

}  // namespace
}  // namespace elf_symbols_test
}  // namespace pop3_testing
