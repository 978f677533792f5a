#include "tools/cli/fd_writer.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <memory>
#include <string>
#include <thread>

#include "tests/cli/temp_dir.h"

namespace fd_writer_test {
namespace {

const uint8_t *Octets(const std::string &text) {
  return reinterpret_cast<const uint8_t *>(text.data());
}

class FdWriter : public testing::Test {
 protected:
  FdWriter() { signal(SIGPIPE, SIG_IGN); }

  int Put(const std::string &text) {
    return cli_fd_writer_put(writer_.get(), Octets(text), text.size());
  }

  TempDir dir_;
  std::unique_ptr<cli_fd_writer> writer_ = std::make_unique<cli_fd_writer>();
};

TEST_F(FdWriter, WritesEverythingInOrder) {
  const std::string path = dir_.Path("out");
  const int fd = open(path.c_str(), O_WRONLY | O_CREAT, 0600);
  cli_fd_writer_start(writer_.get(), fd);
  std::string expected;
  for (size_t size : {0UL, 1UL, 3UL, 65535UL, 65536UL, 7UL, 200000UL, 65530UL, 6UL, 1UL, 65537UL}) {
    const std::string piece(size, static_cast<char>('a' + size % 26));
    expected += piece;
    ASSERT_EQ(0, Put(piece));
  }
  ASSERT_EQ(0, cli_fd_writer_flush(writer_.get()));
  EXPECT_EQ(expected, ReadFile(path));
  close(fd);
}

TEST_F(FdWriter, SmallPiecesWaitInTheBuffer) {
  const std::string path = dir_.Path("out");
  const int fd = open(path.c_str(), O_WRONLY | O_CREAT, 0600);
  cli_fd_writer_start(writer_.get(), fd);
  ASSERT_EQ(0, Put("abc"));
  EXPECT_EQ("", ReadFile(path));
  cli_fd_writer_start(writer_.get(), fd);
  ASSERT_EQ(0, cli_fd_writer_flush(writer_.get()));
  EXPECT_EQ("", ReadFile(path)) << "start drops what was held";
  close(fd);
}

TEST_F(FdWriter, TellsAFullDisk) {
  const int fd = open("/dev/full", O_WRONLY);
  cli_fd_writer_start(writer_.get(), fd);
  EXPECT_EQ(0, Put("abc"));
  EXPECT_EQ(ENOSPC, cli_fd_writer_flush(writer_.get()));
  EXPECT_EQ(ENOSPC, Put(std::string(100000, 'x')));
  close(fd);
}

TEST_F(FdWriter, WaitsForAReaderNoLongerThanItMay) {
  for (const char *kind : {"pipe", "non-blocking pipe", "socket"}) {
    SCOPED_TRACE(kind);
    int ends[2];
    if (kind[0] == 's') {
      ASSERT_EQ(0, socketpair(AF_UNIX, SOCK_STREAM, 0, ends));
    } else {
      ASSERT_EQ(0, pipe2(ends, kind[0] == 'n' ? O_NONBLOCK : 0));
    }
    cli_patience patience = {};
    patience.limit_ms[CLI_LIMIT_TOTAL] = 20;
    cli_write_limit(&patience);
    cli_patience_start(&patience, CLI_LIMIT_TOTAL);
    const std::string text(1000000, 'x');
    EXPECT_EQ(ETIMEDOUT, cli_write_all(ends[1], Octets(text), text.size()));
    std::string taken(1000000, ' ');
    EXPECT_GE(read(ends[0], taken.data(), taken.size()), 4096);
    EXPECT_EQ(0, cli_write_all(ends[1], Octets(text), 10)) << "nobody has to be waited for";
    cli_write_limit(nullptr);
    close(ends[0]);
    EXPECT_EQ(EPIPE, cli_write_all(ends[1], Octets(text), 10));
    close(ends[1]);
  }
}

TEST_F(FdWriter, WaitsForANonBlockingPipe) {
  int ends[2];
  ASSERT_EQ(0, pipe2(ends, O_NONBLOCK));
  const std::string text(1000000, 'x');
  size_t got = 0;
  std::thread reader([&] {
    char buffer[4096];
    while (got < text.size()) {
      const ssize_t n = read(ends[0], buffer, sizeof(buffer));
      if (n > 0) got += static_cast<size_t>(n);
    }
  });
  EXPECT_EQ(0, cli_write_all(ends[1], Octets(text), text.size()));
  reader.join();
  EXPECT_EQ(text.size(), got);
  close(ends[0]);
  close(ends[1]);
}

}  // namespace
}  // namespace fd_writer_test
