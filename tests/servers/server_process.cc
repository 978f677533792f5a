#include "tests/servers/server_process.h"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <sstream>

extern char **environ;

namespace pop3_testing {

namespace {

constexpr int kStartMs = 120000;

// Spawn starts |arguments| with pipes for standard input (if |input| is not NULL) and output.
pid_t Spawn(const std::vector<std::string> &arguments, int *input, int *output) {
  int to[2] = {-1, -1};
  int from[2] = {-1, -1};
  if (pipe2(to, O_CLOEXEC) != 0 || pipe2(from, O_CLOEXEC) != 0) return -1;
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, to[0], 0);
  posix_spawn_file_actions_adddup2(&actions, from[1], 1);
  std::vector<char *> argv;
  for (const std::string &argument : arguments)
    argv.push_back(const_cast<char *>(argument.c_str()));
  argv.push_back(nullptr);
  pid_t pid = -1;
  if (posix_spawn(&pid, argv[0], &actions, nullptr, argv.data(), environ) != 0) pid = -1;
  posix_spawn_file_actions_destroy(&actions);
  close(to[0]);
  close(from[1]);
  *output = from[0];
  if (input != nullptr) {
    *input = to[1];
  } else {
    close(to[1]);
  }
  return pid;
}

}  // namespace

std::string RunfilePath(const std::string &path) {
  const char *runfiles = getenv("TEST_SRCDIR");
  const char *workspace = getenv("TEST_WORKSPACE");
  if (runfiles == nullptr || workspace == nullptr) return path;
  return std::string(runfiles) + "/" + workspace + "/" + path;
}

std::string ReadFile(const std::string &path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream octets;
  octets << file.rdbuf();
  return octets.str();
}

int RunProgram(const std::vector<std::string> &arguments, std::string *output) {
  int from = -1;
  const pid_t pid = Spawn(arguments, nullptr, &from);
  char buffer[65536];
  ssize_t n;
  while ((n = read(from, buffer, sizeof buffer)) > 0) {
    output->append(buffer, static_cast<size_t>(n));
  }
  close(from);
  int status = 0;
  if (pid < 0 || waitpid(pid, &status, 0) != pid || !WIFEXITED(status)) return -1;
  return WEXITSTATUS(status);
}

ServerProcess::ServerProcess(const std::string &script) {
  int output = -1;
  pid_ = Spawn({"/bin/bash", RunfilePath(script)}, &input_, &output);
  std::string text;
  char buffer[4096];
  pollfd fd = {output, POLLIN, 0};
  while (poll(&fd, 1, kStartMs) > 0) {
    const ssize_t n = read(output, buffer, sizeof buffer);
    if (n <= 0) break;
    text.append(buffer, static_cast<size_t>(n));
    size_t end;
    while ((end = text.find('\n')) != std::string::npos) {
      const std::string line = text.substr(0, end);
      text.erase(0, end + 1);
      const size_t equals = line.find('=');
      if (equals != std::string::npos) facts_[line.substr(0, equals)] = line.substr(equals + 1);
      if (line == "ready") ready_ = true;
    }
    if (ready_) break;
  }
  close(output);
}

ServerProcess::~ServerProcess() {
  if (input_ >= 0) close(input_);
  if (pid_ > 0) waitpid(pid_, nullptr, 0);
}

std::string ServerProcess::fact(const std::string &name) const {
  const auto found = facts_.find(name);
  return found == facts_.end() ? "" : found->second;
}

}  // namespace pop3_testing
