#include "tools/mailboxd/line.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>
#include <vector>

namespace line_test {
namespace {

constexpr size_t kMax = 32;

// Reads |text|, of which |step| octets more are there at a time. A good line gives "=line", a long
// one
// "#", one with a bad octet "!".
std::vector<std::string> Read(const std::string &text, size_t step) {
  std::vector<std::string> events;
  line_reader reader = {};
  size_t at = 0, end = 0;
  while (end < text.size()) {
    end = std::min(text.size(), end + step);
    for (bool more = true; more;) {
      size_t used = 0, len = 0;
      const uint8_t *in = reinterpret_cast<const uint8_t *>(text.data()) + at;
      const line_result result = line_next(&reader, in, end - at, kMax, &used, &len);
      EXPECT_LE(used, end - at);
      if (result == LINE_GOOD) events.push_back("=" + text.substr(at, len));
      if (result == LINE_TOO_LONG) events.push_back("#");
      if (result == LINE_BAD_OCTET) events.push_back("!");
      at += used;
      more = result != LINE_NONE;
      if (!more) {
        EXPECT_LT(end - at, kMax);
      }
    }
  }
  return events;
}

using Events = std::vector<std::string>;

TEST(Line, Cases) {
  const std::string fits(kMax - 2, 'x'), too_long(kMax - 1, 'x');
  const std::string nul("a\0b\r\nC\r\n", 8);
  const std::pair<std::string, Events> cases[] = {
      {"", {}},
      {"QUIT", {}},
      {"QUIT\r", {}},
      {"QUIT\r\n", {"=QUIT"}},
      {"\r\n", {"="}},
      {"A\r\nB\r\n", {"=A", "=B"}},
      {"R\xc3\xa9\r\n", {"=R\xc3\xa9"}},
      {fits + "\r\nB\r\n", {"=" + fits, "=B"}},
      {too_long + "\r\nB\r\n", {"#", "=B"}},
      {too_long + "x\r\nB\r\n", {"#", "=B"}},
      {std::string(1000, 'x') + "\r\nB\r\n", {"#", "=B"}},
      {std::string(1000, 'x'), {"#"}},
      {"A\nB\r\nC\r\n", {"!", "=C"}},
      {"A\rB\r\nC\r\n", {"!", "=C"}},
      {"A\r\r\nC\r\n", {"!", "=C"}},
      {"A\tB\r\nC\r\n", {"!", "=C"}},
      {"A\x7f\r\nC\r\n", {"!", "=C"}},
      {nul, {"!", "=C"}},
      {"\nA\r\n\r\n", {"!", "="}},
      {"\n" + std::string(1000, '\n') + "\r\nC\r\n", {"!", "=C"}},
      {"\n" + std::string(100, '\r') + "\nC\r\n", {"!", "=C"}},
  };
  for (const auto &[text, events] : cases) {
    for (size_t step : {1, 2, 3, 7, 31, 32, 33, 5000}) {
      EXPECT_EQ(events, Read(text, step)) << testing::PrintToString(text) << " by " << step;
    }
  }
}

TEST(Line, ChunkingDoesNotMatter) {
  std::mt19937 random(1939);
  const std::string octets("aB \r\n\r\n\r\n\n\x01\xff.", 13);
  for (int round = 0; round < 2000; round++) {
    std::string text;
    const size_t len = random() % 200;
    while (text.size() < len) text += octets[random() % octets.size()];
    const Events whole = Read(text, text.size() + 1);
    EXPECT_EQ(whole, Read(text, 1)) << testing::PrintToString(text);
    EXPECT_EQ(whole, Read(text, 1 + random() % 9)) << testing::PrintToString(text);
  }
}

}  // namespace
}  // namespace line_test
