#include "core/login/login_context.h"

#include <gtest/gtest.h>

#include <string>

#include "tests/core/login_rig.h"

namespace login_context_test {
namespace {

using pop3_core_test::Capabilities;
using pop3_core_test::LoginRig;

class LoginContext : public ::testing::Test {
 protected:
  // Makes the context as p3_login_next does.
  const pop3_auth_context *Make() {
    rig_.login.facts = &rig_.facts;
    p3_login_make_context(&rig_.login);
    return &rig_.login.context;
  }
  const char *Find(const char *keyword) {
    return rig_.login.context.capability(rig_.login.context.session, keyword);
  }

  LoginRig rig_;
};

TEST_F(LoginContext, WhatIsCopied) {
  rig_.facts.timestamp = "<1@x>";
  rig_.facts.timestamp_len = 5;
  rig_.facts.timestamp_problem = "no problem";
  rig_.config.two_step = 1;
  rig_.config.rules.channel_binding = POP3_CHANNEL_BINDING_REQUIRE;
  rig_.login.context.mechanism = "LEFT-OVER";
  const pop3_auth_context *context = Make();
  EXPECT_EQ(context->size, sizeof(*context));
  EXPECT_STREQ(context->host, "mail.example");
  EXPECT_EQ(context->timestamp, rig_.facts.timestamp);
  EXPECT_EQ(context->timestamp_len, 5U);
  EXPECT_EQ(context->timestamp_problem, rig_.facts.timestamp_problem);
  EXPECT_EQ(context->prefers_two_step, 1U);
  EXPECT_EQ(context->channel_binding, static_cast<uint32_t>(POP3_CHANNEL_BINDING_REQUIRE));
  EXPECT_EQ(context->mechanism, nullptr) << "nothing is left of the login before";
}

TEST_F(LoginContext, TheChannel) {
  const Capabilities fine = {"USER"};
  const Capabilities damaged = {"USER", "SASL  X"};
  char one[] = "USER";
  char two[] = "USER,APOP";
  constexpr uint32_t kPrivate = POP3_CHANNEL_PRIVATE;
  constexpr uint32_t kAllowed = POP3_CHANNEL_CLEARTEXT_ALLOWED;
  const struct {
    int is_private;
    int allow_cleartext;
    const pop3_capabilities *capabilities;
    char *asked;
    uint32_t channel;
  } cases[] = {
      {0, 0, fine.get(), nullptr, 0},
      {1, 0, fine.get(), nullptr, kPrivate},
      {0, 1, fine.get(), nullptr, kAllowed},
      {1, 1, fine.get(), nullptr, kPrivate | kAllowed},
      {0, 1, nullptr, nullptr, kAllowed},
      {0, 1, damaged.get(), nullptr, 0},     // a better one may be in what cannot be read
      {0, 1, damaged.get(), two, 0},         // likewise
      {0, 1, damaged.get(), one, kAllowed},  // there is nothing to choose
      {1, 1, damaged.get(), nullptr, kPrivate},
  };
  for (const auto &c : cases) {
    rig_.facts.is_private = c.is_private;
    rig_.config.allow_cleartext = c.allow_cleartext;
    rig_.facts.capabilities = c.capabilities;
    rig_.login.asked = c.asked;
    EXPECT_EQ(Make()->channel, c.channel) << &c - cases;
    rig_.login.asked = nullptr;
  }
}

TEST_F(LoginContext, CapabilitiesByKeyword) {
  const pop3_core_test::Capabilities fine = {"USER", "SASL PLAIN X"};
  const pop3_core_test::Capabilities damaged = {"USER", "STLS "};
  EXPECT_EQ(Make()->knows_capabilities, 0U);
  EXPECT_EQ(Find("USER"), nullptr) << "the server was not asked";
  rig_.facts.capabilities = fine.get();
  EXPECT_EQ(Make()->knows_capabilities, 1U) << "all of it could be read";
  EXPECT_STREQ(Find("USER"), "");
  EXPECT_STREQ(Find("sasl"), "PLAIN X");
  EXPECT_EQ(Find("STLS"), nullptr);
  EXPECT_EQ(Find(""), nullptr) << "no line has that keyword";
  rig_.facts.capabilities = damaged.get();
  EXPECT_EQ(Make()->knows_capabilities, 0U) << "not all of it could";
  EXPECT_STREQ(Find("USER"), "");
}

// Plugins may keep the context until end; behind p3_login_next there are no facts any more.
TEST_F(LoginContext, WithoutFactsNothingIsKnown) {
  const pop3_core_test::Capabilities fine = {"USER"};
  rig_.facts.capabilities = fine.get();
  const pop3_auth_context *context = Make();
  pop3_answer answer = POP3_ANSWER_INIT;
  EXPECT_EQ(context->query(context->session, POP3_QUERY_IS_LOCAL, &answer), POP3_OK);
  EXPECT_EQ(answer.number, 42);
  EXPECT_EQ(rig_.queries, std::vector<uint32_t>{POP3_QUERY_IS_LOCAL});
  rig_.login.facts = nullptr;
  EXPECT_EQ(context->query(context->session, POP3_QUERY_IS_LOCAL, &answer), POP3_ERR_UNSUPPORTED);
  EXPECT_EQ(Find("USER"), nullptr);
  EXPECT_EQ(rig_.queries.size(), 1U);
}

TEST_F(LoginContext, CredentialsAreTheLogins) {
  rig_.config.source.given[POP3_CREDENTIAL_USER] = "jane";
  const pop3_auth_context *context = Make();
  EXPECT_TRUE(context->has_credential(context->session, POP3_CREDENTIAL_USER));
  EXPECT_FALSE(context->has_credential(context->session, POP3_CREDENTIAL_PASSWORD));
  const uint8_t *data = nullptr;
  size_t len = 0;
  EXPECT_EQ(context->credential(context->session, POP3_CREDENTIAL_USER, &data, &len, nullptr),
            POP3_OK);
  EXPECT_STREQ(reinterpret_cast<const char *>(data), "jane");
  EXPECT_EQ(len, 4U);
  EXPECT_EQ(context->renew(context->session, POP3_CREDENTIAL_USER, &data, &len, nullptr),
            POP3_ERR_NO_CREDENTIALS)
      << "there is nobody to ask for another";
  EXPECT_EQ(data, nullptr);
  p3_login_end(&rig_.login, POP3_OK);
}

TEST_F(LoginContext, TheLastDetailIsKept) {
  const pop3_auth_context *context = Make();
  const p3_login_report *report = &rig_.login.report;
  context->detail(context->session, "first", 5);
  context->detail(context->session, "second one", 6);
  EXPECT_STREQ(report->detail, "second");
  EXPECT_EQ(report->detail_len, 6U);
  EXPECT_EQ(rig_.allocator.live_blocks(), 1U);
  const std::string most(4096, 'x');
  context->detail(context->session, most.data(), most.size());
  EXPECT_EQ(report->detail_len, 4096U);
  const std::string more(4097, 'y');
  context->detail(context->session, more.data(), more.size());
  EXPECT_EQ(report->detail_len, 4096U);
  EXPECT_EQ(report->detail[4095], 'y');
  EXPECT_EQ(report->detail[4096], 0);
  rig_.allocator.FailFrom(1);
  context->detail(context->session, "third", 5);
  EXPECT_EQ(report->detail, nullptr) << "an older one would be taken for it";
  EXPECT_EQ(report->detail_len, 0U);
}

}  // namespace
}  // namespace login_context_test
