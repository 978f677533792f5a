#include "tools/mailboxd/mbox_parse.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace mbox_parse_test {
namespace {

using Messages = std::vector<std::string>;

int Keep(void *arg, const mbox_range *range) {
  static_cast<std::vector<mbox_range> *>(arg)->push_back(*range);
  return 1;
}

// The messages of |text|, which is fed in pieces; {"<not an mbox>"} if it is none.
Messages Parse(const std::string &text, size_t piece) {
  std::vector<mbox_range> ranges;
  mbox_parser parser;
  mbox_parser_init(&parser);
  bool good = true;
  for (size_t at = 0; good && at < text.size(); at += piece) {
    const std::string in = text.substr(at, piece);
    good = mbox_parser_feed(&parser, reinterpret_cast<const uint8_t *>(in.data()), in.size(), Keep,
                            &ranges);
  }
  if (!good || !mbox_parser_finish(&parser, Keep, &ranges)) return {"<not an mbox>"};
  Messages messages;
  uint64_t end = 0;
  for (const mbox_range &range : ranges) {
    EXPECT_EQ(end, range.from);  // no octet belongs to two messages or to none
    EXPECT_EQ("From ", text.substr(range.from, 5));
    EXPECT_LE(range.stop, range.end);
    end = range.end;
    messages.push_back(text.substr(range.start, range.stop - range.start));
  }
  EXPECT_EQ(end, text.size());
  return messages;
}

TEST(MboxParse, Cases) {
  const std::pair<std::string, Messages> cases[] = {
      {"", {}},
      {"From a\nS: 1\n\nhi\n\n", {"S: 1\n\nhi\n"}},
      {"From a\r\nS: 1\r\n\r\nhi\r\n\r\n", {"S: 1\r\n\r\nhi\r\n"}},
      {"From a\nS: 1\n\nhi\n\nFrom b\nS: 2\n\nho\n\n", {"S: 1\n\nhi\n", "S: 2\n\nho\n"}},
      {"From a\nS: 1\n\nhi", {"S: 1\n\nhi"}},
      {"From a\nS: 1\n\nhi\n", {"S: 1\n\nhi\n"}},
      {"From a\n", {""}},
      {"From a", {""}},
      {"From a\n\nFrom b\n\n", {"", ""}},
      // Only behind an empty line does a message begin.
      {"From a\nFrom b\n\n", {"From b\n"}},
      {"From a\nx\nFrom b\n\n", {"x\nFrom b\n"}},
      {"From a\n\n\n\nFrom b\nx\n\n\n", {"\n\n", "x\n\n"}},
      {"From a\nx\n\n>From b\n\n", {"x\n\n>From b\n"}},
      {"From a\nx\n\nFromage\n\n", {"x\n\nFromage\n"}},
      {"From a\nx\n\nFrom\n\n", {"x\n\nFrom\n"}},
      {"From a\nx\n\r\nFrom b\n\n", {"x\n", ""}},
      {"\nFrom a\n", {"<not an mbox>"}},
      {"Subject: x\n\n", {"<not an mbox>"}},
      {"x", {"<not an mbox>"}},
  };
  for (const auto &[text, messages] : cases) {
    for (size_t piece : {1, 2, 3, 7, 1000}) {
      EXPECT_EQ(messages, Parse(text, piece)) << testing::PrintToString(text) << " by " << piece;
    }
  }
}

}  // namespace
}  // namespace mbox_parse_test
