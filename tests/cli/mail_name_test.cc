#include "tools/cli/mail_name.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace mail_name_test {
namespace {

std::string Name(const char *uid, uint32_t number = 7, int others_have_uids = 0) {
  const cli_message_id id = {uid, number, others_have_uids};
  char out[CLI_MAIL_NAME_MAX];
  cli_mail_name(out, &id);
  return out;
}

TEST(MailName, KeepsWhatIsSafeAndEncodesTheRest) {
  EXPECT_EQ("0000016b0247d9", Name("0000016b0247d9"));
  EXPECT_EQ("1795311725.1", Name("1795311725.1"));
  EXPECT_EQ("UID1-1795311899_x", Name("UID1-1795311899_x"));
  EXPECT_EQ("%2Fetc%2Fpasswd", Name("/etc/passwd"));
  EXPECT_EQ("a%25%7E%20%2A%FF", Name("a%~ *\xff"));
  EXPECT_EQ("%2E.", Name(".."));
  EXPECT_EQ("%2Drf", Name("-rf"));
}

TEST(MailName, DifferentIdsHaveDifferentNames) {
  std::set<std::string> names;
  for (int a = 1; a < 256; ++a) {
    for (int b = 0; b < 256; ++b) {
      const char uid[3] = {static_cast<char>(a), static_cast<char>(b), 0};
      names.insert(Name(uid));
    }
  }
  EXPECT_EQ(255U * 256, names.size());
  EXPECT_NE(Name("%2F"), Name("/"));
}

TEST(MailName, LongOnesAreCutAndStillTheirOwn) {
  const std::string longest(CLI_MAIL_NAME_MAX - 1 - 3, 'x');
  EXPECT_EQ(longest, Name(longest.c_str()));
  std::set<std::string> names;
  for (const char *uid_end : {"a", "b", "/", "aa"}) {
    const std::string name = Name((std::string(1000, 'x') + uid_end).c_str());
    EXPECT_LT(name.size(), static_cast<size_t>(CLI_MAIL_NAME_MAX));
    EXPECT_NE(std::string::npos, name.find("~~")) << "which no name has that was not cut";
    names.insert(name);
  }
  EXPECT_EQ(4U, names.size());
  // Never in the middle of %XX.
  for (size_t len = 160; len < 200; ++len) {
    const std::string name = Name((std::string(len, 'x') + std::string(50, '/')).c_str());
    const std::string head = name.substr(0, name.find("~~"));
    EXPECT_EQ(0U, (head.size() - head.find_last_not_of("%2F") - 1) % 3) << name;
  }
}

TEST(MailName, WithoutAnIdItIsTheNumber) {
  EXPECT_EQ("7", Name(nullptr));
  EXPECT_EQ("4294967295", Name(nullptr, 4294967295));
  EXPECT_EQ("no-id~7", Name(nullptr, 7, 1)) << "another message may have the unique-id 7";
}

}  // namespace
}  // namespace mail_name_test
