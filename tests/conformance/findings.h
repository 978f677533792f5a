// What the suite finds: the names of rules that a plugin breaks, with words.
#ifndef POP3_TESTS_CONFORMANCE_FINDINGS_H_
#define POP3_TESTS_CONFORMANCE_FINDINGS_H_

#include <pop3/status.h>

#include <functional>
#include <string>
#include <vector>

namespace pop3_conformance {

// Finding is one breach of a rule.
struct Finding {
  std::string rule;
  std::string words;
};

// Findings collects breaches. A process that may not live to tell writes each at once to |fd|, as a
// line; the one that reads them makes Findings of the text again.
class Findings {
 public:
  explicit Findings(int fd = -1) : fd_(fd) {}

  // Add notes a breach. Of each rule the first few are kept: the rest would say the same.
  void Add(const char *rule, const char *format, ...) POP3_PRINTF(3, 4);
  // Adder returns an Add for a PluginHost.
  std::function<void(const char *, const std::string &)> Adder() {
    return [this](const char *rule, const std::string &words) { Add(rule, "%s", words.c_str()); };
  }
  // Parse adds the lines that another process wrote.
  void Parse(const std::string &lines);

  bool Has(const std::string &rule) const;
  bool empty() const { return list_.empty(); }
  const std::vector<Finding> &list() const { return list_; }
  // Text is all of them, a line each.
  std::string Text() const;
  int fd() const { return fd_; }

 private:
  bool Keep(const std::string &rule, const std::string &words);

  int fd_;
  std::vector<Finding> list_;
};

}  // namespace pop3_conformance

#endif  // POP3_TESTS_CONFORMANCE_FINDINGS_H_
