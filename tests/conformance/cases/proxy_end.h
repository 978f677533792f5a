// The far end of a transport that asks a proxy first: a fixed talk, then the server's octets.
#ifndef POP3_TESTS_CONFORMANCE_CASES_PROXY_END_H_
#define POP3_TESTS_CONFORMANCE_CASES_PROXY_END_H_

#include <deque>
#include <string>
#include <utility>
#include <vector>

#include "tests/conformance/conformance.h"

namespace pop3_conformance {

// ProxyEnd hears each of |steps| exactly, answers it, and is then a server that changes nothing.
class ProxyEnd : public Peer {
 public:
  struct Step {
    std::string hear;
    std::string say;
  };

  explicit ProxyEnd(const std::vector<Step> &steps) : steps_(steps.begin(), steps.end()) {}

  void Hear(const std::string &octets) override {
    unread_ += octets;
    while (!steps_.empty() && unread_.size() >= steps_.front().hear.size()) {
      const Step step = steps_.front();
      steps_.pop_front();
      if (unread_.compare(0, step.hear.size(), step.hear) != 0) {
        closed = true;
        return;
      }
      unread_.erase(0, step.hear.size());
      to_plugin += step.say;
    }
    if (!steps_.empty()) return;
    heard += unread_;
    unread_.clear();
    to_plugin += unsaid_;
    unsaid_.clear();
  }

  void Say(const std::string &text) override { (steps_.empty() ? to_plugin : unsaid_) += text; }

 private:
  std::deque<Step> steps_;
  std::string unread_;
  std::string unsaid_;
};

}  // namespace pop3_conformance

#endif  // POP3_TESTS_CONFORMANCE_CASES_PROXY_END_H_
