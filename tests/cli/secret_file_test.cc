#include "tools/cli/secret_file.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <string>
#include <thread>

#include "tests/cli/temp_dir.h"

namespace {

class SecretFile : public testing::Test {
 protected:
  SecretFile() { pop3_secret_init(&secret_, nullptr); }
  ~SecretFile() override { pop3_secret_cleanup(&secret_); }

  // The password, or the error's text.
  std::string Password(const std::string &contents, unsigned mode = 0600) {
    const std::string path = dir_.Path("password");
    WriteFile(path, contents, mode);
    err_ = POP3_ERROR_INIT;
    if (cli_password_file(&secret_, path.c_str(), &err_) != POP3_OK) return err_.text;
    return {reinterpret_cast<const char *>(secret_.data), secret_.len};
  }

  TempDir dir_;
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
  if (geteuid() != 0) GTEST_SKIP() << "only root can give a file away";
  const std::string path = dir_.Path("theirs");
  WriteFile(path, "secret");
  // In a user namespace there may be nobody to give it to.
  if (chown(path.c_str(), 12345, 12345) != 0) GTEST_SKIP() << "chown does not work here";
  EXPECT_EQ(POP3_ERR_POLICY, cli_password_file(&secret_, path.c_str(), &err_));
  EXPECT_NE(nullptr, strstr(err_.text, "belongs to somebody else")) << err_.text;
}

TEST_F(SecretFile, SaysWhatCannotBeRead) {
  EXPECT_EQ(POP3_ERR_LOCAL_IO, cli_password_file(&secret_, dir_.Path("none").c_str(), &err_));
  EXPECT_EQ(ENOENT, err_.sys_errno);
  EXPECT_EQ(POP3_ERR_LOCAL_IO, cli_password_file(&secret_, dir_.Path().c_str(), &err_))
      << "a directory";
  EXPECT_EQ(POP3_ERR_LOCAL_IO, cli_password_file(&secret_, "/dev/null/x", &err_));
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
  EXPECT_EQ(POP3_OK, cli_password_file(&secret_, path.c_str(), &err_)) << err_.text;
  writer.join();
  EXPECT_STREQ("secret", reinterpret_cast<const char *>(secret_.data));
}

TEST_F(SecretFile, HasALimit) {
  Password(std::string(CLI_SECRET_FILE_MAX + 1, 'x'));
  EXPECT_EQ(POP3_ERR_LOCAL_IO, err_.status);
  EXPECT_EQ(EFBIG, err_.sys_errno);
}

}  // namespace
