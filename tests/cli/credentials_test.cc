#include "tools/cli/credentials.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <string>

#include "tests/cli/temp_dir.h"

namespace {

class Credentials : public testing::Test {
 protected:
  Credentials() {
    setenv("HOME", dir_.Path().c_str(), 1);
    from_.host = "mail.example";
    from_.no_prompt = 1;
  }

  void Start() { cli_credentials_init(&credentials_, &from_); }
  void TearDown() override { cli_credentials_cleanup(&credentials_); }

  std::string Fetch(pop3_credential what, uint32_t attempt = 0) {
    pop3_secret secret;
    pop3_secret_init(&secret, nullptr);
    err_ = POP3_ERROR_INIT;
    std::string out = "failed";
    if (cli_credentials_fetch(&credentials_, what, attempt, &secret, &err_) == POP3_OK) {
      out.assign(reinterpret_cast<const char *>(secret.data), secret.len);
    }
    pop3_secret_cleanup(&secret);
    return out;
  }

  TempDir dir_;
  cli_credential_sources from_ = {};
  cli_credentials credentials_ = {};
  pop3_error err_ = POP3_ERROR_INIT;
};

TEST_F(Credentials, OptionsComeBeforeTheNetrc) {
  WriteFile(dir_.Path(".netrc"), "machine mail.example login carol password netrc\n");
  from_.user = "alice";
  from_.password_command = "echo command";
  Start();
  EXPECT_EQ("alice", Fetch(POP3_CREDENTIAL_USER));
  EXPECT_EQ("command", Fetch(POP3_CREDENTIAL_PASSWORD));
}

TEST_F(Credentials, TheNetrcGivesBoth) {
  WriteFile(dir_.Path(".netrc"), "machine mail.example login carol password netrc\n");
  Start();
  const char *user = nullptr;
  EXPECT_EQ(POP3_OK, cli_credentials_user(&credentials_, &user, &err_));
  EXPECT_STREQ("carol", user);
  EXPECT_EQ("carol", Fetch(POP3_CREDENTIAL_USER));
  EXPECT_EQ("netrc", Fetch(POP3_CREDENTIAL_PASSWORD));
}

TEST_F(Credentials, ANetrcEntryOfSomebodyElseIsNotOurs) {
  WriteFile(dir_.Path(".netrc"), "machine mail.example login carol password netrc\n");
  from_.user = "alice";
  Start();
  EXPECT_EQ("failed", Fetch(POP3_CREDENTIAL_PASSWORD));
  EXPECT_EQ(POP3_ERR_NO_CREDENTIALS, err_.status);
}

TEST_F(Credentials, AnEntryWithoutLoginIsForEverybody) {
  WriteFile(dir_.Path(".netrc"), "machine mail.example password netrc\n");
  from_.user = "alice";
  Start();
  EXPECT_EQ("netrc", Fetch(POP3_CREDENTIAL_PASSWORD));
}

TEST_F(Credentials, AMissingNetrcIsFineUnlessItWasNamed) {
  Start();
  EXPECT_EQ("failed", Fetch(POP3_CREDENTIAL_USER));
  EXPECT_EQ(POP3_ERR_NO_CREDENTIALS, err_.status);
  EXPECT_NE(nullptr, strstr(err_.text, "--user")) << err_.text;
  cli_credentials_cleanup(&credentials_);
  const std::string path = dir_.Path("none");
  from_.netrc = path.c_str();
  Start();
  EXPECT_EQ("failed", Fetch(POP3_CREDENTIAL_USER));
  EXPECT_EQ(POP3_ERR_LOCAL_IO, err_.status);
}

TEST_F(Credentials, AnExposedNetrcIsRefusedAndNoNetrcLooksAway) {
  WriteFile(dir_.Path(".netrc"), "default login carol password netrc\n", 0644);
  Start();
  EXPECT_EQ("failed", Fetch(POP3_CREDENTIAL_PASSWORD));
  EXPECT_EQ(POP3_ERR_POLICY, err_.status);
  cli_credentials_cleanup(&credentials_);
  from_.no_netrc = 1;
  Start();
  EXPECT_EQ("failed", Fetch(POP3_CREDENTIAL_PASSWORD));
  EXPECT_EQ(POP3_ERR_NO_CREDENTIALS, err_.status);
}

TEST_F(Credentials, NothingElseAndNothingTwice) {
  from_.user = "alice";
  Start();
  EXPECT_EQ("failed", Fetch(POP3_CREDENTIAL_TOKEN));
  EXPECT_EQ("failed", Fetch(POP3_CREDENTIAL_AUTHZID));
  EXPECT_EQ("failed", Fetch(POP3_CREDENTIAL_USER, 1));
  EXPECT_EQ(POP3_ERR_NO_CREDENTIALS, err_.status);
}

}  // namespace
