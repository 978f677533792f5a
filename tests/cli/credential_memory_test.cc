#include "tools/cli/credential_memory.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstring>
#include <string>

#include "tests/cli/temp_dir.h"

namespace credential_memory_test {
namespace {

class CredentialMemory : public testing::Test {
 protected:
  CredentialMemory() {
    WriteFile(file_, "first\n");
    cli_credential_sources from = {};
    from.host = "h";
    from.user = "alice";
    from.password_file = file_.c_str();
    from.no_netrc = from.no_prompt = 1;
    from.patience = &patience_;
    cli_credentials_init(&credentials_, &from);
    cli_credential_memory_init(&memory_, &credentials_);
  }
  ~CredentialMemory() override {
    cli_credential_memory_cleanup(&memory_);
    cli_credentials_cleanup(&credentials_);
  }

  std::string Fetch(pop3_credential what, uint32_t attempt = 0) {
    pop3_secret out;
    pop3_secret_init(&out, nullptr);
    pop3_error err = POP3_ERROR_INIT;
    const pop3_status status = cli_credential_memory_fetch(&memory_, what, attempt, &out, &err);
    std::string text = status == POP3_OK
                           ? std::string(reinterpret_cast<const char *>(out.data), out.len)
                           : std::string("failed: ") + err.text;
    pop3_secret_cleanup(&out);
    return text;
  }

  TempDir dir_;
  std::string file_ = dir_.Path("password");
  cli_patience patience_ = {};
  cli_credentials credentials_;
  cli_credential_memory memory_;
};

TEST_F(CredentialMemory, AsksForThePasswordOnce) {
  EXPECT_EQ("alice", Fetch(POP3_CREDENTIAL_USER));
  EXPECT_EQ("first", Fetch(POP3_CREDENTIAL_PASSWORD));
  unlink(file_.c_str());
  EXPECT_EQ("first", Fetch(POP3_CREDENTIAL_PASSWORD));
  EXPECT_EQ("alice", Fetch(POP3_CREDENTIAL_USER));
}

TEST_F(CredentialMemory, WhatWasRefusedIsNotGivenAgain) {
  EXPECT_EQ("first", Fetch(POP3_CREDENTIAL_PASSWORD));
  EXPECT_EQ("failed: the server refused the credentials", Fetch(POP3_CREDENTIAL_PASSWORD, 1));
}

TEST_F(CredentialMemory, AFailureIsNotRemembered) {
  unlink(file_.c_str());
  EXPECT_EQ(0U, Fetch(POP3_CREDENTIAL_PASSWORD).find("failed: "));
  WriteFile(file_, "second\n");
  EXPECT_EQ("second", Fetch(POP3_CREDENTIAL_PASSWORD));
}

}  // namespace
}  // namespace credential_memory_test
