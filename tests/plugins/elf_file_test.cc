#include "plugins/loader/elf_file.h"

#include <elf.h>
#include <fcntl.h>
#include <link.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <random>
#include <string>
#include <vector>

#include "tests/plugins/plugin_dir.h"
#include "tests/plugins/system_calls.h"

namespace pop3_testing {
namespace elf_file_test {
namespace {

class ElfFile : public PluginDir {
 protected:
  ~ElfFile() override { SystemCalls::Reset(); }

  pop3_status Check(const std::string &data, const char *symbol = "pop3_plugin_entry") {
    const int fd = memfd_create("elf", MFD_CLOEXEC);
    EXPECT_EQ(write(fd, data.data(), data.size()), static_cast<ssize_t>(data.size()));
    error_ = POP3_ERROR_INIT;
    const pop3_status status = p3_elf_check(fd, data.size(), symbol, "FILE", &error_);
    close(fd);
    return status;
  }

  ElfW(Ehdr) Header() const {
    ElfW(Ehdr) header;
    std::memcpy(&header, good_.data(), sizeof(header));
    return header;
  }

  // With returns the good file with another header.
  std::string With(const ElfW(Ehdr) & changed) const {
    std::string data = good_;
    std::memcpy(data.data(), &changed, sizeof(changed));
    return data;
  }

  std::vector<ElfW(Phdr)> Segments() const {
    std::vector<ElfW(Phdr)> segments(Header().e_phnum);
    std::memcpy(segments.data(), good_.data() + Header().e_phoff,
                segments.size() * sizeof(segments[0]));
    return segments;
  }

