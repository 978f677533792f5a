#include "tools/cli/password_command.h"

#include <gtest/gtest.h>

#include <signal.h>

#include <cerrno>
#include <cstdio>
#include <sstream>
#include <string>
#include <vector>

#include "tests/cli/freed.h"
#include "tests/cli/temp_dir.h"

namespace password_command_test {
namespace {

// Whether a process is there, and is more than what is left of it until somebody waits for it.
bool Lives(pid_t pid) {
  std::istringstream stat(ReadFile("/proc/" + std::to_string(pid) + "/stat"));
  std::string number;
  std::string name;
  std::string state;
  return stat >> number >> name >> state && state != "Z" && state != "X";
}

class PasswordCommand : public testing::Test {
 protected:
  PasswordCommand() { pop3_secret_init(&secret_, nullptr); }
  ~PasswordCommand() override { pop3_secret_cleanup(&secret_); }

  std::string Run(const std::string &command, const char *what = "password") {
    err_ = POP3_ERROR_INIT;
    if (cli_password_command(&secret_, what, command.c_str(), &patience_, &err_) != POP3_OK) {
      return err_.text;
    }
    return {reinterpret_cast<const char *>(secret_.data), secret_.len};
  }

  // Lines of numbers that a command has written to a file.
  std::vector<pid_t> Numbers(const std::string &path) {
    std::istringstream words(ReadFile(path));
    std::vector<pid_t> numbers;
    for (pid_t number; words >> number;) numbers.push_back(number);
    return numbers;
  }

