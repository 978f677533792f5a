// pop3_raw and pop3_raw_multi: what they refuse, and what a raw command is to the session.
#include <gtest/gtest.h>
#include <pop3/commands.h>

#include <string>
#include <vector>

#include "tests/core/commands_rig.h"

namespace commands_raw_test {
namespace {

using Lines = std::vector<std::string>;
using Rig = pop3_core_test::CommandsRig;

// The error says what to call instead, and the session goes on.
TEST(CommandsRaw, WhatARawCommandRefuses) {
  Rig rig;
  rig.wire.replies = {{"XTND a\tb\x1B\x7F\xFF", "+OK\r\n"}};
  rig.Start();
  const struct {
    const char *line;
    const char *words;
  } cases[] = {{"", "empty"},
               {"NOOP\r\nNOOP", "one line"},
               {"NOOP\n", "one line"},
               {" PASS x", "begin with a word"},
               {"PASS\tx", "begin with a word"},
               {"STLS", "use pop3_stls"},
               {"auth PLAIN AGEAYg==", "use pop3_auth"}};
  for (const auto &c : cases) {
    EXPECT_EQ(pop3_raw(rig.session, c.line, &rig.err), POP3_ERR_ARGUMENT) << c.line;
    EXPECT_NE(rig.text().find(c.words), std::string::npos) << rig.text();
    EXPECT_EQ(pop3_raw_multi(rig.session, c.line, nullptr, &rig.err), POP3_ERR_ARGUMENT) << c.line;
    EXPECT_NE(rig.text().find(c.words), std::string::npos) << rig.text();
  }
  const std::string line = "XTND " + std::string(300, 'x');
  EXPECT_EQ(pop3_raw(rig.session, line.c_str(), &rig.err), POP3_ERR_ARGUMENT);
  EXPECT_NE(rig.text().find("limits.max_command"), std::string::npos) << rig.text();
  EXPECT_EQ(pop3_raw(rig.session, "XTND a\tb\x1B\x7F\xFF", &rig.err), POP3_OK) << rig.text();
  EXPECT_EQ(rig.wire.lines, Lines{"XTND a\tb\x1B\x7F\xFF"});
}

TEST(CommandsRaw, ARawQuitEndsTheSession) {
  Rig rig;
  rig.wire.replies = {{"QUIT", "+OK bye\r\n"}};
  rig.Start();
  EXPECT_EQ(pop3_raw(rig.session, "QUIT", &rig.err), POP3_OK) << rig.text();
  EXPECT_EQ(pop3_noop(rig.session, &rig.err), POP3_ERR_STATE) << rig.text();
}

TEST(CommandsRaw, ARawCapaIsNotLookedInto) {
  Rig rig;
  rig.wire.replies = {{"CAPA", "+OK\r\nTOP\r\n.\r\n"}};
  rig.Start();
  EXPECT_EQ(pop3_raw_multi(rig.session, "CAPA", nullptr, &rig.err), POP3_OK) << rig.text();
  EXPECT_EQ(pop3_session_capabilities(rig.session), nullptr);
}

}  // namespace
}  // namespace commands_raw_test
