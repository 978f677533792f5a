#include <gtest/gtest.h>

#include <string_view>

#include "core/codec/codec.h"

namespace challenge_test {
namespace {

using namespace std::string_view_literals;

enum Needs { kNever, kNothing, kQuirk, kQuirkInExchange };

struct ChallengeCase {
  std::string_view line;
  Needs needs;
  std::string_view text;
};

TEST(ChallengeParse, Table) {
  const ChallengeCase cases[] = {
      {"+ ", kNothing, ""},
      {"+", kNothing, ""},
      {"+ dGVzdA==", kNothing, "dGVzdA=="},
      {"+ not base64", kNothing, "not base64"},  // the mechanism's affair
      {"+  x", kNothing, " x"},
      {"+dGVzdA==", kQuirk, "dGVzdA=="},
      {"+go ahead", kQuirk, "go ahead"},
      {"+OKdGVzdA", kQuirk, "OKdGVzdA"},
      {"+OK VXNlcm5hbWU6", kQuirkInExchange, "VXNlcm5hbWU6"},          // "Username:"
      {"+ok UGFzc3dvcmQ6", kQuirkInExchange, "UGFzc3dvcmQ6"},          // "Password:"
      {"+OK VXNlciBOYW1lAA==", kQuirkInExchange, "VXNlciBOYW1lAA=="},  // "User Name\0"
      {"+OK PDEuMkB2bT4=", kQuirkInExchange, "PDEuMkB2bT4="},          // "<1.2@vm>"
      // Success, and no challenge.
      {"+OK", kNever, ""},
      {"+OK ", kNever, ""},
      {"+OK done", kNever, ""},  // base64 by its looks, but not of text
      {"+OK accepted", kNever, ""},
      {"+OK Logged in.", kNever, ""},
      {"+OK AA==", kNever, ""},     // a NUL alone
      {"+OK dGVzdA=", kNever, ""},  // bad padding
      {"+ERR no", kNever, ""},
      {"+err", kNever, ""},
      {"-ERR", kNever, ""},
      {"", kNever, ""},
      {"x", kNever, ""},
      {"+ a\0b"sv, kNever, ""},
      {"+\0"sv, kNever, ""},
  };
  for (const ChallengeCase &c : cases) {
    for (int on = 0; on <= 1; on++) {
      for (int in_exchange = 0; in_exchange <= 1; in_exchange++) {
        pop3_quirks quirks = POP3_QUIRKS_NONE;
        quirks.enabled =
            on ? POP3_QUIRKS_ALL : POP3_QUIRKS_ALL & ~POP3_QUIRK_BIT(POP3_QUIRK_AUTH_PLUS);
        const char *text = nullptr;
        size_t text_len = 999;
        bool expected = c.needs == kNothing || (c.needs == kQuirk && on) ||
                        (c.needs == kQuirkInExchange && on && in_exchange);
        int got = p3_challenge_parse(c.line.data(), c.line.size(), in_exchange, &quirks, &text,
                                     &text_len);
        ASSERT_EQ(got, expected ? 1 : 0) << c.line << " " << on << in_exchange;
        EXPECT_EQ(quirks.hits[POP3_QUIRK_AUTH_PLUS], expected && c.needs != kNothing ? 1U : 0U);
        if (expected) {
          EXPECT_EQ(std::string_view(text, text_len), c.text);
        } else {
          EXPECT_EQ(text, nullptr);
        }
      }
    }
  }
}

TEST(ChallengeParse, WithoutQuirks) {
  const char *text = nullptr;
  size_t len = 0;
  EXPECT_EQ(p3_challenge_parse("+ x", 3, 1, nullptr, &text, &len), 1);
  EXPECT_EQ(p3_challenge_parse("+x", 2, 1, nullptr, &text, &len), 0);
}

}  // namespace
}  // namespace challenge_test
