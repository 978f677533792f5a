// The TLS policy, its gate, and the report.
#include <gtest/gtest.h>
#include <pop3/pop3.h>

#include <cstring>
#include <string>

#include "tests/core/fake_auth.h"
#include "tests/core/session_driver.h"

namespace security_test {
namespace {

using pop3_core_test::FakeAuth;
using pop3_core_test::Lines;
using pop3_core_test::SessionDriver;

class SessionSecurity : public ::testing::Test {
 protected:
  void SetUp() override {
    d_.wire.local = false;
    d_.wire.replies = {{"CAPA", "+OK\r\nUSER\r\nSTLS\r\n.\r\n"}};
    d_.wire.server = [](const std::string &) { return "+OK\r\n"; };
  }
  pop3_security Report() {
    pop3_security report = POP3_SECURITY_INIT;
    pop3_session_security(d_.session(), &report);
    return report;
  }
  SessionDriver d_;
};

TEST_F(SessionSecurity, TheDefaultDependsOnTheChannel) {
  ASSERT_EQ(d_.Start(), POP3_OK);
  EXPECT_EQ(Report().policy, POP3_TLS_DEFAULT) << "not connected yet";
  ASSERT_EQ(pop3_connect(d_.session(), &d_.err), POP3_OK);
  EXPECT_EQ(Report().policy, POP3_TLS_REQUIRED);
  EXPECT_EQ(Report().is_local, 0U);
  SessionDriver local;
  local.StartReady();
  pop3_security report = POP3_SECURITY_INIT;
  pop3_session_security(local.session(), &report);
  EXPECT_EQ(report.policy, POP3_TLS_NEVER);
  EXPECT_EQ(report.is_local, 1U);
}

TEST_F(SessionSecurity, APolicyThatIsNone) {
  const int none = 4;  // as a C program could
  std::memcpy(&d_.options.tls, &none, sizeof(none));
  EXPECT_EQ(d_.Start(), POP3_ERR_ARGUMENT);
}

TEST_F(SessionSecurity, NothingOfALoginGoesOutInTheClearIfTlsIsRequired) {
  d_.options.allow_cleartext = 1;
  d_.StartReady();
  EXPECT_EQ(pop3_user(d_.session(), "mrose", &d_.err), POP3_ERR_POLICY);
  EXPECT_NE(std::string(d_.err.text).find("option tls"), std::string::npos) << d_.err.text;
  EXPECT_EQ(pop3_pass(d_.session(), "sesame", &d_.err), POP3_ERR_POLICY);
  EXPECT_EQ(pop3_rpop(d_.session(), "mrose", &d_.err), POP3_ERR_POLICY);
  EXPECT_EQ(pop3_raw(d_.session(), "apop mrose 00112233445566778899aabbccddeeff", &d_.err),
            POP3_ERR_POLICY);
  pop3_request auth = POP3_REQUEST_INIT(POP3_CMD_AUTH);
  auth.arg = "PLAIN";
  auth.arg_len = 5;
  EXPECT_EQ(d_.Wait(d_.Submit(auth)), POP3_ERR_POLICY);
  EXPECT_EQ(d_.wire.sent, "");
  EXPECT_EQ(pop3_noop(d_.session(), &d_.err), POP3_OK) << "the session lives on";
}

TEST_F(SessionSecurity, AListOfMechanismsIsNoLogin) {
  d_.wire.replies["AUTH"] = "+OK\r\nPLAIN\r\n.\r\n";
  d_.StartReady();
  EXPECT_EQ(pop3_raw_multi(d_.session(), "AUTH", nullptr, &d_.err), POP3_OK) << d_.err.text;
}

TEST_F(SessionSecurity, NeverLetsNamesAndDigestsThrough) {
  d_.options.tls = POP3_TLS_NEVER;
  d_.StartReady();
  EXPECT_EQ(pop3_user(d_.session(), "mrose", &d_.err), POP3_OK);
  EXPECT_EQ(pop3_raw(d_.session(), "APOP mrose 00112233445566778899aabbccddeeff", &d_.err), POP3_OK)
      << d_.err.text;
  EXPECT_EQ(pop3_pass(d_.session(), "sesame", &d_.err), POP3_ERR_POLICY);
  EXPECT_NE(std::string(d_.err.text).find("allow_cleartext"), std::string::npos) << d_.err.text;
  EXPECT_EQ(d_.Wait(d_.Submit(pop3_core_test::Request(POP3_CMD_AUTH, "LOGIN"))), POP3_ERR_POLICY)
      << "by hand nobody can tell what it will show";
  pop3_request raw = pop3_core_test::Request(POP3_CMD_RAW, "XSECRET sesame");
  raw.flags = POP3_REQUEST_SECRET;
  EXPECT_EQ(d_.Wait(d_.Submit(raw)), POP3_ERR_POLICY) << "nor what a secret is for";
}

TEST_F(SessionSecurity, ByHandNothingBindsTheChannel) {
  d_.transports = {"fake", "tls"};
  d_.options.channel_binding = POP3_CHANNEL_BINDING_REQUIRE;
  d_.StartReady();
  EXPECT_EQ(pop3_user(d_.session(), "mrose", &d_.err), POP3_ERR_POLICY);
  EXPECT_EQ(pop3_pass(d_.session(), "sesame", &d_.err), POP3_ERR_POLICY);
  EXPECT_NE(std::string(d_.err.text).find("option channel_binding"), std::string::npos);
  EXPECT_EQ(d_.wire.lines, Lines());
}

TEST_F(SessionSecurity, TheReportOfStls) {
  d_.StartReady();
  EXPECT_EQ(Report().stls, POP3_STLS_UNKNOWN);
  EXPECT_EQ(pop3_capa(d_.session(), nullptr, &d_.err), POP3_OK);
  EXPECT_EQ(Report().stls, POP3_STLS_OFFERED);
  EXPECT_EQ(pop3_stls(d_.session(), &d_.err), POP3_OK) << d_.err.text;
  EXPECT_EQ(Report().stls, POP3_STLS_DONE);
  EXPECT_EQ(Report().is_encrypted, 1U);
  EXPECT_EQ(Report().capabilities_changed, 0U) << "not known yet";
  d_.wire.replies["CAPA"] = "+OK\r\nUSER\r\n.\r\n";
  EXPECT_EQ(pop3_capa(d_.session(), nullptr, &d_.err), POP3_OK);
  EXPECT_EQ(Report().capabilities_changed, 0U) << "STLS alone is gone";
  d_.wire.replies["CAPA"] = "+OK\r\nUSER\r\nSASL PLAIN\r\n.\r\n";
  EXPECT_EQ(pop3_capa(d_.session(), nullptr, &d_.err), POP3_OK);
  EXPECT_EQ(Report().capabilities_changed, 1U);
  EXPECT_EQ(pop3_stls(d_.session(), &d_.err), POP3_ERR_STATE) << "once is enough";
  EXPECT_NE(std::string(d_.err.text).find("has TLS already"), std::string::npos) << d_.err.text;
  EXPECT_EQ(Report().stls, POP3_STLS_DONE) << "as before";
  EXPECT_EQ(Report().capabilities_changed, 1U);
}

TEST_F(SessionSecurity, ArgumentsOfCapabilitiesCountToo) {
  d_.wire.replies["CAPA"] = "+OK\r\nSASL PLAIN\r\nSTLS\r\n.\r\n";
  d_.StartReady();
  EXPECT_EQ(pop3_capa(d_.session(), nullptr, &d_.err), POP3_OK);
  EXPECT_EQ(pop3_stls(d_.session(), &d_.err), POP3_OK) << d_.err.text;
  d_.wire.replies["CAPA"] = "+OK\r\nSASL PLAIN SCRAM-SHA-1\r\n.\r\n";
  EXPECT_EQ(pop3_capa(d_.session(), nullptr, &d_.err), POP3_OK);
  EXPECT_EQ(Report().capabilities_changed, 1U);
}

TEST_F(SessionSecurity, TlsCountsOnceItIsConnected) {
  d_.transports = {"fake", "tls"};
  d_.wire.connects = {POP3_IO_DONE, POP3_IO_WANT_READ};
  ASSERT_EQ(d_.Start(), POP3_OK);
  EXPECT_EQ(pop3_step(d_.session()), POP3_STEP_AGAIN);
  EXPECT_EQ(d_.wire.Count("tls.connect"), 1);
  EXPECT_EQ(Report().is_encrypted, 0U);
  EXPECT_EQ(pop3_session_is_private(d_.session()), 0);
  EXPECT_EQ(pop3_connect(d_.session(), &d_.err), POP3_OK);
  EXPECT_EQ(Report().is_encrypted, 1U);
}

// A server whose name nobody looked at is not verified, though the channel is encrypted.
TEST_F(SessionSecurity, WhatIsProvenOfTheServer) {
  d_.transports = {"fake", "tls"};
  ASSERT_EQ(d_.Start(), POP3_OK);
  EXPECT_EQ(Report().is_verified, 0U);
  EXPECT_EQ(Report().is_name_verified, 0U);
  EXPECT_EQ(pop3_connect(d_.session(), &d_.err), POP3_OK);
  EXPECT_EQ(Report().is_verified, 1U);
  EXPECT_EQ(Report().is_name_verified, 1U);
  d_.wire.verified = false;
  EXPECT_EQ(Report().is_verified, 0U);
  EXPECT_EQ(Report().is_name_verified, 1U);
  d_.wire.verified = true;
  d_.wire.name_verified = false;
  EXPECT_EQ(Report().is_verified, 1U) << "by a pin, for example";
  EXPECT_EQ(Report().is_name_verified, 0U);
  EXPECT_EQ(Report().is_encrypted, 1U);
}

// Whatever the choice has found: the gate looks at the channel as it is when the line goes out.
TEST_F(SessionSecurity, TheGateIsAskedBehindTheChoice) {
  pop3_core_test::FakeAuth clear("clear", POP3_AUTH_CLEARTEXT, 100);
  clear.on_begin = [this](const pop3_auth_context *, pop3_error *) {
    d_.wire.local = false;
    return POP3_OK;
  };
  clear.on_step = [](const std::string &words) {
    return words == "start" ? pop3_core_test::FakeAuth::Command("AUTH CLEAR sesame", 11)
                            : pop3_core_test::FakeAuth::Fail(POP3_ERR_AUTH);
  };
  d_.wire.local = true;
  d_.options.tls = POP3_TLS_NEVER;
  d_.plugins.push_back(clear.plugin());
  d_.StartReady();
  EXPECT_EQ(pop3_login(d_.session(), &d_.err), POP3_ERR_POLICY);
  EXPECT_NE(std::string(d_.err.text).find("set allow_cleartext"), std::string::npos) << d_.err.text;
  EXPECT_EQ(d_.wire.lines, Lines{"CAPA"});
  d_.Free();
}

TEST_F(SessionSecurity, TheReportOfAStrippedServer) {
  d_.wire.replies["CAPA"] = "+OK\r\nUSER\r\n.\r\n";
  d_.StartReady();
  EXPECT_EQ(pop3_survey(d_.session(), &d_.err), POP3_ERR_POLICY);
  EXPECT_EQ(Report().stls, POP3_STLS_NOT_OFFERED);
  EXPECT_EQ(Report().is_encrypted, 0U);
  EXPECT_EQ(Report().num_candidates, 0U);
  pop3_candidate none = POP3_CANDIDATE_INIT;
  EXPECT_EQ(pop3_session_candidate(d_.session(), 0, &none), 0);
}

// What a program knows that was built when the structs had fewer members.
TEST_F(SessionSecurity, WhatIsAskedForIsFilledAsFarAsItsOwnerKnowsIt) {
  d_.wire.local = true;
  d_.StartReady();
  ASSERT_EQ(pop3_survey(d_.session(), &d_.err), POP3_ERR_NO_MECHANISM) << d_.err.text;
  pop3_security report = POP3_SECURITY_INIT;
  report.size = offsetof(pop3_security, is_encrypted);
  report.is_encrypted = 4711;
  report.not_bound_why = "mine";
  pop3_session_security(d_.session(), &report);
  EXPECT_EQ(report.size, offsetof(pop3_security, is_encrypted));
  EXPECT_EQ(report.is_local, 1U);
  EXPECT_EQ(report.is_encrypted, 4711U);
  EXPECT_STREQ(report.not_bound_why, "mine");
  report.size = 0;
  report.is_local = 4711;
  pop3_session_security(d_.session(), &report);
  EXPECT_EQ(report.is_local, 4711U);
}

TEST_F(SessionSecurity, ACandidateIsFilledAsFarAsItsOwnerKnowsIt) {
  d_.wire.local = true;
  FakeAuth auth("mine", 0, 300);
  d_.plugins.push_back(auth.plugin());
  d_.StartReady();
  ASSERT_EQ(pop3_survey(d_.session(), &d_.err), POP3_OK) << d_.err.text;
  pop3_candidate one = POP3_CANDIDATE_INIT;
  ASSERT_EQ(pop3_session_candidate(d_.session(), 0, &one), 1);
  EXPECT_NE(one.why, nullptr);
  one = POP3_CANDIDATE_INIT;
  one.size = offsetof(pop3_candidate, why);
  ASSERT_EQ(pop3_session_candidate(d_.session(), 0, &one), 1);
  EXPECT_NE(one.mechanism, nullptr);
  EXPECT_EQ(one.why, nullptr);
  EXPECT_EQ(one.size, offsetof(pop3_candidate, why));
  EXPECT_EQ(pop3_session_candidate(d_.session(), 1000, &one), 0);
  EXPECT_EQ(one.mechanism, nullptr) << "empty";
  one.size = 0;
  EXPECT_EQ(pop3_session_candidate(d_.session(), 0, &one), 0);
}

}  // namespace
}  // namespace security_test
