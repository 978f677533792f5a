// The lines of mechanisms: p3_engine_submit_line.
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "core/engine/engine.h"
#include "core/engine/engine_state.h"
#include "tests/core/engine_driver.h"
#include "tests/testing/failing_allocator.h"

namespace engine_line_test {
namespace {

using pop3_core_test::EngineDriver;
using pop3_core_test::Lines;

class EngineLine : public ::testing::Test {
 protected:
  pop3_op_id Submit(const std::string &line, size_t secret) {
    pop3_op_id id = 77;
    err_ = POP3_ERROR_INIT;
    const pop3_status status =
        p3_engine_submit_line(d_.engine(), reinterpret_cast<const uint8_t *>(line.data()),
                              line.size(), secret, nullptr, &id, &command_, &err_);
    EXPECT_EQ(id == 0, status != POP3_OK);
    return id;
  }

  EngineDriver d_;
  pop3_command command_ = POP3_CMD_GREETING;
  pop3_error err_ = POP3_ERROR_INIT;
};

TEST_F(EngineLine, GoesOutAsItIs) {
  d_.allocator.Forbid("sesame");
  d_.StartReady();
  EXPECT_NE(Submit("PASS sesame", 5), 0U);
  EXPECT_EQ(command_, POP3_CMD_PASS);
  EXPECT_EQ(d_.Send(), "PASS sesame\r\n");
  EXPECT_EQ(d_.audits, Lines{"PASS <redacted>"});
  d_.Feed("+OK\r\n");
  EXPECT_EQ(p3_engine_authenticated(d_.engine()), 1);
  EXPECT_NE(Submit("XAUTH a b", 9), 0U);
  EXPECT_EQ(d_.Send(), "") << "it stands still behind the reply";
  p3_engine_go_on(d_.engine());
  EXPECT_EQ(command_, POP3_CMD_RAW);
  EXPECT_EQ(d_.Send(), "XAUTH a b\r\n");
  EXPECT_EQ(d_.audits.back(), "XAUTH a b");
}

// What comes behind the reply waits for what the mechanism makes of it: it may be encrypted.
TEST_F(EngineLine, TheEngineStandsStillBehindTheReply) {
  d_.StartReady();
  const pop3_op_id login = Submit("AUTH X", 6);
  (void)d_.Send();
  EXPECT_EQ(d_.Feed("+OK\r\nmore"), POP3_OK);
  size_t cap = 99;
  EXPECT_EQ(pop3_engine_recv_buf(d_.engine(), &cap), nullptr);
  EXPECT_EQ(cap, 0U);
  EXPECT_EQ(pop3_engine_upgrading(d_.engine()), 0);
  EXPECT_EQ(pop3_engine_cancel(d_.engine(), login, nullptr), POP3_ERR_NOT_FOUND) << "it is done";
  p3_engine_go_on(d_.engine());
  EXPECT_EQ(pop3_engine_resume(d_.engine()), POP3_OK);
  EXPECT_EQ(d_.Feed("\r\n"), POP3_ERR_UNSOLICITED);
}

TEST_F(EngineLine, HoldIsForASecurityLayer) {
  d_.StartReady();
  Submit("AUTH X", 6);
  (void)d_.Send();
  EXPECT_EQ(d_.Feed("+OK\r\n"), POP3_OK);
  p3_engine_hold(d_.engine());
  EXPECT_EQ(pop3_engine_upgrading(d_.engine()), 1);
  p3_engine_go_on(d_.engine());
  EXPECT_EQ(pop3_engine_upgrading(d_.engine()), 1) << "until the layer is there";
  pop3_engine_upgraded(d_.engine());
  EXPECT_EQ(pop3_engine_upgrading(d_.engine()), 0);

  EngineDriver d;
  d.StartReady();
  const std::string line = "AUTH X";
  pop3_command command;
  ASSERT_EQ(p3_engine_submit_line(d.engine(), reinterpret_cast<const uint8_t *>(line.data()),
                                  line.size(), line.size(), nullptr, nullptr, &command, nullptr),
            POP3_OK);
  (void)d.Send();
  EXPECT_EQ(d.Feed("+OK\r\nmore"), POP3_OK);
  p3_engine_hold(d.engine());
  EXPECT_EQ(pop3_engine_error(d.engine())->status, POP3_ERR_INJECTION);
}

TEST_F(EngineLine, IsKnownByItsFirstWord) {
  d_.StartReady();
  for (const auto &[line, command] :
       std::vector<std::pair<std::string, pop3_command>>{{"user u", POP3_CMD_USER},
                                                         {"PASS", POP3_CMD_PASS},
                                                         {"Apop u d", POP3_CMD_APOP},
                                                         {"RPOP x", POP3_CMD_RPOP},
                                                         {"AUTH PLAIN", POP3_CMD_AUTH},
                                                         {"AUTHX PLAIN", POP3_CMD_RAW},
                                                         {"STLS", POP3_CMD_RAW},
                                                         {"QUIT", POP3_CMD_RAW}}) {
    EXPECT_NE(Submit(line, line.size()), 0U);
    EXPECT_EQ(command_, command) << line;
  }
}

TEST_F(EngineLine, Refused) {
  d_.StartReady();
  for (const std::string &line : {std::string(), std::string("AUTH\r\nDELE 1"), std::string("A\n"),
                                  std::string("A\0B", 3), std::string(254, 'x')}) {
    EXPECT_EQ(Submit(line, line.size()), 0U);
    EXPECT_EQ(err_.status, POP3_ERR_ARGUMENT);
  }
  EXPECT_NE(Submit(std::string(253, 'x'), 253), 0U) << err_.text;
}

}  // namespace
}  // namespace engine_line_test
