#include "core/codec/dot.h"

#include <gtest/gtest.h>

#include <cstring>
#include <random>
#include <string>
#include <vector>

namespace dot_test {
namespace {

// What a body is worth: the un-stuffed octets, how many octets were read, and whether it ended.
struct Decoded {
  std::string body;
  size_t read = 0;
  bool ended = false;
  uint64_t bare = 0;  // line ends that needed POP3_QUIRK_BARE_LF

  bool operator==(const Decoded &o) const {
    return body == o.body && read == o.read && ended == o.ended;
  }
};

std::ostream &operator<<(std::ostream &os, const Decoded &d) {
  return os << ::testing::PrintToString(d.body) << " read " << d.read << (d.ended ? " ended" : "");
}

// The naive decoder: line by line, out of the whole.
Decoded Reference(const std::string &text, bool bare_lf) {
  Decoded out;
  size_t at = 0;
  while (at < text.size()) {
    // The line up to and with its end, or what there is of it.
    size_t end = at;
    bool whole = false;
    while (end < text.size()) {
      const bool lf = text[end] == '\n';
      const bool crlf = lf && end > at && text[end - 1] == '\r';
      end++;
      if (crlf || (lf && bare_lf)) {
        whole = true;
        break;
      }
    }
    const std::string line = text.substr(at, end - at);
    if (whole && (line == ".\r\n" || (bare_lf && line == ".\n"))) {
      out.read = end;
      out.ended = true;
      return out;
    }
    std::string kept = line[0] == '.' ? line.substr(1) : line;
    // A dot and a CR that may yet turn out to be the end are held back.
    if (!whole && line == ".\r") kept = "";
    out.body += kept;
    at = end;
  }
  out.read = text.size();
  return out;
}

// Decode feeds |text| in pieces that end at |cuts| (ascending).
Decoded Decode(const std::string &text, const std::vector<size_t> &cuts, bool bare_lf) {
  Decoded out;
  p3_dot dot;
  p3_dot_init(&dot, bare_lf ? 1 : 0);
  pop3_quirks quirks = POP3_QUIRKS_NONE;
  size_t from = 0;
  for (size_t i = 0; i <= cuts.size(); i++) {
    const size_t to = i < cuts.size() ? cuts[i] : text.size();
    // A copy of its own, so that a sanitizer sees an access beyond the piece.
    const std::vector<uint8_t> piece(text.begin() + static_cast<std::ptrdiff_t>(from),
                                     text.begin() + static_cast<std::ptrdiff_t>(to));
    size_t at = 0;
    int idle = 0;
    while (at < piece.size() && dot.state != P3_DOT_END) {
      size_t read = 99999;
      const uint8_t *span = nullptr;
      size_t span_len = 99999;
      p3_dot_next(&dot, piece.data() + at, piece.size() - at, &read, &span, &span_len, &quirks);
      EXPECT_LE(read, piece.size() - at);
      if (span_len > 0) out.body.append(reinterpret_cast<const char *>(span), span_len);
      idle = read == 0 ? idle + 1 : 0;
      EXPECT_LT(idle, 2) << "no progress";
      if (idle >= 2) return out;
      at += read;
    }
    out.read += at;
    from = to;
    if (dot.state == P3_DOT_END) break;
  }
  out.ended = dot.state == P3_DOT_END;
  out.bare = quirks.hits[POP3_QUIRK_BARE_LF];
  return out;
}

std::vector<size_t> OneByOne(size_t len) {
  std::vector<size_t> cuts;
  for (size_t i = 1; i < len; i++) cuts.push_back(i);
  return cuts;
}

// Every string of up to seven of the four octets that matter, whole, octet by octet and in every
// split in two.
TEST(Dot, ExhaustiveAgainstTheReference) {
  const char alphabet[] = {'.', '\r', '\n', 'a'};
  for (const bool bare_lf : {false, true}) {
    for (size_t len = 0; len <= 7; len++) {
      const size_t count = size_t{1} << (2 * len);
      const std::vector<size_t> one_by_one = OneByOne(len);
      for (size_t code = 0; code < count; code++) {
        std::string text;
        for (size_t i = 0; i < len; i++) text += alphabet[(code >> (2 * i)) & 3U];
        const Decoded want = Reference(text, bare_lf);
        SCOPED_TRACE(::testing::PrintToString(text) + (bare_lf ? " bare LF" : " strict"));
        const Decoded whole = Decode(text, {}, bare_lf);
        ASSERT_EQ(whole, want);
        ASSERT_TRUE(bare_lf || whole.bare == 0);
        const Decoded single = Decode(text, one_by_one, bare_lf);
        ASSERT_EQ(single, want);
        ASSERT_EQ(single.bare, whole.bare) << "the count depends on the chunking";
        for (size_t cut = 1; cut < len; cut++) {
          const Decoded split = Decode(text, {cut}, bare_lf);
          ASSERT_EQ(split, want) << "cut at " << cut;
          ASSERT_EQ(split.bare, whole.bare) << "cut at " << cut;
        }
      }
    }
  }
}

TEST(Dot, OnlyCrlfDotCrlfEndsStrictly) {
  for (const char *text : {"a\n.\n", "a\n.\r\n", "a\r\n.\n", "a\r.\r", "a\r\n.\rb", "a\n.\r\nb\r\n",
                           "\n.\n", ".\n", "a\r\n.\r\r\n", "a\r\n..\r\n", "a\r\r\n .\r\n"}) {
    EXPECT_FALSE(Decode(text, {}, false).ended) << ::testing::PrintToString(text);
    EXPECT_FALSE(Decode(text, OneByOne(strlen(text)), false).ended);
  }
  EXPECT_TRUE(Decode(".\r\n", {}, false).ended);
  EXPECT_TRUE(Decode("a\r\n.\r\n", {}, false).ended);
  EXPECT_TRUE(Decode("a\r\r\n.\r\n", {}, false).ended);
}

TEST(Dot, OneLeadingDotIsStripped) {
  EXPECT_EQ(Decode("..\r\n", {}, false).body, ".\r\n");
  EXPECT_EQ(Decode("...\r\n", {}, false).body, "..\r\n");
  EXPECT_EQ(Decode(".a\r\n", {}, false).body, "a\r\n") << "RFC 1939 strips any leading dot";
  EXPECT_EQ(Decode("a..b\r\n", {}, false).body, "a..b\r\n");
  EXPECT_EQ(Decode("a\r\n..b\r\n", {}, false).body, "a\r\n.b\r\n");
  EXPECT_EQ(Decode("a\n..b\r\n", {}, false).body, "a\n..b\r\n") << "LF alone begins no line";
  EXPECT_EQ(Decode("a\n..b\r\n", {}, true).body, "a\n.b\r\n");
}

TEST(Dot, ACrBehindADotIsHeldBackUntilItIsClear) {
  EXPECT_EQ(Decode(".\r", {}, false).body, "");
  EXPECT_EQ(Decode(".\rx", {}, false).body, "\rx");
  EXPECT_EQ(Decode(".\rx", {1, 2}, false).body, "\rx");
  EXPECT_EQ(Decode(".\r\r\n.\r\n", {}, false).body, "\r\r\n");
}

TEST(Dot, NothingIsReadBehindTheEnd) {
  p3_dot dot;
  p3_dot_init(&dot, 0);
  pop3_quirks quirks = POP3_QUIRKS_NONE;
  const uint8_t text[] = {'.', '\r', '\n', '+', 'O', 'K'};
  size_t at = 0;
  for (int i = 0; i < 10; i++) {
    size_t read;
    size_t span_len;
    const uint8_t *span;
    p3_dot_next(&dot, text + at, sizeof(text) - at, &read, &span, &span_len, &quirks);
    EXPECT_EQ(span_len, 0U);
    at += read;
  }
  EXPECT_EQ(dot.state, P3_DOT_END);
  EXPECT_EQ(at, 3U);
}

// Spans are pieces of the buffer, not copies; and a body without dots is one span.
TEST(Dot, SpansPointIntoTheBuffer) {
  std::string text;
  for (int i = 0; i < 100; i++) text += "a line of text\r\n";
  p3_dot dot;
  p3_dot_init(&dot, 0);
  pop3_quirks quirks = POP3_QUIRKS_NONE;
  const auto *data = reinterpret_cast<const uint8_t *>(text.data());
  size_t read;
  size_t span_len;
  const uint8_t *span;
  p3_dot_next(&dot, data, text.size(), &read, &span, &span_len, &quirks);
  EXPECT_EQ(read, text.size());
  EXPECT_EQ(span, data);
  EXPECT_EQ(span_len, text.size());
  EXPECT_EQ(dot.state, P3_DOT_LINE_START);
}

// The line ends that mattered: those before a dot, and that of the end.
TEST(Dot, BareLfIsCounted) {
  EXPECT_EQ(Decode("a\r\n.\r\n", {}, true).bare, 0U);
  EXPECT_EQ(Decode("a\n.\r\n", {}, true).bare, 1U);
  EXPECT_EQ(Decode("a\n.\n", {}, true).bare, 2U);
  EXPECT_EQ(Decode("a\n..b\n.c\n.\n", {}, true).bare, 4U);
}

std::string RandomBody(std::mt19937 *random, size_t len) {
  static const char *const kPieces[] = {"\r\n", "\r\n.", "\r\n..", ".", "\n",  "\r",
                                        "\n.",  "x",     "yy",     " ", ".\r", ""};
  std::string out;
  while (out.size() < len) {
    if ((*random)() % 3 == 0) {
      out.append((*random)() % 150, 'z');
    } else {
      out += kPieces[(*random)() % (sizeof(kPieces) / sizeof(kPieces[0]))];
    }
  }
  return out;
}

TEST(Dot, RandomLongBodiesInRandomPieces) {
  std::mt19937 random(7);
  for (int round = 0; round < 3000; round++) {
    const bool bare_lf = round % 2 == 1;
    std::string text = RandomBody(&random, random() % 2000);
    if (random() % 2 == 0) text += "\r\n.\r\n+OK next\r\n";
    std::vector<size_t> cuts;
    for (size_t at = random() % 100; at < text.size(); at += 1 + random() % 100) {
      if (at > 0) cuts.push_back(at);
    }
    const Decoded want = Reference(text, bare_lf);
    ASSERT_EQ(Decode(text, cuts, bare_lf), want) << ::testing::PrintToString(text);
    ASSERT_EQ(Decode(text, {}, bare_lf), want) << ::testing::PrintToString(text);
  }
}

// Stuffing as a server does it and un-stuffing gives back every message.
TEST(Dot, RoundTrip) {
  std::mt19937 random(8);
  for (int round = 0; round < 500; round++) {
    std::string message;
    for (unsigned i = 0; i < random() % 20; i++) {
      message += std::string(random() % 3, '.') + std::string(random() % 5, 'q') + "\r\n";
    }
    std::string wire;
    size_t at = 0;
    while (at < message.size()) {
      const size_t end = message.find("\r\n", at) + 2;
      if (message[at] == '.') wire += '.';
      wire += message.substr(at, end - at);
      at = end;
    }
    wire += ".\r\n";
    const Decoded got = Decode(wire, OneByOne(wire.size()), false);
    EXPECT_EQ(got.body, message);
    EXPECT_TRUE(got.ended);
  }
}

}  // namespace
}  // namespace dot_test
