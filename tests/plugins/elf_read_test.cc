#include "plugins/loader/elf_read.h"

#include <fcntl.h>
#include <unistd.h>

#include <cstdint>
#include <string>

#include "tests/plugins/plugin_dir.h"
#include "tests/plugins/system_calls.h"

namespace pop3_testing {
namespace elf_read_test {
namespace {

class ElfRead : public PluginDir {
 protected:
  ElfRead() {
    elf_.fd = open(Write("file", "0123456789").c_str(), O_RDONLY | O_CLOEXEC);
    elf_.size = 10;
    elf_.shown = "FILE";
  }
  ~ElfRead() override {
    close(elf_.fd);
    SystemCalls::Reset();
  }

  pop3_status Read(uint64_t offset, size_t len) {
    error_ = POP3_ERROR_INIT;
    return p3_elf_read(&elf_, offset, out_, len, &error_);
  }

  p3_elf elf_ = {};
  char out_[16] = {};
};

TEST_F(ElfRead, WithinTheFileOnly) {
  EXPECT_EQ(Read(4, 6), POP3_OK) << error();
  EXPECT_STREQ(out_, "456789");
  EXPECT_EQ(Read(10, 0), POP3_OK) << error();
  for (uint64_t offset : {uint64_t{4}, uint64_t{11}, UINT64_MAX, UINT64_MAX - 3}) {
    EXPECT_EQ(Read(offset, 7), POP3_ERR_ARGUMENT) << offset;
    EXPECT_EQ(error(), "FILE is malformed: it refers to octets beyond its end");
  }
}

TEST_F(ElfRead, InPieces) {
  SystemCalls::piece = 1;
  SystemCalls::interruptions = 3;
  EXPECT_EQ(Read(0, 10), POP3_OK) << error();
  EXPECT_STREQ(out_, "0123456789");
  EXPECT_EQ(SystemCalls::interruptions, 0);
}

TEST_F(ElfRead, BecomesShorter) {
  elf_.size = 11;
  EXPECT_EQ(Read(10, 1), POP3_ERR_ARGUMENT);
  EXPECT_EQ(error(), "FILE became shorter while it was read");
}

TEST_F(ElfRead, CannotBeRead) {
  close(elf_.fd);
  elf_.fd = -1;
  EXPECT_EQ(Read(0, 1), POP3_ERR_LOCAL_IO);
  EXPECT_EQ(error(), "FILE cannot be read: Bad file descriptor");
}

}  // namespace
}  // namespace elf_read_test
}  // namespace pop3_testing
