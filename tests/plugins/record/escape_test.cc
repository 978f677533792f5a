#include "plugins/record/escape.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace pop3_testing {
namespace escape_test {
namespace {

// Everything that |text| stands for, up to and including the END or BAD.
std::vector<int> Unescaped(const std::string &text) {
  const char *at = text.data();
  const char *end = at + text.size();
  std::vector<int> all;
  do {
    all.push_back(p3_record_unescape(&at, end));
  } while (all.back() >= 0);
  return all;
}

TEST(Escape, EachOctetComesBack) {
  for (int octet = 0; octet < 256; octet++) {
    char out[P3_RECORD_ESCAPE_MAX];
    const size_t len = p3_record_escape(out, static_cast<uint8_t>(octet));
    ASSERT_LE(len, sizeof(out));
    for (size_t i = 0; i < len; i++) {
      EXPECT_TRUE(out[i] >= 0x20 && out[i] < 0x7F) << octet;
    }
    EXPECT_EQ(Unescaped(std::string(out, len)), (std::vector<int>{octet, P3_RECORD_END}));
  }
}

TEST(Escape, LooksAsDescribed) {
  const std::string octets("a\\\r\n\t\0\x7F\xE4", 8);
  std::string text;
  for (char c : octets) {
    char out[P3_RECORD_ESCAPE_MAX];
    text.append(out, p3_record_escape(out, static_cast<uint8_t>(c)));
  }
  EXPECT_EQ(text, "a\\\\\\r\\n\\t\\x00\\x7F\\xE4");
  EXPECT_EQ(Unescaped("\\xe4\\?x"), (std::vector<int>{0xE4, P3_RECORD_ANY, 'x', P3_RECORD_END}));
}

TEST(Escape, ReadsNothingBehindTheEnd) {
  const std::string text = "\\x41";
  for (size_t len = 1; len < text.size(); len++) {
    const char *at = text.data();
    EXPECT_EQ(p3_record_unescape(&at, text.data() + len), P3_RECORD_BAD) << len;
    EXPECT_LE(at, text.data() + len);
  }
}

TEST(Escape, RefusesWhatIsNone) {
  for (const char *text : {"\\", "\\x", "\\x1", "\\xg0", "\\x0g", "\\a", "\t", "\x7F", "\xE4"}) {
    EXPECT_EQ(Unescaped(text).back(), P3_RECORD_BAD) << text;
  }
}

}  // namespace
}  // namespace escape_test
}  // namespace pop3_testing
