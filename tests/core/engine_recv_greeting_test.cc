// The server's first line, and what stands in its place.
#include <gtest/gtest.h>

#include <string>

#include "tests/core/engine_driver.h"

namespace engine_recv_greeting_test {
namespace {

using pop3_core_test::EngineDriver;
using pop3_core_test::Lines;

std::string Timestamp(const EngineDriver &, pop3_engine *engine) {
  size_t len = 99;
  const char *stamp = pop3_engine_timestamp(engine, &len);
  EXPECT_EQ(stamp == nullptr, len == 0);
  return stamp != nullptr ? std::string(stamp, len) : "";
}

class EngineGreeting : public ::testing::Test {
 protected:
  void SetUp() override { ASSERT_EQ(d_.Start(), POP3_OK); }

  EngineDriver d_;
};

TEST_F(EngineGreeting, Positive) {
  d_.options.debug_level = 1;
  EXPECT_EQ(pop3_engine_greeting(d_.engine()), nullptr);
  EXPECT_EQ(Timestamp(d_, d_.engine()), "");
  EXPECT_EQ(pop3_engine_in_flight(d_.engine()), 1U);
  EXPECT_EQ(d_.Feed("+OK POP3 ready <1896.697@dbc.mtview.ca.us>\r\n"), POP3_OK);
  const pop3_reply *greeting = pop3_engine_greeting(d_.engine());
  ASSERT_NE(greeting, nullptr);
  EXPECT_EQ(greeting->size, sizeof(*greeting));
  EXPECT_EQ(greeting->positive, 1U);
  EXPECT_STREQ(greeting->text, "POP3 ready <1896.697@dbc.mtview.ca.us>");
  EXPECT_EQ(Timestamp(d_, d_.engine()), "<1896.697@dbc.mtview.ca.us>");
  EXPECT_EQ(pop3_engine_in_flight(d_.engine()), 0U);
}

TEST_F(EngineGreeting, IsNotAwaitedBehindAFailure) {
  EXPECT_EQ(d_.Eof(), POP3_ERR_EOF);
  EXPECT_EQ(pop3_engine_in_flight(d_.engine()), 0U);
}

TEST_F(EngineGreeting, StaysAsItWasWhateverFollows) {
  d_.Feed("+OK hello <a@b>\r\n");
  const char *text = pop3_engine_greeting(d_.engine())->text;
  d_.Run(POP3_CMD_NOOP, "-ERR " + std::string(3000, 'x') + "\r\n");
  EXPECT_EQ(pop3_engine_greeting(d_.engine())->text, text);
  EXPECT_STREQ(text, "hello <a@b>");
  EXPECT_EQ(Timestamp(d_, d_.engine()), "<a@b>");
}

TEST_F(EngineGreeting, WithoutAnything) {
  EXPECT_EQ(d_.Feed("+OK\r\n"), POP3_OK);
  EXPECT_STREQ(pop3_engine_greeting(d_.engine())->text, "");
  EXPECT_EQ(Timestamp(d_, d_.engine()), "");
}

TEST_F(EngineGreeting, OctetByOctet) {
  d_.piece = 1;
  EXPECT_EQ(d_.Feed("+OK hello\r\n"), POP3_OK);
  EXPECT_STREQ(pop3_engine_greeting(d_.engine())->text, "hello");
}

// Five octets are enough to tell what the server is, four are not.
TEST_F(EngineGreeting, ServersThatSayLittleBeforeTheyWait) {
  EXPECT_EQ(d_.Feed("HTTP"), POP3_OK);
  EXPECT_EQ(d_.Feed("/"), POP3_ERR_GREETING);
  EXPECT_NE(d_.error_text().find("this is a web server"), std::string::npos) << d_.error_text();
}

TEST_F(EngineGreeting, ARefusalIsTheFailureOfTheSession) {
  d_.Submit(POP3_CMD_STAT);
  EXPECT_EQ(d_.Feed("-ERR [SYS/TEMP] too busy\r\n"), POP3_REFUSED);
  const pop3_error *error = pop3_engine_error(d_.engine());
  ASSERT_NE(error, nullptr);
  EXPECT_EQ(error->status, POP3_REFUSED);
  EXPECT_EQ(error->code, POP3_CODE_SYS_TEMP);
  EXPECT_STREQ(error->text, "[SYS/TEMP] too busy");
  EXPECT_EQ(d_.log, Lines{"#1 done STAT REFUSED"});
  EXPECT_EQ(Timestamp(d_, d_.engine()), "");
  EXPECT_EQ(d_.Submit(POP3_CMD_NOOP), 0U);
  EXPECT_EQ(d_.err().status, POP3_REFUSED);
  EXPECT_EQ(d_.Send(), "");
}

TEST_F(EngineGreeting, ARefusalWithoutAReason) {
  EXPECT_EQ(d_.Feed("-ERR\r\n"), POP3_REFUSED);
  EXPECT_EQ(d_.error_text(), "the server refused the connection");
}

// What is not POP3 is told by its first octets, not by a deadline.
TEST_F(EngineGreeting, WhatItMayBeInstead) {
  const struct {
    std::string octets;
    const char *text;
  } cases[] = {
      {std::string("\x15\x03\x01\x00\x02", 5), "TLS"},
      {std::string("\x16\x03\x01\x02\x00", 5), "TLS"},
      {"HTTP/1.1 400 Bad Request\r\n", "HTTP"},
      {"<!DOCTYPE html>", "web page"},
      {"220 mail ESMTP ready\r\n", "SMTP"},
      {"220 ftp FTP ready\r\n", "FTP"},
      {"* OK IMAP4rev1 ready\r\n", "IMAP"},
      {"SSH-2.0-OpenSSH_9\r\n", "SSH"},
      {"hello\r\n", "something that is not POP3"},
      {"\r\n", "an empty line"},
      {"\n", "an empty line"},
      {std::string("\0\1\2\3\4\5", 6), "binary"},
  };
  for (const auto &c : cases) {
    for (size_t piece : {SIZE_MAX, size_t{1}}) {
      EngineDriver d;
      ASSERT_EQ(d.Start(), POP3_OK);
      d.Submit(POP3_CMD_STAT);
      d.piece = piece;
      EXPECT_EQ(d.Feed(c.octets), POP3_ERR_GREETING) << c.octets;
      EXPECT_NE(d.error_text().find("instead of a greeting"), std::string::npos);
      if (piece != 1) {
        EXPECT_NE(d.error_text().find(c.text), std::string::npos) << d.error_text();
      }
      EXPECT_EQ(d.log, Lines{"#1 done STAT POP3_ERR_GREETING"});
      EXPECT_EQ(pop3_engine_greeting(d.engine()), nullptr);
    }
  }
}

TEST_F(EngineGreeting, TooFewForeignOctetsAreToldAtTheEnd) {
  EXPECT_EQ(d_.Feed("SSH"), POP3_OK);
  EXPECT_EQ(d_.Eof(), POP3_ERR_GREETING);
  EXPECT_NE(d_.error_text().find("\"SSH\""), std::string::npos) << d_.error_text();
}

TEST_F(EngineGreeting, Almost) {
  for (const char *line : {"+OKAY\r\n", "+Ok,\r\n", "-Err\xC3\xB6r\r\n", "+\r\n", "-\r\n",
                           "+ hello\r\n", "-ERROR\r\n", "+ERR\r\n"}) {
    EngineDriver d;
    ASSERT_EQ(d.Start(), POP3_OK);
    EXPECT_EQ(d.Feed(line), POP3_ERR_GREETING) << line;
    EXPECT_EQ(pop3_engine_error(d.engine())->status, POP3_ERR_GREETING);
  }
}

TEST_F(EngineGreeting, ANulInIt) {
  EXPECT_EQ(d_.Feed(std::string("+OK a\0b\r\n", 9)), POP3_ERR_GREETING);
}

TEST_F(EngineGreeting, EofBeforeAndInTheMiddle) {
  EXPECT_EQ(d_.Eof(), POP3_ERR_EOF);
  EXPECT_EQ(d_.error_text(), "the server closed the connection before its greeting");
  EngineDriver d;
  ASSERT_EQ(d.Start(), POP3_OK);
  d.Feed("+OK hel");
  EXPECT_EQ(d.Eof(), POP3_ERR_EOF);
  EXPECT_EQ(d.error_text(), "the server closed the connection in the middle of its greeting");
}

TEST_F(EngineGreeting, EndlessWithoutALineEnd) {
  EngineDriver d;
  d.limits.max_reply_line = 100;
  ASSERT_EQ(d.Start(), POP3_OK);
  EXPECT_EQ(d.Feed("+OK " + std::string(200, 'x')), POP3_ERR_LIMIT);
}

}  // namespace
}  // namespace engine_recv_greeting_test
