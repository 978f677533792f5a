#include <fcntl.h>
#include <gtest/gtest.h>
#include <pop3/collect.h>
#include <signal.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <thread>

namespace stream_sink_test {
namespace {

pop3_sink_verdict Put(const pop3_sink &sink, const std::string &text) {
  return sink.body(sink.arg, reinterpret_cast<const uint8_t *>(text.data()), text.size());
}

std::string ReadAll(int fd) {
  std::string text;
  char buf[4096];
  for (ssize_t n = 0; (n = read(fd, buf, sizeof(buf))) > 0;) {
    text.append(buf, static_cast<size_t>(n));
  }
  return text;
}

TEST(StreamSink, WritesToAFile) {
  FILE *file = std::tmpfile();
  ASSERT_NE(file, nullptr);
  pop3_stream stream{};
  stream.file = file;
  pop3_sink sink = pop3_stream_sink(&stream);
  EXPECT_EQ(sink.size, sizeof(sink));
  EXPECT_EQ(sink.item, nullptr);
  EXPECT_EQ(sink.done, nullptr);
  EXPECT_EQ(Put(sink, std::string("a\0b\r\n", 5)), POP3_SINK_CONTINUE);
  EXPECT_EQ(Put(sink, ""), POP3_SINK_CONTINUE);
  EXPECT_EQ(Put(sink, "c"), POP3_SINK_CONTINUE);
  EXPECT_EQ(stream.octets, 6U);
  EXPECT_EQ(stream.sys_errno, 0);
  std::rewind(file);
  char buf[10];
  EXPECT_EQ(std::string(buf, std::fread(buf, 1, sizeof(buf), file)), std::string("a\0b\r\nc", 6));
  std::fclose(file);
}

TEST(StreamSink, AFileThatCannotBeWritten) {
  FILE *file = std::fopen("/dev/null", "r");
  ASSERT_NE(file, nullptr);
  pop3_stream stream{};
  stream.file = file;
  stream.fd = -1;
  pop3_sink sink = pop3_stream_sink(&stream);
  EXPECT_EQ(Put(sink, ""), POP3_SINK_CONTINUE);
  EXPECT_EQ(Put(sink, "abc"), POP3_SINK_STOP);
  EXPECT_EQ(stream.sys_errno, EBADF);
  EXPECT_EQ(stream.octets, 0U);
  EXPECT_EQ(Put(sink, ""), POP3_SINK_STOP) << "stopped is stopped";
  std::fclose(file);
}

TEST(StreamSink, AFullDisk) {
  FILE *file = std::fopen("/dev/full", "w");
  if (file == nullptr) GTEST_SKIP() << "no /dev/full";
  std::setvbuf(file, nullptr, _IONBF, 0);
  pop3_stream stream{};
  stream.file = file;
  pop3_sink sink = pop3_stream_sink(&stream);
  EXPECT_EQ(Put(sink, "abc"), POP3_SINK_STOP);
  EXPECT_EQ(stream.sys_errno, ENOSPC);
  stream = pop3_stream{};
  stream.fd = fileno(file);
  EXPECT_EQ(Put(sink, "abc"), POP3_SINK_STOP);
  EXPECT_EQ(stream.sys_errno, ENOSPC);
  EXPECT_EQ(stream.octets, 0U);
  std::fclose(file);
}

class PipeTest : public ::testing::TestWithParam<bool> {};

// More than a pipe holds: written in parts, with and without blocking.
TEST_P(PipeTest, EverythingArrives) {
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  if (GetParam()) {
    ASSERT_EQ(fcntl(ends[1], F_SETFL, O_NONBLOCK), 0);
  }
  std::string received;
  std::thread reader([&] {
    usleep(20000);
    received = ReadAll(ends[0]);
  });
  std::string text;
  for (int i = 0; i < 1000000; i++) text += static_cast<char>(i % 251);
  pop3_stream stream{};
  stream.fd = ends[1];
  pop3_sink sink = pop3_stream_sink(&stream);
  EXPECT_EQ(Put(sink, text), POP3_SINK_CONTINUE);
  EXPECT_EQ(Put(sink, "end"), POP3_SINK_CONTINUE);
  close(ends[1]);
  reader.join();
  close(ends[0]);
  EXPECT_EQ(stream.octets, text.size() + 3);
  EXPECT_TRUE(received == text + "end");
}

INSTANTIATE_TEST_SUITE_P(StreamSink, PipeTest, ::testing::Bool());

TEST(StreamSink, NobodyReads) {
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  close(ends[0]);
  void (*before)(int) = signal(SIGPIPE, SIG_IGN);
  pop3_stream stream{};
  stream.fd = ends[1];
  pop3_sink sink = pop3_stream_sink(&stream);
  EXPECT_EQ(Put(sink, "abc"), POP3_SINK_STOP);
  EXPECT_EQ(stream.sys_errno, EPIPE);
  signal(SIGPIPE, before);
  close(ends[1]);
}

TEST(StreamSink, ADescriptorThatIsNone) {
  pop3_stream stream{};
  stream.fd = -1;
  pop3_sink sink = pop3_stream_sink(&stream);
  EXPECT_EQ(Put(sink, ""), POP3_SINK_CONTINUE);
  EXPECT_EQ(Put(sink, "abc"), POP3_SINK_STOP);
  EXPECT_EQ(stream.sys_errno, EBADF);
}

}  // namespace
}  // namespace stream_sink_test
