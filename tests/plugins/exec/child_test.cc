#include "plugins/exec/child.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <set>
#include <string>
#include <system_error>
#include <thread>

#include "tests/testing/test_host.h"
#include "tests/transports/drive.h"

namespace pop3_testing {
namespace child_test {
namespace {

// Everything until the end.
std::string ReadAll(int fd) {
  std::string all;
  char buf[4096];
  for (;;) {
    pollfd p = {fd, POLLIN, 0};
    if (poll(&p, 1, 60000) != 1) return all + " (nothing comes)";
    const ssize_t got = read(fd, buf, sizeof(buf));
    if (got <= 0) return all;
    all.append(buf, static_cast<size_t>(got));
  }
}

// Waits until it has ended. -2 if it does not.
int Status(p3_child *child) {
  int status = -2;
  for (int i = 0; i < 2000 && p3_child_ended(child, &status) == 0; i++) usleep(10000);
  return status;
}

// Waits until there is no such process, not even as a zombie.
bool IsGone(pid_t pid) {
  for (int i = 0; i < 2000; i++) {
    if (kill(pid, 0) != 0 && errno == ESRCH) return true;
    usleep(10000);
  }
  return false;
}

class Child : public ::testing::Test {
 protected:
  Child() : fds_(CountFds()) {}
  ~Child() override {
    p3_child_close(&child_);
    // The thread that reaps a process has its descriptor open for a moment longer.
    EXPECT_EQ(SettledFds(fds_), fds_) << "descriptors leak";
  }

  int fds_;
  p3_child child_ = P3_CHILD_INIT;
};

TEST_F(Child, TalksBothWays) {
  ASSERT_EQ(p3_child_start(&child_, "read line; echo \"got $line\"; echo oops >&2"), 0);
  EXPECT_GT(child_.pid, 0);
  for (int fd : {child_.socket, child_.errors, child_.process}) {
    EXPECT_TRUE(fd < 0 || (fcntl(fd, F_GETFD) & FD_CLOEXEC) != 0);
  }
  EXPECT_NE(fcntl(child_.errors, F_GETFL) & O_NONBLOCK, 0) << "nobody waits for complaints";
  ASSERT_EQ(send(child_.socket, "hello\n", 6, MSG_NOSIGNAL), 6);
  EXPECT_EQ(ReadAll(child_.socket), "got hello\n");
  EXPECT_EQ(ReadAll(child_.errors), "oops\n");
  EXPECT_EQ(Status(&child_), 0);
  EXPECT_EQ(child_.pid, 0);
  int status = 7;
  EXPECT_EQ(p3_child_ended(&child_, &status), 0) << "that is told once";
}

TEST_F(Child, TellsHowItEnded) {
  ASSERT_EQ(p3_child_start(&child_, "exit 7"), 0);
  const int status = Status(&child_);
  EXPECT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), 7);
  p3_child_close(&child_);
  ASSERT_EQ(p3_child_start(&child_, "kill -KILL $$"), 0);
  const int killed = Status(&child_);
  EXPECT_TRUE(WIFSIGNALED(killed));
  EXPECT_EQ(WTERMSIG(killed), SIGKILL);
}

TEST_F(Child, SignalsThatTheProgramIgnoresWork) {
  struct sigaction ignore = {};
  struct sigaction before = {};
  ignore.sa_handler = SIG_IGN;
  sigaction(SIGPIPE, &ignore, &before);
  sigset_t all;
  sigset_t mask;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &mask);
  EXPECT_EQ(p3_child_start(&child_, "kill -PIPE $$; echo survived"), 0);
  pthread_sigmask(SIG_SETMASK, &mask, nullptr);
  sigaction(SIGPIPE, &before, nullptr);
  EXPECT_EQ(ReadAll(child_.socket), "");
  EXPECT_EQ(WTERMSIG(Status(&child_)), SIGPIPE);
}

// A shell that is asked to ignore a signal says nothing; one that finds it ignored cannot trap it.
TEST_F(Child, MayTrapWhatTheProgramIgnores) {
  for (const int number : {SIGTERM, SIGPIPE}) {
    struct sigaction ignore = {};
    struct sigaction before = {};
    ignore.sa_handler = SIG_IGN;
    sigaction(number, &ignore, &before);
    const std::string n = std::to_string(number);
    const std::string command = "trap 'echo trapped' " + n + "; kill -" + n + " $$; :";
    EXPECT_EQ(p3_child_start(&child_, command.c_str()), 0);
    sigaction(number, &before, nullptr);
    EXPECT_EQ(ReadAll(child_.socket), "trapped\n") << number;
    EXPECT_EQ(Status(&child_), 0);
    p3_child_close(&child_);
  }
}

// Threads returns the numbers of this process's threads.
std::set<std::string> Threads() {
  std::set<std::string> threads;
  std::error_code error;
  for (const auto &entry : std::filesystem::directory_iterator("/proc/self/task", error)) {
    threads.insert(entry.path().filename());
  }
  return threads;
}

