// A session with two mechanisms, of which one is stronger.
#ifndef POP3_TESTS_CORE_LOGIN_FIXTURE_H_
#define POP3_TESTS_CORE_LOGIN_FIXTURE_H_

#include <gtest/gtest.h>
#include <pop3/pop3.h>

#include <string>

#include "tests/core/fake_auth.h"
#include "tests/core/session_driver.h"

namespace pop3_core_test {

// LoginFixture checks at the end that the mechanisms were used by their contract.
class LoginFixture : public ::testing::Test {
 protected:
  void SetUp() override {
    d_.wire.replies = {{"CAPA", "+OK\r\nSASL ONE\r\n.\r\n"}, {"STAT", "+OK 1 2\r\n"}};
    d_.wire.server = [](const std::string &) { return "+OK\r\n"; };
  }
  void TearDown() override {
    d_.Free();
    for (const FakeAuth *auth : {&weak_, &strong_}) {
      EXPECT_EQ(auth->complaints, Lines());
      EXPECT_EQ(auth->begins - auth->ends, failed_begins_);
    }
  }
  void Ready() {
    d_.plugins.push_back(weak_.plugin());
    d_.plugins.push_back(strong_.plugin());
    for (FakeAuth *auth : {&weak_, &strong_}) {
      if (auth->on_step) continue;
      auth->on_step = [](const std::string &words) {
        if (words == "start") return FakeAuth::Command("AUTH X", 99);
        return words.compare(0, 2, "ok") == 0 ? FakeAuth::Done() : FakeAuth::Fail(POP3_OK);
      };
    }
    d_.StartReady();
  }
  pop3_status Login(const char *mechanism = nullptr) {
    return pop3_auth(d_.session(), mechanism, &d_.err);
  }

  // "PLUGIN/NAME STRENGTH STATE WHY" of each that was considered.
  Lines Candidates() {
    static const char *const kStates[] = {"unusable", "usable", "chosen", "refused"};
    Lines lines;
    pop3_candidate one = POP3_CANDIDATE_INIT;
    for (size_t i = 0; pop3_session_candidate(d_.session(), i, &one); i++) {
      lines.push_back(std::string(one.plugin) + "/" + one.mechanism + " " +
                      std::to_string(one.strength) + " " + kStates[one.state] + " " + one.why);
    }
    return lines;
  }

  SessionDriver d_;
  FakeAuth weak_{"weak", 0, 100};
  FakeAuth strong_{"strong", 0, 300};
  int failed_begins_ = 0;
  pop3_option layer_option_ = {};
};

}  // namespace pop3_core_test

#endif  // POP3_TESTS_CORE_LOGIN_FIXTURE_H_