  std::string good_ = ReadAll("tests/plugins/pop3_marked.so");
};

TEST_F(ElfFile, Good) {
  EXPECT_EQ(Check(good_), POP3_OK) << error();
  EXPECT_EQ(Check(good_ + "more"), POP3_OK) << error();
}

// A test is a program; Bazel makes it position-independent or not.
TEST_F(ElfFile, Program) {
  EXPECT_EQ(Check(ReadAll("/proc/self/exe")), POP3_ERR_ARGUMENT);
  const std::string words = error();
  EXPECT_TRUE(words == "FILE is a program, no shared object" ||
              words == "FILE does not export the function pop3_plugin_entry: it is no plugin")
      << words;
}

TEST_F(ElfFile, CutOffAnywhere) {
  // Every place in the headers, then some.
  for (size_t len = 0; len < good_.size(); len += len < 700 ? 1 : 97) {
    ASSERT_EQ(Check(good_.substr(0, len)), POP3_ERR_ARGUMENT) << len;
    ASSERT_NE(error().find(len < 16 ? "too short" : "FILE is truncated: it has"), std::string::npos)
        << len << ": " << error();
  }
}

TEST_F(ElfFile, ShrinksWhileItIsRead) {
  const std::string path = Write("elf", good_.substr(0, 50));
  const int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  EXPECT_EQ(p3_elf_check(fd, good_.size(), "pop3_plugin_entry", "FILE", &error_),
            POP3_ERR_ARGUMENT);
  EXPECT_EQ(error(), "FILE became shorter while it was read");
  close(fd);
}

TEST_F(ElfFile, IsReadInPieces) {
  SystemCalls::piece = 1;
  EXPECT_EQ(Check(good_), POP3_OK) << error();
  SystemCalls::piece = 7;
  SystemCalls::interruptions = 3;
  EXPECT_EQ(Check(good_), POP3_OK) << error();
  EXPECT_EQ(SystemCalls::interruptions, 0);
}

TEST_F(ElfFile, AllOfTheMagicNumber) {
  for (size_t i = 0; i < 4; i++) {
    std::string data = good_;
    data[i] = static_cast<char>(data[i] ^ 1);
    EXPECT_EQ(Check(data), POP3_ERR_ARGUMENT) << i;
    EXPECT_EQ(error(), "FILE is no ELF file");
  }
}

// 64 are as many as there may be; here they are the last thing in the file.
TEST_F(ElfFile, ProgramHeadersUpToTheEnd) {
  std::vector<ElfW(Phdr)> segments = Segments();
  segments.resize(64);  // the new ones are PT_NULL
  ElfW(Ehdr) header = Header();
  header.e_phoff = good_.size();
  header.e_phnum = 64;
  const std::string data =
      With(header) + std::string(reinterpret_cast<const char *>(segments.data()),
                                 segments.size() * sizeof(segments[0]));
  EXPECT_EQ(Check(data), POP3_OK) << error();
  EXPECT_EQ(Check(data.substr(0, data.size() - 1)), POP3_ERR_ARGUMENT);
  EXPECT_NE(error().find("is truncated"), std::string::npos) << error();
}

// Without section headers the segments are the last thing in the file.
TEST_F(ElfFile, SegmentsUpToTheEnd) {
  ElfW(Ehdr) header = Header();
  header.e_shoff = 0;
  header.e_shnum = 30000;  // of no meaning then
  size_t end = 0;
  for (const ElfW(Phdr) & segment : Segments()) {
    if (segment.p_type == PT_LOAD) end = std::max(end, size_t{segment.p_offset + segment.p_filesz});
  }
  ASSERT_LT(end, good_.size());
  EXPECT_EQ(Check(With(header)), POP3_OK) << error();
  EXPECT_EQ(Check(With(header).substr(0, end)), POP3_OK) << error();
  EXPECT_EQ(Check(With(header).substr(0, end - 1)), POP3_ERR_ARGUMENT);
  EXPECT_EQ(error(), "FILE is truncated: it has " + std::to_string(end - 1) +
                         " octets, and needs at least " + std::to_string(end));
}

TEST_F(ElfFile, SectionHeadersUpToTheEnd) {
  const ElfW(Ehdr) header = Header();
  const size_t end = header.e_shoff + size_t{header.e_shnum} * header.e_shentsize;
  ASSERT_LE(end, good_.size());
  EXPECT_EQ(Check(good_.substr(0, end)), POP3_OK) << error();
  EXPECT_EQ(Check(good_.substr(0, end - 1)), POP3_ERR_ARGUMENT);
  EXPECT_EQ(error(), "FILE is truncated: it has " + std::to_string(end - 1) +
                         " octets, and needs at least " + std::to_string(end));
}

TEST_F(ElfFile, NothingToLoad) {
  std::vector<ElfW(Phdr)> segments = Segments();
  for (ElfW(Phdr) & segment : segments) {
    if (segment.p_type == PT_LOAD) segment.p_type = PT_NOTE;
  }
  std::string data = good_;
  std::memcpy(&data[Header().e_phoff], segments.data(), segments.size() * sizeof(segments[0]));
  EXPECT_EQ(Check(data), POP3_ERR_ARGUMENT);
  EXPECT_EQ(error(), "FILE is malformed: there is nothing in it to load");
}

TEST_F(ElfFile, CannotBeRead) {
  EXPECT_EQ(p3_elf_check(-1, good_.size(), "x", "FILE", &error_), POP3_ERR_LOCAL_IO);
  EXPECT_EQ(error(), "FILE cannot be read: Bad file descriptor");
}

TEST_F(ElfFile, HeadersThatLie) {
  const ElfW(Ehdr) header = Header();
  ElfW(Ehdr) bad = header;
  bad.e_phoff = static_cast<decltype(bad.e_phoff)>(-8);
  EXPECT_EQ(Check(With(bad)), POP3_ERR_ARGUMENT);
  EXPECT_EQ(error(), "FILE is malformed");
  bad = header;
  bad.e_phnum = 65;
  EXPECT_EQ(Check(With(bad)), POP3_ERR_ARGUMENT);
  EXPECT_EQ(error(), "FILE is malformed: it has too many program headers");
  bad.e_phnum = 0;
  EXPECT_EQ(Check(With(bad)), POP3_ERR_ARGUMENT);
  EXPECT_EQ(error(), "FILE is malformed: it has no program headers");
  bad = header;
  bad.e_phentsize = 1;
  EXPECT_EQ(Check(With(bad)), POP3_ERR_ARGUMENT);
  bad = header;
  bad.e_shoff = static_cast<decltype(bad.e_shoff)>(-1);
  EXPECT_EQ(Check(With(bad)), POP3_ERR_ARGUMENT);
  bad = header;
  bad.e_ident[EI_VERSION] = 7;
  EXPECT_EQ(Check(With(bad)), POP3_ERR_ARGUMENT);
  EXPECT_EQ(error(), "FILE is of an unknown ELF version");
  bad = header;
  bad.e_machine = 0xBEEF;
  EXPECT_EQ(Check(With(bad)), POP3_ERR_ARGUMENT);
  EXPECT_NE(error().find("is built for an unknown processor (48879)"), std::string::npos);
  for (const auto &machine : {std::pair<int, const char *>{EM_386, "x86 (32 bits)"},
                              {EM_X86_64, "x86-64"},
                              {EM_ARM, "ARM (32 bits)"},
                              {EM_AARCH64, "AArch64"},
                              {EM_RISCV, "RISC-V"},
                              {EM_PPC64, "PowerPC (64 bits)"},
                              {EM_S390, "IBM S/390"}}) {
    if (machine.first == header.e_machine) continue;
    bad.e_machine = static_cast<decltype(bad.e_machine)>(machine.first);
    EXPECT_EQ(Check(With(bad)), POP3_ERR_ARGUMENT);
    EXPECT_NE(error().find(std::string("is built for ") + machine.second + " ("), std::string::npos)
        << error();
  }
  // Without section headers, as sstrip leaves it.
  bad = header;
  bad.e_shoff = 0;
  bad.e_shnum = 0;
  EXPECT_EQ(Check(With(bad)), POP3_OK) << error();
}

TEST_F(ElfFile, SegmentsThatLie) {
  ElfW(Ehdr) header;
  std::memcpy(&header, good_.data(), sizeof(header));
  for (size_t i = 0; i < header.e_phnum; i++) {
    const size_t at = header.e_phoff + i * sizeof(ElfW(Phdr));
    ElfW(Phdr) segment;
    std::memcpy(&segment, good_.data() + at, sizeof(segment));
    if (segment.p_type != PT_LOAD && segment.p_type != PT_DYNAMIC) continue;
    segment.p_offset = static_cast<decltype(segment.p_offset)>(-16);
    std::string data = good_;
    std::memcpy(data.data() + at, &segment, sizeof(segment));
    EXPECT_EQ(Check(data), POP3_ERR_ARGUMENT) << i;
    segment.p_type = PT_NOTE;
    std::memcpy(data.data() + at, &segment, sizeof(segment));
    const pop3_status status = Check(data);
    EXPECT_TRUE(status == POP3_ERR_ARGUMENT || status == POP3_OK) << i << error();
  }
}

// Damage of any kind ends in an answer: no crash, no endless loop, nothing outside the file.
TEST_F(ElfFile, Damage) {
  std::mt19937 random(1);
  int refused = 0;
  for (int run = 0; run < 3000; run++) {
    std::string data = good_;
    const int changes = 1 + static_cast<int>(random() % 8);
    // Most of what is read is at the beginning.
    for (int i = 0; i < changes; i++) {
      const size_t range = random() % 2 == 0 ? 1024 : data.size();
      data[random() % range] = static_cast<char>(random() % 3 == 0 ? 0xff : random());
    }
    const pop3_status status = Check(data);
    ASSERT_TRUE(status == POP3_OK || status == POP3_ERR_ARGUMENT) << run;
    if (status != POP3_OK) {
      refused++;
      ASSERT_EQ(error().substr(0, 5), "FILE ");
    }
  }
  EXPECT_GT(refused, 300);
}

}  // namespace
}  // namespace elf_file_test
}  // namespace pop3_testing
