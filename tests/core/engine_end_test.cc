#include "core/engine/engine_end.h"

#include <gtest/gtest.h>

#include <string>

#include "tests/core/engine_driver.h"

namespace engine_end_test {
namespace {

using pop3_core_test::EngineDriver;

TEST(EngineEnd, EveryOperationHearsOfTheFailure) {
  EngineDriver d;
  d.StartReady();
  const pop3_op_id sent = d.Submit(POP3_CMD_NOOP);
  EXPECT_EQ(d.Send(), "NOOP\r\n");
  const pop3_op_id unsent = d.Submit(POP3_CMD_STAT);
  p3_engine_protocol_error(d.engine(), POP3_ERR_PROTOCOL, "wrong at %d", 7);
  EXPECT_STREQ(pop3_engine_error(d.engine())->text, "wrong at 7");
  EXPECT_EQ(d.status_of(sent), POP3_ERR_PROTOCOL);
  EXPECT_EQ(d.status_of(unsent), POP3_ERR_PROTOCOL);
  EXPECT_EQ(pop3_engine_pending(d.engine()), 0U);
  EXPECT_EQ(d.Send(), "");
}

// The first failure is the one that counts.
TEST(EngineEnd, TheFirstFailureStays) {
  EngineDriver d;
  d.StartReady();
  p3_engine_protocol_error(d.engine(), POP3_ERR_PROTOCOL, "first");
  p3_engine_protocol_error(d.engine(), POP3_ERR_LIMIT, "second");
  EXPECT_STREQ(pop3_engine_error(d.engine())->text, "first");
}

TEST(EngineEnd, InjectedOctetsAreCounted) {
  EngineDriver d;
  d.StartReady();
  EXPECT_EQ(p3_engine_is_injected(d.engine(), "STLS"), 0);
  EXPECT_EQ(pop3_engine_error(d.engine()), nullptr);
  d.Feed("+O");
  EXPECT_EQ(p3_engine_is_injected(d.engine(), "STLS"), 1);
  EXPECT_EQ(pop3_engine_error(d.engine())->status, POP3_ERR_INJECTION);
  EXPECT_NE(d.error_text().find("2 octets behind its +OK to STLS"), std::string::npos);
}

}  // namespace
}  // namespace engine_end_test
