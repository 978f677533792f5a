#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cerrno>
#include <string>

#include "tests/cli/place.h"
#include "tests/cli/temp_dir.h"
#include "tools/cli/fd_writer.h"

namespace deliver_fd_test {
namespace {

TEST(DeliverFd, WritesOneBehindTheOther) {
  TempDir dir;
  const int fd = open(dir.Path("out").c_str(), O_WRONLY | O_CREAT, 0600);
  Place place;
  ASSERT_EQ(POP3_OK, cli_deliver_fd_open(place.out(), fd, "out", &place.err));
  ASSERT_EQ(POP3_OK, place.Put(1, "one\r\n"));
  ASSERT_EQ(POP3_OK, place.Put(2, ""));
  ASSERT_EQ(POP3_OK, place.Put(3, "two"));
  EXPECT_EQ(0U, place.stored());
  ASSERT_EQ(POP3_OK, place.Flush());
  EXPECT_EQ(3U, place.stored());
  EXPECT_EQ("one\r\ntwo", ReadFile(dir.Path("out")));
  place.Close();
  EXPECT_NE(-1, fcntl(fd, F_GETFD)) << "it is left open";
  close(fd);
}

TEST(DeliverFd, TellsAFullDisk) {
  const int fd = open("/dev/full", O_WRONLY);
  Place place;
  ASSERT_EQ(POP3_OK, cli_deliver_fd_open(place.out(), fd, "standard output", &place.err));
  ASSERT_EQ(POP3_OK, place.Put(1, "one\r\n"));
  EXPECT_EQ(POP3_ERR_LOCAL_IO, place.Flush());
  EXPECT_EQ(0U, place.stored());
  EXPECT_EQ(ENOSPC, place.err.sys_errno);
  EXPECT_STREQ("cannot write to standard output: No space left on device", place.err.text);
  close(fd);
}

TEST(DeliverFd, ThatNobodyReadsInTimeIsNoFailureOfThisMachine) {
  int ends[2];
  ASSERT_EQ(0, pipe(ends));
  cli_patience patience = {};
  patience.limit_ms[CLI_LIMIT_TOTAL] = 1;
  patience.deadline_ms[CLI_LIMIT_TOTAL] = 1;  // long ago
  cli_write_limit(&patience);
  Place place;
  ASSERT_EQ(POP3_OK, cli_deliver_fd_open(place.out(), ends[1], "standard output", &place.err));
  EXPECT_EQ(POP3_ERR_TIMEOUT, place.Put(1, std::string(1000000, 'x')));
  EXPECT_STREQ("nobody took all of standard output in time (total_ms)", place.err.text);
  cli_write_limit(nullptr);
  place.Close();
  close(ends[0]);
  close(ends[1]);
}

}  // namespace
}  // namespace deliver_fd_test
