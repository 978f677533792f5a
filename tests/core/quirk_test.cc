#include <gtest/gtest.h>
#include <pop3/limits.h>

#include <set>
#include <string>

#include "core/codec/codec.h"

namespace quirk_test {
namespace {

TEST(Quirk, NamesGoBothWays) {
  std::set<std::string> names;
  for (int i = 0; i < POP3_QUIRK_COUNT; i++) {
    auto quirk = static_cast<pop3_quirk>(i);
    ASSERT_NE(pop3_quirk_name(quirk), nullptr) << i;
    EXPECT_TRUE(names.insert(pop3_quirk_name(quirk)).second);
    EXPECT_EQ(pop3_quirk_from_name(pop3_quirk_name(quirk)), quirk);
  }
  EXPECT_STREQ(pop3_quirk_name(POP3_QUIRK_BARE_LF), "bare-lf");
  EXPECT_STREQ(pop3_quirk_name(POP3_QUIRK_AUTH_PLUS), "auth-plus");
  EXPECT_EQ(pop3_quirk_name(POP3_QUIRK_COUNT), nullptr);
  EXPECT_EQ(pop3_quirk_name(static_cast<pop3_quirk>(15)), nullptr);
  EXPECT_EQ(pop3_quirk_from_name(""), POP3_QUIRK_COUNT);
  EXPECT_EQ(pop3_quirk_from_name("Bare-LF"), POP3_QUIRK_COUNT);
}

TEST(Quirk, AllIsEveryBit) {
  for (int i = 0; i < POP3_QUIRK_COUNT; i++) {
    EXPECT_NE(POP3_QUIRKS_ALL & POP3_QUIRK_BIT(i), 0U);
  }
  EXPECT_EQ(POP3_QUIRKS_ALL & POP3_QUIRK_BIT(POP3_QUIRK_COUNT), 0U);
}

TEST(Quirk, UseCountsOnlyWhatIsSwitchedOn) {
  pop3_quirks quirks = POP3_QUIRKS_NONE;
  EXPECT_FALSE(pop3_quirk_allowed(&quirks, POP3_QUIRK_ANY_PLUS));
  EXPECT_FALSE(pop3_quirk_use(&quirks, POP3_QUIRK_ANY_PLUS));
  EXPECT_EQ(quirks.hits[POP3_QUIRK_ANY_PLUS], 0U);
  quirks.enabled = POP3_QUIRK_BIT(POP3_QUIRK_ANY_PLUS);
  EXPECT_TRUE(pop3_quirk_allowed(&quirks, POP3_QUIRK_ANY_PLUS));
  EXPECT_EQ(quirks.hits[POP3_QUIRK_ANY_PLUS], 0U);
  EXPECT_TRUE(pop3_quirk_use(&quirks, POP3_QUIRK_ANY_PLUS));
  EXPECT_TRUE(pop3_quirk_use(&quirks, POP3_QUIRK_ANY_PLUS));
  EXPECT_EQ(quirks.hits[POP3_QUIRK_ANY_PLUS], 2U);
  EXPECT_FALSE(pop3_quirk_use(&quirks, POP3_QUIRK_BARE_LF));
  EXPECT_FALSE(pop3_quirk_use(nullptr, POP3_QUIRK_BARE_LF));
}

}  // namespace
}  // namespace quirk_test
