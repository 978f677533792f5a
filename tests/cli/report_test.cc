#include "tools/cli/report.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <string>

namespace report_test {
namespace {

class Report : public testing::Test {
 protected:
  std::string Error(const char *what = nullptr) {
    testing::internal::CaptureStderr();
    code_ = cli_report_error(&report_, what, CLI_STAGE_OTHER, &err_);
    return testing::internal::GetCapturedStderr();
  }

  cli_report report_ = {"fetch", 0, nullptr};
  pop3_error err_ = POP3_ERROR_INIT;
  int code_ = 0;
};

TEST_F(Report, NotesAreQuietAndProblemsAreNot) {
  for (const int quiet : {0, 1}) {
    report_.quiet = quiet;
    testing::internal::CaptureStderr();
    cli_report_note(&report_, "a %s", "note");
    cli_report_problem(&report_, "a %s", "problem");
    EXPECT_EQ(
        quiet != 0 ? "pop3: fetch: a problem\n" : "pop3: fetch: a note\npop3: fetch: a problem\n",
        testing::internal::GetCapturedStderr());
  }
}

TEST_F(Report, ClearsTheProgressLineFirst) {
  int ends[2];
  ASSERT_EQ(0, pipe2(ends, O_NONBLOCK));
  cli_progress progress = {};
  progress.fd = ends[1];
  report_.progress = &progress;
  for (int i = 0; i < 3; ++i) {
    progress.shown = 1;
    testing::internal::CaptureStderr();
    if (i == 0) cli_report_note(&report_, "a note");
    if (i == 1) cli_report_problem(&report_, "a problem");
    if (i == 2) cli_report_error(&report_, nullptr, CLI_STAGE_OTHER, &err_);
    testing::internal::GetCapturedStderr();
    EXPECT_EQ(0, progress.shown);
    char text[8] = "";
    EXPECT_EQ(4, read(ends[0], text, sizeof(text) - 1));
    EXPECT_STREQ("\r\033[K", text);
  }
  close(ends[0]);
  close(ends[1]);
}

TEST_F(Report, AnErrorIsALineInTheUsersTerms) {
  pop3_error_set(&err_, POP3_ERR_TIMEOUT, "session", 0, "silent for 300 ms (idle_ms)");
  EXPECT_EQ("pop3: fetch: message 7: silent for 300 ms (--timeout)\n", Error("message 7"));
  EXPECT_EQ(CLI_EXIT_NETWORK, code_);
  report_.command = "";
  EXPECT_EQ("pop3: silent for 300 ms (--timeout)\n", Error());
}

TEST_F(Report, SaysWhatOneCanDo) {
  pop3_error_set(&err_, POP3_ERR_PROTOCOL, "engine", 0, "no number");
  EXPECT_EQ("pop3: fetch: no number (if this server is known for it, --quirk may help)\n", Error());
  EXPECT_EQ(CLI_EXIT_PROTOCOL, code_);
  pop3_error_set(&err_, POP3_REFUSED, "server", 0, "locked");
  err_.code = POP3_CODE_IN_USE;
  const std::string said = Error();
  EXPECT_EQ(0U, said.find("pop3: fetch: locked (another session holds the mailbox")) << said;
  EXPECT_EQ(")\n", said.substr(said.size() - 2));
  EXPECT_EQ(CLI_EXIT_BUSY, code_);
}

TEST_F(Report, AReaderThatHasGoneIsNotWorthAWord) {
  pop3_error_set(&err_, POP3_ERR_LOCAL_IO, "fd", EPIPE, "cannot write");
  EXPECT_EQ("", Error());
  EXPECT_EQ(CLI_EXIT_SIGNAL + SIGPIPE, code_);
  pop3_error_set(&err_, POP3_ERR_LOCAL_IO, "fd", ENOSPC, "cannot write");
  EXPECT_EQ("pop3: fetch: cannot write\n", Error());
  EXPECT_EQ(CLI_EXIT_LOCAL_IO, code_);
}

}  // namespace
}  // namespace report_test
