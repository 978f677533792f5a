// What libsasl2 is told of the channel, as one of its mechanisms sees it.
#include <gtest/gtest.h>
#include <pop3/plugins/sasl.h>

#include <string>

#include "auth/sasl_conn.h"
#include "tests/auth/exchange.h"
#include "tests/auth/sasl_probe.h"

namespace pop3_testing {
namespace sasl_channel_test {
namespace {

class SaslChannel : public ::testing::Test {
 protected:
  SaslChannel() : exchange_(&host_, pop3_plugin_sasl(POP3_ABI)) {
    SaslProbe::Use();
    exchange_.credentials[POP3_CREDENTIAL_USER] = "alice";
    exchange_.credentials[POP3_CREDENTIAL_PASSWORD] = "wonderland";
    exchange_.mechanism = "X-PROBE";
  }

  pop3_auth_verdict Start() {
    exchange_.End();
    EXPECT_EQ(exchange_.Begin(), POP3_OK) << exchange_.error().text;
    return exchange_.Step(POP3_AUTH_START);
  }

  TestHost host_;
  Exchange exchange_;
};

TEST_F(SaslChannel, MayGetALayerWhereNothingEncrypts) {
  for (bool asked : {false, true}) {
    // A transport may say nothing, or that it does not encrypt.
    if (asked) exchange_.numbers[POP3_QUERY_IS_ENCRYPTED] = 0;
    ASSERT_EQ(Start(), POP3_AUTH_SEND) << exchange_.error().text;
    EXPECT_EQ(exchange_.shown(), "AUTH X-PROBE ");
    EXPECT_EQ(SaslProbe::external_ssf, 0U);
    EXPECT_EQ(SaslProbe::wanted.min_ssf, 0U);
    EXPECT_EQ(SaslProbe::wanted.max_ssf, 256U);
    EXPECT_EQ(SaslProbe::wanted.maxbufsize, unsigned{P3_SASL_FRAME_MAX});
    EXPECT_EQ(exchange_.Step(POP3_AUTH_POSITIVE), POP3_AUTH_DONE);
  }
}

TEST_F(SaslChannel, GetsNoLayerWhereItIsEncrypted) {
  exchange_.numbers[POP3_QUERY_IS_ENCRYPTED] = 1;
  ASSERT_EQ(Start(), POP3_AUTH_SEND) << exchange_.error().text;
  EXPECT_EQ(SaslProbe::external_ssf, 256U);
  EXPECT_EQ(SaslProbe::wanted.min_ssf, 0U);
  EXPECT_EQ(SaslProbe::wanted.max_ssf, 0U);
  EXPECT_EQ(SaslProbe::wanted.maxbufsize, 0U);
}

// The table does not know this mechanism: it is libsasl2 that keeps the password off the channel.
TEST_F(SaslChannel, CarriesNoReadablePasswordUnlessItMay) {
  for (uint32_t channel : {uint32_t{0}, POP3_CHANNEL_PRIVATE, POP3_CHANNEL_CLEARTEXT_ALLOWED}) {
    exchange_.channel = channel;
    SaslProbe::Use();
    ASSERT_EQ(Start(), POP3_AUTH_SEND) << exchange_.error().text;
    EXPECT_EQ(SaslProbe::wanted.security_flags,
              SASL_SEC_NOANONYMOUS | (channel == 0 ? SASL_SEC_NOPLAINTEXT : 0U));
    SaslProbe::Claim(SASL_SEC_NOANONYMOUS);
    EXPECT_EQ(Start(), channel == 0 ? POP3_AUTH_FAIL : POP3_AUTH_SEND);
    EXPECT_EQ(exchange_.error().status, channel == 0 ? POP3_ERR_NO_MECHANISM : POP3_OK);
  }
}

TEST_F(SaslChannel, LogsInSomebody) {
  SaslProbe::Claim(SASL_SEC_NOPLAINTEXT);
  EXPECT_EQ(Start(), POP3_AUTH_FAIL) << "the mechanism would log in anybody";
  EXPECT_EQ(exchange_.error().status, POP3_ERR_NO_MECHANISM);
}

}  // namespace
}  // namespace sasl_channel_test
}  // namespace pop3_testing
