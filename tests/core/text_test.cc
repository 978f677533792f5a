#include "core/base/text.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace text_test {
namespace {

using namespace std::string_view_literals;

std::string Clean(std::string_view text, size_t cap = 1000) {
  std::string out(cap, '#');
  size_t len = p3_text_clean(out.data(), cap, text.data(), text.size());
  EXPECT_LT(len, cap);
  EXPECT_EQ(out[len], '\0');
  out.resize(len);
  return out;
}

struct CleanCase {
  std::string_view in;
  std::string_view out;
};

TEST(TextClean, Table) {
  const CleanCase cases[] = {
      {"", ""},
      {"plain ASCII ~ text", "plain ASCII ~ text"},
      {"a\0b"sv, "a\\x00b"},
      {"\r\n\t", "\\x0D\\x0A\\x09"},
      {"\x1B[31mred", "\\x1B[31mred"},
      {"\x7F", "\\x7F"},
      {"gr\xC3\xBC\xC3\x9F", "gr\xC3\xBC\xC3\x9F"},
      {"\xE2\x82\xAC \xF0\x9F\x93\xAC", "\xE2\x82\xAC \xF0\x9F\x93\xAC"},
      {"Latin-1: \xFC", "Latin-1: \\xFC"},
      {"\xC3", "\\xC3"},                             // cut short
      {"\xC3(", "\\xC3("},                           // no continuation
      {"\xE2\x82", "\\xE2\\x82"},                    //
      {"\x80\xBF", "\\x80\\xBF"},                    // continuation alone
      {"\xC0\xAF", "\\xC0\\xAF"},                    // overlong
      {"\xC1\xBF", "\\xC1\\xBF"},                    //
      {"\xE0\x80\xAF", "\\xE0\\x80\\xAF"},           //
      {"\xF0\x80\x80\xAF", "\\xF0\\x80\\x80\\xAF"},  //
      {"\xE0\x9F\xBF", "\\xE0\\x9F\\xBF"},           // the last of them
      {"\xF0\x8F\xBF\xBF", "\\xF0\\x8F\\xBF\\xBF"},  //
      {"\xED\xA0\x80", "\\xED\\xA0\\x80"},           // surrogate
      {"\xF4\x90\x80\x80", "\\xF4\\x90\\x80\\x80"},  // above U+10FFFF
      {"\xF5\x80\x80\x80", "\\xF5\\x80\\x80\\x80"},  //
      {"\xFE\xFF", "\\xFE\\xFF"},                    //
      {"\xC2\x9B", "\\xC2\\x9B"},                    // U+009B, CSI
      {"\xC2\xA0", "\xC2\xA0"},                      // U+00A0
      {"\xE2\x80\xAE"
       "fdp",
       "\\xE2\\x80\\xAE"
       "fdp"},                                       // U+202E, right to left
      {"\xE2\x80\xA8", "\\xE2\\x80\\xA8"},           // U+2028, line separator
      {"\xE2\x81\xA6", "\\xE2\\x81\\xA6"},           // U+2066, isolate
      {"\xE2\x80\x8B", "\\xE2\\x80\\x8B"},           // U+200B, zero width
      {"\xEF\xBB\xBF", "\\xEF\\xBB\\xBF"},           // byte order mark
      {"\xF3\xA0\x81\x81", "\\xF3\\xA0\\x81\\x81"},  // U+E0041, tag
  };
  for (const CleanCase &c : cases) {
    EXPECT_EQ(Clean(c.in), c.out);
    EXPECT_EQ(Clean(c.out), c.out) << "cleaning twice changes nothing";
  }
}

std::string Utf8(uint32_t c) {
  const auto octet = [](uint32_t value) { return static_cast<char>(value); };
  if (c < 0x800) return {octet(0xC0 | c >> 6), octet(0x80 | (c & 0x3F))};
  if (c < 0x10000) {
    return {octet(0xE0 | c >> 12), octet(0x80 | (c >> 6 & 0x3F)), octet(0x80 | (c & 0x3F))};
  }
  return {octet(0xF0 | c >> 18), octet(0x80 | (c >> 12 & 0x3F)), octet(0x80 | (c >> 6 & 0x3F)),
          octet(0x80 | (c & 0x3F))};
}

// Of each range the first, the last and their neighbours outside.
TEST(TextClean, DeceptiveCharactersAreEscaped) {
  const uint32_t ranges[][2] = {
      {0x80, 0x9F},     {0xAD, 0xAD},     {0x61C, 0x61C},   {0x180E, 0x180E}, {0x200B, 0x200F},
      {0x2028, 0x202E}, {0x2060, 0x206F}, {0xFEFF, 0xFEFF}, {0xFFF9, 0xFFFB}, {0xE0000, 0xE0FFF},
  };
  for (const auto &range : ranges) {
    for (const uint32_t c : range) EXPECT_EQ(Clean(Utf8(c)).substr(0, 2), "\\x") << std::hex << c;
    for (const uint32_t c : {range[0] - 1, range[1] + 1}) {
      if (c >= 0x80) {
        EXPECT_EQ(Clean(Utf8(c)), Utf8(c)) << std::hex << c;
      }
    }
  }
}

TEST(TextClean, EveryOctetAloneBecomesPrintable) {
  for (int i = 0; i < 256; i++) {
    char c = static_cast<char>(i);
    for (char o : Clean(std::string_view(&c, 1))) {
      EXPECT_TRUE(o >= 0x20 && o < 0x7F) << i;
    }
  }
}

TEST(TextClean, CutsBetweenCharacters) {
  EXPECT_EQ(Clean("abcdefgh", 9), "abcdefgh");
  EXPECT_EQ(Clean("abcdefghi", 9), "abcde...");
  EXPECT_EQ(Clean("abcd\x01", 9), "abcd\\x01");
  EXPECT_EQ(Clean("abcd\x01z", 9), "abcd...");
  EXPECT_EQ(Clean("abc\xE2\x82\xAC"
                  "de",
                  9),
            "abc\xE2\x82\xAC"
            "de");
  EXPECT_EQ(Clean("abc\xE2\x82\xAC"
                  "def",
                  9),
            "abc...");
  EXPECT_EQ(Clean("\x01\x01\x01", 9), "\\x01...");
}

TEST(TextClean, TinyBuffers) {
  EXPECT_EQ(p3_text_clean(nullptr, 0, "abc", 3), 0U);
  EXPECT_EQ(Clean("abc", 1), "");
  EXPECT_EQ(Clean("abc", 2), ".");
  EXPECT_EQ(Clean("abc", 3), "..");
  EXPECT_EQ(Clean("abcd", 4), "...");
  EXPECT_EQ(Clean("abc", 4), "abc");
}

TEST(TextClean, EveryLengthInEveryBuffer) {
  const std::string text =
      "a\x01\xC3\xBC\xFF\xF0\x9F\x93\xAC"
      "end of it";
  for (size_t len = 0; len <= text.size(); len++) {
    for (size_t cap = 1; cap < 50; cap++) {
      std::string out = Clean(std::string_view(text).substr(0, len), cap);
      EXPECT_EQ(Clean(out), out) << len << " " << cap;
    }
  }
}

std::string Quote(std::string_view text) {
  char out[P3_QUOTE_MAX];
  return p3_text_quote(out, text.data(), text.size());
}

TEST(TextQuote, IsCleanAndShort) {
  EXPECT_EQ(Quote("-OK\r"), "-OK\\x0D");
  EXPECT_EQ(Quote(std::string(100000, 'x')), std::string(P3_QUOTE_MAX - 4, 'x') + "...");
}

TEST(TextQuote, LeavesOutEchoedSecrets) {
  EXPECT_EQ(Quote("PASS hunter2"), "PASS <redacted>");
  EXPECT_EQ(Quote("pass hunter2\r+OK"), "PASS <redacted>");
  EXPECT_EQ(Quote("APOP u d1g35t"), "APOP <redacted>");
  EXPECT_EQ(Quote("Auth PLAIN AGFsaWNl"), "AUTH <redacted>");
  EXPECT_EQ(Quote("PASS "), "PASS ");
  EXPECT_EQ(Quote("PASSWORD expired"), "PASSWORD expired");
  EXPECT_EQ(Quote("USER alice"), "USER alice");
}

TEST(AsciiEqual, Table) {
  struct {
    std::string_view text;
    const char *word;
    bool equal;
  } cases[] = {
      {"", "", true},           {"", "a", false},
      {"a", "", false},         {"UIDL", "uidl", true},
      {"uIdL", "UiDl", true},   {"UID", "UIDL", false},
      {"UIDLX", "UIDL", false}, {"UIDL\0"sv, "UIDL", false},
      {"U\0DL"sv, "U", false},  {"[", "{", false},
      {"@", "`", false},        {"\xC4", "\xE4", false},
      {"a-9_", "A-9_", true},
  };
  for (const auto &c : cases) {
    EXPECT_EQ(p3_ascii_equal(c.text.data(), c.text.size(), c.word) != 0, c.equal)
        << c.text << " " << c.word;
  }
}

}  // namespace
}  // namespace text_test
