// Waiting: time limits, cancelling from elsewhere, callbacks that free or block.
#include <gtest/gtest.h>
#include <pop3/pop3.h>
#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <string>
#include <thread>

#include "tests/core/session_driver.h"
#include "tests/testing/asleep.h"

namespace wait_test {
namespace {

using pop3_core_test::Lines;
using pop3_core_test::Number;
using pop3_core_test::SessionDriver;

std::string Chatty(const std::string &line) {
  if (line == "LIST") return "+OK\r\n1 1\r\n2 2\r\n.\r\n";
  if (line == "RETR 1") return "+OK\r\nbody\r\n.\r\n";
  return line == "SLOW" ? "" : "+OK\r\n";
}

class SessionWait : public ::testing::Test {
 protected:
  void Ready() {
    d_.wire.server = Chatty;
    d_.StartReady();
  }
  pop3_op_id Slow() { return d_.Submit(pop3_core_test::Request(POP3_CMD_RAW, "SLOW")); }
  // Waits while the system gives no new descriptor, and poll() takes none.
  pop3_status WaitWithoutDescriptors(pop3_op_id op) {
    struct rlimit before = {};
    EXPECT_EQ(getrlimit(RLIMIT_NOFILE, &before), 0);
    struct rlimit none = before;
    none.rlim_cur = 0;
    EXPECT_EQ(setrlimit(RLIMIT_NOFILE, &none), 0);
    const pop3_status status = d_.Wait(op);
    EXPECT_EQ(setrlimit(RLIMIT_NOFILE, &before), 0);
    return status;
  }

