// Each bound that the server could cross: exactly at it all is well, one past it the session fails.
#include <gtest/gtest.h>

#include <string>

#include "tests/core/engine_driver.h"

namespace engine_recv_limits_test {
namespace {

using pop3_core_test::EngineDriver;
using pop3_core_test::Lines;
using pop3_core_test::Number;
using pop3_core_test::Request;

class EngineLimits : public ::testing::Test {
 protected:
  // Runs |request| on an engine of its own in which |change| has set limits, with pieces of every
  // kind. Returns the status of the engine, and in |*text| its words.
  template <class Change>
  pop3_status Run(Change change, const pop3_request &request, const std::string &reply,
                  std::string *text = nullptr) {
    pop3_status first = POP3_OK;
    for (size_t piece : {SIZE_MAX, size_t{1}, size_t{64}}) {
      EngineDriver d;
      change(&d.limits);
      d.StartReady();
      d.piece = piece;
      const pop3_op_id id = d.Submit(request);
      EXPECT_NE(id, 0U) << d.err().text;
      d.Send();
      const pop3_status status = d.Feed(reply);
      if (status == POP3_OK) {
        EXPECT_GE(d.status_of(id), 0) << "not done";
      } else {
        EXPECT_EQ(d.status_of(id), status);
      }
      if (piece == SIZE_MAX) first = status;
      EXPECT_EQ(status, first) << "depends on the pieces: " << piece;
      if (text != nullptr) *text = d.error_text();
    }
    return first;
  }
};

TEST_F(EngineLimits, StatusLine) {
  const auto change = [](pop3_limits *limits) { limits->max_reply_line = 100; };
  const pop3_request noop = Number(POP3_CMD_NOOP, 0);
  EXPECT_EQ(Run(change, noop, "+OK " + std::string(94, 'x') + "\r\n"), POP3_OK);
  std::string text;
  EXPECT_EQ(Run(change, noop, "+OK " + std::string(95, 'x') + "\r\n", &text), POP3_ERR_LIMIT);
  EXPECT_EQ(
      text.find("a line of the server is longer than 100 octets (limit max_reply_line): \"+OK "
                "xxx"),
      0U)
      << text;
  EXPECT_EQ(Run(change, noop, "+OK " + std::string(96, 'x')), POP3_ERR_LIMIT)
      << "without waiting for the line's end";
}

TEST_F(EngineLimits, AStatusLineAsLongAsTheBuffer) {
  const auto change = [](pop3_limits *limits) {
    limits->recv_buffer = 512;
    limits->max_reply_line = 512;
  };
  const pop3_request noop = Number(POP3_CMD_NOOP, 0);
  EXPECT_EQ(Run(change, noop, "+OK " + std::string(506, 'x') + "\r\n"), POP3_OK);
  EXPECT_EQ(Run(change, noop, "+OK " + std::string(507, 'x') + "\r\n"), POP3_ERR_LIMIT);
}

TEST_F(EngineLimits, ListingLine) {
  const auto change = [](pop3_limits *limits) { limits->max_reply_line = 100; };
  const pop3_request list = Number(POP3_CMD_LIST, 0);
  EXPECT_EQ(Run(change, list, "+OK\r\n1 2 " + std::string(94, 'x') + "\r\n.\r\n"), POP3_OK);
  EXPECT_EQ(Run(change, list, "+OK\r\n1 2 " + std::string(95, 'x') + "\r\n.\r\n"), POP3_ERR_LIMIT);
}

// Lines of a message have no limit of their own.
TEST_F(EngineLimits, BodyLine) {
  const auto change = [](pop3_limits *limits) { limits->max_reply_line = 100; };
  EXPECT_EQ(
      Run(change, Number(POP3_CMD_RETR, 1), "+OK\r\n" + std::string(10000, 'x') + "\r\n.\r\n"),
      POP3_OK);
}

TEST_F(EngineLimits, MessageOctets) {
  const auto change = [](pop3_limits *limits) { limits->max_message_octets = 100; };
  for (const pop3_command command : {POP3_CMD_RETR, POP3_CMD_TOP, POP3_CMD_RAW_MULTI}) {
    pop3_request request = Number(command, 1);
    if (command == POP3_CMD_RAW_MULTI) {
      request = Request(command, "XRETR");
      request.flags = POP3_REQUEST_RAW_BODY;
    }
    // Dots that are dropped do not count.
    EXPECT_EQ(Run(change, request, "+OK\r\n..a\r\n" + std::string(94, 'x') + "\r\n.\r\n"), POP3_OK);
    std::string text;
    EXPECT_EQ(Run(change, request, "+OK\r\n" + std::string(99, 'x') + "\r\n.\r\n", &text),
              POP3_ERR_LIMIT);
    EXPECT_EQ(text, "a message is longer than 100 octets (limit max_message_octets)");
  }
}

TEST_F(EngineLimits, AMessageWithoutEndForNobody) {
  EngineDriver d;
  d.limits.max_message_octets = 1000;
  d.StartReady();
  const pop3_op_id id = d.Run(Number(POP3_CMD_RETR, 1), "+OK\r\nx");
  EXPECT_EQ(pop3_engine_cancel(d.engine(), id, nullptr), POP3_OK);
  EXPECT_EQ(d.Feed(std::string(999, 'x')), POP3_OK);
  EXPECT_EQ(d.Feed("x"), POP3_ERR_LIMIT) << "also when nobody waits for it any more";
}

TEST_F(EngineLimits, Items) {
  const auto change = [](pop3_limits *limits) { limits->max_items = 3; };
  const struct {
    pop3_request request;
    const char *line;
  } cases[] = {{Number(POP3_CMD_LIST, 0), "1 2\r\n"},
               {Number(POP3_CMD_UIDL, 0), "1 a\r\n"},
               {Number(POP3_CMD_LANG, 0), "en English\r\n"},
               {Request(POP3_CMD_RAW_MULTI, "XLST"), "\r\n"}};
  for (const auto &c : cases) {
    const std::string line = c.line;
    EXPECT_EQ(Run(change, c.request, "+OK\r\n" + line + line + line + ".\r\n"), POP3_OK);
    std::string text;
    EXPECT_EQ(Run(change, c.request, "+OK\r\n" + line + line + line + line + ".\r\n", &text),
              POP3_ERR_LIMIT);
    EXPECT_NE(text.find("has more than 3 lines (limit max_items)"), std::string::npos) << text;
  }
}

TEST_F(EngineLimits, EachListingHasAllItsItems) {
  EngineDriver d;
  d.limits.max_items = 3;
  d.StartReady();
  for (int i = 0; i < 3; i++) d.Run(POP3_CMD_LIST, "+OK\r\n1 2\r\n2 2\r\n.\r\n");
  EXPECT_EQ(d.error_text(), "");
  EXPECT_EQ(d.log.size(), 9U);
}

TEST_F(EngineLimits, AListingWithoutEndForNobody) {
  EngineDriver d;
  d.limits.max_items = 10;
  d.StartReady();
  const pop3_op_id id = d.Run(POP3_CMD_LIST, "+OK\r\nbroken\r\n");
  EXPECT_EQ(d.status_of(id), POP3_ERR_PROTOCOL);
  for (int i = 0; i < 9; i++) EXPECT_EQ(d.Feed("1 2\r\n"), POP3_OK);
  EXPECT_EQ(d.Feed("1 2\r\n"), POP3_ERR_LIMIT);
}

TEST_F(EngineLimits, CapaLinesAndOctets) {
  const pop3_request capa = Number(POP3_CMD_CAPA, 0);
  const auto lines = [](pop3_limits *limits) { limits->max_capa_lines = 2; };
  EXPECT_EQ(Run(lines, capa, "+OK\r\nTOP\r\nUIDL\r\n.\r\n"), POP3_OK);
  std::string text;
  EXPECT_EQ(Run(lines, capa, "+OK\r\nTOP\r\nUIDL\r\nUSER\r\n.\r\n", &text), POP3_ERR_LIMIT);
  EXPECT_NE(text.find("max_capa_lines"), std::string::npos);
  const auto octets = [](pop3_limits *limits) { limits->max_capa_octets = 11; };
  EXPECT_EQ(Run(octets, capa, "+OK\r\nTOP\r\nUIDL\r\n.\r\n"), POP3_OK);
  EXPECT_EQ(Run(octets, capa, "+OK\r\nTOP\r\nXUIDL\r\n.\r\n", &text), POP3_ERR_LIMIT);
  EXPECT_NE(text.find("max_capa_octets"), std::string::npos);
}

TEST_F(EngineLimits, ACapaWithoutEndForNobody) {
  EngineDriver d;
  d.limits.max_capa_lines = 10;
  d.StartReady();
  const pop3_op_id id = d.Run(POP3_CMD_CAPA, "+OK\r\nTOP\r\n");
  EXPECT_EQ(pop3_engine_cancel(d.engine(), id, nullptr), POP3_OK);
  for (int i = 0; i < 9; i++) EXPECT_EQ(d.Feed("X-" + std::to_string(i) + "\r\n"), POP3_OK);
  EXPECT_EQ(d.Feed("X-10\r\n"), POP3_ERR_LIMIT);
}

TEST_F(EngineLimits, ItemsDoNotBoundCapa) {
  const auto change = [](pop3_limits *limits) { limits->max_items = 1; };
  EXPECT_EQ(Run(change, Number(POP3_CMD_CAPA, 0), "+OK\r\nTOP\r\nUIDL\r\n.\r\n"), POP3_OK);
}

TEST_F(EngineLimits, AuthRounds) {
  for (const int rounds : {1, 3}) {
    EngineDriver d;
    d.limits.max_auth_rounds = static_cast<uint32_t>(rounds);
    d.on_challenge = [&](pop3_op_id, const std::string &) {
      EXPECT_EQ(pop3_engine_respond(d.engine(), reinterpret_cast<const uint8_t *>("x"), 1, nullptr),
                POP3_OK);
    };
    d.StartReady();
    // Two exchanges: each has all its rounds.
    for (int exchange = 0; exchange < 2; exchange++) {
      d.Run(Request(POP3_CMD_AUTH, "LOGIN"), "");
      for (int i = 0; i < rounds; i++) {
        EXPECT_EQ(d.Feed("+ \r\n"), POP3_OK);
        EXPECT_EQ(d.Send(), "x\r\n");
      }
      if (exchange == 0) {
        EXPECT_EQ(d.Feed("-ERR\r\n"), POP3_OK);
      }
    }
    EXPECT_EQ(d.Feed("+ \r\n"), POP3_ERR_LIMIT);
    EXPECT_NE(d.error_text().find("(limit max_auth_rounds)"), std::string::npos);
  }
}

TEST_F(EngineLimits, ChallengeLine) {
  const auto change = [](pop3_limits *limits) { limits->max_auth_line = 50; };
  const pop3_request auth = Request(POP3_CMD_AUTH, "LOGIN");
  std::string text;
  EXPECT_EQ(Run(change, auth, "+ " + std::string(47, 'x') + "\r\n", &text), POP3_ERR_LIMIT);
  EXPECT_EQ(text, "a challenge of 51 octets: 50 are allowed (limit max_auth_line)");
  EngineDriver d;
  d.limits.max_auth_line = 50;
  d.StartReady();
  d.Run(auth, "+ " + std::string(46, 'x') + "\r\n");
  EXPECT_EQ(d.challenges.size(), 1U);
}

TEST_F(EngineLimits, Queued) {
  EngineDriver d;
  d.limits.max_queued = 3;
  d.StartReady();
  for (int i = 0; i < 3; i++) EXPECT_NE(d.Submit(POP3_CMD_NOOP), 0U);
  EXPECT_EQ(d.Submit(POP3_CMD_NOOP), 0U);
  EXPECT_EQ(d.err().status, POP3_ERR_ARGUMENT);
  EXPECT_STREQ(d.err().text, "more than 3 operations queued (limit max_queued)");
  d.Send();
  d.Feed("+OK\r\n");
  EXPECT_NE(d.Submit(POP3_CMD_NOOP), 0U);
}

TEST_F(EngineLimits, CommandLine) {
  for (const uint32_t most : {32U, 255U, 512U, 513U, 600U, 4096U}) {
    EngineDriver d;
    d.limits.max_command = most;
    d.StartReady();
    EXPECT_EQ(d.Submit(POP3_CMD_USER, std::string(most - 6, 'u')), 0U);
    EXPECT_EQ(d.err().status, POP3_ERR_ARGUMENT);
    EXPECT_EQ(d.Submit(POP3_CMD_USER, std::string(most - 7, 'u')), 1U) << d.err().text;
    EXPECT_EQ(d.Send().size(), most);
  }
}

// Bare LF ends a line only with the quirk, and each is counted.
TEST_F(EngineLimits, BareLf) {
  for (const size_t piece : {SIZE_MAX, size_t{1}}) {
    EngineDriver strict;
    strict.StartReady();
    strict.piece = piece;
    strict.Run(POP3_CMD_NOOP, "+OK\n");
    ASSERT_NE(pop3_engine_error(strict.engine()), nullptr);
    EXPECT_EQ(pop3_engine_error(strict.engine())->status, POP3_ERR_PROTOCOL);
    EXPECT_EQ(strict.error_text(),
              "a line of the server ends in LF without CR (quirk bare-lf): \"+OK\"");

    EngineDriver d;
    d.options.quirks = POP3_QUIRK_BIT(POP3_QUIRK_BARE_LF);
    ASSERT_EQ(d.Start(), POP3_OK);
    d.piece = piece;
    d.Feed("+OK hello\n");
    d.Run(POP3_CMD_LIST, "+OK\n1 2\n2 3\r\n.\n");
    d.Run(Number(POP3_CMD_RETR, 1), "+OK\na\n..b\n.\n");
    EXPECT_EQ(d.log, (Lines{"#1 item 1 2", "#1 item 2 3", "#1 done LIST OK", "#2 body a\n.b\n",
                            "#2 done RETR OK"}));
    EXPECT_EQ(pop3_engine_quirks(d.engine())->hits[POP3_QUIRK_BARE_LF], 8U);
  }
}

// With CRLF as the only line end a body may hold LF alone, and a dot behind it means nothing.
TEST_F(EngineLimits, BareLfInABodyIsData) {
  EngineDriver d;
  d.StartReady();
  d.Run(Number(POP3_CMD_RETR, 1), "+OK\r\na\n.\n..\nb\r\n.\r\n");
  EXPECT_EQ(d.log, (Lines{"#1 body a\n.\n..\nb\r\n", "#1 done RETR OK"}));
}

}  // namespace
}  // namespace engine_recv_limits_test
