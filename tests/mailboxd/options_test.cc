#include "tools/mailboxd/options.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <string>
#include <vector>

#include "tools/mailboxd/command.h"
#include "tools/mailboxd/options_table.h"

namespace options_test {
namespace {

class Options : public testing::Test {
 protected:
  ~Options() override { options_cleanup(&o_); }

  // Parses; what was said on standard output and standard error goes to said_.
  options_result Parse(std::vector<std::string> words) {
    words_ = std::move(words);
    argv_ = {const_cast<char *>("mailboxd")};
    for (std::string &word : words_) argv_.push_back(word.data());
    options_cleanup(&o_);
    testing::internal::CaptureStdout();
    testing::internal::CaptureStderr();
    const options_result result = options_parse(&o_, static_cast<int>(argv_.size()), argv_.data());
    fflush(stdout);
    said_ = testing::internal::GetCapturedStdout() + testing::internal::GetCapturedStderr();
    return result;
  }

  // The same with the options without which nothing works.
  options_result With(std::vector<std::string> words) {
    const std::vector<std::string> base = {"--listen", "localhost:0", "--user", "a:b",
                                           "--generate=1x4K"};
    words.insert(words.begin(), base.begin(), base.end());
    return Parse(std::move(words));
  }

  std::vector<std::string> words_;
  std::vector<char *> argv_;
  options o_ = {};
  std::string said_;
};

TEST_F(Options, Defaults) {
  ASSERT_EQ(OPTIONS_RUN, With({}));
  EXPECT_EQ("", said_);
  ASSERT_EQ(1U, o_.num_listens);
  EXPECT_STREQ("localhost:0", o_.listens[0].spec);
  ASSERT_EQ(1U, o_.num_users);
  EXPECT_EQ(MAILBOX_GENERATED, o_.mailbox.kind);
  EXPECT_EQ(1U, o_.mailbox.count);
  EXPECT_EQ(4096U, o_.mailbox.size);
  EXPECT_EQ(600U, o_.idle_s);
  EXPECT_EQ(10U, o_.session.max_bad);
  EXPECT_EQ(64U << 20, o_.cache_octets);
  EXPECT_EQ(256U << 10, o_.send_buffer);
  EXPECT_EQ(0U, o_.session.disabled);
  EXPECT_FALSE(o_.allow_remote);
}

TEST_F(Options, Values) {
  ASSERT_EQ(OPTIONS_RUN, With({"--unix",
                               "@x",
                               "--idle",
                               "5",
                               "--chunk=7",
                               "--delay",
                               "9",
                               "--drop-after",
                               "1K",
                               "--no-apop",
                               "--disable",
                               "lang",
                               "--expire",
                               "NEVER",
                               "--login-delay",
                               "3",
                               "--log",
                               "debug",
                               "--rpop",
                               "a:c",
                               "--cache",
                               "0",
                               "--max-connections",
                               "12"}));
  EXPECT_EQ(2U, o_.num_listens);
  EXPECT_TRUE(o_.listens[1].is_unix);
  EXPECT_EQ(5U, o_.idle_s);
  EXPECT_EQ(7U, o_.session.faults.chunk);
  EXPECT_EQ(9U, o_.session.faults.delay_ms);
  EXPECT_TRUE(o_.session.faults.drops);
  EXPECT_EQ(1024U, o_.session.faults.drop_after);
  EXPECT_EQ(1U << COMMAND_APOP | 1U << COMMAND_LANG, o_.session.disabled);
  EXPECT_EQ(SESSION_EXPIRE_NEVER, o_.session.expire_days);
  EXPECT_EQ(3U, o_.session.login_delay_s);
  EXPECT_EQ(LOG_LEVEL_DEBUG, o_.log_level);
  EXPECT_EQ(1U, o_.num_rpop);
  EXPECT_EQ(0U, o_.cache_octets);
  EXPECT_EQ(12U, o_.max_connections);
}

TEST_F(Options, WhatIsWrongIsSaid) {
  const std::pair<std::vector<std::string>, const char *> cases[] = {
      {{"--nonsense"}, "no option --nonsense"},
      {{"nonsense"}, "'nonsense' is no option"},
      {{"--idle"}, "a value is missing"},
      {{"--idle", "x"}, "a number from 1 to"},
      {{"--idle", "0"}, "a number from 1 to"},
      {{"--idle", "99999999999999999999999"}, "a number from 1 to"},
      {{"--no-lock=1"}, "takes no value"},
      {{"--disable", "XYZZY"}, "no such command"},
      {{"--generate", "1x4K"}, "default mailbox already"},
      {{"--user", "nocolon"}, "NAME:PASSWORD"},
      {{"--log", "loud"}, "quiet, error, info or debug"},
      {{"--expire", "soon"}, "a number from"},
      {{"--drop-after", "0"}, "a number from 1 to"},
  };
  for (const auto &[words, expected] : cases) {
    EXPECT_EQ(OPTIONS_WRONG, With(words)) << expected;
    EXPECT_NE(std::string::npos, said_.find(expected)) << said_;
    EXPECT_EQ(1, std::count(said_.begin(), said_.end(), '\n')) << said_;
  }
  EXPECT_EQ(OPTIONS_WRONG, Parse({}));
  EXPECT_EQ(OPTIONS_WRONG, Parse({"--listen", "localhost:0"}));
  EXPECT_EQ(OPTIONS_WRONG, Parse({"--listen", "localhost:0", "--user", "a:b"}));
}

TEST_F(Options, Generate) {
  mailbox_spec spec = {};
  const char *why = nullptr;
  EXPECT_TRUE(mailbox_spec_generate(&spec, "0x512", &why));
  EXPECT_TRUE(mailbox_spec_generate(&spec, "1x1G", &why));
  EXPECT_EQ(1U << 30, spec.size);
  EXPECT_TRUE(mailbox_spec_generate(&spec, "20Kx5M", &why));
  EXPECT_EQ(20480U, spec.count);
  for (const char *bad : {"", "x", "1", "1x", "x1", "1x1", "-1x4K", "1x-4K", "1x4k", "1x4KK",
                          "5000000000x4K", "1x99999G", "1x4K ", "4000000000x900G"}) {
    EXPECT_FALSE(mailbox_spec_generate(&spec, bad, &why)) << bad;
  }
}

TEST_F(Options, HelpNamesEveryOptionAndFitsTheScreen) {
  ASSERT_EQ(OPTIONS_DONE, Parse({"--help"}));
  for (const char *name : {"listen", "unix", "users", "drop-after", "no-last", "help", "log"}) {
    EXPECT_NE(nullptr, options_find(name, strlen(name)));
    EXPECT_NE(std::string::npos, said_.find(std::string("  --") + name)) << name;
  }
  EXPECT_EQ(nullptr, options_find("lis", 3));
  size_t at = 0;
  while (at < said_.size()) {
    const size_t end = said_.find('\n', at);
    EXPECT_LE(end - at, 100U) << said_.substr(at, end - at);
    at = end + 1;
  }
}

}  // namespace
}  // namespace options_test
