#include "tools/cli/output.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <stdio_ext.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <string>

namespace output_test {
namespace {

// Puts |path| in the place of standard output for as long as it lives.
class Output : public testing::Test {
 protected:
  void Open(const char *path) {
    fflush(stdout);
    saved_ = dup(STDOUT_FILENO);
    const int fd = open(path, O_WRONLY);
    ASSERT_GE(fd, 0);
    ASSERT_EQ(STDOUT_FILENO, dup2(fd, STDOUT_FILENO));
    close(fd);
    clearerr(stdout);
  }
  void Close() {
    if (saved_ < 0) return;
    __fpurge(stdout);
    clearerr(stdout);
    dup2(saved_, STDOUT_FILENO);
    close(saved_);
    saved_ = -1;
  }
  ~Output() override { Close(); }

  // Writes more than any buffer holds.
  static void WriteMuch() {
    const std::string text(100000, 'x');
    (void)!fwrite(text.data(), 1, text.size(), stdout);
  }

  int saved_ = -1;
  int errno_ = 0;
  pop3_error err_ = POP3_ERROR_INIT;
};

TEST_F(Output, IsFine) {
  Open("/dev/null");
  WriteMuch();
  const int failed = cli_output_failed(&errno_);
  const pop3_status status = cli_output_finish(errno_, &err_);
  Close();
  EXPECT_EQ(0, failed);
  EXPECT_EQ(0, errno_);
  EXPECT_EQ(POP3_OK, status);
}

TEST_F(Output, TheFirstFailureIsTheOneThatIsTold) {
  Open("/dev/full");
  WriteMuch();
  const int failed = cli_output_failed(&errno_);
  errno = EIO;
  const int again = cli_output_failed(&errno_);
  const pop3_status status = cli_output_finish(errno_, &err_);
  Close();
  EXPECT_EQ(1, failed);
  EXPECT_EQ(1, again);
  EXPECT_EQ(ENOSPC, errno_);
  EXPECT_EQ(POP3_ERR_LOCAL_IO, status);
  EXPECT_STREQ("cannot write to standard output: No space left on device", err_.text);
}

// What failed in between, and could be written later, left a hole.
TEST_F(Output, AFailureIsNotForgotten) {
  Open("/dev/full");
  WriteMuch();
  const int failed = cli_output_failed(&errno_);
  const int fd = open("/dev/null", O_WRONLY);
  dup2(fd, STDOUT_FILENO);
  close(fd);
  const pop3_status status = cli_output_finish(errno_, &err_);
  Close();
  EXPECT_EQ(1, failed);
  EXPECT_EQ(POP3_ERR_LOCAL_IO, status);
  EXPECT_EQ(ENOSPC, err_.sys_errno);
}

TEST_F(Output, WhatIsBufferedIsWritten) {
  Open("/dev/full");
  fputs("x", stdout);
  const pop3_status status = cli_output_finish(0, &err_);
  Close();
  EXPECT_EQ(POP3_ERR_LOCAL_IO, status);
  EXPECT_EQ(ENOSPC, err_.sys_errno);
}

}  // namespace
}  // namespace output_test
