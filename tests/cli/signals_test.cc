#include "tools/cli/signals.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>

namespace signals_test {
namespace {

// How a child that runs |body| ends: with what it returns, or by a signal, told as 1000 and more.
// Signals that are ignored or blocked here, as by nohup, are not so there.
template <typename Body>
int InChild(Body body) {
  const pid_t pid = fork();
  if (pid == 0) {
    for (const int number : {SIGHUP, SIGINT, SIGTERM}) signal(number, SIG_DFL);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, nullptr);
    _exit(body());
  }
  int how = 0;
  waitpid(pid, &how, 0);
  return WIFEXITED(how) ? WEXITSTATUS(how) : 1000 + WTERMSIG(how);
}

TEST(Signals, TheFirstIsTheOneThatIsTold) {
  EXPECT_EQ(SIGTERM, InChild([] {
              cli_signals_install();
              cli_signals_spare(1);
              raise(SIGTERM);
              raise(SIGINT);
              return cli_signals_caught();
            }));
  EXPECT_EQ(0, InChild([] {
              cli_signals_install();
              return cli_signals_caught();
            }));
}

TEST(Signals, TheSecondEndsTheProgram) {
  EXPECT_EQ(1000 + SIGINT, InChild([] {
              cli_signals_install();
              raise(SIGHUP);
              raise(SIGINT);
              return 0;
            }));
}

TEST(Signals, TheThirdEndsWhatWasSpared) {
  EXPECT_EQ(1000 + SIGHUP, InChild([] {
              cli_signals_install();
              cli_signals_spare(1);
              raise(SIGINT);
              raise(SIGTERM);
              raise(SIGHUP);
              return 0;
            }));
}

TEST(Signals, WhatIsIgnoredStaysSo) {
  EXPECT_EQ(0, InChild([] {
              signal(SIGHUP, SIG_IGN);
              cli_signals_install();
              raise(SIGHUP);
              return cli_signals_caught();
            }));
}

TEST(Signals, FailuresOfWritesAreNone) {
  EXPECT_EQ(0, InChild([] {
              signal(SIGPIPE, SIG_DFL);
              signal(SIGXFSZ, SIG_DFL);
              cli_signals_install();
              raise(SIGPIPE);
              raise(SIGXFSZ);
              return cli_signals_caught();
            }));
}

}  // namespace
}  // namespace signals_test
