#include <gtest/gtest.h>
#include <pop3/capability.h>

#include <string>
#include <vector>

namespace capability_test {
namespace {

// A table made by hand, so that only the questions are tested.
class CapabilityTest : public ::testing::Test {
 protected:
  CapabilityTest() {
    caps_.size = sizeof(caps_);
    caps_.lines = lines_;
    caps_.num_lines = sizeof(lines_) / sizeof(lines_[0]);
    caps_.flags = POP3_CAP_TOP | POP3_CAP_UIDL;
  }

  std::vector<std::string> Sasl() const {
    std::vector<std::string> names;
    const char *name = nullptr;
    size_t len = 0;
    while (pop3_capabilities_sasl(&caps_, names.size(), &name, &len)) names.emplace_back(name, len);
    return names;
  }

  pop3_capability lines_[6] = {
      {"TOP", ""},  {"sasl", "PLAIN  LOGIN\tCRAM-MD5 "}, {"uidl", ""}, {"X-Thing", "a b"},
      {"SASL", ""}, {"SASL", "SCRAM-SHA-256"},
  };
  pop3_capabilities caps_{};
};

TEST_F(CapabilityTest, Has) {
  EXPECT_TRUE(pop3_capabilities_has(&caps_, 0));
  EXPECT_TRUE(pop3_capabilities_has(&caps_, POP3_CAP_TOP));
  EXPECT_TRUE(pop3_capabilities_has(&caps_, POP3_CAP_TOP | POP3_CAP_UIDL));
  EXPECT_FALSE(pop3_capabilities_has(&caps_, POP3_CAP_TOP | POP3_CAP_STLS));
  EXPECT_FALSE(pop3_capabilities_has(nullptr, POP3_CAP_TOP));
}

TEST_F(CapabilityTest, FindIgnoresCaseAndTakesTheFirst) {
  EXPECT_STREQ(pop3_capabilities_find(&caps_, "top"), "");
  EXPECT_STREQ(pop3_capabilities_find(&caps_, "UIDL"), "");
  EXPECT_STREQ(pop3_capabilities_find(&caps_, "x-tHING"), "a b");
  EXPECT_STREQ(pop3_capabilities_find(&caps_, "SASL"), "PLAIN  LOGIN\tCRAM-MD5 ");
  EXPECT_EQ(pop3_capabilities_find(&caps_, "STLS"), nullptr);
  EXPECT_EQ(pop3_capabilities_find(&caps_, "UID"), nullptr);
  EXPECT_EQ(pop3_capabilities_find(&caps_, ""), nullptr);
  EXPECT_EQ(pop3_capabilities_find(nullptr, "TOP"), nullptr);
}

TEST_F(CapabilityTest, SaslLinesAreMerged) {
  EXPECT_EQ(Sasl(), (std::vector<std::string>{"PLAIN", "LOGIN", "CRAM-MD5", "SCRAM-SHA-256"}));
  EXPECT_TRUE(pop3_capabilities_has_sasl(&caps_, "plain"));
  EXPECT_TRUE(pop3_capabilities_has_sasl(&caps_, "Scram-SHA-256"));
  EXPECT_FALSE(pop3_capabilities_has_sasl(&caps_, "SCRAM-SHA-1"));
  EXPECT_FALSE(pop3_capabilities_has_sasl(&caps_, "SCRAM-SHA-256-PLUS"));
  EXPECT_FALSE(pop3_capabilities_has_sasl(&caps_, "SCRAM-SHA-25"));
  EXPECT_FALSE(pop3_capabilities_has_sasl(&caps_, ""));
  EXPECT_FALSE(pop3_capabilities_has_sasl(nullptr, "PLAIN"));
  const char *name = nullptr;
  size_t len = 0;
  EXPECT_FALSE(pop3_capabilities_sasl(nullptr, 0, &name, &len));
  EXPECT_FALSE(pop3_capabilities_sasl(&caps_, 4, &name, &len));
  EXPECT_FALSE(pop3_capabilities_sasl(&caps_, SIZE_MAX, &name, &len));
}

}  // namespace
}  // namespace capability_test
