#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <csignal>
#include <cstdlib>
#include <ctime>
#include <regex>
#include <string>

#include "tests/cli/calls.h"
#include "tests/cli/place.h"
#include "tests/cli/temp_dir.h"

namespace deliver_mbox_test {
namespace {

class DeliverMbox : public testing::Test {
 protected:
  DeliverMbox() { Calls::Reset(); }
  ~DeliverMbox() override { Calls::Reset(); }

  void Open(int crlf = 0, const cli_report *report = nullptr) {
    place_.Close();
    ASSERT_EQ(POP3_OK,
              cli_deliver_mbox_open(place_.out(), path_.c_str(), crlf, report, &place_.err))
        << place_.err.text;
  }

  // What is in the mbox, with each From_ line as "<From>".
  std::string Mbox() {
    static const std::regex from(
        "(^|\n)From MAILER-DAEMON (Mon|Tue|Wed|Thu|Fri|Sat|Sun) [A-Z][a-z]{2} [ 0-9]\\d "
        "\\d\\d:\\d\\d:\\d\\d \\d{4}");
    return std::regex_replace(ReadFile(path_), from, "$1<From>");
  }

  TempDir dir_;
  std::string path_ = dir_.Path("mbox");
  Place place_;
};

TEST_F(DeliverMbox, SeparatesAndQuotes) {
  Open();
  ASSERT_EQ(POP3_OK, place_.Put(1, "Subject: a\n\nFrom me\n>From you\n"));
  ASSERT_EQ(POP3_OK, place_.Put(2, ""));
  ASSERT_EQ(POP3_OK, place_.Put(3, "no final newline"));
  ASSERT_EQ(POP3_OK, place_.Flush());
  EXPECT_EQ(3U, place_.stored());
  EXPECT_EQ(
      "<From>\nSubject: a\n\n>From me\n>>From you\n\n"
      "<From>\n\n"
      "<From>\nno final newline\n\n",
      Mbox());
  place_.Close();
  EXPECT_EQ((std::vector<std::string>{"mbox"}), ListDir(dir_.Path())) << "no lock is left";
  struct stat info;
  ASSERT_EQ(0, stat(path_.c_str(), &info));
  EXPECT_EQ(0600U, info.st_mode & 0777U);
}

TEST_F(DeliverMbox, KeepsCrLfIfToldTo) {
  Open(1);
  ASSERT_EQ(POP3_OK, place_.Put(1, "a\r\nFrom b\r\n"));
  ASSERT_EQ(POP3_OK, place_.Flush());
  EXPECT_EQ("<From>\r\na\r\n>From b\r\n\r\n", Mbox());
}

TEST_F(DeliverMbox, AppendsBehindAnEmptyLine) {
  const struct {
    const char *before;
    const char *after;
  } cases[] = {{"", ""},
               {"x", "x\n\n"},
               {"From a\n\nx\n", "From a\n\nx\n\n"},
               {"x\n\n", "x\n\n"},
               {"x\r\n\r\n", "x\r\n\r\n"},
               {"\n", "\n\n"}};
  for (const auto &c : cases) {
    WriteFile(path_, c.before);
    Open();
    ASSERT_EQ(POP3_OK, place_.Put(1, "y\n"));
    ASSERT_EQ(POP3_OK, place_.Flush());
    EXPECT_EQ(std::string(c.after) + "<From>\ny\n\n", Mbox());
    place_.Close();
  }
}

TEST_F(DeliverMbox, AnAbortedMessageIsCutOff) {
  WriteFile(path_, "old");
  Open();
  ASSERT_EQ(POP3_OK, place_.Begin(1));
  ASSERT_EQ(POP3_OK, place_.Write(std::string(500000, 'x')));
  place_.Abort();
  EXPECT_EQ("old", ReadFile(path_));
  ASSERT_EQ(POP3_OK, place_.Put(2, "From y\n"));
  ASSERT_EQ(POP3_OK, place_.Begin(3));
  ASSERT_EQ(POP3_OK, place_.Write(std::string(500000, 'z')));
  place_.Close();
  EXPECT_EQ("old\n\n<From>\n>From y\n\n", Mbox()) << "its first line is not the rest of another";
}

TEST_F(DeliverMbox, ADiskThatIsFullLeavesTheOldMbox) {
  signal(SIGXFSZ, SIG_IGN);
  WriteFile(path_, "old\n\n");
  Open();
  struct rlimit before;
  ASSERT_EQ(0, getrlimit(RLIMIT_FSIZE, &before));
  struct rlimit small = before;
  small.rlim_cur = 100000;
  ASSERT_EQ(0, setrlimit(RLIMIT_FSIZE, &small));
  EXPECT_EQ(POP3_ERR_LOCAL_IO, place_.Put(1, std::string(200000, 'x')));
  place_.Abort();
  setrlimit(RLIMIT_FSIZE, &before);
  EXPECT_EQ("old\n\n", ReadFile(path_));
  EXPECT_NE(std::string::npos, std::string(place_.err.text).find("File too large"));
}

TEST_F(DeliverMbox, IsSyncedBeforeMessagesCount) {
  Open();
  ASSERT_EQ(POP3_OK, place_.Put(1, "x\n"));
  EXPECT_EQ((std::vector<std::string>{"fsync " + dir_.Path()}), Calls::log) << "of the new file";
  ASSERT_EQ(POP3_OK, place_.Flush());
  ASSERT_EQ(2U, Calls::log.size());
  EXPECT_EQ("fsync " + path_, Calls::log[1]);
}

TEST_F(DeliverMbox, IsNotLockedWhileNothingComes) {
  Open();
  ASSERT_EQ(POP3_OK, place_.Put(1, "x\n"));
  ASSERT_EQ(POP3_OK, place_.Flush());
  EXPECT_EQ((std::vector<std::string>{"mbox", "mbox.lock"}), ListDir(dir_.Path()));
  place_.Rest();
  EXPECT_EQ((std::vector<std::string>{"mbox"}), ListDir(dir_.Path()));
  WriteFile(path_, ReadFile(path_) + "by another\n");
  ASSERT_EQ(POP3_OK, place_.Put(2, "y\n"));
  ASSERT_EQ(POP3_OK, place_.Flush());
  EXPECT_EQ("<From>\nx\n\nby another\n\n<From>\ny\n\n", Mbox());
}

TEST_F(DeliverMbox, WhatCouldNotBeSyncedNeverCounts) {
  Open();
  ASSERT_EQ(POP3_OK, place_.Put(1, "x\n"));
  Calls::FailAt("fsync", 1, EIO);
  EXPECT_EQ(POP3_ERR_LOCAL_IO, place_.Flush());
  EXPECT_NE(std::string::npos, std::string(place_.err.text).find("Input/output error"));
  ASSERT_EQ(POP3_OK, place_.Put(2, "y\n"));
  ASSERT_EQ(POP3_OK, place_.Flush()) << "the kernel has forgotten about the first";
  EXPECT_EQ(1U, place_.stored());
}

TEST_F(DeliverMbox, MailIsNobodyElsesWhateverTheUmask) {
  const mode_t before = umask(0);
  Open();
  ASSERT_EQ(POP3_OK, place_.Put(1, "x\n"));
  umask(before);
  struct stat info;
  ASSERT_EQ(0, stat(path_.c_str(), &info));
  EXPECT_EQ(0600U, info.st_mode & 0777U);
}

TEST_F(DeliverMbox, IsNotTouchedWithoutMessages) {
  Open();
  ASSERT_EQ(POP3_OK, place_.Flush());
  place_.Close();
  EXPECT_EQ((std::vector<std::string>{}), ListDir(dir_.Path()));
}

TEST_F(DeliverMbox, SaysWhatIsWrongBeforeAnythingIsFetched) {
  ASSERT_EQ(0, mkfifo(dir_.Path("fifo").c_str(), 0600));
  for (const std::string &path : {dir_.Path(), dir_.Path("none/mbox"), dir_.Path("fifo")}) {
    EXPECT_EQ(POP3_ERR_LOCAL_IO,
              cli_deliver_mbox_open(place_.out(), path.c_str(), 0, nullptr, &place_.err))
        << path;
  }
}

TEST_F(DeliverMbox, IsGivenBackNowAndThen) {
  Open();
  ASSERT_EQ(POP3_OK, place_.Put(1, "x\n"));
  ASSERT_EQ(POP3_OK, place_.Flush());
  EXPECT_EQ((std::vector<std::string>{"mbox", "mbox.lock"}), ListDir(dir_.Path()));
  Calls::ahead_ms = 1000;
  ASSERT_EQ(POP3_OK, place_.Put(2, "y\n"));
  ASSERT_EQ(POP3_OK, place_.Flush());
  EXPECT_EQ((std::vector<std::string>{"mbox"}), ListDir(dir_.Path()));
  EXPECT_EQ(2U, place_.stored());
}

TEST_F(DeliverMbox, TheTimeIsUtc) {
  setenv("TZ", "XXX-7", 1);
  tzset();
  Open();
  const time_t before = time(nullptr);
  ASSERT_EQ(POP3_OK, place_.Put(1, "x\n"));
  const time_t after = time(nullptr);
  ASSERT_EQ(POP3_OK, place_.Flush());
  const std::string line = ReadFile(path_).substr(0, ReadFile(path_).find('\n'));
  bool is_utc = false;
  for (time_t at = before; at <= after; ++at) {
    struct tm date;
    char text[64];
    ASSERT_NE(nullptr, gmtime_r(&at, &date));
    ASSERT_NE(0U, strftime(text, sizeof(text), "From MAILER-DAEMON %a %b %e %H:%M:%S %Y", &date));
    is_utc = is_utc || line == text;
  }
  unsetenv("TZ");
  tzset();
  EXPECT_TRUE(is_utc) << line;
}

TEST_F(DeliverMbox, WhatAKilledRunLeftIsRemoved) {
  WriteFile(dir_.Path(".pop3-0123456789abcdef.tmp"), "1:a");
  Open();
  EXPECT_EQ((std::vector<std::string>{}), ListDir(dir_.Path()));
}

TEST_F(DeliverMbox, TellsThatItTookALockOver) {
  const cli_report report = {"fetch", 0, nullptr};
  for (const char *lock : {"", "2147483647\n"}) {  // a process that is not there
    Open(0, &report);
    if (lock[0] != '\0') WriteFile(path_ + ".lock", lock, 0444);
    testing::internal::CaptureStderr();
    const pop3_status status = place_.Put(1, "x\n");
    const std::string said = testing::internal::GetCapturedStderr();
    EXPECT_EQ(POP3_OK, status) << place_.err.text;
    EXPECT_EQ(lock[0] == '\0' ? ""
                              : "pop3: fetch: took over " + path_ +
                                    ".lock, which a program that is gone had left\n",
              said);
  }
}

TEST_F(DeliverMbox, ADeviceIsNone) {
  EXPECT_EQ(POP3_ERR_LOCAL_IO,
            cli_deliver_mbox_open(place_.out(), "/dev/null", 0, nullptr, &place_.err));
  EXPECT_STREQ("cannot use /dev/null as an mbox: not a regular file", place_.err.text);
}

}  // namespace
}  // namespace deliver_mbox_test
