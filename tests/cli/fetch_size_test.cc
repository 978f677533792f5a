#include "tools/cli/fetch_size.h"

#include <gtest/gtest.h>
#include <pop3/limits.h>

namespace fetch_size_test {
namespace {

TEST(FetchSize, WhatWasPromised) {
  EXPECT_EQ(CLI_FETCH_SIZE_KEPT, cli_fetch_size_judge(0, 0, 4));
  EXPECT_EQ(CLI_FETCH_SIZE_KEPT, cli_fetch_size_judge(5000, 5000, 4));
  EXPECT_EQ(CLI_FETCH_SIZE_KEPT, cli_fetch_size_judge(POP3_OCTETS_UNKNOWN, 5000, 4));
}

TEST(FetchSize, MoreIsUsual) {
  EXPECT_EQ(CLI_FETCH_SIZE_OTHER, cli_fetch_size_judge(181, 183, 4)) << "Dovecot: a line end";
  EXPECT_EQ(CLI_FETCH_SIZE_OTHER, cli_fetch_size_judge(150, 205, 4)) << "mailutils: X-UIDL";
  EXPECT_EQ(CLI_FETCH_SIZE_OTHER, cli_fetch_size_judge(307, 1029, 4)) << "Courier: a wrapper";
  EXPECT_EQ(CLI_FETCH_SIZE_OTHER, cli_fetch_size_judge(0, 1, 4));
  EXPECT_EQ(CLI_FETCH_SIZE_OTHER, cli_fetch_size_judge(UINT64_MAX - 2, UINT64_MAX - 1, 4));
}

TEST(FetchSize, ALittleLessIsUsual) {
  EXPECT_EQ(CLI_FETCH_SIZE_OTHER, cli_fetch_size_judge(300, 300 - 104, 5)) << "Status and X-UIDL";
  EXPECT_EQ(CLI_FETCH_SIZE_OTHER, cli_fetch_size_judge(1000, 1000 - 128, 0));
  EXPECT_EQ(CLI_FETCH_SIZE_OTHER, cli_fetch_size_judge(8000, 7000, 1000)) << "an octet a line";
  EXPECT_EQ(CLI_FETCH_SIZE_OTHER, cli_fetch_size_judge(8000, 7000, 1000 - 128)) << "and headers";
  EXPECT_EQ(CLI_FETCH_SIZE_OTHER, cli_fetch_size_judge(100, 50, 1));
}

TEST(FetchSize, FarLessIsCut) {
  EXPECT_EQ(CLI_FETCH_SIZE_CUT, cli_fetch_size_judge(5000, 0, 0));
  EXPECT_EQ(CLI_FETCH_SIZE_CUT, cli_fetch_size_judge(1, 0, 0));
  EXPECT_EQ(CLI_FETCH_SIZE_CUT, cli_fetch_size_judge(POP3_OCTETS_UNKNOWN, 0, 0));
  EXPECT_EQ(CLI_FETCH_SIZE_CUT, cli_fetch_size_judge(8000, 7000, 1000 - 129));
  EXPECT_EQ(CLI_FETCH_SIZE_CUT, cli_fetch_size_judge(1000, 1000 - 129, 0));
  EXPECT_EQ(CLI_FETCH_SIZE_CUT, cli_fetch_size_judge(100, 49, 1));
  EXPECT_EQ(CLI_FETCH_SIZE_CUT, cli_fetch_size_judge(100, 49, 24)) << "however many lines";
  EXPECT_EQ(CLI_FETCH_SIZE_CUT, cli_fetch_size_judge(UINT64_MAX - 1, 5000, 70));
}

// An eighth of a large message is much.
TEST(FetchSize, AFewLongLinesAreNoReasonForMuchLess) {
  EXPECT_EQ(CLI_FETCH_SIZE_CUT, cli_fetch_size_judge(8000000, 7000001, 92106));
  EXPECT_EQ(CLI_FETCH_SIZE_OTHER, cli_fetch_size_judge(8000000, 7900000, 100000));
  EXPECT_EQ(CLI_FETCH_SIZE_CUT, cli_fetch_size_judge(8000000, 8000000 - 129, 0));
}

}  // namespace
}  // namespace fetch_size_test
