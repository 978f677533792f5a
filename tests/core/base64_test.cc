#include "core/codec/base64.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace base64_test {
namespace {

using namespace std::string_view_literals;

struct ValidCase {
  std::string_view text;
  bool valid;
};

TEST(Base64Valid, Table) {
  const ValidCase cases[] = {
      {"", true},          {"AAAA", true},      {"dGVzdA==", true},
      {"dGVzdDE=", true},  {"+/+/", true},      {"A", false},
      {"AA", false},       {"AAA", false},      {"AAAAA", false},
      {"=", false},        {"====", false},     {"A===", false},
      {"AA=A", false},     {"=AAA", false},     {"AA==AAAA", false},
      {"AAAA====", false}, {"AAA-", false},     {"AA A", false},
      {"AAAA\n", false},   {"AA\0A"sv, false},  {"AA\xFF\xFF", false},
      {"dGVzdB==", false},  // bits set behind the last octet
      {"dGVzdDF=", false}, {"dGVzdDG=", false}, {"dGVzdI==", false},
      {"dGVzdg==", true},
  };
  for (const ValidCase &c : cases) {
    EXPECT_EQ(p3_base64_valid(c.text.data(), c.text.size()) != 0, c.valid) << c.text;
  }
}

TEST(Base64Valid, TheWholeAlphabetAndNothingElse) {
  size_t count = 0;
  for (int i = 0; i < 256; i++) {
    std::string text = "AAA";
    text += static_cast<char>(i);
    if (i != '=' && p3_base64_valid(text.data(), text.size())) count++;
  }
  EXPECT_EQ(count, 64U);
}

std::string Decode(std::string_view text) {
  std::string out;
  for (size_t i = 0; i < text.size(); i += 4) {
    unsigned char group[3];
    size_t len = p3_base64_group(text.data() + i, group);
    out.append(group, group + len);
  }
  return out;
}

// RFC 4648 section 10.
TEST(Base64Group, TestVectors) {
  EXPECT_EQ(Decode("Zg=="), "f");
  EXPECT_EQ(Decode("Zm8="), "fo");
  EXPECT_EQ(Decode("Zm9v"), "foo");
  EXPECT_EQ(Decode("Zm9vYg=="), "foob");
  EXPECT_EQ(Decode("Zm9vYmE="), "fooba");
  EXPECT_EQ(Decode("Zm9vYmFy"), "foobar");
  EXPECT_EQ(Decode("AP+A"), std::string("\0\xFF\x80", 3));
  EXPECT_EQ(Decode("////"), "\xFF\xFF\xFF");
}

}  // namespace
}  // namespace base64_test
