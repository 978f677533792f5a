#include "tools/cli/fetch_size.h"

#include <gtest/gtest.h>
#include <pop3/limits.h>

namespace {

TEST(FetchSize, WhatWasPromised) {
  EXPECT_EQ(CLI_FETCH_SIZE_KEPT, cli_fetch_size_judge(0, 0));
  EXPECT_EQ(CLI_FETCH_SIZE_KEPT, cli_fetch_size_judge(5000, 5000));
  EXPECT_EQ(CLI_FETCH_SIZE_KEPT, cli_fetch_size_judge(POP3_OCTETS_UNKNOWN, 5000));
}

TEST(FetchSize, MoreIsUsual) {
  EXPECT_EQ(CLI_FETCH_SIZE_OTHER, cli_fetch_size_judge(181, 183)) << "Dovecot: a line end";
  EXPECT_EQ(CLI_FETCH_SIZE_OTHER, cli_fetch_size_judge(150, 205)) << "mailutils: X-UIDL";
  EXPECT_EQ(CLI_FETCH_SIZE_OTHER, cli_fetch_size_judge(307, 1029)) << "Courier: a wrapper";
  EXPECT_EQ(CLI_FETCH_SIZE_OTHER, cli_fetch_size_judge(0, 1));
  EXPECT_EQ(CLI_FETCH_SIZE_OTHER, cli_fetch_size_judge(UINT64_MAX - 2, UINT64_MAX - 1));
}

TEST(FetchSize, ALittleLessIsUsual) {
  EXPECT_EQ(CLI_FETCH_SIZE_OTHER, cli_fetch_size_judge(300, 300 - 104)) << "Status and X-UIDL";
  EXPECT_EQ(CLI_FETCH_SIZE_OTHER, cli_fetch_size_judge(1000, 1000 - 128));
  EXPECT_EQ(CLI_FETCH_SIZE_OTHER, cli_fetch_size_judge(8000, 7000)) << "lines of eight octets";
  EXPECT_EQ(CLI_FETCH_SIZE_OTHER, cli_fetch_size_judge(100, 50));
}

TEST(FetchSize, FarLessIsCut) {
  EXPECT_EQ(CLI_FETCH_SIZE_CUT, cli_fetch_size_judge(5000, 0));
  EXPECT_EQ(CLI_FETCH_SIZE_CUT, cli_fetch_size_judge(1, 0));
  EXPECT_EQ(CLI_FETCH_SIZE_CUT, cli_fetch_size_judge(POP3_OCTETS_UNKNOWN, 0));
  EXPECT_EQ(CLI_FETCH_SIZE_CUT, cli_fetch_size_judge(8000, 6999));
  EXPECT_EQ(CLI_FETCH_SIZE_CUT, cli_fetch_size_judge(1000, 1000 - 129));
  EXPECT_EQ(CLI_FETCH_SIZE_CUT, cli_fetch_size_judge(100, 49));
  EXPECT_EQ(CLI_FETCH_SIZE_CUT, cli_fetch_size_judge(UINT64_MAX - 1, 5000));
}

}  // namespace
