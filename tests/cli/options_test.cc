#include "tools/cli/options.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace options_test {
namespace {

class Options : public testing::Test {
 protected:
  ~Options() override { cli_options_cleanup(&o_); }

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

TEST_F(Options, CommandUrlAndOptionsInAnyOrder) {
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

TEST_F(Options, ShortOptions) {
  EXPECT_EQ("", Parse({"stat", "pop3://h", "-4v", "-u", "alice"}));
  EXPECT_STREQ("ipv4", o_.family);
  EXPECT_STREQ("alice", o_.user);
  EXPECT_EQ("", Parse({"stat", "pop3://h", "-6ualice"}));
  EXPECT_STREQ("ipv6", o_.family);
  EXPECT_STREQ("alice", o_.user);
  EXPECT_EQ("there is no option -x", Parse({"stat", "pop3://h", "-vx"}));
}

TEST_F(Options, ValuesAreChecked) {
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

TEST_F(Options, MistakesAreSaid) {
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
  EXPECT_EQ("use: pop3 top URL N LINES [OPTIONS]", Parse({"top", "pop3://h", "1"}));
  EXPECT_EQ("use: pop3 fetch URL [OPTIONS]", Parse({"fetch", "pop3://h", "1"}));
}

TEST_F(Options, ContradictionsAreRefused) {
  const std::vector<std::vector<std::string>> contradictions = {
      {"--maildir=M", "--mbox=F"},
      {"--maildir=M", "--keep", "--delete"},
      {"--delete"},
      {"--json"},
      {"--maildir=M", "--force"},
      {"--password-file=F", "--password-command=C"},
      {"--netrc=F", "--no-netrc"},
      {"-q", "-v"}};
  for (const std::vector<std::string> &pair : contradictions) {
    std::vector<std::string> words = {"fetch", "pop3://h"};
    words.insert(words.end(), pair.begin(), pair.end());
    EXPECT_NE("", Parse(words)) << pair[0];
  }
}

TEST_F(Options, Arguments) {
  EXPECT_EQ("", Parse({"top", "pop3://h", "7", "20"}));
  EXPECT_EQ(7U, o_.messages.ranges[0].first);
  EXPECT_EQ(20U, o_.lines);
  EXPECT_NE("", Parse({"top", "pop3://h", "7", "-1"}));
  EXPECT_NE("", Parse({"top", "pop3://h", "1-2", "5"}));
  EXPECT_EQ("\"2-3\" is not one message number", Parse({"retr", "pop3://h", "2-3"}));
  EXPECT_EQ("", Parse({"dele", "pop3://h", "1", "5-7", "6"}));
  EXPECT_EQ(4U, cli_number_set_count(&o_.messages));
  EXPECT_EQ("dele needs a range with an end", Parse({"dele", "pop3://h", "5-"}));
  EXPECT_EQ("", Parse({"raw", "pop3://h", "--", "-x"}));
  EXPECT_STREQ("-x", o_.raw_line);
}

TEST_F(Options, HelpAndVersionWinOverMistakes) {
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

}  // namespace
}  // namespace options_test
