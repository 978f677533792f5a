#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "core/codec/codec.h"

namespace reply_test {
namespace {

using namespace std::string_view_literals;

constexpr uint32_t kAnyPlus = POP3_QUIRK_BIT(POP3_QUIRK_ANY_PLUS);
constexpr uint32_t kPlusErr = POP3_QUIRK_BIT(POP3_QUIRK_PLUS_ERR);

struct GoodCase {
  std::string_view line;
  bool positive;
  std::string_view text;
  uint32_t needs;  // quirks; refused with all but these
};

TEST(ReplyParse, Good) {
  const GoodCase cases[] = {
      {"+OK", true, "", 0},
      {"+OK ", true, "", 0},
      {"+OK  two", true, " two", 0},
      {"+ok ready", true, "ready", 0},
      {"+Ok 2 320", true, "2 320", 0},
      {"-ERR", false, "", 0},
      {"-err no", false, "no", 0},
      {"-ERR [IN-USE] busy", false, "[IN-USE] busy", 0},
      {"+OK gr\xFC\xDF", true, "gr\xFC\xDF", 0},
      {"+OK a\rb", true, "a\rb", 0},
      {"+OKAY", true, "OKAY", kAnyPlus},
      {"+OK7 messages", true, "OK7 messages", kAnyPlus},
      {"+OK, ready", true, ", ready", kAnyPlus},
      {"+OK\tready", true, "\tready", kAnyPlus},
      {"+Hello there", true, "Hello there", kAnyPlus},
      {"+ hello", true, "hello", kAnyPlus},
      {"+", true, "", kAnyPlus},
      {"+O", true, "O", kAnyPlus},
      {"+ERR no", false, "no", kPlusErr},
      {"+err", false, "", kPlusErr},
      {"+ERRor", true, "ERRor", kAnyPlus},
  };
  for (const GoodCase &c : cases) {
    for (bool on : {false, true}) {
      pop3_quirks quirks = POP3_QUIRKS_NONE;
      quirks.enabled = on ? POP3_QUIRKS_ALL : POP3_QUIRKS_ALL & ~c.needs;
      pop3_reply reply;
      pop3_error err = POP3_ERROR_INIT;
      pop3_status status = p3_reply_parse(&reply, c.line.data(), c.line.size(), &quirks, &err);
      if (!on && c.needs != 0) {
        EXPECT_EQ(status, POP3_ERR_PROTOCOL) << c.line;
        EXPECT_EQ(err.status, POP3_ERR_PROTOCOL) << c.line;
      } else {
        ASSERT_EQ(status, POP3_OK) << c.line;
        EXPECT_EQ(reply.size, sizeof(reply));
        EXPECT_EQ(reply.positive, c.positive ? 1U : 0U) << c.line;
        EXPECT_EQ(std::string_view(reply.text, reply.text_len), c.text);
        EXPECT_EQ(reply.text + reply.text_len, c.line.data() + c.line.size());
        EXPECT_EQ(reply.reserved, 0U);
      }
      for (unsigned i = 0; i < POP3_QUIRKS_ROOM; i++) {
        bool used = on && (c.needs & POP3_QUIRK_BIT(i)) != 0;
        EXPECT_EQ(quirks.hits[i], used ? 1U : 0U) << c.line << " " << i;
      }
    }
  }
}

TEST(ReplyParse, NoQuirksAtAllIsStrict) {
  pop3_reply reply;
  EXPECT_EQ(p3_reply_parse(&reply, "+OK", 3, nullptr, nullptr), POP3_OK);
  EXPECT_EQ(p3_reply_parse(&reply, "+OKAY", 5, nullptr, nullptr), POP3_ERR_PROTOCOL);
  EXPECT_EQ(p3_reply_parse(&reply, "+ERR", 4, nullptr, nullptr), POP3_ERR_PROTOCOL);
}

TEST(ReplyParse, FindsTheCode) {
  pop3_reply reply;
  std::string_view line = "-ERR [SYS/TEMP] wait";
  ASSERT_EQ(p3_reply_parse(&reply, line.data(), line.size(), nullptr, nullptr), POP3_OK);
  EXPECT_EQ(reply.code, POP3_CODE_SYS_TEMP);
  line = "-ERR  [SYS/TEMP] not at the start";
  ASSERT_EQ(p3_reply_parse(&reply, line.data(), line.size(), nullptr, nullptr), POP3_OK);
  EXPECT_EQ(reply.code, POP3_CODE_NONE);
}

struct BadCase {
  std::string_view line;
  const char *text;
};

TEST(ReplyParse, BadWhateverIsAllowed) {
  const BadCase cases[] = {
      {"", "an empty line where a reply (+OK or -ERR) should be"},
      {" ", "neither +OK nor -ERR: \" \""},
      {" +OK", "neither +OK nor -ERR: \" +OK\""},
      {"OK", "neither +OK nor -ERR: \"OK\""},
      {"-", "neither +OK nor -ERR: \"-\""},
      {"-ER", "neither +OK nor -ERR: \"-ER\""},
      {"-ERROR", "neither +OK nor -ERR: \"-ERROR\""},
      {"-ERR\t", "neither +OK nor -ERR: \"-ERR\\x09\""},
      {"-OK", "neither +OK nor -ERR: \"-OK\""},
      {"HTTP/1.1 400 Bad Request", "neither +OK nor -ERR: \"HTTP/1.1 400 Bad Request\""},
      {"* OK IMAP4rev1", "neither +OK nor -ERR: \"* OK IMAP4rev1\""},
      {".", "neither +OK nor -ERR: \".\""},
      {"\x16\x03\x01", "neither +OK nor -ERR: \"\\x16\\x03\\x01\""},
      {"+OK a\0b"sv, "a NUL octet in a reply: \"+OK a\\x00b\""},
      {"\0"sv, "a NUL octet in a reply: \"\\x00\""},
      {"-ERR\0"sv, "a NUL octet in a reply: \"-ERR\\x00\""},
      {"\x1B[2J", "neither +OK nor -ERR: \"\\x1B[2J\""},
      {"PASS hunter2", "neither +OK nor -ERR: \"PASS <redacted>\""},
  };
  for (const BadCase &c : cases) {
    pop3_quirks quirks = POP3_QUIRKS_NONE;
    // Which makes a refusal of every line with a minus.
    quirks.enabled = POP3_QUIRKS_ALL & ~POP3_QUIRK_BIT(POP3_QUIRK_ANY_MINUS);
    pop3_reply reply;
    pop3_error err = POP3_ERROR_INIT;
    EXPECT_EQ(p3_reply_parse(&reply, c.line.data(), c.line.size(), &quirks, &err),
              POP3_ERR_PROTOCOL);
    EXPECT_STREQ(err.text, c.text);
    EXPECT_STREQ(err.layer, "codec");
    for (uint64_t hits : quirks.hits) EXPECT_EQ(hits, 0U);
  }
}

TEST(ReplyParse, AnyMinusIsARefusal) {
  const struct {
    std::string_view line;
    std::string_view text;
    pop3_response_code code;
  } cases[] = {
      {"-ERROR no", "no", POP3_CODE_NONE},
      {"-no", "no", POP3_CODE_NONE},
      {"-no such message", "no such message", POP3_CODE_NONE},
      {"-", "", POP3_CODE_NONE},
      {"-ER", "ER", POP3_CODE_NONE},
      {"-ERR, busy", "busy", POP3_CODE_NONE},
      {"-ERROR [IN-USE] busy", "[IN-USE] busy", POP3_CODE_IN_USE},
  };
  for (const auto &c : cases) {
    pop3_quirks quirks = POP3_QUIRKS_NONE;
    quirks.enabled = POP3_QUIRK_BIT(POP3_QUIRK_ANY_MINUS);
    pop3_reply reply;
    ASSERT_EQ(p3_reply_parse(&reply, c.line.data(), c.line.size(), &quirks, nullptr), POP3_OK);
    EXPECT_EQ(reply.positive, 0U);
    EXPECT_EQ(std::string_view(reply.text, reply.text_len), c.text) << c.line;
    EXPECT_EQ(reply.code, c.code) << c.line;
    EXPECT_EQ(quirks.hits[POP3_QUIRK_ANY_MINUS], 1U);
  }
  // What is right needs no leniency.
  pop3_quirks quirks = POP3_QUIRKS_NONE;
  quirks.enabled = POP3_QUIRK_BIT(POP3_QUIRK_ANY_MINUS);
  pop3_reply reply;
  ASSERT_EQ(p3_reply_parse(&reply, "-ERR no", 7, &quirks, nullptr), POP3_OK);
  EXPECT_EQ(quirks.hits[POP3_QUIRK_ANY_MINUS], 0U);
  EXPECT_EQ(p3_reply_parse(&reply, "+no", 3, &quirks, nullptr), POP3_ERR_PROTOCOL);
}

TEST(ReplyParse, TheWholeLine) {
  pop3_reply reply;
  const std::string_view line = "+OK  two  spaces";
  ASSERT_EQ(p3_reply_parse(&reply, line.data(), line.size(), nullptr, nullptr), POP3_OK);
  EXPECT_EQ(std::string_view(reply.line, reply.line_len), line);
  EXPECT_EQ(std::string_view(reply.text, reply.text_len), " two  spaces");
}

TEST(ReplyParse, AContinuationIsNamedAsSuch) {
  pop3_reply reply;
  pop3_error err = POP3_ERROR_INIT;
  EXPECT_EQ(p3_reply_parse(&reply, "+ abc", 5, nullptr, &err), POP3_ERR_PROTOCOL);
  EXPECT_STREQ(err.text, "a continuation where a reply should be: \"+ abc\"");
}

TEST(ReplyParse, QuotesOnlyTheStart) {
  std::string line(1000000, 'x');
  pop3_reply reply;
  pop3_error err = POP3_ERROR_INIT;
  EXPECT_EQ(p3_reply_parse(&reply, line.data(), line.size(), nullptr, &err), POP3_ERR_PROTOCOL);
  EXPECT_EQ(std::string(err.text), "neither +OK nor -ERR: \"" + std::string(76, 'x') + "...\"");
}

}  // namespace
}  // namespace reply_test
