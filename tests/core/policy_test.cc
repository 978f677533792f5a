#include "core/session/policy.h"

#include <gtest/gtest.h>

#include <string>

namespace policy_test {
namespace {

enum Channel { kClosed, kOpen, kLocal, kEncrypted };

p3_policy_facts Facts(Channel channel, pop3_tls_policy tls = POP3_TLS_DEFAULT) {
  p3_policy_facts facts = {};
  facts.tls = tls;
  facts.is_open = channel != kClosed;
  facts.is_local = channel == kLocal;
  facts.is_encrypted = channel == kEncrypted;
  return facts;
}

TEST(PolicyApplies, Table) {
  const struct {
    pop3_tls_policy tls;
    Channel channel;
    pop3_tls_policy applies;
  } cases[] = {
      {POP3_TLS_DEFAULT, kClosed, POP3_TLS_DEFAULT},
      {POP3_TLS_DEFAULT, kOpen, POP3_TLS_REQUIRED},
      {POP3_TLS_DEFAULT, kEncrypted, POP3_TLS_REQUIRED},
      {POP3_TLS_DEFAULT, kLocal, POP3_TLS_NEVER},
      {POP3_TLS_REQUIRED, kClosed, POP3_TLS_REQUIRED},
      {POP3_TLS_REQUIRED, kLocal, POP3_TLS_REQUIRED},
      {POP3_TLS_IF_OFFERED, kLocal, POP3_TLS_IF_OFFERED},
      {POP3_TLS_IF_OFFERED, kOpen, POP3_TLS_IF_OFFERED},
      {POP3_TLS_NEVER, kOpen, POP3_TLS_NEVER},
      {POP3_TLS_NEVER, kClosed, POP3_TLS_NEVER},
  };
  for (const auto &c : cases) {
    const p3_policy_facts facts = Facts(c.channel, c.tls);
    EXPECT_EQ(p3_policy_applies(&facts), c.applies) << "policy " << c.tls << " on " << c.channel;
  }
}

// Why |command| is not sent, by the first words that tell; "" if it is.
std::string Gate(const p3_policy_facts &facts, pop3_command command) {
  pop3_error error = POP3_ERROR_INIT;
  const pop3_status status = p3_policy_gate(&facts, command, &error);
  EXPECT_EQ(error.status, status);
  EXPECT_EQ(p3_policy_gate(&facts, command, nullptr), status);
  if (status == POP3_OK) return "";
  EXPECT_EQ(status, POP3_ERR_POLICY);
  EXPECT_STREQ(error.layer, "session");
  const std::string text = error.text;
  EXPECT_EQ(text.rfind(pop3_command_name(command), 0), 0U) << text << " does not name the command";
  for (const char *why : {"channel_binding", "option tls", "allow_cleartext"}) {
    if (text.find(why) != std::string::npos) return why;
  }
  return text;
}

// For USER, APOP, RPOP (which show nothing secret), PASS, AUTH and a raw line that hides something.
std::string Each(const p3_policy_facts &facts) {
  std::string all;
  for (pop3_command command : {POP3_CMD_USER, POP3_CMD_APOP, POP3_CMD_RPOP, POP3_CMD_PASS,
                               POP3_CMD_AUTH, POP3_CMD_RAW, POP3_CMD_RAW_MULTI}) {
    const std::string why = Gate(facts, command);
    all += why.empty() ? '+' : why == "channel_binding" ? 'b' : why == "option tls" ? 't' : 'c';
  }
  return all;
}

TEST(PolicyGate, ByHand) {
  const struct {
    Channel channel;
    pop3_tls_policy tls;
    int cleartext;
    const char *each;  // USER APOP RPOP PASS AUTH raw raw
  } cases[] = {
      {kEncrypted, POP3_TLS_DEFAULT, 0, "+++++++"}, {kEncrypted, POP3_TLS_REQUIRED, 0, "+++++++"},
      {kEncrypted, POP3_TLS_NEVER, 0, "+++++++"},   {kLocal, POP3_TLS_DEFAULT, 0, "+++++++"},
      {kLocal, POP3_TLS_IF_OFFERED, 0, "+++++++"},  {kLocal, POP3_TLS_NEVER, 0, "+++++++"},
      {kLocal, POP3_TLS_REQUIRED, 0, "ttttttt"},    {kLocal, POP3_TLS_REQUIRED, 1, "ttttttt"},
      {kOpen, POP3_TLS_DEFAULT, 0, "ttttttt"},      {kOpen, POP3_TLS_DEFAULT, 1, "ttttttt"},
      {kOpen, POP3_TLS_REQUIRED, 1, "ttttttt"},     {kOpen, POP3_TLS_IF_OFFERED, 0, "+++cccc"},
      {kOpen, POP3_TLS_IF_OFFERED, 1, "+++++++"},   {kOpen, POP3_TLS_NEVER, 0, "+++cccc"},
      {kOpen, POP3_TLS_NEVER, 1, "+++++++"},
  };
  for (const auto &c : cases) {
    p3_policy_facts facts = Facts(c.channel, c.tls);
    facts.allow_cleartext = c.cleartext;
    EXPECT_EQ(Each(facts), c.each)
        << "channel " << c.channel << " policy " << c.tls << " cleartext " << c.cleartext;
    facts.hides = 1;
    EXPECT_EQ(Each(facts), c.each) << "what no login looks at hides nothing";
  }
}

// Only AUTH profits from a mechanism that hides the password, and only where TLS is not required.
TEST(PolicyGate, InALogin) {
  for (const bool hides : {false, true}) {
    p3_policy_facts facts = Facts(kOpen, POP3_TLS_NEVER);
    facts.is_login = 1;
    facts.hides = hides;
    EXPECT_EQ(Each(facts), hides ? "+++c+cc" : "+++cccc");
    facts.tls = POP3_TLS_IF_OFFERED;
    EXPECT_EQ(Each(facts), hides ? "+++c+cc" : "+++cccc");
    facts.tls = POP3_TLS_DEFAULT;
    EXPECT_EQ(Each(facts), "ttttttt");
    facts.tls = POP3_TLS_REQUIRED;
    EXPECT_EQ(Each(facts), "ttttttt");
  }
}

TEST(PolicyGate, ChannelBinding) {
  for (const Channel channel : {kOpen, kLocal, kEncrypted}) {
    p3_policy_facts facts = Facts(channel, POP3_TLS_NEVER);
    facts.allow_cleartext = 1;
    facts.channel_binding = POP3_CHANNEL_BINDING_REQUIRE;
    EXPECT_EQ(Each(facts), "bbbbbbb") << "by hand nobody can tell whether it binds";
    facts.is_login = 1;
    EXPECT_EQ(Each(facts), "+++++++") << "a login has looked at its mechanism";
    facts.is_login = 0;
    facts.channel_binding = POP3_CHANNEL_BINDING_PREFER;
    EXPECT_EQ(Each(facts), "+++++++");
    facts.channel_binding = POP3_CHANNEL_BINDING_NEVER;
    EXPECT_EQ(Each(facts), "+++++++");
  }
}

// A session that has no connection yet has no policy either; but nothing private.
TEST(PolicyGate, WithoutAConnectionNothingReadableGoesOut) {
  EXPECT_EQ(Each(Facts(kClosed)), "+++cccc");
  EXPECT_EQ(Each(Facts(kClosed, POP3_TLS_REQUIRED)), "ttttttt");
}

}  // namespace
}  // namespace policy_test
