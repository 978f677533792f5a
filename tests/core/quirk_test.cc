#include <gtest/gtest.h>
#include <pop3/limits.h>

#include <set>
#include <string>

#include "core/codec/codec.h"

namespace quirk_test {
namespace {

TEST(Quirk, NamesGoBothWays) {
  std::set<std::string> names;
  for (uint32_t i = 0; pop3_quirk_name(i) != nullptr; i++) {
    EXPECT_TRUE(names.insert(pop3_quirk_name(i)).second);
    pop3_quirk quirk;
    ASSERT_EQ(pop3_quirk_from_name(&quirk, pop3_quirk_name(i)), 1) << i;
    EXPECT_EQ(quirk, i);
  }
  EXPECT_EQ(names.size(), POP3_QUIRK_TIMESTAMP_ANY + 1U);
  EXPECT_STREQ(pop3_quirk_name(POP3_QUIRK_BARE_LF), "bare-lf");
  EXPECT_STREQ(pop3_quirk_name(POP3_QUIRK_AUTH_PLUS), "auth-plus");
  EXPECT_STREQ(pop3_quirk_name(POP3_QUIRK_ANY_MINUS), "any-minus");
  EXPECT_STREQ(pop3_quirk_name(POP3_QUIRK_TIMESTAMP_ANY), "timestamp-any");
  EXPECT_EQ(pop3_quirk_name(15), nullptr);
  EXPECT_EQ(pop3_quirk_name(UINT32_MAX), nullptr);
}

TEST(Quirk, ANameThatThereIsNot) {
  pop3_quirk quirk = POP3_QUIRK_ODD_SIZE;
  for (const char *name : {"", "Bare-LF", "bare-l", "bare-lff"}) {
    EXPECT_EQ(pop3_quirk_from_name(&quirk, name), 0) << name;
    EXPECT_EQ(quirk, POP3_QUIRK_ODD_SIZE);
  }
}

TEST(Quirk, TheKnownOnesHaveNames) {
  for (uint32_t i = 0; i < POP3_QUIRKS_ROOM; i++) {
    EXPECT_EQ((p3_quirks_known() & POP3_QUIRK_BIT(i)) != 0, pop3_quirk_name(i) != nullptr) << i;
    EXPECT_NE(POP3_QUIRKS_ALL & POP3_QUIRK_BIT(i), 0U);
  }
  const pop3_quirks quirks = POP3_QUIRKS_NONE;
  EXPECT_EQ(sizeof(quirks.hits) / sizeof(quirks.hits[0]), size_t{POP3_QUIRKS_ROOM});
}

TEST(Quirk, UseCountsOnlyWhatIsSwitchedOn) {
  pop3_quirks quirks = POP3_QUIRKS_NONE;
  EXPECT_FALSE(p3_quirk_allowed(&quirks, POP3_QUIRK_ANY_PLUS));
  EXPECT_FALSE(p3_quirk_use(&quirks, POP3_QUIRK_ANY_PLUS));
  EXPECT_EQ(quirks.hits[POP3_QUIRK_ANY_PLUS], 0U);
  quirks.enabled = POP3_QUIRK_BIT(POP3_QUIRK_ANY_PLUS);
  EXPECT_TRUE(p3_quirk_allowed(&quirks, POP3_QUIRK_ANY_PLUS));
  EXPECT_EQ(quirks.hits[POP3_QUIRK_ANY_PLUS], 0U);
  EXPECT_TRUE(p3_quirk_use(&quirks, POP3_QUIRK_ANY_PLUS));
  EXPECT_TRUE(p3_quirk_use(&quirks, POP3_QUIRK_ANY_PLUS));
  EXPECT_EQ(quirks.hits[POP3_QUIRK_ANY_PLUS], 2U);
  EXPECT_FALSE(p3_quirk_use(&quirks, POP3_QUIRK_BARE_LF));
  EXPECT_FALSE(p3_quirk_use(nullptr, POP3_QUIRK_BARE_LF));
}

}  // namespace
}  // namespace quirk_test
