#include "tools/mailboxd/generator.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

namespace generator_test {
namespace {

std::string Header(uint32_t n, uint64_t size) {
  char header[GENERATOR_HEADER_MAX];
  return std::string(header, generator_header(header, n, size));
}

// The body as generator.h describes it, written down once more.
std::string Body(uint64_t size) {
  const size_t len = static_cast<size_t>(size) - Header(1, size).size();
  std::string text;
  for (uint64_t j = 0; text.size() < len; j++) {
    if (j % 470 == 107) {
      text += '.';
    } else {
      for (uint64_t k = 0; k < 68 + j % 5; k++) text += static_cast<char>(33 + (j + 7 * k) % 94);
    }
    text += "\r\n";
  }
  text.resize(len - 2);
  if (!text.empty() && text.back() == '\r') text.back() = '-';
  return text + "\r\n";
}

TEST(Generator, HeaderIsAsDescribed) {
  EXPECT_EQ(
      "From: Generator <generator@mailboxd.invalid>\r\n"
      "To: Reader <reader@mailboxd.invalid>\r\n"
      "Date: Thu, 01 Jan 1970 00:00:00 +0000\r\n"
      "Subject: Message 0000000012 of 000000004096 octets\r\n"
      "Message-ID: <0000000012.000000004096@mailboxd.invalid>\r\n"
      "MIME-Version: 1.0\r\n"
      "Content-Type: text/plain; charset=us-ascii\r\n"
      "\r\n",
      Header(12, 4096));
  EXPECT_EQ(Header(1, 1).size(), Header(UINT32_MAX, GENERATOR_MAX_SIZE).size());
  EXPECT_EQ(Header(1, 1).size() + 2, generator_min_size());
  EXPECT_LE(generator_min_size(), 512U);
}

TEST(Generator, BodyIsAsDescribedForEveryEnd) {
  // Each place in a line where a body may be cut, and bodies of more than one period.
  for (uint64_t size = generator_min_size(); size < generator_min_size() + 160; size++) {
    const std::string body = Body(size);
    std::string made(body.size(), '\0');
    generator_body(reinterpret_cast<uint8_t *>(made.data()), size, 0, made.size());
    ASSERT_EQ(body, made) << size;
  }
  for (uint64_t size : {4096, 34000, 40000, 67542, 100000, 100001}) {
    const std::string body = Body(size);
    for (size_t piece : {body.size(), size_t{997}}) {
      std::string made(body.size(), '\0');
      for (size_t at = 0; at < made.size(); at += piece) {
        generator_body(reinterpret_cast<uint8_t *>(made.data()) + at, size, at,
                       std::min(piece, made.size() - at));
      }
      ASSERT_EQ(body, made) << size;
    }
  }
}

TEST(Generator, AboutOneLineInAHundredBeginsWithADot) {
  size_t dots = 0, single = 0;
  for (uint64_t j = 0; j < GENERATOR_PERIOD; j++) {
    uint8_t line[74];
    const size_t len = generator_line(line, j);
    dots += line[0] == '.';
    single += line[0] == '.' && len == 3;
  }
  EXPECT_EQ(5U, dots);
  EXPECT_EQ(1U, single);
}

}  // namespace
}  // namespace generator_test
