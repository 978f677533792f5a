#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <pop3/collect.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <fstream>
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
  pop3_stream stream = POP3_STREAM_INIT(nullptr);
  stream.file = file;
  pop3_sink sink = POP3_SINK_INIT;
  pop3_stream_sink(&stream, &sink);
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
  pop3_stream stream = POP3_STREAM_INIT(nullptr);
  stream.file = file;
  stream.fd = -1;
  pop3_sink sink = POP3_SINK_INIT;
  pop3_stream_sink(&stream, &sink);
  EXPECT_EQ(Put(sink, ""), POP3_SINK_CONTINUE);
  EXPECT_EQ(Put(sink, "abc"), POP3_SINK_STOP);
  EXPECT_EQ(stream.sys_errno, EBADF);
  EXPECT_EQ(stream.octets, 0U);
  EXPECT_EQ(Put(sink, ""), POP3_SINK_STOP) << "stopped is stopped";
  std::fclose(file);
}

TEST(StreamSink, AFullDisk) {
  FILE *file = std::fopen("/dev/full", "w");
  ASSERT_NE(file, nullptr);
  std::setvbuf(file, nullptr, _IONBF, 0);
  pop3_stream stream = POP3_STREAM_INIT(nullptr);
  stream.file = file;
  pop3_sink sink = POP3_SINK_INIT;
  pop3_stream_sink(&stream, &sink);
  EXPECT_EQ(Put(sink, "abc"), POP3_SINK_STOP);
  EXPECT_EQ(stream.sys_errno, ENOSPC);
  stream = POP3_STREAM_INIT(nullptr);
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
    struct pollfd room = {ends[1], POLLOUT, 0};
    while (poll(&room, 1, 0) != 0) std::this_thread::yield();  // until the pipe is full
    received = ReadAll(ends[0]);
  });
  std::string text;
  for (int i = 0; i < 1000000; i++) text += static_cast<char>(i % 251);
  pop3_stream stream = POP3_STREAM_INIT(nullptr);
  stream.fd = ends[1];
  pop3_sink sink = POP3_SINK_INIT;
  pop3_stream_sink(&stream, &sink);
  EXPECT_EQ(Put(sink, text), POP3_SINK_CONTINUE);
  EXPECT_EQ(Put(sink, "end"), POP3_SINK_CONTINUE);
  close(ends[1]);
  reader.join();
  close(ends[0]);
  EXPECT_EQ(stream.octets, text.size() + 3);
  EXPECT_TRUE(received == text + "end");
}

INSTANTIATE_TEST_SUITE_P(StreamSink, PipeTest, ::testing::Bool());

std::atomic<int> g_signals{0};

// Says whether the thread waits for something, in the kernel.
bool Sleeps(long tid) {
  std::ifstream stat("/proc/self/task/" + std::to_string(tid) + "/stat");
  std::string text;
  std::getline(stat, text);
  const size_t behind = text.rfind(')');
  return behind != std::string::npos && text.compare(behind, 3, ") S") == 0;
}

// Writing waits for room in the pipe when the signals come.
TEST(StreamSink, ASignalDoesNotEndTheWriting) {
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  struct sigaction action = {};
  struct sigaction before = {};
  action.sa_handler = [](int) { g_signals++; };  // without SA_RESTART
  ASSERT_EQ(sigaction(SIGUSR1, &action, &before), 0);
  g_signals = 0;
  const pthread_t writer = pthread_self();
  const long tid = syscall(SYS_gettid);
  std::atomic<bool> over{false};
  std::string received;
  std::thread reader([&] {
    for (int i = 0; i < 3; i++) {
      while (!over && !Sleeps(tid)) sched_yield();
      if (over) break;
      pthread_kill(writer, SIGUSR1);
      while (g_signals <= i) sched_yield();
    }
    received = ReadAll(ends[0]);
  });
  const std::string text(1000000, 'x');
  pop3_stream stream = POP3_STREAM_INIT(nullptr);
  stream.fd = ends[1];
  pop3_sink sink = POP3_SINK_INIT;
  pop3_stream_sink(&stream, &sink);
  EXPECT_EQ(Put(sink, text), POP3_SINK_CONTINUE);
  over = true;
  close(ends[1]);
  reader.join();
  close(ends[0]);
  EXPECT_EQ(stream.sys_errno, 0);
  EXPECT_EQ(g_signals, 3);
  EXPECT_TRUE(received == text);
  sigaction(SIGUSR1, &before, nullptr);
}

TEST(StreamSink, NobodyReads) {
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  close(ends[0]);
  void (*before)(int) = signal(SIGPIPE, SIG_IGN);
  pop3_stream stream = POP3_STREAM_INIT(nullptr);
  stream.fd = ends[1];
  pop3_sink sink = POP3_SINK_INIT;
  pop3_stream_sink(&stream, &sink);
  EXPECT_EQ(Put(sink, "abc"), POP3_SINK_STOP);
  EXPECT_EQ(stream.sys_errno, EPIPE);
  signal(SIGPIPE, before);
  close(ends[1]);
}

TEST(StreamSink, ADescriptorThatIsNone) {
  pop3_stream stream = POP3_STREAM_INIT(nullptr);
  stream.fd = -1;
  pop3_sink sink = POP3_SINK_INIT;
  pop3_stream_sink(&stream, &sink);
  EXPECT_EQ(Put(sink, ""), POP3_SINK_CONTINUE);
  EXPECT_EQ(Put(sink, "abc"), POP3_SINK_STOP);
  EXPECT_EQ(stream.sys_errno, EBADF);
}

}  // namespace
}  // namespace stream_sink_test
