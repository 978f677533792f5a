// Runs rules, each in a process of its own.
#ifndef POP3_TESTS_CONFORMANCE_RUNNER_H_
#define POP3_TESTS_CONFORMANCE_RUNNER_H_

#include <functional>
#include <string>
#include <vector>

#include "tests/conformance/conformance.h"
#include "tests/conformance/findings.h"

namespace pop3_conformance {

// Limits is how patient the suite is.
struct Limits {
  int call_ms = 20000;      // one call into the plugin
  int patience_ms = 20000;  // something that must happen
  int rule_ms = 240000;     // a whole rule
  bool fork = true;         // a process for each rule; without, for a debugger
};

// Check is one rule for one case of a plugin, ready to run.
struct Check {
  std::string subject;  // "tcp", "user_pass_label"
  std::string rule;
  std::function<Findings()> run;
};

// Checks lists everything that is to be checked of the plugin that |entry| hands out. |suite| must
// outlive them.
std::vector<Check> Checks(pop3_plugin_entry_fn entry, const Suite &suite, const Limits &limits);

// RunAlone runs |body| in a process of its own; a crash or an end that does not come is a finding
// of "SurvivesIt" or "NeverBlocks".
Findings RunAlone(const std::function<void(Findings *)> &body, const Limits &limits);

}  // namespace pop3_conformance

#endif  // POP3_TESTS_CONFORMANCE_RUNNER_H_
