#include "tools/cli/limit_option.h"

#include <gtest/gtest.h>

#include <cstring>
#include <set>
#include <string>

namespace limit_option_test {
namespace {

TEST(LimitOption, SetsTheMemberThatIsNamed) {
  pop3_limits limits = POP3_LIMITS_INIT;
  EXPECT_EQ(POP3_OK, cli_limit_set(&limits, "max-reply-line=64k", nullptr));
  EXPECT_EQ(64000U, limits.max_reply_line);
  EXPECT_EQ(POP3_OK, cli_limit_set(&limits, "max-message-octets=5G", nullptr));
  EXPECT_EQ(5000000000U, limits.max_message_octets);
  EXPECT_EQ(0U, limits.recv_buffer);
  EXPECT_EQ(POP3_OK, cli_limit_set(&limits, "max-items=4294967295", nullptr));
  EXPECT_EQ(4294967295U, limits.max_items);
}

TEST(LimitOption, RefusesTheRest) {
  pop3_limits limits = POP3_LIMITS_INIT;
  pop3_error err = POP3_ERROR_INIT;
  for (const char *bad : {"", "=", "nothing=1", "max-items", "max-items=", "max-items=x",
                          "max-items=0", "max-items=5G", "max-item=1", "max-items =1"}) {
    EXPECT_EQ(POP3_ERR_ARGUMENT, cli_limit_set(&limits, bad, &err)) << bad;
  }
  EXPECT_EQ(0U, limits.max_items);
}

TEST(LimitOption, EveryNameWorks) {
  std::set<std::string> seen;
  size_t count = 0;
  for (; cli_limit_name(count) != nullptr; ++count) {
    pop3_limits limits = POP3_LIMITS_INIT;
    const std::string text = std::string(cli_limit_name(count)) + "=1000";
    EXPECT_EQ(POP3_OK, cli_limit_set(&limits, text.c_str(), nullptr)) << text;
    const pop3_limits unset = POP3_LIMITS_INIT;
    EXPECT_NE(0, memcmp(&limits, &unset, sizeof(limits))) << text;
    seen.insert(std::string(reinterpret_cast<const char *>(&limits), sizeof(limits)));
  }
  EXPECT_GE(count, 10U);
  EXPECT_EQ(count, seen.size()) << "each another member";
}

}  // namespace
}  // namespace limit_option_test
