#include "core/session/wait_poll.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <chrono>
#include <thread>
#include <vector>

#include "tests/testing/asleep.h"

namespace wait_poll_test {
namespace {

constexpr int64_t kLong = 20000;  // never waited for if all is well

class WaitPoll : public ::testing::Test {
 protected:
  void SetUp() override {
    p3_waker_init(&waker_);
    ASSERT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, fds_), 0);
  }
  void TearDown() override {
    p3_waker_cleanup(&waker_);
    close(fds_[0]);
    if (fds_[1] >= 0) close(fds_[1]);
  }

  static pop3_interest Nothing() { return POP3_INTEREST_INIT; }
  pop3_interest In(uint32_t events) {
    pop3_interest interest = POP3_INTEREST_INIT;
    interest.num_fds = 1;
    interest.fds[0].fd = fds_[0];
    interest.fds[0].events = events;
    return interest;
  }
  // Waits and returns how long that took.
  int64_t Took(const pop3_interest &interest, int64_t timeout_ms) {
    const int64_t start = p3_monotonic_ms();
    pop3_error err = POP3_ERROR_INIT;
    EXPECT_EQ(p3_wait_poll(&waker_, &interest, timeout_ms, &err), POP3_OK) << err.text;
    return p3_monotonic_ms() - start;
  }

  p3_waker waker_;
  int fds_[2] = {-1, -1};
};

TEST_F(WaitPoll, TheClockRuns) {
  // As the system's does, and in its unit.
  const auto system_ms = [] {
    return std::chrono::duration_cast<std::chrono::milliseconds>(
               std::chrono::steady_clock::now().time_since_epoch())
        .count();
  };
  const int64_t start = p3_monotonic_ms();
  EXPECT_GT(start, 0);
  int64_t now = start;
  do {
    const int64_t before = system_ms();
    now = p3_monotonic_ms();
    EXPECT_LE(before, now);
    EXPECT_LE(now, system_ms());
  } while (now < start + 3 && !HasFailure());
}

TEST_F(WaitPoll, TheTimeLimit) {
  EXPECT_GE(Took(Nothing(), 30), 29);
  EXPECT_GE(Took(In(POP3_WAIT_READ), 30), 29);
  EXPECT_LT(Took(In(POP3_WAIT_READ), 0), kLong);
}

TEST_F(WaitPoll, ReadinessOfADescriptor) {
  EXPECT_LT(Took(In(POP3_WAIT_WRITE), kLong), kLong);
  ASSERT_EQ(write(fds_[1], "x", 1), 1);
  EXPECT_LT(Took(In(POP3_WAIT_READ), kLong), kLong);
  EXPECT_LT(Took(In(POP3_WAIT_READ | POP3_WAIT_WRITE), kLong), kLong);
  EXPECT_LT(Took(In(POP3_WAIT_READ), INT64_MAX), kLong) << "more than poll() can count";
}

TEST_F(WaitPoll, AHangUpEndsTheWaitWhateverWasAskedFor) {
  close(fds_[1]);
  fds_[1] = -1;
  EXPECT_LT(Took(In(0), kLong), kLong);
}

TEST_F(WaitPoll, AnyOfManyDescriptors) {
  int pairs[POP3_INTEREST_FDS][2];
  pop3_interest interest = POP3_INTEREST_INIT;
  interest.num_fds = POP3_INTEREST_FDS;
  for (int i = 0; i < POP3_INTEREST_FDS; i++) {
    ASSERT_EQ(socketpair(AF_UNIX, SOCK_STREAM, 0, pairs[i]), 0);
    interest.fds[i].fd = pairs[i][0];
    interest.fds[i].events = POP3_WAIT_READ;
  }
  ASSERT_EQ(p3_waker_prepare(&waker_, nullptr), POP3_OK);
  EXPECT_GE(Took(interest, 20), 19);
  ASSERT_EQ(write(pairs[POP3_INTEREST_FDS - 1][1], "x", 1), 1);
  EXPECT_LT(Took(interest, kLong), kLong);
  for (auto &pair : pairs) {
    close(pair[0]);
    close(pair[1]);
  }
}

TEST_F(WaitPoll, AWakeBeforeTheWaitEndsIt) {
  ASSERT_EQ(p3_waker_prepare(&waker_, nullptr), POP3_OK);
  p3_waker_wake(&waker_);
  EXPECT_LT(Took(Nothing(), kLong), kLong);
}

