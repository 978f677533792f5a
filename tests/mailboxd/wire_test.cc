#include "tools/mailboxd/wire.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

namespace wire_test {
namespace {

const uint8_t *Octets(const std::string &text) {
  return reinterpret_cast<const uint8_t *>(text.data());
}

struct Converted {
  std::string text;
  uint64_t octets, dots, changes;
};

// Converts |text| in pieces of |piece| octets, or more where fewer would not get on.
Converted Convert(const std::string &text, bool unquote, size_t piece) {
  wire w;
  wire_init(&w, unquote);
  wire counter;
  wire_init(&counter, unquote);
  std::string out;
  size_t at = 0, want = piece;
  while (at < text.size()) {
    const std::string in = text.substr(at, want);
    const bool last = at + in.size() == text.size();
    std::vector<uint8_t> room(2 * in.size());
    size_t len = 0;
    const size_t used = wire_step(&w, Octets(in), in.size(), last, room.data(), &len);
    EXPECT_EQ(used, wire_step(&counter, Octets(in), in.size(), last, nullptr, nullptr));
    EXPECT_LT(in.size() - used, WIRE_LOOKAHEAD);
    out.append(reinterpret_cast<char *>(room.data()), len);
    at += used;
    want = used == 0 ? want + 1 : piece;
    if (last) {
      EXPECT_EQ(text.size(), at);
    }
  }
  uint8_t end[2];
  out.append(reinterpret_cast<char *>(end), wire_finish(&w, end));
  (void)wire_finish(&counter, nullptr);
  EXPECT_EQ(counter.octets, w.octets);
  EXPECT_EQ(counter.dots, w.dots);
  EXPECT_EQ(out.size(), w.octets + w.dots);
  return {out, w.octets, w.dots, w.changes};
}

struct Case {
  std::string stored, sent;
  bool unquote = false;
};

const Case kCases[] = {
    {"", ""},
    {"a", "a\r\n"},
    {"a\n", "a\r\n"},
    {"a\r\n", "a\r\n"},
    {"\n", "\r\n"},
    {"\r\n", "\r\n"},
    {"\n\n", "\r\n\r\n"},
    {"a\r", "a\r\r\n"},
    {"a\rb\n", "a\rb\r\n"},
    {"a\r\r\n", "a\r\r\n"},
    {".", "..\r\n"},
    {".\n", "..\r\n"},
    {".\r\n", "..\r\n"},
    {"..\n", "...\r\n"},
    {"a\n.\nb", "a\r\n..\r\nb\r\n"},
    {"a.\n", "a.\r\n"},
    {"a\r.\n", "a\r.\r\n"},
    {std::string("\0\x80\xff\n", 4), std::string("\0\x80\xff\r\n", 5)},
    {">From x\n", ">From x\r\n"},
    {">From x\n", "From x\r\n", true},
    {">>From x\n", ">From x\r\n", true},
    {"a\n>From ", "a\r\nFrom \r\n", true},
    {">From", ">From\r\n", true},
    {">From\n", ">From\r\n", true},
    {">Fro\n>", ">Fro\r\n>\r\n", true},
    {"a>From x\n", "a>From x\r\n", true},
    {">.\n", ">.\r\n", true},
    {".>From x\n", "..>From x\r\n", true},
    {std::string(200, '>') + "From x\n", std::string(200, '>') + "From x\r\n", true},
    {std::string(50, '>') + "From x\n", std::string(49, '>') + "From x\r\n", true},
    {std::string(1000, 'x') + "\n" + std::string(1000, 'y'),
     std::string(1000, 'x') + "\r\n" + std::string(1000, 'y') + "\r\n"},
};

TEST(Wire, ConvertsWhateverThePieces) {
  for (const Case &c : kCases) {
    for (size_t piece : {1, 2, 3, 5, 7, 64, 65, 1 << 20}) {
      EXPECT_EQ(c.sent, Convert(c.stored, c.unquote, piece).text)
          << testing::PrintToString(c.stored) << " in pieces of " << piece;
    }
  }
}

TEST(Wire, CountsWhatListSays) {
  const Converted c = Convert("a\n..\n.\r\nend", false, 1 << 20);
  EXPECT_EQ("a\r\n...\r\n..\r\nend\r\n", c.text);
  EXPECT_EQ(15U, c.octets);
  EXPECT_EQ(2U, c.dots);
}

TEST(Wire, KnowsWhatNeedsNoChange) {
  EXPECT_EQ(0U, Convert("a\r\n b.\r\n", false, 3).changes);
  EXPECT_EQ(0U, Convert("a\r\nb", false, 3).changes);  // only its end is missing
  EXPECT_NE(0U, Convert("a\r\n.\r\n", false, 3).changes);
  EXPECT_NE(0U, Convert("a\n", false, 3).changes);
  EXPECT_NE(0U, Convert(">From \r\n", true, 3).changes);
}

TEST(Wire, EveryTwoWaySplitIsTheSame) {
  const std::string text = "H: x\n\n.\n..a\r\n>From y\n>>From z\r\nlast\r";
  const std::string whole = Convert(text, true, text.size()).text;
  for (size_t cut = 1; cut < text.size(); cut++) {
    wire w;
    wire_init(&w, true);
    std::string out;
    uint8_t room[256];
    size_t len = 0;
    const size_t used = wire_step(&w, Octets(text), cut, false, room, &len);
    out.append(reinterpret_cast<char *>(room), len);
    EXPECT_EQ(text.size() - used,
              wire_step(&w, Octets(text) + used, text.size() - used, true, room, &len));
    out.append(reinterpret_cast<char *>(room), len);
    out.append(reinterpret_cast<char *>(room), wire_finish(&w, room));
    EXPECT_EQ(whole, out) << cut;
  }
}

// The extent of TOP, found in pieces of |piece| octets.
std::string Top(const std::string &text, uint64_t lines, size_t piece) {
  wire_top top;
  wire_top_init(&top, lines);
  for (size_t at = 0; at < text.size();) {
    const size_t len = std::min(piece, text.size() - at);
    size_t used = 0;
    const bool found = wire_top_step(&top, Octets(text) + at, len, &used);
    at += used;
    if (found) return text.substr(0, at);
    EXPECT_EQ(len, used);
  }
  return text;
}

TEST(WireTop, EndsBehindTheLines) {
  for (const char *nl : {"\n", "\r\n"}) {
    const std::string n = nl;
    const std::string head = "A: 1" + n + "B: 2" + n + n;
    const std::string text = head + "one" + n + n + "three";
    for (size_t piece : {1, 2, 3, 100}) {
      EXPECT_EQ(head, Top(text, 0, piece));
      EXPECT_EQ(head + "one" + n, Top(text, 1, piece));
      EXPECT_EQ(head + "one" + n + n, Top(text, 2, piece));
      EXPECT_EQ(text, Top(text, 3, piece));
      EXPECT_EQ(text, Top(text, UINT64_MAX, piece));
      EXPECT_EQ(n, Top(n + "body" + n, 0, piece));  // no header at all
    }
  }
}

TEST(WireTop, WithoutAnEmptyLineAllIsHeader) {
  EXPECT_EQ("A: 1\nB: 2\n", Top("A: 1\nB: 2\n", 0, 3));
  EXPECT_EQ("", Top("", 0, 3));
  // A CR that is not alone on its line makes no empty line.
  EXPECT_EQ("a\r\nb\r\r\nc\n", Top("a\r\nb\r\r\nc\n", 0, 1));
  EXPECT_EQ("a\n\r\r\nc\n", Top("a\n\r\r\nc\n", 0, 1));
}

}  // namespace
}  // namespace wire_test
