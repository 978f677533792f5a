#include "tools/cli/mbox_quote.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

namespace mbox_quote_test {
namespace {

int Append(void *arg, const uint8_t *data, size_t data_len) {
  static_cast<std::string *>(arg)->append(reinterpret_cast<const char *>(data), data_len);
  return 0;
}

const uint8_t *Octets(std::string_view text) {
  return reinterpret_cast<const uint8_t *>(text.data());
}

std::string Quoted(const std::vector<std::string_view> &pieces, int *open_line = nullptr) {
  cli_mbox_quote quote;
  std::string out;
  int ignored = 0;
  cli_mbox_quote_start(&quote);
  for (std::string_view piece : pieces) {
    EXPECT_EQ(0, cli_mbox_quote_put(&quote, Octets(piece), piece.size(), Append, &out));
  }
  EXPECT_EQ(
      0, cli_mbox_quote_finish(&quote, open_line != nullptr ? open_line : &ignored, Append, &out));
  return out;
}

TEST(MboxQuote, QuotesFromLinesOfAnyDepth) {
  EXPECT_EQ("a\n>From b\n", Quoted({"a\nFrom b\n"}));
  EXPECT_EQ(">From b\n", Quoted({"From b\n"}));
  EXPECT_EQ(">>From b\n", Quoted({">From b\n"}));
  EXPECT_EQ(">>>>From \n", Quoted({">>>From \n"}));
  EXPECT_EQ("\n>From x\r\n>From y\r\n", Quoted({"\nFrom x\r\nFrom y\r\n"}));
}

TEST(MboxQuote, LeavesTheRestAlone) {
  for (std::string_view text :
       {"", "a", "From", "Fro", ">", ">>\n", "From\n", "From:x\n", " From x\n", "from x\n",
        "a From x\n", "> From x\n", ">Fro>From x\n", "FrFrom x\n", ">F>From x\n", "\n\n\n",
        "Subject: From me\n"}) {
    EXPECT_EQ(text, Quoted({text}));
  }
}

TEST(MboxQuote, IsTheSameHoweverThePiecesAreCut) {
  const std::string text = "From a\n>From b\n>>From c\nFro\nFrom\n>>x\nFrom d\nFFrom e\n\nFrom ";
  const std::string whole = Quoted({text});
  for (size_t i = 0; i <= text.size(); ++i) {
    for (size_t j = i; j <= text.size(); ++j) {
      const std::string_view view = text;
      EXPECT_EQ(whole, Quoted({view.substr(0, i), view.substr(i, j - i), view.substr(j)}));
    }
  }
  std::vector<std::string_view> octets;
  for (size_t i = 0; i < text.size(); ++i) octets.push_back(std::string_view(text).substr(i, 1));
  EXPECT_EQ(whole, Quoted(octets));
}

TEST(MboxQuote, TellsWhetherTheLastLineIsOpen) {
  int open_line = -1;
  Quoted({""}, &open_line);
  EXPECT_EQ(0, open_line);
  Quoted({"a\n"}, &open_line);
  EXPECT_EQ(0, open_line);
  Quoted({"a\nb"}, &open_line);
  EXPECT_EQ(1, open_line);
  Quoted({"Fro"}, &open_line);
  EXPECT_EQ(1, open_line);
}

TEST(MboxQuote, PassesAFailureOn) {
  cli_mbox_quote quote;
  cli_mbox_quote_start(&quote);
  auto fail = [](void *, const uint8_t *, size_t) { return 28; };
  EXPECT_EQ(28, cli_mbox_quote_put(&quote, Octets("abc"), 3, fail, nullptr));
}

}  // namespace
}  // namespace mbox_quote_test
