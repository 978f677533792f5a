#include "tools/cli/secret_buffer.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cerrno>
#include <string>

#include "tests/cli/freed.h"
#include "tests/cli/temp_dir.h"

namespace secret_buffer_test {
namespace {

class SecretBuffer : public testing::Test {
 protected:
  ~SecretBuffer() override {
    cli_secret_buffer_cleanup(&buffer_);
    if (fd_ >= 0) close(fd_);
  }
  void Open(const std::string &contents) {
    WriteFile(dir_.Path("file"), contents);
    fd_ = open(dir_.Path("file").c_str(), O_RDONLY);
    ASSERT_GE(fd_, 0);
  }
  std::string Text() const { return {reinterpret_cast<const char *>(buffer_.data), buffer_.len}; }

  TempDir dir_;
  int fd_ = -1;
  cli_secret_buffer buffer_ = {};
  int end_ = 0;
};

TEST_F(SecretBuffer, AppendsUntilTheEnd) {
  const std::string contents(100000, 'x');
  Open(contents);
  while (end_ == 0) ASSERT_EQ(0, cli_secret_buffer_read(&buffer_, fd_, &end_));
  EXPECT_EQ(contents, Text());
  cli_secret_buffer_cleanup(&buffer_);
  EXPECT_EQ(nullptr, buffer_.data);
  EXPECT_EQ(0U, buffer_.len);
  EXPECT_EQ(0U, buffer_.cap);
}

TEST_F(SecretBuffer, HasALimit) {
  Open(std::string(CLI_SECRET_MAX, 'x'));
  while (end_ == 0) ASSERT_EQ(0, cli_secret_buffer_read(&buffer_, fd_, &end_));
  EXPECT_EQ(static_cast<size_t>(CLI_SECRET_MAX), buffer_.len);
  close(fd_);
  cli_secret_buffer_cleanup(&buffer_);
  Open(std::string(CLI_SECRET_MAX + 1, 'x'));
  int failed = 0;
  for (end_ = 0; end_ == 0 && failed == 0;) {
    failed = cli_secret_buffer_read(&buffer_, fd_, &end_);
  }
  EXPECT_EQ(EFBIG, failed);
}

TEST_F(SecretBuffer, SaysThatNothingIsThere) {
  int ends[2];
  ASSERT_EQ(0, pipe(ends));
  ASSERT_EQ(0, fcntl(ends[0], F_SETFL, O_NONBLOCK));
  EXPECT_EQ(EAGAIN, cli_secret_buffer_read(&buffer_, ends[0], &end_));
  EXPECT_EQ(0, end_);
  ASSERT_EQ(2, write(ends[1], "ab", 2));
  EXPECT_EQ(0, cli_secret_buffer_read(&buffer_, ends[0], &end_));
  EXPECT_EQ("ab", Text());
  close(ends[1]);
  EXPECT_EQ(0, cli_secret_buffer_read(&buffer_, ends[0], &end_));
  EXPECT_EQ(1, end_);
  EXPECT_EQ(EBADF, cli_secret_buffer_read(&buffer_, -1, &end_));
  close(ends[0]);
}

TEST_F(SecretBuffer, IsFreedWithoutTheSecret) {
  const char *secret = "a secret that nobody may find";
  Open(secret + std::string(100000, 'x'));
  Freed::Watch(secret);
  while (end_ == 0) cli_secret_buffer_read(&buffer_, fd_, &end_);
  EXPECT_EQ(0, Freed::Stop()) << "while it grew";
  Freed::Watch(secret);
  cli_secret_buffer_cleanup(&buffer_);
  EXPECT_EQ(0, Freed::Stop());
  // The search itself is worth something.
  std::string *copy = new std::string(std::string(secret) + "!");
  Freed::Watch(secret);
  delete copy;
  EXPECT_EQ(1, Freed::Stop());
}

}  // namespace
}  // namespace secret_buffer_test
