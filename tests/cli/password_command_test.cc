#include "tools/cli/password_command.h"

#include <gtest/gtest.h>

#include <string>

namespace {

class PasswordCommand : public testing::Test {
 protected:
  PasswordCommand() { pop3_secret_init(&secret_, nullptr); }
  ~PasswordCommand() override { pop3_secret_cleanup(&secret_); }

  std::string Run(const char *command) {
    err_ = POP3_ERROR_INIT;
    if (cli_password_command(&secret_, command, &err_) != POP3_OK) return err_.text;
    return {reinterpret_cast<const char *>(secret_.data), secret_.len};
  }

  pop3_secret secret_;
  pop3_error err_ = POP3_ERROR_INIT;
};

TEST_F(PasswordCommand, TheFirstLineIsThePassword) {
  EXPECT_EQ("secret", Run("echo secret"));
  EXPECT_EQ("secret", Run("printf secret"));
  EXPECT_EQ("secret", Run("printf 'secret\\r\\n'"));
  EXPECT_EQ("one", Run("printf 'one\\nuser: two\\n'"));
  EXPECT_EQ("a b", Run("x='a b'; echo \"$x\""));
  EXPECT_EQ("one", Run("echo one; head -c 300000 /dev/zero")) << "a lot more than a pipe holds";
}

TEST_F(PasswordCommand, TheExitStatusCounts) {
  EXPECT_EQ("the password command failed with exit code 3", Run("echo secret; exit 3"));
  EXPECT_EQ(POP3_ERR_NO_CREDENTIALS, err_.status);
  EXPECT_EQ("the password command failed with exit code 127", Run("/no/such/program 2>/dev/null"));
  EXPECT_EQ("the password command was killed by signal 9", Run("kill -9 $$"));
  EXPECT_EQ(nullptr, secret_.data);
}

TEST_F(PasswordCommand, NoPasswordIsSaid) {
  EXPECT_EQ("the password command printed no password", Run("true"));
  EXPECT_EQ("the password command printed no password", Run("echo; echo secret"));
  EXPECT_EQ(POP3_ERR_NO_CREDENTIALS, err_.status);
}

TEST_F(PasswordCommand, EndlessOutputIsNot) {
  Run("yes | head -c 5000000");
  EXPECT_EQ(POP3_ERR_NO_CREDENTIALS, err_.status) << "killed by SIGPIPE, or told to be too much";
}

}  // namespace
