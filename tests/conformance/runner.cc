#include "tests/conformance/runner.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>

#include "tests/conformance/rules.h"
#include "tests/conformance/watch.h"

// In a build with gcov it writes what has been reached; else there is none.
extern "C" void pop3_conformance_keep_coverage() __asm__("__gcov_dump") __attribute__((weak));

namespace pop3_conformance {

namespace {

int64_t NowMs() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

// Reads all that comes within |limit_ms|; false if there is no end to it.
bool ReadAll(int fd, int limit_ms, std::string *out) {
  const int64_t end = NowMs() + limit_ms;
  for (;;) {
    struct pollfd wait = {fd, POLLIN, 0};
    const int64_t left = end - NowMs();
    if (left <= 0) return false;
    if (poll(&wait, 1, static_cast<int>(left)) <= 0) continue;
    char buf[4096];
    const ssize_t got = read(fd, buf, sizeof(buf));
    if (got <= 0) return true;
    out->append(buf, static_cast<size_t>(got));
  }
}

// A copy at full size, so that nobody asks how large the plugin's table is.
template <class Ops>
std::shared_ptr<Ops> FullSize(const Ops *ops) {
  auto copy = std::make_shared<Ops>();
  std::memset(copy.get(), 0, sizeof(Ops));
  std::memcpy(copy.get(), ops, ops->size < sizeof(Ops) ? ops->size : sizeof(Ops));
  copy->size = sizeof(Ops);
  return copy;
}

template <class Ops>
const Ops *Find(const Ops *const *list, size_t count, const std::string &name) {
  for (size_t i = 0; i < count; i++) {
    if (count == 1 && name.empty()) return list[i];
    if (list[i]->name == name) return list[i];
  }
  return nullptr;
}

std::string SubjectName(const char *name, const std::string &label) {
  std::string text = label.empty() ? name : name + ("_" + label);
  for (char &c : text) {
    if (c == '-') c = '_';
  }
  return text;
}

void AddTransport(const pop3_transport_ops *found, const TransportCase &what, const Limits &limits,
                  std::vector<Check> *out) {
  const std::shared_ptr<pop3_transport_ops> ops = FullSize(found);
  for (const TransportRule &rule : TransportRules()) {
    const int patience_ms = limits.patience_ms;
    const Bench bench = {ops.get(), &what, nullptr, patience_ms};
    if (!rule.AppliesTo(bench)) continue;
    out->push_back({SubjectName(ops->name, what.label), rule.name, [=, &what] {
                      return RunAlone(
                          [&](Findings *findings) {
                            rule.check(Bench{ops.get(), &what, findings, patience_ms});
                          },
                          limits);
                    }});
  }
}

void AddAuth(const pop3_auth_ops *found, const AuthCase &what, const Limits &limits,
             std::vector<Check> *out) {
  const std::shared_ptr<pop3_auth_ops> ops = FullSize(found);
  for (const AuthRule &rule : AuthRules()) {
    out->push_back({SubjectName(ops->name, what.label), rule.name, [=, &what] {
                      return RunAlone(
                          [&](Findings *findings) {
                            rule.check(AuthBench{ops.get(), &what, findings});
                          },
                          limits);
                    }});
  }
}

}  // namespace

Findings RunAlone(const std::function<void(Findings *)> &body, const Limits &limits) {
  Findings findings;
  if (!limits.fork) {
    WatchFrom(2, limits.call_ms);
    body(&findings);
    return findings;
  }
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) {
    findings.Add("SurvivesIt", "no pipe: %s", std::strerror(errno));
    return findings;
  }
  std::fflush(nullptr);
  const pid_t child = fork();
  if (child == 0) {
    close(ends[0]);
    Findings own(ends[1]);
    WatchFrom(ends[1], limits.call_ms);
    body(&own);
    if (pop3_conformance_keep_coverage) pop3_conformance_keep_coverage();  // _exit does not
    _exit(0);
  }
  close(ends[1]);
  std::string lines;
  const bool ended = child > 0 && ReadAll(ends[0], limits.rule_ms, &lines);
  close(ends[0]);
  findings.Parse(lines);
  if (child <= 0) {
    findings.Add("SurvivesIt", "no process: %s", std::strerror(errno));
    return findings;
  }
  if (!ended) {
    kill(child, SIGKILL);
    findings.Add("NeverBlocks", "it is not through with this rule after %d s",
                 limits.rule_ms / 1000);
  }
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) continue;
  if (ended && WIFSIGNALED(status)) {
    findings.Add("SurvivesIt", "signal %d (%s) ends the process", WTERMSIG(status),
                 strsignal(WTERMSIG(status)));
  } else if (ended && WEXITSTATUS(status) != 0 && WEXITSTATUS(status) != kHung) {
    findings.Add("SurvivesIt", "the process ends with status %d", WEXITSTATUS(status));
  }
  return findings;
}

std::vector<Check> Checks(pop3_plugin_entry_fn entry, const Suite &suite, const Limits &limits) {
  std::vector<Check> checks;
  const auto descriptor = [=, &suite] {
    return RunAlone([&](Findings *findings) { CheckDescriptor(entry, suite, findings); }, limits);
  };
  checks.push_back({"plugin", "Descriptor", descriptor});
  // With a broken descriptor there is nothing to be said about the rest.
  if (!descriptor().empty()) return checks;
  const pop3_plugin *plugin = entry(POP3_ABI);
  for (const TransportCase &what : suite.transports) {
    AddTransport(Find(plugin->transports, plugin->num_transports, what.transport), what, limits,
                 &checks);
  }
  for (const AuthCase &what : suite.auths) {
    AddAuth(Find(plugin->auths, plugin->num_auths, what.name), what, limits, &checks);
  }
  return checks;
}

}  // namespace pop3_conformance
