#include "tools/cli/secret_file.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstring>
#include <string>
#include <thread>

#include "tests/cli/calls.h"
#include "tests/cli/freed.h"
#include "tests/cli/temp_dir.h"
#include "tools/cli/secret_buffer.h"

namespace secret_file_test {
namespace {

class SecretFile : public testing::Test {
 protected:
  SecretFile() {
    Calls::Reset();
    pop3_secret_init(&secret_, nullptr);
  }
  ~SecretFile() override {
    pop3_secret_cleanup(&secret_);
    Calls::Reset();
  }

  // The password, or the error's text.
  std::string Password(const std::string &contents, unsigned mode = 0600) {
    const std::string path = dir_.Path("password");
    WriteFile(path, contents, mode);
    err_ = POP3_ERROR_INIT;
    if (cli_password_file(&secret_, path.c_str(), &patience_, &err_) != POP3_OK) return err_.text;
    return {reinterpret_cast<const char *>(secret_.data), secret_.len};
  }

  TempDir dir_;
  cli_patience patience_ = {};
  pop3_secret secret_;
  pop3_error err_ = POP3_ERROR_INIT;
};

TEST_F(SecretFile, OneLineEndAtTheEndDoesNotCount) {
  EXPECT_EQ("secret", Password("secret"));
  EXPECT_EQ("secret", Password("secret\n"));
  EXPECT_EQ("secret", Password("secret\r\n"));
  EXPECT_EQ(" pass word \t", Password(" pass word \t\n"));
  EXPECT_EQ(std::string(10000, 'x'), Password(std::string(10000, 'x') + "\n"));
}

TEST_F(SecretFile, RefusesSeveralLinesAndNone) {
  Password("one\ntwo\n");
  EXPECT_EQ(POP3_ERR_ARGUMENT, err_.status);
  Password("");
  EXPECT_EQ(POP3_ERR_NO_CREDENTIALS, err_.status);
  Password("\n");
  EXPECT_EQ(POP3_ERR_NO_CREDENTIALS, err_.status);
}

TEST_F(SecretFile, RefusesWhatOthersCanReadOrWrite) {
  for (unsigned mode : {0640U, 0604U, 0620U, 0602U, 0666U, 0444U}) {
    const std::string text = Password("secret", mode);
    EXPECT_EQ(POP3_ERR_POLICY, err_.status) << mode;
    EXPECT_EQ(std::string::npos, text.find("secret")) << text;
    EXPECT_NE(std::string::npos, text.find("chmod 600")) << text;
  }
  for (unsigned mode : {0600U, 0400U, 0700U}) EXPECT_EQ("secret", Password("secret", mode)) << mode;
}

TEST_F(SecretFile, RefusesTheFileOfSomebodyElse) {
  const std::string path = dir_.Path("theirs");
  WriteFile(path, "secret");
  Calls::owner = static_cast<int>(geteuid()) + 1;
  EXPECT_EQ(POP3_ERR_POLICY, cli_password_file(&secret_, path.c_str(), &patience_, &err_));
  EXPECT_NE(nullptr, strstr(err_.text, "belongs to somebody else")) << err_.text;
}

TEST_F(SecretFile, SaysWhatCannotBeRead) {
  EXPECT_EQ(POP3_ERR_LOCAL_IO,
            cli_password_file(&secret_, dir_.Path("none").c_str(), &patience_, &err_));
  EXPECT_EQ(ENOENT, err_.sys_errno);
  EXPECT_EQ(POP3_ERR_LOCAL_IO, cli_password_file(&secret_, dir_.Path().c_str(), &patience_, &err_))
      << "a directory";
  EXPECT_EQ(POP3_ERR_LOCAL_IO, cli_password_file(&secret_, "/dev/null/x", &patience_, &err_));
  EXPECT_EQ(POP3_ERR_LOCAL_IO, cli_password_file(&secret_, "/dev/zero", &patience_, &err_));
  EXPECT_STREQ("cannot read /dev/zero: neither a regular file nor a pipe", err_.text);
}

TEST_F(SecretFile, ReadsAPipe) {
  const std::string path = dir_.Path("pipe");
  ASSERT_EQ(0, mkfifo(path.c_str(), 0600));
  std::thread writer([&path] {
    const int fd = open(path.c_str(), O_WRONLY);
    (void)!write(fd, "sec", 3);
    (void)!write(fd, "ret\n", 4);
    close(fd);
  });
  EXPECT_EQ(POP3_OK, cli_password_file(&secret_, path.c_str(), &patience_, &err_)) << err_.text;
  writer.join();
  EXPECT_STREQ("secret", reinterpret_cast<const char *>(secret_.data));
}

// What a shell makes of <(command): by the time we open it, the writer may have gone.
TEST_F(SecretFile, ReadsAPipeWhoseWriterHasGone) {
  int ends[2];
  ASSERT_EQ(0, pipe(ends));
  ASSERT_EQ(6, write(ends[1], "secret", 6));
  close(ends[1]);
  const std::string path = "/dev/fd/" + std::to_string(ends[0]);
  EXPECT_EQ(POP3_OK, cli_password_file(&secret_, path.c_str(), &patience_, &err_)) << err_.text;
  close(ends[0]);
  EXPECT_STREQ("secret", reinterpret_cast<const char *>(secret_.data));
}

TEST_F(SecretFile, WaitsNoLongerThanItMay) {
  const std::string path = dir_.Path("pipe");
  ASSERT_EQ(0, mkfifo(path.c_str(), 0600));
  patience_.limit_ms[CLI_LIMIT_LOGIN] = 20;
  for (const char *said : {"nobody writes", "", "half a pass"}) {
    int writer = -1;
    if (said[0] != 'n') {
      writer = open(path.c_str(), O_RDWR);  // so it needs no reader
      ASSERT_EQ(static_cast<ssize_t>(strlen(said)), write(writer, said, strlen(said)));
    }
    cli_patience_start(&patience_, CLI_LIMIT_LOGIN);
    EXPECT_EQ(POP3_ERR_TIMEOUT, cli_password_file(&secret_, path.c_str(), &patience_, &err_));
    EXPECT_EQ(path + " did not end within the 0.02 s of --login-timeout", err_.text);
    EXPECT_EQ(nullptr, secret_.data);
    cli_patience_stop(&patience_, CLI_LIMIT_LOGIN);
    close(writer);
  }
}

TEST_F(SecretFile, HasALimit) {
  Password(std::string(CLI_SECRET_MAX + 1, 'x'));
  EXPECT_EQ(POP3_ERR_LOCAL_IO, err_.status);
  EXPECT_EQ(EFBIG, err_.sys_errno);
}

TEST_F(SecretFile, LeavesNoCopy) {
  const char *secret = "a secret that nobody may find";
  const std::string path = dir_.Path("password");
  WriteFile(path, std::string(secret) + std::string(10000, 'x'));
  Freed::Watch(secret);
  const pop3_status status = cli_password_file(&secret_, path.c_str(), &patience_, &err_);
  EXPECT_EQ(0, Freed::Stop());
  EXPECT_EQ(POP3_OK, status);
}

}  // namespace
}  // namespace secret_file_test
