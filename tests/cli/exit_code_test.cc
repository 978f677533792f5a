#include "tools/cli/exit_code.h"

#include <gtest/gtest.h>

namespace exit_code_test {
namespace {

cli_exit_code CodeFor(pop3_status status, cli_stage stage = CLI_STAGE_OTHER,
                      pop3_response_code code = POP3_CODE_NONE) {
  pop3_error err = POP3_ERROR_INIT;
  err.status = status;
  err.code = code;
  return cli_exit_code_for(&err, stage);
}

TEST(ExitCode, ClassOfEachStatus) {
  EXPECT_EQ(CLI_EXIT_OK, CodeFor(POP3_OK));
  for (pop3_status s : {POP3_ERR_ARGUMENT, POP3_ERR_URL, POP3_ERR_NOT_FOUND}) {
    EXPECT_EQ(CLI_EXIT_USAGE, CodeFor(s)) << pop3_status_name(s);
  }
  for (pop3_status s : {POP3_ERR_RESOLVE, POP3_ERR_CONNECT, POP3_ERR_IO, POP3_ERR_TIMEOUT,
                        POP3_ERR_EOF, POP3_ERR_TLS}) {
    EXPECT_EQ(CLI_EXIT_NETWORK, CodeFor(s)) << pop3_status_name(s);
  }
  for (pop3_status s :
       {POP3_ERR_PROTOCOL, POP3_ERR_GREETING, POP3_ERR_LIMIT, POP3_ERR_UNSOLICITED}) {
    EXPECT_EQ(CLI_EXIT_PROTOCOL, CodeFor(s)) << pop3_status_name(s);
  }
  for (pop3_status s : {POP3_ERR_AUTH, POP3_ERR_NO_MECHANISM, POP3_ERR_NO_CREDENTIALS}) {
    EXPECT_EQ(CLI_EXIT_AUTH, CodeFor(s)) << pop3_status_name(s);
  }
  for (pop3_status s : {POP3_ERR_SINK, POP3_ERR_LOCAL_IO}) {
    EXPECT_EQ(CLI_EXIT_LOCAL_IO, CodeFor(s)) << pop3_status_name(s);
  }
  for (pop3_status s :
       {POP3_ERR_POLICY, POP3_ERR_AUDIT, POP3_ERR_CERTIFICATE, POP3_ERR_INJECTION}) {
    EXPECT_EQ(CLI_EXIT_POLICY, CodeFor(s)) << pop3_status_name(s);
  }
  for (pop3_status s : {POP3_ERR_MEMORY, POP3_ERR_SYSTEM, POP3_ERR_STATE, POP3_ERR_CANCELLED}) {
    EXPECT_EQ(CLI_EXIT_INTERNAL, CodeFor(s)) << pop3_status_name(s);
  }
}

TEST(ExitCode, WhatARefusalMeansDependsOnCodeAndStage) {
  EXPECT_EQ(CLI_EXIT_REFUSED, CodeFor(POP3_REFUSED));
  EXPECT_EQ(CLI_EXIT_AUTH, CodeFor(POP3_REFUSED, CLI_STAGE_LOGIN));
  EXPECT_EQ(CLI_EXIT_AUTH, CodeFor(POP3_REFUSED, CLI_STAGE_LOGIN, POP3_CODE_AUTH));
  for (pop3_response_code code : {POP3_CODE_IN_USE, POP3_CODE_LOGIN_DELAY, POP3_CODE_SYS_TEMP}) {
    EXPECT_EQ(CLI_EXIT_BUSY, CodeFor(POP3_REFUSED, CLI_STAGE_LOGIN, code));
    EXPECT_EQ(CLI_EXIT_BUSY, CodeFor(POP3_REFUSED, CLI_STAGE_OTHER, code));
  }
  EXPECT_EQ(CLI_EXIT_REFUSED, CodeFor(POP3_REFUSED, CLI_STAGE_LOGIN, POP3_CODE_SYS_PERM));
  EXPECT_EQ(CLI_EXIT_REFUSED, CodeFor(POP3_REFUSED, CLI_STAGE_OTHER, POP3_CODE_OTHER));
  EXPECT_EQ(CLI_EXIT_AUTH, CodeFor(POP3_ERR_UNSUPPORTED, CLI_STAGE_LOGIN));
  EXPECT_EQ(CLI_EXIT_REFUSED, CodeFor(POP3_ERR_UNSUPPORTED));
}

TEST(ExitCode, EveryCodeHasATextAndNoOtherNumberHas) {
  for (int code : {0, 2, 3, 4, 5, 6, 7, 8, 9, 10, 130}) {
    EXPECT_NE(nullptr, cli_exit_code_text(code)) << code;
  }
  EXPECT_EQ(nullptr, cli_exit_code_text(1));
  EXPECT_EQ(nullptr, cli_exit_code_text(11));
}

}  // namespace
}  // namespace exit_code_test
