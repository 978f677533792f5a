#include "tools/cli/scrub.h"

#include <gtest/gtest.h>

#include <string>

namespace scrub_test {
namespace {

// What ps shows, and that nothing of the rest is left behind.
std::string Scrubbed(std::string url) {
  const size_t len = url.size();
  cli_scrub_url(url.data());
  const std::string shown = url.c_str();
  EXPECT_EQ(std::string(len - shown.size(), '\0'), url.substr(shown.size()));
  return shown;
}

TEST(Scrub, TakesThePasswordOut) {
  EXPECT_EQ("pop3://alice@host:110", Scrubbed("pop3://alice:secret@host:110"));
  EXPECT_EQ("pop3://alice;auth=APOP@host", Scrubbed("pop3://alice;auth=APOP:secret@host"));
  EXPECT_EQ("pop3+unix://alice@/run/pop3.sock",
            Scrubbed("pop3+unix://alice:secret@/run/pop3.sock"));
  EXPECT_EQ("pop://alice@[::1]:110", Scrubbed("pop://alice:s3@[::1]:110"));
  EXPECT_EQ("pop3://alice@host", Scrubbed("pop3://alice:@host"));
}

TEST(Scrub, LeavesTheRestAlone) {
  for (const char *url :
       {"", "fetch", "pop3://host:110", "pop3://alice@host:110", "pop3://alice@[::1]:110",
        "pop3+unix:///run/pop3.sock", "alice:secret@host", "--user=a:b@c"}) {
    EXPECT_EQ(url, Scrubbed(url));
  }
}

TEST(Scrub, RatherTakesTooMuchThanTooLittle) {
  EXPECT_EQ("pop3://alice@host", Scrubbed("pop3://alice:p@ss@host"));
  EXPECT_EQ("pop3://alice@host", Scrubbed("pop3://alice:pa/ss@host"));
  EXPECT_EQ("pop3://alice@host", Scrubbed("pop3://alice:a:b@host"));
}

}  // namespace
}  // namespace scrub_test
