#include "transports/tls_text.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <thread>

#include "tests/testing/certificates.h"
#include "tests/testing/test_host.h"

namespace pop3_testing {
namespace tls_text_test {
namespace {

class TlsText : public ::testing::Test {
 protected:
  TlsText() { p3_tls_text_init(&text_, host_.get()); }
  ~TlsText() override { p3_tls_text_free(&text_); }

  std::string Contents() const {
    if (text_.data == nullptr) return "";
    EXPECT_EQ(text_.data[text_.len], '\0');
    return std::string(text_.data, text_.len);
  }

  TestHost host_;
  p3_tls_text text_;
  pop3_error error_ = POP3_ERROR_INIT;
};

TEST_F(TlsText, Grows) {
  std::string expected;
  for (int i = 0; i < 1000; i++) {
    p3_tls_text_say(&text_, "word ");
    p3_tls_text_add(&text_, "\0", 1);
    expected += std::string("word \0", 6);
  }
  EXPECT_EQ(Contents(), expected);
  p3_tls_text_add(&text_, nullptr, 0);
  EXPECT_EQ(Contents(), expected);
}

TEST_F(TlsText, HasRoomForItsNul) {
  for (size_t len = 1; len < 1100; len++) {
    p3_tls_text_say(&text_, "a");
    ASSERT_LT(text_.len, text_.cap);
    p3_tls_text one;
    p3_tls_text_init(&one, host_.get());
    p3_tls_text_add(&one, std::string(len, 'b').data(), len);
    p3_tls_text_add(&one, "c", 1);
    EXPECT_LT(one.len, one.cap) << len;
    p3_tls_text_free(&one);
  }
}

TEST_F(TlsText, WipesWhereItWas) {
  p3_tls_text_say(&text_, "my secret");
  ASSERT_NE(p3_tls_text_room(&text_, 100000), nullptr);
  EXPECT_EQ(Contents(), "my secret");
  p3_tls_text_reset(&text_);
  EXPECT_EQ(Contents(), "");
  EXPECT_FALSE(host_.Remembers("my secret")) << "it may never be used again";
  p3_tls_text_say(&text_, "other secret");
  p3_tls_text_free(&text_);
  EXPECT_FALSE(host_.Remembers("my secret"));
  EXPECT_FALSE(host_.Remembers("other secret"));
}

TEST_F(TlsText, ShowsWhatCannotBePrinted) {
  p3_tls_text_clean(&text_, "a b\x1b\n\0\x7f\xc3\xa9", 9);
  EXPECT_EQ(Contents(), "a b\\x1B\\x0A\\x00\\x7F\\xC3\\xA9");
}

TEST_F(TlsText, AddsNothingMoreOnceItHasFailed) {
  p3_tls_text_say(&text_, "a");
  host_.FailAllocation(0);
  p3_tls_text_say(&text_, std::string(300, 'b').c_str());
  EXPECT_EQ(text_.failed, 1);
  p3_tls_text_say(&text_, "c");
  EXPECT_EQ(Contents(), "a");
  EXPECT_EQ(p3_tls_text_room(&text_, SIZE_MAX), nullptr);
  p3_tls_text_reset(&text_);
  EXPECT_EQ(p3_tls_text_room(&text_, SIZE_MAX), nullptr) << "no overflow";
  p3_tls_text_reset(&text_);
  p3_tls_text_say(&text_, "d");
  EXPECT_EQ(Contents(), "d");
}

TEST_F(TlsText, ReadsFiles) {
  const std::string contents(100000, 'x');
  const TempFile file(contents);
  p3_tls_text_say(&text_, ">");
  ASSERT_EQ(p3_tls_text_file(&text_, file.path(), "option o", 0, &error_), POP3_OK);
  EXPECT_EQ(Contents(), ">" + contents);
  const TempFile empty("");
  p3_tls_text_reset(&text_);
  ASSERT_EQ(p3_tls_text_file(&text_, empty.path(), "option o", 0, &error_), POP3_OK);
  EXPECT_EQ(Contents(), "");
  EXPECT_NE(text_.data, nullptr);
  EXPECT_EQ(p3_tls_text_file(&text_, "/proc/self/cmdline", "option o", 0, &error_), POP3_OK)
      << "a file that does not know its length";
  std::ifstream cmdline("/proc/self/cmdline", std::ios::binary);
  EXPECT_EQ(Contents(), std::string(std::istreambuf_iterator<char>(cmdline), {}));
}

TEST_F(TlsText, SaysWhyAFileCannotBeRead) {
  EXPECT_EQ(p3_tls_text_file(&text_, "/nowhere/a", "option o", 0, &error_), POP3_ERR_LOCAL_IO);
  EXPECT_EQ(std::string(error_.text), "option o: /nowhere/a: No such file or directory");
  EXPECT_EQ(error_.sys_errno, ENOENT);
  EXPECT_EQ(p3_tls_text_file(&text_, "/tmp", "option o", 0, &error_), POP3_ERR_LOCAL_IO);
  EXPECT_EQ(error_.sys_errno, EISDIR);
}

TEST_F(TlsText, ReadsNoFileThatIsTooLarge) {
  const TempFile file(std::string((1 << 20) + 1, 'x'));
  EXPECT_EQ(p3_tls_text_file(&text_, file.path(), "option o", 0, &error_), POP3_ERR_LOCAL_IO);
  EXPECT_EQ(error_.sys_errno, EFBIG);
  p3_tls_text_reset(&text_);
  EXPECT_EQ(p3_tls_text_file(&text_, file.path(), "option o", 1, &error_), POP3_OK);
  ASSERT_EQ(truncate(file.path(), 1 << 20), 0);
  p3_tls_text_reset(&text_);
  EXPECT_EQ(p3_tls_text_file(&text_, file.path(), "option o", 0, &error_), POP3_OK)
      << "exactly as large as it may be";
  p3_tls_text_reset(&text_);
  EXPECT_EQ(p3_tls_text_file(&text_, "/dev/zero", "option o", 0, &error_), POP3_ERR_LOCAL_IO)
      << "one without an end";
}

// FlagsOf returns the flags of the descriptor by which |path| is open for reading, as
// /proc/self/fdinfo has them; -1 if there is none.
int FlagsOf(const std::string &path, int except) {
  std::error_code error;
  for (const auto &entry : std::filesystem::directory_iterator("/proc/self/fd", error)) {
    const std::string number = entry.path().filename();
    if (number == std::to_string(except)) continue;
    if (std::filesystem::read_symlink(entry.path(), error) != path) continue;
    return fcntl(std::stoi(number), F_GETFD);
  }
  return -1;
}

TEST_F(TlsText, ReadsAPipeAndHandsItToNoOtherProgram) {
  const int fds = CountFds();
  char folder[] = "/tmp/pop3-text-XXXXXX";
  ASSERT_NE(mkdtemp(folder), nullptr);
  const std::string path = std::string(folder) + "/pipe";
  ASSERT_EQ(mkfifo(path.c_str(), 0600), 0);
  int flags = -1;
  std::thread writer([&path, &flags] {
    const int fd = open(path.c_str(), O_WRONLY | O_CLOEXEC);  // returns once it is being read
    while ((flags = FlagsOf(path, fd)) < 0) std::this_thread::yield();
    EXPECT_EQ(write(fd, "my ", 3), 3);
    EXPECT_EQ(write(fd, "secret", 6), 6);
    close(fd);
  });
  EXPECT_EQ(p3_tls_text_file(&text_, path.c_str(), "option o", 0, &error_), POP3_OK) << error_.text;
  writer.join();
  unlink(path.c_str());
  rmdir(folder);
  EXPECT_EQ(Contents(), "my secret");
  EXPECT_EQ(flags, FD_CLOEXEC);
  EXPECT_EQ(CountFds(), fds) << "descriptors leak";
}

TEST_F(TlsText, SaysThatMemoryRanOut) {
  const TempFile file("x");
  host_.FailAllocation(0);
  EXPECT_EQ(p3_tls_text_file(&text_, file.path(), "option o", 0, &error_), POP3_ERR_MEMORY);
  EXPECT_EQ(error_.status, POP3_ERR_MEMORY);
}

}  // namespace
}  // namespace tls_text_test
}  // namespace pop3_testing
