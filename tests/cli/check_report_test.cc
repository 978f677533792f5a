// The security report, on a session that has come no further than its options.
#include "tools/cli/check_report.h"

#include <gtest/gtest.h>
#include <pop3/pop3.h>
#include <pop3/usual.h>

#include <cstdlib>
#include <string>

namespace check_report_test {
namespace {

class CheckReport : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_EQ(pop3_registry_new(&registry_, nullptr, nullptr), POP3_OK);
    ASSERT_EQ(pop3_registry_add_usual(registry_, nullptr), POP3_OK);
    static const char *const kTransports[] = {"tcp"};
    pop3_session_options options = POP3_SESSION_OPTIONS_INIT;
    options.transports = kTransports;
    options.num_transports = 1;
    options.host = "localhost";
    options.port = 110;
    ASSERT_EQ(pop3_session_new(&session_, registry_, &options, nullptr), POP3_OK);
    out_ = open_memstream(&data_, &len_);
  }
  void TearDown() override {
    fclose(out_);
    free(data_);
    pop3_session_free(session_);
    pop3_registry_free(registry_);
  }

  // Printed is what the report says about the channel in words.
  std::string Printed(const pop3_security &security) {
    testing::internal::CaptureStdout();
    cli_check_report report;
    cli_check_begin(&report, nullptr, session_);
    cli_check_transport(&report, &security);
    cli_check_end(&report);
    fflush(stdout);
    return testing::internal::GetCapturedStdout();
  }

  // Written runs the whole report and returns its JSON.
  std::string Written(const pop3_security &security) {
    cli_check_report report;
    cli_check_begin(&report, out_, session_);
    cli_check_capabilities(&report, "in the clear", "capabilities_in_the_clear");
    cli_check_transport(&report, &security);
    cli_check_certificate(&report, 0);
    cli_check_mechanisms(&report, &security);
    cli_check_end(&report);
    fflush(out_);
    return {data_, len_};
  }

  pop3_registry *registry_ = nullptr;
  pop3_session *session_ = nullptr;
  char *data_ = nullptr;
  size_t len_ = 0;
  FILE *out_ = nullptr;
};

TEST_F(CheckReport, WhatIsNotKnownIsNotSaid) {
  pop3_security security = POP3_SECURITY_INIT;
  pop3_session_security(session_, &security);
  EXPECT_EQ(Written(security),
            "{\"greeting\":\"\",\"capabilities_in_the_clear\":null,\"encryption\":\"no\","
            "\"tls_policy\":\"default\",\"stls\":\"not asked for\",\"is_encrypted\":false,"
            "\"is_local\":false,\"capabilities_changed\":false,\"mechanisms\":[]}\n");
}

TEST_F(CheckReport, EachStateOfTheChannelHasItsWords) {
  const struct {
    uint32_t encrypted;
    uint32_t local;
    pop3_stls_state stls;
    const char *words;
  } kCases[] = {
      {0, 1, POP3_STLS_OFFERED, "\"no, but the octets do not leave this machine\""},
      {0, 0, POP3_STLS_NOT_OFFERED, "\"not offered by the server\""},
      {0, 0, POP3_STLS_OFFERED, "\"offered, not used\""},
      {1, 0, POP3_STLS_DONE, "\"yes, by STLS\""},
      {1, 0, POP3_STLS_DONE, "\"stls\":\"done\""},
      {0, 1, POP3_STLS_OFFERED, "\"is_encrypted\":false,\"is_local\":true"},
      {1, 0, POP3_STLS_OFFERED, "\"is_encrypted\":true,\"is_local\":false"},
      {1, 0, POP3_STLS_UNKNOWN, "\"yes, from the start\""},
  };
  for (const auto &one : kCases) {
    rewind(out_);
    pop3_security security = POP3_SECURITY_INIT;
    security.is_encrypted = one.encrypted;
    security.is_local = one.local;
    security.stls = one.stls;
    EXPECT_NE(Written(security).find(one.words), std::string::npos) << one.words;
  }
}

TEST_F(CheckReport, EachPolicyHasItsWord) {
  const struct {
    pop3_tls_policy policy;
    const char *words;
  } kCases[] = {{POP3_TLS_REQUIRED, "policy        required\n"},
                {POP3_TLS_IF_OFFERED, "policy        if-offered\n"},
                {POP3_TLS_NEVER, "policy        never\n"},
                {POP3_TLS_DEFAULT, "policy        default\n"}};
  for (const auto &one : kCases) {
    pop3_security security = POP3_SECURITY_INIT;
    security.policy = one.policy;
    EXPECT_NE(Printed(security).find(one.words), std::string::npos) << one.words;
  }
}

TEST_F(CheckReport, WhatLeavesThisMachineInTheClearIsNotCalledLocal) {
  pop3_security security = POP3_SECURITY_INIT;
  EXPECT_NE(Printed(security).find("encrypted     no\n"), std::string::npos);
}

TEST_F(CheckReport, ThatTheCapabilitiesChangedIsSaid) {
  pop3_security security = POP3_SECURITY_INIT;
  EXPECT_EQ(Printed(security).find("changed"), std::string::npos);
  security.capabilities_changed = 1;
  EXPECT_NE(Printed(security).find(
                "note          the capabilities changed across STLS in more than STLS itself\n"),
            std::string::npos);
  EXPECT_NE(Written(security).find("\"capabilities_changed\":true"), std::string::npos);
}

}  // namespace
}  // namespace check_report_test
