#include "auth/sasl_mechanism.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace pop3_testing {
namespace sasl_mechanism_test {
namespace {

std::vector<std::string> Names(const char *list) {
  std::vector<std::string> names;
  char name[P3_SASL_NAME_MAX + 1];
  while (p3_sasl_name(&list, name) != 0) names.emplace_back(name);
  EXPECT_STREQ(list, "");
  EXPECT_STREQ(name, "");
  return names;
}

TEST(SaslMechanism, KnowsThemInAnyCase) {
  EXPECT_STREQ(p3_sasl_mechanism_find("plain")->name, "PLAIN");
  EXPECT_STREQ(p3_sasl_mechanism_find("Scram-Sha-256-Plus")->name, "SCRAM-SHA-256-PLUS");
  EXPECT_EQ(p3_sasl_mechanism_find("SCRAM-SHA-256-PLUS")->strength,
            p3_sasl_mechanism_find("SCRAM-SHA-256")->strength + 100);
  EXPECT_NE(p3_sasl_mechanism_find("PLAIN")->flags & P3_SASL_READABLE, 0U);
  EXPECT_NE(p3_sasl_mechanism_find("LOGIN")->flags & P3_SASL_READABLE, 0U);
}

TEST(SaslMechanism, KnowsEachScramWithAndWithoutBinding) {
  int last = 0;
  for (const char *hash : {"1", "224", "256", "384", "512"}) {
    const std::string name = std::string("SCRAM-SHA-") + hash;
    const p3_sasl_mechanism *plain = p3_sasl_mechanism_find(name.c_str());
    const p3_sasl_mechanism *plus = p3_sasl_mechanism_find((name + "-PLUS").c_str());
    const uint32_t secret = P3_SASL_USER | P3_SASL_PASSWORD | P3_SASL_AUTHZID;
    EXPECT_EQ(plain->flags, secret | P3_SASL_MAY_BIND) << name;
    EXPECT_EQ(plus->flags, secret | P3_SASL_BINDS) << name;
    EXPECT_EQ(plus->strength, plain->strength + 100) << name;
    EXPECT_GT(plain->strength, last) << "a longer hash is stronger";
    last = plain->strength;
  }
}

TEST(SaslMechanism, TakesWhatIsNewByNameOnly) {
  for (const char *name : {"NTLM", "", "PLAI", "PLAINX", "SCRAM-SHA-256-PLUSX"}) {
    EXPECT_STREQ(p3_sasl_mechanism_find(name)->name, "") << name;
    EXPECT_EQ(p3_sasl_mechanism_find(name)->flags,
              P3_SASL_BY_NAME | P3_SASL_USER | P3_SASL_PASSWORD);
  }
  for (const char *name : {"GSSAPI", "GSS-SPNEGO", "GS2-KRB5"}) {
    EXPECT_STREQ(p3_sasl_mechanism_find(name)->name, name);
    EXPECT_EQ(p3_sasl_mechanism_find(name)->flags, P3_SASL_BY_NAME | P3_SASL_AUTHZID) << name;
  }
  EXPECT_NE(p3_sasl_mechanism_find("ANONYMOUS")->flags & P3_SASL_BY_NAME, 0U);
}

TEST(SaslMechanism, TakesNamesApart) {
  EXPECT_EQ(Names("PLAIN login  Cram-MD5 "),
            (std::vector<std::string>{"PLAIN", "LOGIN", "CRAM-MD5"}));
  EXPECT_EQ(Names("AZ-az_09"), std::vector<std::string>{"AZ-AZ_09"});
  EXPECT_EQ(Names(""), std::vector<std::string>());
  EXPECT_EQ(Names("   "), std::vector<std::string>());
}

TEST(SaslMechanism, LeavesOutWhatIsNoName) {
  const std::string longest(20, 'A');
  EXPECT_EQ(Names((longest + " " + longest + "A PLAIN").c_str()),
            (std::vector<std::string>{longest, "PLAIN"}));
  EXPECT_EQ(Names("a\"b a,b \xC3\xA4 x\ty _ - 0"), (std::vector<std::string>{"_", "-", "0"}));
}

TEST(SaslMechanism, FindsWholeWordsInLists) {
  EXPECT_TRUE(p3_sasl_listed("PLAIN scram-sha-256", "SCRAM-SHA-256"));
  EXPECT_FALSE(p3_sasl_listed("PLAIN SCRAM-SHA-256-PLUS", "SCRAM-SHA-256"));
  EXPECT_FALSE(p3_sasl_listed("PLAIN", "PLAI"));
  EXPECT_FALSE(p3_sasl_listed("SCRAM-SHA-256", "SCRAM-SHA-256-PLUS"));
  EXPECT_FALSE(p3_sasl_listed("", "PLAIN"));
  EXPECT_FALSE(p3_sasl_listed(nullptr, "PLAIN"));
}

}  // namespace
}  // namespace sasl_mechanism_test
}  // namespace pop3_testing
