#include "tools/mailboxd/command.h"

#include <gtest/gtest.h>

#include <cstring>
#include <string>

namespace command_test {
namespace {

// The arguments point into |line|, which therefore is a literal.
command_result Parse(const char *line, command_line *out) {
  return command_parse(line, strlen(line), out);
}

std::string Arg(const command_line &line, uint32_t i) {
  return std::string(line.arg[i], line.arg_len[i]);
}

TEST(Command, NamesAreFoundInAnyCase) {
  for (uint32_t i = 0; i < COMMAND_COUNT; i++) {
    const std::string name = command_name(static_cast<command>(i));
    std::string lower = name;
    for (char &c : lower) c = static_cast<char>(tolower(c));
    command found = COMMAND_COUNT;
    EXPECT_TRUE(command_find(name.data(), name.size(), &found));
    EXPECT_EQ(i, found);
    EXPECT_TRUE(command_find(lower.data(), lower.size(), &found));
    EXPECT_EQ(i, found);
    EXPECT_NE(0U, command_states(found)) << name;
    EXPECT_FALSE(command_find(name.data(), name.size() - 1, &found));
  }
  command found = COMMAND_COUNT;
  EXPECT_FALSE(command_find("", 0, &found));
  EXPECT_FALSE(command_find("STATS", 5, &found));
  EXPECT_FALSE(command_find("\xb3TAT", 4, &found));
}

TEST(Command, Arguments) {
  command_line line;
  ASSERT_EQ(COMMAND_OK, Parse("top 12 3", &line));
  EXPECT_EQ(COMMAND_TOP, line.command);
  ASSERT_EQ(2U, line.num_args);
  EXPECT_EQ("12", Arg(line, 0));
  EXPECT_EQ("3", Arg(line, 1));
  ASSERT_EQ(COMMAND_OK, Parse("LIST", &line));
  EXPECT_EQ(0U, line.num_args);
  ASSERT_EQ(COMMAND_OK, Parse("PASS  two  words ", &line));
  EXPECT_EQ(" two  words ", Arg(line, 0));
  ASSERT_EQ(COMMAND_OK, Parse("USER a b", &line));
  EXPECT_EQ("a b", Arg(line, 0));
  for (const char *good : {"AUTH", "AUTH PLAIN", "AUTH PLAIN =", "UIDL 1", "LANG", "LANG *"}) {
    EXPECT_EQ(COMMAND_OK, Parse(good, &line)) << good;
  }
}

TEST(Command, WrongArguments) {
  command_line line;
  for (const char *bad :
       {"STAT ",    "STAT x", "NOOP 1",    "RETR",       "RETR ",      "RETR  1", "RETR 1 ",
        "RETR 1 2", "TOP 1",  "TOP 1 2 3", "TOP  1 2",   "LIST 1 2",   "PASS",    "PASS ",
        "USER",     "USER ",  "APOP a",    "APOP a b c", "AUTH a b c", "QUIT now"}) {
    EXPECT_EQ(COMMAND_BAD_ARGUMENTS, Parse(bad, &line)) << bad;
  }
  for (const char *unknown : {"", " ", " STAT", "STLSX", "RET 1", "RETR1", "XYZZY a b c d"}) {
    EXPECT_EQ(COMMAND_UNKNOWN, Parse(unknown, &line)) << unknown;
  }
}

TEST(Command, Numbers) {
  command_line line;
  uint32_t n = 0;
  const std::pair<const char *, uint32_t> good[] = {
      {"RETR 1", 1}, {"RETR 0000000007", 7}, {"RETR 4294967295", UINT32_MAX}};
  for (const auto &[text, value] : good) {
    ASSERT_EQ(COMMAND_OK, Parse(text, &line));
    EXPECT_TRUE(command_number(&line, 0, 1, &n)) << text;
    EXPECT_EQ(value, n);
  }
  for (const char *bad : {"RETR 0", "RETR -1", "RETR +1", "RETR 1x", "RETR 0x1", "RETR 4294967296",
                          "RETR 00000000001", "RETR 99999999999999999999"}) {
    ASSERT_EQ(COMMAND_OK, Parse(bad, &line));
    EXPECT_FALSE(command_number(&line, 0, 1, &n)) << bad;
  }
  ASSERT_EQ(COMMAND_OK, Parse("TOP 1 0", &line));
  EXPECT_TRUE(command_number(&line, 1, 0, &n));
  EXPECT_EQ(0U, n);
}

}  // namespace
}  // namespace command_test