// Whether a thread takes the signal |number|, once it waits for something or is gone.
bool Takes(const std::string &thread, int number) {
  for (;;) {
    std::ifstream status("/proc/self/task/" + thread + "/status");
    std::string state = "gone";
    uint64_t blocked = ~UINT64_C(0);
    for (std::string line; std::getline(status, line);) {
      if (line.compare(0, 7, "State:\t") == 0) state = line.substr(7, 1);
      if (line.compare(0, 8, "SigBlk:\t") == 0) blocked = std::stoull(line.substr(8), nullptr, 16);
    }
    if (state == "S" || state == "gone") return (blocked >> (number - 1) & 1) == 0;
    std::this_thread::yield();
  }
}

TEST_F(Child, LeavesTheProgramsSignalsAsTheyAre) {
  ASSERT_EQ(p3_child_start(&child_, "trap '' TERM; echo ready; exec sleep 600 >&2"), 0);
  char buf[8];
  ASSERT_EQ(recv(child_.socket, buf, 6, MSG_WAITALL), 6);
  sigset_t usr1, before, after;
  sigemptyset(&usr1);
  sigaddset(&usr1, SIGUSR1);
  pthread_sigmask(SIG_SETMASK, &usr1, &before);
  const std::set<std::string> threads = Threads();
  p3_child_close(&child_);
  for (const std::string &thread : Threads()) {
    if (threads.count(thread) != 0) continue;
    EXPECT_FALSE(Takes(thread, SIGALRM)) << "the thread that waits for the command's end";
  }
  pthread_sigmask(SIG_SETMASK, &before, &after);
  EXPECT_EQ(sigismember(&after, SIGUSR1), 1);
  EXPECT_EQ(sigismember(&after, SIGALRM), 0);
}

TEST_F(Child, InheritsNothingElse) {
  const int open_end = dup(2);  // without FD_CLOEXEC
  ASSERT_GE(open_end, 3);
  const std::string command = "test -e /dev/fd/" + std::to_string(open_end) + " && echo inherited";
  EXPECT_EQ(p3_child_start(&child_, command.c_str()), 0);
  EXPECT_EQ(ReadAll(child_.socket), "");
  close(open_end);
}

TEST_F(Child, WorksWithoutStandardDescriptors) {
  // Without the first of them, the first two, all three.
  for (int missing = 1; missing <= 3; missing++) {
    int saved[3];
    for (int fd = 0; fd < missing; fd++) saved[fd] = fcntl(fd, F_DUPFD_CLOEXEC, 10);
    for (int fd = 0; fd < missing; fd++) close(fd);
    const int code = p3_child_start(&child_, "read line; echo \"got $line\"; echo oops >&2");
    for (int fd = 0; fd < missing; fd++) {
      if (saved[fd] < 0) continue;
      dup2(saved[fd], fd);
      close(saved[fd]);
    }
    ASSERT_EQ(code, 0);
    for (int fd : {child_.socket, child_.errors, child_.process}) {
      EXPECT_TRUE(fd == -1 || fd > 2) << missing;
      EXPECT_TRUE(fd < 0 || (fcntl(fd, F_GETFD) & FD_CLOEXEC) != 0) << missing;
    }
    ASSERT_EQ(send(child_.socket, "hello\n", 6, MSG_NOSIGNAL), 6);
    EXPECT_EQ(ReadAll(child_.socket), "got hello\n") << missing;
    EXPECT_EQ(ReadAll(child_.errors), "oops\n") << missing;
    EXPECT_EQ(Status(&child_), 0);
    p3_child_close(&child_);
  }
}

TEST_F(Child, IsEndedAndReaped) {
  ASSERT_EQ(p3_child_start(&child_, "exec sleep 600"), 0);
  const pid_t pid = child_.pid;
  p3_child_close(&child_);
  EXPECT_EQ(child_.pid, 0);
  EXPECT_TRUE(IsGone(pid));
}

TEST_F(Child, IsKilledIfItDoesNotWantToEnd) {
  ASSERT_EQ(p3_child_start(&child_, "trap '' TERM; echo ready; exec sleep 600 >&2"), 0);
  const pid_t pid = child_.pid;
  char buf[8];
  ASSERT_EQ(recv(child_.socket, buf, 6, MSG_WAITALL), 6);
  p3_child_close(&child_);
  EXPECT_TRUE(IsGone(pid));
}

TEST_F(Child, IsReapedWithoutBlockingWhenItHasEnded) {
  ASSERT_EQ(p3_child_start(&child_, "exit 3"), 0);
  const pid_t pid = child_.pid;
  EXPECT_EQ(ReadAll(child_.socket), "");
  p3_child_close(&child_);
  EXPECT_TRUE(IsGone(pid));
}

TEST_F(Child, KnowsNoStatusIfSomebodyElseReapedIt) {
  ASSERT_EQ(p3_child_start(&child_, "exit 3"), 0);
  int status = 0;
  ASSERT_EQ(waitpid(child_.pid, &status, 0), child_.pid);
  EXPECT_EQ(Status(&child_), -1);
}

TEST_F(Child, SaysWhenThereIsNoDescriptorLeft) {
  NoDescriptors none;
  EXPECT_EQ(p3_child_start(&child_, "true"), EMFILE);
  EXPECT_EQ(child_.pid, 0);
  EXPECT_EQ(child_.socket, -1);
}

}  // namespace
}  // namespace child_test
}  // namespace pop3_testing
