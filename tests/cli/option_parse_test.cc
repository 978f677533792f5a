#include "tools/cli/option_parse.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace option_parse_test {
namespace {

class OptionParse : public testing::Test {
 protected:
  ~OptionParse() override { cli_options_cleanup(&o_); }

  // Parses words; returns "" or the error's text.
  std::string Parse(std::vector<std::string> words) {
    words_ = std::move(words);
    words_.insert(words_.begin(), "pop3");
    argv_.clear();
    for (std::string &word : words_) argv_.push_back(word.data());
    argv_.push_back(nullptr);
    cli_options_cleanup(&o_);
    err_ = POP3_ERROR_INIT;
    const pop3_status status =
        cli_options_parse(&o_, static_cast<int>(words_.size()), argv_.data(), &err_);
    return status == POP3_OK ? "" : err_.text;
  }

  std::vector<std::string> words_;
  std::vector<char *> argv_;
  cli_options o_ = {};
  pop3_error err_ = POP3_ERROR_INIT;
};

TEST_F(OptionParse, CommandUrlAndOptionsInAnyOrder) {
  EXPECT_EQ("", Parse({"fetch", "pop3://h", "--maildir", "M", "-vv", "--delete"}));
  EXPECT_EQ(CLI_FETCH, o_.command);
  EXPECT_STREQ("pop3://h", o_.url);
  EXPECT_STREQ("M", o_.maildir);
  EXPECT_EQ(2, o_.verbose);
  EXPECT_EQ(1, o_.delete_fetched);
  EXPECT_EQ("", Parse({"--maildir=M", "-v", "fetch", "--user=alice", "pop3://h"}));
  EXPECT_STREQ("M", o_.maildir);
  EXPECT_STREQ("alice", o_.user);
  EXPECT_EQ(1, o_.verbose);
}

TEST_F(OptionParse, ShortOptions) {
  EXPECT_EQ("", Parse({"stat", "pop3://h", "-4v", "-u", "alice"}));
  EXPECT_STREQ("ipv4", o_.family);
  EXPECT_STREQ("alice", o_.user);
  EXPECT_EQ("", Parse({"stat", "pop3://h", "-6ualice"}));
  EXPECT_STREQ("ipv6", o_.family);
  EXPECT_STREQ("alice", o_.user);
  EXPECT_EQ("there is no option -x", Parse({"stat", "pop3://h", "-vx"}));
}

TEST_F(OptionParse, ValuesAreChecked) {
  EXPECT_EQ("", Parse({"fetch", "pop3://h", "--timeout", "1.5", "--max-size", "2M", "--messages",
                       "3,1-2", "--eol", "lf", "--quirk", "bare-lf", "--quirk=any-plus"}));
  EXPECT_EQ(1500, o_.idle_ms);
  EXPECT_EQ(2000000U, o_.max_size);
  EXPECT_EQ(1U, o_.messages.num_ranges);
  EXPECT_EQ(CLI_EOL_LF, o_.eol);
  EXPECT_EQ(POP3_QUIRK_BIT(POP3_QUIRK_BARE_LF) | POP3_QUIRK_BIT(POP3_QUIRK_ANY_PLUS), o_.quirks);
  for (const std::vector<std::string> &bad :
       std::vector<std::vector<std::string>>{{"--timeout", "0"},
                                             {"--timeout", "x"},
                                             {"--connect-timeout=-1"},
                                             {"--max-size", "big"},
                                             {"--eol", "cr"},
                                             {"--quirk", "nothing"},
                                             {"--limit", "x=1"},
                                             {"--messages", "0"}}) {
    std::vector<std::string> words = {"fetch", "pop3://h"};
    words.insert(words.end(), bad.begin(), bad.end());
    EXPECT_NE("", Parse(words)) << bad[0];
    EXPECT_EQ(POP3_ERR_ARGUMENT, err_.status);
  }
  EXPECT_EQ("", Parse({"fetch", "pop3://h", "--quirk", "all"}));
  EXPECT_EQ(POP3_QUIRKS_ALL, o_.quirks);
}

TEST_F(OptionParse, MistakesAreSaid) {
  EXPECT_EQ("the command is missing", Parse({}));
  EXPECT_EQ("there is no command \"fech\"", Parse({"fech", "pop3://h"}));
  EXPECT_EQ("there is no command \"pop3://h\": the command stands before the URL",
            Parse({"pop3://h", "fetch"}));
  EXPECT_EQ("the URL is missing", Parse({"fetch"}));
  EXPECT_EQ("there is no option --frobnicate", Parse({"fetch", "pop3://h", "--frobnicate=1"}));
  EXPECT_EQ("there is no option --pass", Parse({"fetch", "pop3://h", "--pass", "x"}))
      << "no abbreviations: a new option must not change what an old script means";
  EXPECT_EQ("--user needs a value: --user NAME", Parse({"fetch", "pop3://h", "--user"}));
  EXPECT_EQ("--quiet takes no value", Parse({"fetch", "pop3://h", "--quiet=1"}));
  EXPECT_EQ("--user is given twice", Parse({"fetch", "pop3://h", "--user=a", "-u", "b"}));
  EXPECT_EQ("--maildir does not go with list", Parse({"list", "pop3://h", "--maildir", "M"}));
  EXPECT_EQ("--multi does not go with retr", Parse({"retr", "pop3://h", "1", "--multi"}));
  EXPECT_EQ("--commit-every does not go with list",
            Parse({"list", "pop3://h", "--commit-every", "5"}));
  EXPECT_EQ("use: pop3 top URL N LINES [OPTIONS]", Parse({"top", "pop3://h", "1"}));
  EXPECT_EQ("use: pop3 fetch URL [OPTIONS]", Parse({"fetch", "pop3://h", "1"}));
}

TEST_F(OptionParse, ContradictionsAreRefused) {
  const std::vector<std::vector<std::string>> contradictions = {
      {"--maildir=M", "--mbox=F"},
      {"--maildir=M", "--keep", "--delete"},
      {"--delete"},
      {"--json"},
      {"--maildir=M", "--force"},
      {"--password-file=F", "--password-command=C"},
      {"--netrc=F", "--no-netrc"},
      {"--dir=D", "--force", "--delete"},
      {"--token-command=C", "--password-file=F"},
      {"--token-command=C", "--password-command=C"},
      {"--key=K"},
      {"--insecure-do-not-verify", "--ca-file=F"},
      {"--insecure-do-not-verify", "--ca-dir=D"},
      {"--insecure-do-not-verify", "--tls-name=N"},
      {"--insecure-do-not-verify", "--no-check-name"},
      {"-q", "-v"}};
  for (const std::vector<std::string> &pair : contradictions) {
    std::vector<std::string> words = {"fetch", "pop3://h"};
    words.insert(words.end(), pair.begin(), pair.end());
    EXPECT_NE("", Parse(words)) << pair[0];
  }
}

TEST_F(OptionParse, Arguments) {
  EXPECT_EQ("", Parse({"top", "pop3://h", "7", "20"}));
  EXPECT_EQ(7U, o_.messages.ranges[0].first);
  EXPECT_EQ(20U, o_.lines);
  EXPECT_NE("", Parse({"top", "pop3://h", "7", "-1"}));
  EXPECT_NE("", Parse({"top", "pop3://h", "1-2", "5"}));
  EXPECT_EQ("\"2-3\" is not one message number", Parse({"retr", "pop3://h", "2-3"}));
  EXPECT_EQ("", Parse({"dele", "pop3://h", "1", "5-7", "6"}));
  EXPECT_EQ(4U, cli_number_set_count(&o_.messages));
  EXPECT_EQ("dele needs a range with an end", Parse({"dele", "pop3://h", "5-"}));
  EXPECT_EQ("dele needs a range with an end", Parse({"dele", "pop3://h", "1", "5-"}));
  EXPECT_EQ("", Parse({"raw", "pop3://h", "--", "-x"}));
  EXPECT_STREQ("-x", o_.raw_line);
}

TEST_F(OptionParse, HelpAndVersionWinOverMistakes) {
  EXPECT_EQ("", Parse({"--help"}));
  EXPECT_EQ(1, o_.help);
  EXPECT_EQ("", Parse({"fetch", "--help"}));
  EXPECT_EQ(CLI_FETCH, o_.command);
  EXPECT_EQ("", Parse({"help", "top"}));
  EXPECT_EQ(CLI_TOP, o_.command);
  EXPECT_EQ(1, o_.help);
  EXPECT_EQ("", Parse({"--version"}));
  EXPECT_EQ(1, o_.version);
}

TEST_F(OptionParse, EachTextIsWhereItBelongs) {
  const struct {
    const char *option;
    const char *cli_options::*text;
  } kTexts[] = {
      {"--user", &cli_options::user},
      {"--authzid", &cli_options::authzid},
      {"--password-file", &cli_options::password_file},
      {"--netrc", &cli_options::netrc},
      {"--auth", &cli_options::auth},
      {"--tls-name", &cli_options::tls_name},
      {"--ca-file", &cli_options::ca_file},
      {"--ca-dir", &cli_options::ca_dir},
      {"--cert", &cli_options::cert},
      {"--pin", &cli_options::pin},
      {"--tls-min", &cli_options::tls_min},
      {"--tls-max", &cli_options::tls_max},
      {"--alpn", &cli_options::alpn},
      {"--source-address", &cli_options::source_address},
      {"--via", &cli_options::via},
      {"--record", &cli_options::record},
      {"--maildir", &cli_options::maildir},
      {"--mbox", &cli_options::mbox},
      {"--dir", &cli_options::dir},
  };
  for (const auto &one : kTexts) {
    ASSERT_EQ("", Parse({"fetch", "pop3://h", one.option, "x"}));
    for (const auto &other : kTexts) {
      if (o_.*other.text == nullptr) continue;
      EXPECT_STREQ(one.option, other.option);
      EXPECT_STREQ("x", o_.*other.text);
    }
    EXPECT_NE(nullptr, o_.*one.text) << one.option;
  }
  for (const char *option : {"--password-command", "--token-command"}) {
    ASSERT_EQ("", Parse({"fetch", "pop3://h", option, "x"}));
    EXPECT_EQ(option[2] == 'p', o_.password_command != nullptr);
    EXPECT_EQ(option[2] == 't', o_.token_command != nullptr);
  }
  ASSERT_EQ("", Parse({"fetch", "pop3://h", "--cert", "c", "--key", "k"}));
  EXPECT_STREQ("k", o_.key);
}

TEST_F(OptionParse, EachFlagIsWhereItBelongs) {
  const struct {
    const char *option;
    int cli_options::*flag;
  } kFlags[] = {
      {"--no-netrc", &cli_options::no_netrc},
      {"--no-prompt", &cli_options::no_prompt},
      {"--allow-cleartext", &cli_options::allow_cleartext},
      {"--two-step-auth", &cli_options::two_step_auth},
      {"--allow-weak-certificates", &cli_options::allow_weak},
      {"--no-check-name", &cli_options::no_check_name},
      {"--insecure-do-not-verify", &cli_options::insecure},
      {"--no-pipelining", &cli_options::no_pipelining},
      {"--keep", &cli_options::keep},
      {"--quiet", &cli_options::quiet},
      {"-v", &cli_options::verbose},
  };
  for (const auto &one : kFlags) {
    ASSERT_EQ("", Parse({"fetch", "pop3://h", one.option}));
    for (const auto &other : kFlags) {
      EXPECT_EQ(one.flag == other.flag ? 1 : 0, o_.*other.flag) << one.option << other.option;
    }
  }
  EXPECT_EQ("", Parse({"fetch", "pop3://h", "-vvvv"}));
  EXPECT_EQ(2, o_.verbose);
  EXPECT_EQ("", Parse({"raw", "pop3://h", "NOOP", "--no-login", "--multi"}));
  EXPECT_EQ(1, o_.no_login);
  EXPECT_EQ(1, o_.multi);
  for (const char *command : {"fetch", "list", "uidl", "stat", "capa", "check"}) {
    EXPECT_EQ("", Parse({command, "pop3://h", "--json", command[0] == 'f' ? "--dir=D" : "-v"}));
    EXPECT_EQ(1, o_.json);
  }
}

TEST_F(OptionParse, EachTimeIsWhereItBelongs) {
  EXPECT_EQ("", Parse({"stat", "pop3://h", "--timeout=1", "--connect-timeout=2",
                       "--login-timeout=3", "--total-timeout=4"}));
  EXPECT_EQ(1000, o_.idle_ms);
  EXPECT_EQ(2000, o_.connect_ms);
  EXPECT_EQ(3000, o_.login_ms);
  EXPECT_EQ(4000, o_.total_ms);
  EXPECT_EQ("", Parse({"fetch", "pop3://h"}));
  EXPECT_EQ(0, o_.idle_ms);
  EXPECT_EQ(500U, o_.commit_every);
  EXPECT_EQ("", Parse({"fetch", "pop3://h", "--commit-every=0"}));
  EXPECT_EQ(0U, o_.commit_every);
}

TEST_F(OptionParse, EachPolicyHasItsWord) {
  const struct {
    const char *word;
    pop3_tls_policy policy;
  } kTls[] = {{"required", POP3_TLS_REQUIRED},
              {"if-offered", POP3_TLS_IF_OFFERED},
              {"never", POP3_TLS_NEVER}};
  for (const auto &one : kTls) {
    EXPECT_EQ("", Parse({"stat", "pop3://h", "--tls", one.word}));
    EXPECT_EQ(one.policy, o_.tls) << one.word;
  }
  const struct {
    const char *word;
    pop3_channel_binding policy;
  } kBinding[] = {{"prefer", POP3_CHANNEL_BINDING_PREFER},
                  {"require", POP3_CHANNEL_BINDING_REQUIRE},
                  {"never", POP3_CHANNEL_BINDING_NEVER}};
  for (const auto &one : kBinding) {
    EXPECT_EQ("", Parse({"stat", "pop3://h", "--channel-binding", one.word}));
    EXPECT_EQ(one.policy, o_.channel_binding) << one.word;
  }
  EXPECT_NE("", Parse({"stat", "pop3://h", "--tls", "sometimes"}));
  EXPECT_NE("", Parse({"stat", "pop3://h", "--channel-binding", "sometimes"}));
}

TEST_F(OptionParse, WhatIsRepeatableHasALimit) {
  std::vector<std::string> words = {"stat", "pop3://h"};
  for (int i = 0; i < CLI_MAX_RESOLVE; ++i) words.push_back("--resolve=h:" + std::to_string(i));
  EXPECT_EQ("", Parse(words));
  ASSERT_EQ(CLI_MAX_RESOLVE, o_.num_resolve);
  for (int i = 0; i < CLI_MAX_RESOLVE; ++i) {
    EXPECT_EQ("h:" + std::to_string(i), o_.resolve[i]);
  }
  words.push_back("--resolve=h:x");
  EXPECT_EQ("--resolve is given too often", Parse(words));
}

}  // namespace
}  // namespace option_parse_test
