#include "tools/cli/credentials.h"

#include <gtest/gtest.h>

#include <sys/stat.h>

#include <cstdlib>
#include <string>

#include "tests/cli/temp_dir.h"

namespace credentials_test {
namespace {

class Credentials : public testing::Test {
 protected:
  Credentials() {
    setenv("HOME", dir_.Path().c_str(), 1);
    from_.host = "mail.example";
    from_.no_prompt = 1;
    from_.patience = &patience_;
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
  cli_patience patience_ = {};
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

TEST_F(Credentials, ATokenIsNoPassword) {
  from_.token_command = "true";
  Start();
  EXPECT_EQ("failed", Fetch(POP3_CREDENTIAL_TOKEN));
  EXPECT_STREQ("the token command printed no token", err_.text);
}

// The netrc is a pipe, in which all the other sources stand, too.
TEST_F(Credentials, WaitNoLongerThanTheyMay) {
  const std::string pipe = dir_.Path("pipe");
  ASSERT_EQ(0, mkfifo(pipe.c_str(), 0600));
  const std::string silent = pipe + " did not end within the 0.02 s of --login-timeout";
  patience_.limit_ms[CLI_LIMIT_LOGIN] = 20;
  from_.user = "alice";
  const cli_credential_sources nothing = from_;
  from_.netrc = pipe.c_str();
  for (const char *source : {"netrc", "file", "command", "token"}) {
    cli_patience_stop(&patience_, CLI_LIMIT_LOGIN);
    cli_patience_start(&patience_, CLI_LIMIT_LOGIN);
    std::string text = silent;
    if (source[0] != 'n') from_ = nothing;
    if (source[0] == 'f') from_.password_file = pipe.c_str();
    if (source[0] == 'c') from_.password_command = "exec sleep 1000";
    if (source[0] == 't') from_.token_command = "exec sleep 1000";
    if (source[0] == 'c' || source[0] == 't') {
      text = std::string("the ") + (source[0] == 'c' ? "password" : "token") +
             " command did not end within the 0.02 s of --login-timeout";
    }
    Start();
    EXPECT_EQ("failed", Fetch(source[0] == 't' ? POP3_CREDENTIAL_TOKEN : POP3_CREDENTIAL_PASSWORD));
    EXPECT_EQ(POP3_ERR_TIMEOUT, err_.status) << source;
    EXPECT_EQ(text, err_.text);
    cli_credentials_cleanup(&credentials_);
  }
}

TEST_F(Credentials, NothingElseAndNothingTwice) {
  from_.user = "alice";
  Start();
  EXPECT_EQ("failed", Fetch(POP3_CREDENTIAL_TOKEN));
  EXPECT_EQ("failed", Fetch(POP3_CREDENTIAL_AUTHZID));
  EXPECT_EQ("failed", Fetch(POP3_CREDENTIAL_USER, 1));
  EXPECT_EQ(POP3_ERR_NO_CREDENTIALS, err_.status);
}

TEST_F(Credentials, ATokenIsFetchedAnewOnce) {
  from_.user = "alice";
  from_.token_command = "echo token";
  Start();
  EXPECT_EQ("token", Fetch(POP3_CREDENTIAL_TOKEN));
  EXPECT_EQ("token", Fetch(POP3_CREDENTIAL_TOKEN, 1)) << "it may have expired a moment ago";
  EXPECT_EQ("failed", Fetch(POP3_CREDENTIAL_TOKEN, 2));
  EXPECT_STREQ("the server refused the credentials", err_.text);
}

TEST_F(Credentials, WhoTypesAnotherNameDoesNotGetThePasswordOfTheNetrc) {
  WriteFile(dir_.Path(".netrc"), "machine mail.example password netrc\n");
  Start();
  ASSERT_TRUE(pop3_secret_set(&credentials_.user, "mallory", 7));  // what a question leaves
  EXPECT_EQ("mallory", Fetch(POP3_CREDENTIAL_USER));
  EXPECT_EQ("failed", Fetch(POP3_CREDENTIAL_PASSWORD));
  EXPECT_EQ(POP3_ERR_NO_CREDENTIALS, err_.status);
}

TEST_F(Credentials, TheNetrcIsReadOnce) {
  WriteFile(dir_.Path(".netrc"), "machine mail.example login carol password netrc\n");
  Start();
  EXPECT_EQ("carol", Fetch(POP3_CREDENTIAL_USER));
  WriteFile(dir_.Path(".netrc"), "no netrc\n");
  EXPECT_EQ("netrc", Fetch(POP3_CREDENTIAL_PASSWORD));
}

TEST_F(Credentials, WhatThereIsAWayToFind) {
  Start();
  EXPECT_EQ(
      POP3_CREDENTIAL_BIT(POP3_CREDENTIAL_USER) | POP3_CREDENTIAL_BIT(POP3_CREDENTIAL_PASSWORD),
      cli_credentials_kinds(&credentials_));
  from_.token_command = "true";
  Start();
  EXPECT_EQ(POP3_CREDENTIAL_BIT(POP3_CREDENTIAL_USER) | POP3_CREDENTIAL_BIT(POP3_CREDENTIAL_TOKEN),
            cli_credentials_kinds(&credentials_));
}

}  // namespace
}  // namespace credentials_test
