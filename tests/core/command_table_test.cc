#include "core/codec/command_table.h"

#include <gtest/gtest.h>

#include <set>
#include <string>
#include <string_view>

namespace command_table_test {
namespace {

TEST(CommandName, Table) {
  EXPECT_STREQ(pop3_command_name(POP3_CMD_GREETING), "greeting");
  EXPECT_STREQ(pop3_command_name(POP3_CMD_CAPA), "CAPA");
  EXPECT_STREQ(pop3_command_name(POP3_CMD_RETR), "RETR");
  EXPECT_STREQ(pop3_command_name(POP3_CMD_QUIT), "QUIT");
  EXPECT_STREQ(pop3_command_name(POP3_CMD_RAW), "raw");
  EXPECT_STREQ(pop3_command_name(POP3_CMD_RAW_MULTI), "raw");
  EXPECT_STREQ(pop3_command_name(static_cast<pop3_command>(POP3_CMD_RAW_MULTI + 1)), "?");
}

TEST(CommandOfLine, Table) {
  auto of = [](std::string_view line) { return p3_command_of_line(line.data(), line.size()); };
  for (int i = POP3_CMD_CAPA; i < POP3_CMD_RAW; i++) {
    auto command = static_cast<pop3_command>(i);
    EXPECT_EQ(of(pop3_command_name(command)), command);
    EXPECT_EQ(of(std::string(pop3_command_name(command)) + " x"), command);
    EXPECT_EQ(of(std::string(pop3_command_name(command)) + "x"), POP3_CMD_RAW);
  }
  EXPECT_EQ(of("pass x"), POP3_CMD_PASS);
  EXPECT_EQ(of("greeting"), POP3_CMD_RAW);
  EXPECT_EQ(of("XTND XMIT"), POP3_CMD_RAW);
  EXPECT_EQ(of(""), POP3_CMD_RAW);
  EXPECT_EQ(of(" PASS"), POP3_CMD_RAW);
}

// The commands that have |flag|, by name.
std::set<std::string> With(unsigned flag) {
  std::set<std::string> names;
  for (int i = POP3_CMD_GREETING; i <= POP3_CMD_RAW_MULTI; i++) {
    const auto command = static_cast<pop3_command>(i);
    if (p3_command_has(command, flag)) names.insert(pop3_command_name(command));
  }
  return names;
}

using Names = std::set<std::string>;

TEST(CommandTable, Flags) {
  EXPECT_EQ(With(P3_COMMAND_BARRIER), (Names{"STLS", "AUTH", "PASS", "APOP", "RPOP", "QUIT"}));
  EXPECT_EQ(With(P3_COMMAND_LOGIN), (Names{"USER", "PASS", "APOP", "RPOP", "AUTH"}));
  EXPECT_EQ(With(P3_COMMAND_LOGS_IN), (Names{"PASS", "APOP", "RPOP", "AUTH"}));
  EXPECT_EQ(With(P3_COMMAND_READABLE), (Names{"PASS", "AUTH"}));
  EXPECT_EQ(With(P3_COMMAND_MULTI), (Names{"CAPA", "RETR", "TOP", "raw"}));
  EXPECT_FALSE(p3_command_has(POP3_CMD_RAW, P3_COMMAND_MULTI));
  EXPECT_EQ(With(P3_COMMAND_MULTI_IF_ALL), (Names{"LIST", "UIDL", "LANG"}));
  EXPECT_EQ(With(P3_COMMAND_BODY), (Names{"RETR", "TOP"}));
  EXPECT_EQ(With(P3_COMMAND_STATUS), (Names{"STAT", "LAST", "LIST", "UIDL"}));
  EXPECT_EQ(With(P3_COMMAND_LINE), (Names{"raw"}));
}

// From which word on a line is secret: what trace, audit hook and errors leave out.
TEST(CommandTable, Secrets) {
  for (int i = POP3_CMD_GREETING; i <= POP3_CMD_RAW_MULTI; i++) {
    const auto command = static_cast<pop3_command>(i);
    unsigned word = 0;
    if (command == POP3_CMD_PASS) word = 1;
    if (command == POP3_CMD_APOP || command == POP3_CMD_AUTH) word = 2;
    EXPECT_EQ(p3_command_traits_of(command)->secret_word, word) << pop3_command_name(command);
  }
}

}  // namespace
}  // namespace command_table_test
