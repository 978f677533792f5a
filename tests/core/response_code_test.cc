#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "core/codec/codec.h"

namespace response_code_test {
namespace {

using namespace std::string_view_literals;

struct CodeCase {
  std::string_view text;
  pop3_response_code code;
  size_t len;
};

TEST(ResponseCodeParse, Table) {
  const CodeCase cases[] = {
      // RFC 2449 section 8.1, RFC 3206 section 4, RFC 6856 section 4.
      {"[IN-USE] Do you have another POP session running?", POP3_CODE_IN_USE, 8},
      {"[LOGIN-DELAY] Logins must be at least 1 minute apart", POP3_CODE_LOGIN_DELAY, 13},
      {"[SYS/TEMP] Failed to create POP3 session lock.", POP3_CODE_SYS_TEMP, 10},
      {"[SYS/PERM] Mailbox is damaged", POP3_CODE_SYS_PERM, 10},
      {"[AUTH] Authentication failed.", POP3_CODE_AUTH, 6},
      {"[UTF8] Retrieve it with UTF8", POP3_CODE_UTF8, 6},
      // Nothing need follow; case does not matter.
      {"[IN-USE]", POP3_CODE_IN_USE, 8},
      {"[in-use]Busy", POP3_CODE_IN_USE, 8},
      {"[Sys/Temp]", POP3_CODE_SYS_TEMP, 10},
      // More detail than is known belongs to what is known.
      {"[IN-USE/ELSEWHERE] x", POP3_CODE_IN_USE, 18},
      {"[LOGIN-DELAY/300]", POP3_CODE_LOGIN_DELAY, 17},
      {"[AUTH/EXPIRED]", POP3_CODE_AUTH, 14},
      {"[SYS/TEMP/DISK/FULL]", POP3_CODE_SYS_TEMP, 20},
      // Others.
      {"[SYS] x", POP3_CODE_OTHER, 5},
      {"[SYS/ODD]", POP3_CODE_OTHER, 9},
      {"[IN-USER] x", POP3_CODE_OTHER, 9},
      {"[AUTHOR]", POP3_CODE_OTHER, 8},
      {"[X]", POP3_CODE_OTHER, 3},
      {"[X-PROXY/[y] z", POP3_CODE_OTHER, 12},
      {"[AUTH][IN-USE]", POP3_CODE_AUTH, 6},
      {"[\x7F]", POP3_CODE_OTHER, 3},
      // None.
      {"", POP3_CODE_NONE, 0},
      {"[", POP3_CODE_NONE, 0},
      {"[]", POP3_CODE_NONE, 0},
      {"[IN-USE", POP3_CODE_NONE, 0},
      {"[/AUTH]", POP3_CODE_NONE, 0},
      {"[AUTH/]", POP3_CODE_NONE, 0},
      {"[SYS//TEMP]", POP3_CODE_NONE, 0},
      {"[/]", POP3_CODE_NONE, 0},
      {"[not a code] x", POP3_CODE_NONE, 0},
      {"[AUTH ]", POP3_CODE_NONE, 0},
      {"[AUTH\t]", POP3_CODE_NONE, 0},
      {"[AU\0TH]"sv, POP3_CODE_NONE, 0},
      {"[AUTH\xC3\xA9]", POP3_CODE_NONE, 0},
      {" [AUTH]", POP3_CODE_NONE, 0},
      {"busy [IN-USE]", POP3_CODE_NONE, 0},
  };
  for (const CodeCase &c : cases) {
    size_t len = 999;
    EXPECT_EQ(p3_response_code_parse(c.text.data(), c.text.size(), &len), c.code) << c.text;
    EXPECT_EQ(len, c.len) << c.text;
    EXPECT_EQ(p3_response_code_parse(c.text.data(), c.text.size(), nullptr), c.code) << c.text;
  }
}

TEST(ResponseCodeParse, OneLongCode) {
  std::string text = "[" + std::string(100000, 'x') + "]";
  size_t len = 0;
  EXPECT_EQ(p3_response_code_parse(text.data(), text.size(), &len), POP3_CODE_OTHER);
  EXPECT_EQ(len, text.size());
}

}  // namespace
}  // namespace response_code_test