TEST_F(WaitPoll, AWakeFromAnotherThreadEndsIt) {
  ASSERT_EQ(p3_waker_prepare(&waker_, nullptr), POP3_OK);
  const pid_t waiting = gettid();
  std::thread other([this, waiting] {
    pop3_testing::AwaitSleep(waiting);
    p3_waker_wake(&waker_);
  });
  EXPECT_LT(Took(In(POP3_WAIT_READ), -1), kLong);
  other.join();
}

TEST_F(WaitPoll, ATimeLimitBeyondAnIntIsALongOne) {
  ASSERT_EQ(p3_waker_prepare(&waker_, nullptr), POP3_OK);
  const pid_t waiting = gettid();
  std::atomic<bool> woken{false};
  std::thread other([&] {
    pop3_testing::AwaitSleep(waiting);
    woken = true;
    p3_waker_wake(&waker_);
  });
  (void)Took(Nothing(), INT64_C(1) << 32);
  EXPECT_TRUE(woken) << "none of the lower bits is set";
  other.join();
}

TEST_F(WaitPoll, WakingTooOftenDoesNotBlockAndLeavesErrnoAlone) {
  p3_waker_wake(&waker_);  // not prepared: nothing happens
  ASSERT_EQ(p3_waker_prepare(&waker_, nullptr), POP3_OK);
  errno = 4711;
  for (int i = 0; i < 200000; i++) p3_waker_wake(&waker_);
  EXPECT_EQ(errno, 4711);
  EXPECT_LT(Took(Nothing(), kLong), kLong);
}

TEST_F(WaitPoll, TheDescriptorsAreMadeOnceAndNotInherited) {
  ASSERT_EQ(p3_waker_prepare(&waker_, nullptr), POP3_OK);
  const int read_fd = waker_.read_fd;
  const int write_fd = waker_.write_fd;
  ASSERT_EQ(p3_waker_prepare(&waker_, nullptr), POP3_OK);
  EXPECT_EQ(waker_.read_fd, read_fd);
  for (int fd : {read_fd, write_fd}) {
    EXPECT_NE(fcntl(fd, F_GETFD) & FD_CLOEXEC, 0);
    EXPECT_NE(fcntl(fd, F_GETFL) & O_NONBLOCK, 0);
  }
  p3_waker_cleanup(&waker_);
  EXPECT_EQ(fcntl(read_fd, F_GETFD), -1);
  EXPECT_EQ(fcntl(write_fd, F_GETFD), -1);
  p3_waker_cleanup(&waker_);
  p3_waker_wake(&waker_);
}

// No descriptors left: said in words, and nothing leaks.
TEST_F(WaitPoll, NoDescriptors) {
  struct rlimit before = {};
  ASSERT_EQ(getrlimit(RLIMIT_NOFILE, &before), 0);
  struct rlimit few = before;
  few.rlim_cur = 100;
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &few), 0);
  std::vector<int> taken;
  for (int fd; (fd = dup(0)) >= 0;) taken.push_back(fd);
  ASSERT_FALSE(taken.empty());
  pop3_error err = POP3_ERROR_INIT;
  const pop3_status status = p3_waker_prepare(&waker_, &err);
  // One alone is not enough, and must not be lost.
  close(taken.back());
  const pop3_status with_one = p3_waker_prepare(&waker_, nullptr);
  const int again = dup(0);
  close(again);
  taken.pop_back();
  for (int fd : taken) close(fd);
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &before), 0);
  EXPECT_EQ(status, POP3_ERR_SYSTEM);
  EXPECT_EQ(err.sys_errno, EMFILE);
  EXPECT_EQ(with_one, POP3_ERR_SYSTEM);
  EXPECT_GE(again, 0);
  EXPECT_EQ(p3_waker_prepare(&waker_, nullptr), POP3_OK);
}

void OnSignal(int) {}

TEST_F(WaitPoll, ASignalEndsTheWait) {
  struct sigaction action = {};
  struct sigaction before = {};
  action.sa_handler = OnSignal;
  ASSERT_EQ(sigaction(SIGUSR1, &action, &before), 0);
  const pthread_t self = pthread_self();
  const pid_t waiting = gettid();
  std::atomic<bool> ended{false};
  std::thread other([&] {
    // It may sleep for another reason before it waits: a signal then is one too few.
    while (!ended) {
      if (pop3_testing::IsAsleep(waiting)) pthread_kill(self, SIGUSR1);
      std::this_thread::yield();
    }
  });
  EXPECT_LT(Took(Nothing(), kLong), kLong);
  ended = true;
  other.join();
  ASSERT_EQ(sigaction(SIGUSR1, &before, nullptr), 0);
}

}  // namespace
}  // namespace wait_poll_test