  SessionDriver d_;
};

TEST_F(SessionWait, ForOneOperation) {
  Ready();
  const pop3_op_id first = d_.Submit(POP3_CMD_NOOP);
  const pop3_op_id second = d_.Submit(POP3_CMD_LIST);
  EXPECT_EQ(d_.Wait(second), POP3_OK);
  EXPECT_EQ(d_.status_of(first), POP3_OK);
  EXPECT_EQ(d_.Wait(second), POP3_ERR_NOT_FOUND);
  EXPECT_EQ(d_.Wait(99), POP3_ERR_NOT_FOUND);
}

TEST_F(SessionWait, ForAll) {
  Ready();
  for (int i = 0; i < 5; i++) d_.Submit(POP3_CMD_NOOP);
  EXPECT_EQ(d_.Wait(0), POP3_OK);
  EXPECT_EQ(d_.log.size(), 5U);
  EXPECT_EQ(d_.Wait(0), POP3_OK);
}

TEST_F(SessionWait, ForAllWaitsForALogin) {
  d_.wire.replies["CAPA"] = "+OK\r\nUSER\r\n.\r\n";
  Ready();
  EXPECT_EQ(pop3_capa(d_.session(), nullptr, nullptr), POP3_OK);
  const pop3_op_id op = d_.SubmitLogin(nullptr);
  EXPECT_EQ(d_.Wait(0), POP3_OK);
  EXPECT_EQ(d_.status_of(op), POP3_ERR_NO_MECHANISM);
}

TEST_F(SessionWait, ForAllTellsAFailure) {
  Ready();
  d_.Submit(POP3_CMD_NOOP);
  Slow();
  d_.wire.eof = true;
  EXPECT_EQ(d_.Wait(0), POP3_ERR_EOF);
  EXPECT_EQ(d_.err.status, POP3_ERR_EOF);
  EXPECT_EQ(pop3_connect(d_.session(), &d_.err), POP3_ERR_EOF) << "sticky";
}

TEST_F(SessionWait, TheErrorIsEmptiedOnSuccess) {
  Ready();
  d_.wire.replies["DELE 1"] = "-ERR no\r\n";
  EXPECT_EQ(pop3_dele(d_.session(), 1, &d_.err), POP3_REFUSED);
  EXPECT_STREQ(d_.err.text, "no");
  EXPECT_EQ(pop3_connect(d_.session(), &d_.err), POP3_OK) << "not the last operation's status";
  EXPECT_STREQ(d_.err.text, "");
  EXPECT_EQ(pop3_dele(d_.session(), 1, &d_.err), POP3_REFUSED);
  EXPECT_EQ(d_.Wait(0), POP3_OK);
  EXPECT_EQ(d_.err.status, POP3_OK);
}

TEST_F(SessionWait, ATimeLimitCancelsTheOperationAndTheSessionLivesOn) {
  Ready();
  const pop3_op_id op = Slow();
  const int64_t start = d_.wire.now_ms;
  EXPECT_EQ(pop3_wait(d_.session(), op, 1000, &d_.err), POP3_ERR_TIMEOUT);
  EXPECT_STREQ(d_.err.text, "not done within 1000 ms");
  EXPECT_GE(d_.wire.now_ms, start + 1000);
  EXPECT_LT(d_.wire.now_ms, start + 2000);
  EXPECT_EQ(d_.log, Lines{"#1 done raw POP3_ERR_CANCELLED"});
  EXPECT_EQ(pop3_session_error(d_.session()), nullptr);
  d_.wire.Say("+OK at last\r\n");
  EXPECT_EQ(pop3_noop(d_.session(), &d_.err), POP3_OK) << d_.err.text;
}

TEST_F(SessionWait, ATimeLimitForAllCancelsNothing) {
  Ready();
  const pop3_op_id op = Slow();
  EXPECT_EQ(pop3_wait(d_.session(), 0, 500, &d_.err), POP3_ERR_TIMEOUT);
  EXPECT_EQ(d_.status_of(op), -1);
  d_.wire.Say("+OK\r\n");
  EXPECT_EQ(d_.Wait(op), POP3_OK);
}

// Nothing else would ever end this wait.
TEST_F(SessionWait, ATimeLimitEndsTheWaitByTheRealClock) {
  d_.options.clock_ms = nullptr;
  d_.options.trace = nullptr;
  d_.options.connect_ms = d_.options.idle_ms = d_.options.total_ms = POP3_NO_TIMEOUT;
  Ready();
  d_.wire.real_time = true;
  const pop3_op_id op = Slow();
  EXPECT_EQ(pop3_wait(d_.session(), op, 1, &d_.err), POP3_ERR_TIMEOUT);
  EXPECT_EQ(d_.status_of(op), POP3_ERR_CANCELLED);
}

// A wait for which the system fails is over: how its operation ends is nothing to a later one.
TEST_F(SessionWait, AWaitThatFailsLeavesNothingBehind) {
  Ready();
  EXPECT_EQ(pop3_noop(d_.session(), nullptr), POP3_OK) << "the waker has its descriptors";
  const pop3_op_id first = Slow();
  EXPECT_EQ(WaitWithoutDescriptors(first), POP3_ERR_SYSTEM) << d_.err.text;
  d_.wire.Say("-ERR late\r\n");
  EXPECT_EQ(d_.Wait(d_.Submit(POP3_CMD_NOOP)), POP3_OK) << d_.err.text;
  EXPECT_EQ(d_.status_of(first), POP3_REFUSED);
}

TEST_F(SessionWait, AWaitThatFailedIsNoneOfTheNextOnesBusiness) {
  Ready();
  EXPECT_EQ(pop3_noop(d_.session(), nullptr), POP3_OK) << "the waker has its descriptors";
  const pop3_op_id first = Slow();
  EXPECT_EQ(WaitWithoutDescriptors(first), POP3_ERR_SYSTEM) << d_.err.text;
  const pop3_op_id second = Slow();
  d_.wire.Say("-ERR late\r\n");
  EXPECT_EQ(pop3_wait(d_.session(), second, 50, &d_.err), POP3_ERR_TIMEOUT) << d_.err.text;
  EXPECT_EQ(d_.status_of(first), POP3_REFUSED);
}

TEST_F(SessionWait, WithoutDescriptorsForTheWakerThereIsNoWait) {
  d_.wire.server = Chatty;
  ASSERT_EQ(d_.Start(), POP3_OK);
  const pop3_op_id op = Slow();
  EXPECT_EQ(WaitWithoutDescriptors(op), POP3_ERR_SYSTEM) << d_.err.text;
  EXPECT_EQ(d_.err.sys_errno, EMFILE);
  EXPECT_STREQ(d_.err.text, "pipe: Too many open files");
}

TEST_F(SessionWait, ZeroAndNegativeTimeLimitsAreRefused) {
  Ready();
  const pop3_op_id op = d_.Submit(POP3_CMD_NOOP);
  EXPECT_EQ(pop3_wait(d_.session(), op, 0, &d_.err), POP3_ERR_ARGUMENT);
  EXPECT_EQ(pop3_wait(d_.session(), op, -2, &d_.err), POP3_ERR_ARGUMENT);
  EXPECT_EQ(pop3_wait(d_.session(), op, INT64_MAX, &d_.err), POP3_OK) << "no overflow";
}

// --- Callbacks

TEST_F(SessionWait, BlockingInsideACallbackIsRefused) {
  Ready();
  int refused = 0;
  const auto block = [&] {
    pop3_error err = POP3_ERROR_INIT;
    refused += pop3_noop(d_.session(), &err) == POP3_ERR_STATE;
    refused += pop3_wait(d_.session(), 0, POP3_NO_TIMEOUT, &err) == POP3_ERR_STATE;
    refused += pop3_quit(d_.session(), nullptr, &err) == POP3_ERR_STATE;
    refused += pop3_login(d_.session(), &err) == POP3_ERR_STATE;
    EXPECT_EQ(err.status, POP3_ERR_STATE);
  };
  d_.on_piece = [&](pop3_op_id) {
    block();
    return POP3_SINK_CONTINUE;
  };
  d_.on_done = [&](const pop3_result &) { block(); };
  EXPECT_EQ(d_.Wait(d_.Submit(POP3_CMD_RETR, 1)), POP3_OK);
  EXPECT_EQ(refused, 8);
  // A |done| that runs from pop3_cancel_op, from a time limit and from pop3_close.
  EXPECT_EQ(pop3_cancel_op(d_.session(), d_.Submit(POP3_CMD_NOOP), nullptr), POP3_OK);
  EXPECT_EQ(refused, 12);
  EXPECT_EQ(pop3_wait(d_.session(), Slow(), 100, nullptr), POP3_ERR_TIMEOUT);
  EXPECT_EQ(refused, 16);
  d_.Submit(POP3_CMD_NOOP);
  pop3_close(d_.session());
  EXPECT_EQ(refused, 20);
}

TEST_F(SessionWait, FreeInsideCallbacks) {
  for (const bool in_done : {false, true}) {
    SessionDriver d;
    d.wire.server = Chatty;
    d.StartReady();
    if (in_done) {
      d.on_done = [&](const pop3_result &) { pop3_session_free(d.session()); };
    } else {
      d.on_piece = [&](pop3_op_id) {
        pop3_session_free(d.session());
        pop3_session_free(d.session());
        return POP3_SINK_CONTINUE;
      };
    }
    const pop3_op_id op = d.Submit(POP3_CMD_RETR, 1);
    d.Submit(POP3_CMD_NOOP);
    const pop3_status status = d.Wait(op);
    EXPECT_EQ(status, POP3_OK) << "what was received already is handed out";
    d.Forget();
    EXPECT_EQ(d.log.size(), 3U);
    EXPECT_EQ(d.log.back(), "#2 done NOOP POP3_ERR_CANCELLED");
  }
}

TEST_F(SessionWait, CloseInsideACallback) {
  Ready();
  d_.on_piece = [&](pop3_op_id) {
    pop3_close(d_.session());
    return POP3_SINK_CONTINUE;
  };
  const pop3_op_id op = d_.Submit(POP3_CMD_RETR, 1);
  d_.Submit(POP3_CMD_NOOP);
  EXPECT_EQ(d_.Wait(op), POP3_ERR_CANCELLED);
  EXPECT_EQ(pop3_step(d_.session()), POP3_STEP_CLOSED);
  EXPECT_EQ(d_.wire.Count("fake.destroy"), 1);
}

TEST_F(SessionWait, SubmitInsideDone) {
  Ready();
  int left = 3;
  d_.on_done = [&](const pop3_result &) {
    if (left-- > 0) d_.Submit(POP3_CMD_NOOP);
  };
  d_.Submit(POP3_CMD_NOOP);
  EXPECT_EQ(d_.Wait(0), POP3_OK);
  EXPECT_EQ(d_.log.size(), 4U);
}

// --- From elsewhere

TEST_F(SessionWait, CancelledBeforeTheFirstStep) {
  ASSERT_EQ(d_.Start(), POP3_OK);
  pop3_session_cancel(d_.session());
  EXPECT_EQ(pop3_connect(d_.session(), &d_.err), POP3_ERR_CANCELLED);
  EXPECT_EQ(d_.wire.calls, Lines());
}

TEST_F(SessionWait, CancelFromAnotherThread) {
  Ready();
  d_.wire.real_time = true;
  Slow();
  const pid_t waiting = gettid();
  std::thread other([this, waiting] {
    pop3_testing::AwaitSleep(waiting);
    pop3_session_cancel(d_.session());
  });
  const auto start = std::chrono::steady_clock::now();
  EXPECT_EQ(d_.Wait(1), POP3_ERR_CANCELLED);
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(20));
  other.join();
  EXPECT_EQ(d_.error_text(), "the session was cancelled");
  EXPECT_EQ(d_.log, Lines{"#1 done raw POP3_ERR_CANCELLED"});
}

// At every moment of a busy session: it ends with one of two statuses and never hangs.
TEST_F(SessionWait, CancelFromAnotherThreadAtAnyMoment) {
  for (int round = 0; round < 12; round++) {
    SessionDriver d;
    d.wire.server = Chatty;
    ASSERT_EQ(d.Start(), POP3_OK);
    std::atomic<bool> go{false};
    std::thread other([&] {
      while (!go) std::this_thread::yield();
      for (int i = 0; i < round * 4; i++) std::this_thread::yield();
      pop3_session_cancel(d.session());
    });
    go = true;
    pop3_status status = POP3_OK;
    while (status == POP3_OK) status = pop3_noop(d.session(), &d.err);
    EXPECT_EQ(status, POP3_ERR_CANCELLED) << d.err.text;
    other.join();
  }
}

pop3_session *g_session;

void OnSignal(int) { pop3_session_cancel(g_session); }

TEST_F(SessionWait, CancelFromASignalHandler) {
  Ready();
  d_.wire.real_time = true;
  g_session = d_.session();
  struct sigaction action = {};
  struct sigaction before = {};
  action.sa_handler = OnSignal;
  ASSERT_EQ(sigaction(SIGUSR1, &action, &before), 0);
  Slow();
  const pthread_t self = pthread_self();
  const pid_t waiting = gettid();
  std::thread other([self, waiting] {
    pop3_testing::AwaitSleep(waiting);
    pthread_kill(self, SIGUSR1);
  });
  EXPECT_EQ(d_.Wait(1), POP3_ERR_CANCELLED);
  other.join();
  ASSERT_EQ(sigaction(SIGUSR1, &before, nullptr), 0);
}

}  // namespace
}  // namespace wait_test