  TempDir dir_;
  cli_patience patience_ = {};
  pop3_secret secret_;
  pop3_error err_ = POP3_ERROR_INIT;
};

TEST_F(PasswordCommand, TheFirstLineIsThePassword) {
  EXPECT_EQ("secret", Run("echo secret"));
  EXPECT_EQ("secret", Run("printf secret"));
  EXPECT_EQ("secret", Run("printf 'secret\\r\\n'"));
  EXPECT_EQ("one", Run("printf 'one\\nuser: two\\n'"));
  EXPECT_EQ("a b", Run("x='a b'; echo \"$x\""));
  EXPECT_EQ("one", Run("echo one; head -c 300000 /dev/zero")) << "a lot more than a pipe holds";
}

TEST_F(PasswordCommand, TheExitStatusCounts) {
  EXPECT_EQ("the password command failed with exit code 3", Run("echo secret; exit 3"));
  EXPECT_EQ(POP3_ERR_NO_CREDENTIALS, err_.status);
  EXPECT_EQ("the password command failed with exit code 127", Run("/no/such/program 2>/dev/null"));
  EXPECT_EQ("the password command was killed by signal 9", Run("kill -9 $$"));
  EXPECT_EQ(nullptr, secret_.data);
}

TEST_F(PasswordCommand, NoPasswordIsSaid) {
  EXPECT_EQ("the password command printed no password", Run("true"));
  EXPECT_EQ("the password command printed no password", Run("echo; echo secret"));
  EXPECT_EQ(POP3_ERR_NO_CREDENTIALS, err_.status);
}

TEST_F(PasswordCommand, EndlessOutputIsNot) {
  Run("yes | head -c 5000000");
  EXPECT_EQ(POP3_ERR_NO_CREDENTIALS, err_.status) << "killed by SIGPIPE, or told to be too much";
  Run("yes");
  EXPECT_EQ(POP3_ERR_NO_CREDENTIALS, err_.status) << err_.text;
  Run("yes | head -c 5000000; true");
  EXPECT_EQ(POP3_ERR_LOCAL_IO, err_.status) << err_.text;
  EXPECT_EQ(EFBIG, err_.sys_errno);
}

TEST_F(PasswordCommand, ATokenIsCalledThat) {
  EXPECT_EQ("the token command printed no token", Run("true", "token"));
  EXPECT_EQ("the token command failed with exit code 3", Run("exit 3", "token"));
}

// Whoever started us may ignore it, and then waiting for a child tells nothing.
TEST_F(PasswordCommand, TheExitStatusCountsWhateverIsWithSigchld) {
  const auto before = signal(SIGCHLD, SIG_IGN);
  EXPECT_EQ("the password command failed with exit code 3", Run("echo secret; exit 3"));
  signal(SIGCHLD, before);
}

TEST_F(PasswordCommand, OutputMayComeInPiecesAndEndBeforeTheCommand) {
  // Each part once we wait for it.
  const std::string wait = "until grep -q '^State:.S' /proc/$PPID/status; do :; done; ";
  EXPECT_EQ("secret",
            Run("printf sec; " + wait + "echo ret; exec >&-; " + wait + "sleep 0; " + wait));
}

// gpg-agent and its like keep standard output open, and stay.
TEST_F(PasswordCommand, WhatItLeavesBehindDoesNotHoldUsUp) {
  const std::string path = dir_.Path("agent");
  for (const char *start : {"", "setsid "}) {
    EXPECT_EQ("secret",
              Run(std::string(start) + "sleep 1000 & echo $! >" + path + "; echo secret"));
    const std::vector<pid_t> agent = Numbers(path);
    ASSERT_EQ(1U, agent.size());
    EXPECT_TRUE(Lives(agent[0])) << "nor is it ended";
    kill(agent[0], SIGKILL);
  }
  EXPECT_EQ("the password command printed no password",
            Run("sleep 1000 & echo $! >" + path + "; true"));
  kill(Numbers(path).at(0), SIGKILL);
}

TEST_F(PasswordCommand, IsEndedWhenItTakesTooLong) {
  const std::string path = dir_.Path("pids");
  const std::string say = "echo $$ >" + path + "; ";
  patience_.limit_ms[CLI_LIMIT_TOTAL] = 300;
  for (const std::string &command :
       {say + "exec sleep 1000", say + "echo secret; exec sleep 1000",
        say + "exec >&-; exec sleep 1000", say + "trap '' TERM; while :; do sleep 1000; done",
        say + "kill -STOP $$"}) {
    cli_patience_start(&patience_, CLI_LIMIT_TOTAL);
    EXPECT_EQ("the password command did not end within the 0.3 s of --total-timeout", Run(command));
    EXPECT_EQ(POP3_ERR_TIMEOUT, err_.status);
    EXPECT_EQ(nullptr, secret_.data);
    for (const pid_t pid : Numbers(path)) EXPECT_FALSE(Lives(pid)) << command;
    cli_patience_stop(&patience_, CLI_LIMIT_TOTAL);
  }
}

TEST_F(PasswordCommand, HasTimeToTidyUpWhenItIsEnded) {
  const std::string path = dir_.Path("tidy");
  // On a busy machine it may not have come to its trap yet, or may be killed in it.
  for (int64_t ms = 100; ms < 10000 && ReadFile(path) != "done\n"; ms *= 2) {
    patience_.limit_ms[CLI_LIMIT_TOTAL] = ms;
    cli_patience_start(&patience_, CLI_LIMIT_TOTAL);
    Run("trap 'echo done >" + path + "; exit' TERM; while :; do sleep 0.01; done");
    EXPECT_EQ(POP3_ERR_TIMEOUT, err_.status);
    cli_patience_stop(&patience_, CLI_LIMIT_TOTAL);
  }
  EXPECT_EQ("done\n", ReadFile(path));
}

TEST_F(PasswordCommand, LeavesNoCopy) {
  const char *secret = "a secret that nobody may find";
  Freed::Watch(secret);
  const pop3_status status = cli_password_command(
      &secret_, "password", "echo a secret that nobody may find", &patience_, &err_);
  EXPECT_EQ(0, Freed::Stop());
  EXPECT_EQ(POP3_OK, status);
  EXPECT_STREQ(secret, reinterpret_cast<const char *>(secret_.data));
}

// This program ignores SIGPIPE; the command shall not.
TEST_F(PasswordCommand, SignalsThatAreIgnoredHereAreNotIgnoredThere) {
  for (const int number : {SIGPIPE, SIGXFSZ}) {
    const auto before = signal(number, SIG_IGN);
    EXPECT_EQ("the password command was killed by signal " + std::to_string(number),
              Run("ulimit -c 0; kill -" + std::to_string(number) + " $$; echo secret"));
    signal(number, before);
  }
}

TEST_F(PasswordCommand, HasNoDescriptorsOfThisProgram) {
  const char *command = "cd /proc/$$/fd; echo *";
  FILE *out = popen(command, "r");
  ASSERT_NE(nullptr, out);
  char line[256] = "";
  ASSERT_NE(nullptr, fgets(line, sizeof(line), out));
  pclose(out);
  EXPECT_EQ(line, Run(command) + "\n");
}

TEST_F(PasswordCommand, OneThatIsStoppedCanTidyUp) {
  const std::string path = dir_.Path("tidy");
  for (int64_t ms = 100; ms < 10000 && ReadFile(path) != "done\n"; ms *= 2) {
    patience_.limit_ms[CLI_LIMIT_TOTAL] = ms;
    cli_patience_start(&patience_, CLI_LIMIT_TOTAL);
    Run("trap 'echo done >" + path + "; exit' TERM; while :; do kill -STOP $$; done");
    EXPECT_EQ(POP3_ERR_TIMEOUT, err_.status);
    cli_patience_stop(&patience_, CLI_LIMIT_TOTAL);
  }
  EXPECT_EQ("done\n", ReadFile(path));
}

TEST_F(PasswordCommand, WhatItWaitsForIsEndedWithIt) {
  const std::string path = dir_.Path("pids");
  patience_.limit_ms[CLI_LIMIT_TOTAL] = 300;
  cli_patience_start(&patience_, CLI_LIMIT_TOTAL);
  Run("sleep 1000 & echo $! >" + path + "; wait");
  EXPECT_EQ(POP3_ERR_TIMEOUT, err_.status);
  for (const pid_t pid : Numbers(path)) EXPECT_FALSE(Lives(pid));
}

}  // namespace
}  // namespace password_command_test
