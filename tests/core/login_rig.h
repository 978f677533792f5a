// A login by itself, without session and engine: facts go in, intents come out.
#ifndef POP3_TESTS_CORE_LOGIN_RIG_H_
#define POP3_TESTS_CORE_LOGIN_RIG_H_

#include <gtest/gtest.h>

#include <initializer_list>
#include <string>
#include <vector>

#include "core/codec/capability_parse.h"
#include "core/codec/codec.h"
#include "core/login/login.h"
#include "tests/core/fake_auth.h"
#include "tests/testing/failing_allocator.h"
#include "tests/testing/test_host.h"

namespace pop3_core_test {

// Capabilities are what a server has that says |lines|.
class Capabilities {
 public:
  Capabilities(std::initializer_list<const char *> lines) {
    const pop3_allocator allocator = *allocator_.get();
    pop3_limits limits;
    pop3_quirks quirks = POP3_QUIRKS_NONE;
    EXPECT_EQ(p3_limits_resolve(&limits, nullptr, nullptr), POP3_OK);
    p3_capabilities_init(&caps_, &allocator);
    for (const std::string line : lines) {
      EXPECT_EQ(p3_capabilities_add(&caps_, line.data(), line.size(), &limits, &quirks, nullptr),
                POP3_OK);
    }
    EXPECT_EQ(p3_capabilities_finish(&caps_, nullptr), POP3_OK);
  }
  ~Capabilities() { p3_capabilities_cleanup(&caps_); }
  Capabilities(const Capabilities &) = delete;
  Capabilities &operator=(const Capabilities &) = delete;

  const pop3_capabilities *get() const { return &caps_; }

 private:
  pop3_testing::FailingAllocator allocator_;
  pop3_capabilities caps_;
};

// LoginRig owns a login with the mechanisms that are added to it. Change |config| and |facts|, then
// Begin, Next, tell. At the end it checks that all memory was given back.
class LoginRig {
 public:
  LoginRig() {
    config.host = "mail.example";
    facts.policy = POP3_TLS_NEVER;
    facts.is_greeted = 1;
    facts.is_private = 1;
    facts.query = Query;
    facts.query_arg = this;
    p3_login_init(&login, &config, host.get(), allocator.get());
  }
  ~LoginRig() {
    p3_login_cleanup(&login);
    EXPECT_EQ(allocator.live_blocks(), 0U);
    EXPECT_EQ(allocator.unwiped(), 0U);
  }
  LoginRig(const LoginRig &) = delete;
  LoginRig &operator=(const LoginRig &) = delete;

  void Add(const FakeAuth &auth) { auths_.push_back(auth.plugin()->auths[0]); }
  p3_auth_list auths() const { return {auths_.data(), auths_.size()}; }

  pop3_status Begin(const char *names = nullptr, bool is_survey = false,
                    const pop3_identity *who = nullptr) {
    const p3_auth_list list = auths();
    err = POP3_ERROR_INIT;
    return p3_login_begin(&login, names, who, is_survey ? 1 : 0, &list, &err);
  }

  // Next returns in words what the login wants: "wait", "CAPA", "line AUTH X", "respond abc",
  // "finished: logged in", "finished: POP3_ERR_AUTH words", "fatal: ...".
  std::string Next() {
    facts.auths = auths();
    p3_login_next(&login, &facts, &intent);
    EXPECT_EQ(login.facts, nullptr) << "they hold during the call only";
    const std::string line(reinterpret_cast<const char *>(intent.line), intent.line_len);
    switch (intent.act) {
      case P3_LOGIN_WAIT:
        return "wait";
      case P3_LOGIN_COMMAND:
        return pop3_command_name(intent.command);
      case P3_LOGIN_LINE:
        return "line " + line;
      case P3_LOGIN_RESPOND:
        return "respond " + line;
      case P3_LOGIN_FINISHED:
        break;
    }
    const std::string how = intent.is_fatal ? "fatal: " : "finished: ";
    if (intent.is_logged_in) return how + "logged in";
    if (intent.error.status == POP3_OK) return how + "surveyed";
    return how + pop3_status_name(intent.error.status) + " " + intent.error.text;
  }

  // Ok and Refuse tell the server's answer to the last command.
  void Ok(const std::string &text = "") {
    SetReply(true, text);
    p3_login_took_result(&login, nullptr);
  }
  void Refuse(const std::string &text, pop3_response_code code = POP3_CODE_NONE) {
    SetReply(false, text);
    pop3_error error = POP3_ERROR_INIT;
    pop3_error_set(&error, POP3_REFUSED, "engine", 0, "%s", text.c_str());
    error.code = code;
    p3_login_took_result(&login, &error);
  }
  // Lose tells that the last command failed, without an answer.
  void Lose(pop3_status status, const char *text) {
    const pop3_error error = Error(status, text);
    p3_login_took_result(&login, &error);
  }
  int Challenge(const std::string &text) {
    return p3_login_took_challenge(&login, text.data(), text.size());
  }
  void NotSent(pop3_status status, const char *text) {
    const pop3_error error = Error(status, text);
    p3_login_not_sent(&login, &error);
  }
  static pop3_error Error(pop3_status status, const char *text) {
    pop3_error error = POP3_ERROR_INIT;
    pop3_error_set(&error, status, "engine", 0, "%s", text);
    return error;
  }

  pop3_testing::TestHost host;
  pop3_testing::FailingAllocator allocator;
  p3_login_config config = {};
  p3_login_facts facts = {};
  p3_login_task login;
  p3_login_intent intent = {};
  pop3_error err = POP3_ERROR_INIT;
  std::vector<uint32_t> queries;  // what was asked of the transports; the answer is 42

 private:
  static pop3_status Query(const void *arg, uint32_t what, pop3_answer *out) {
    const_cast<LoginRig *>(static_cast<const LoginRig *>(arg))->queries.push_back(what);
    out->number = 42;
    return POP3_OK;
  }
  void SetReply(bool positive, const std::string &text) {
    reply_text_ = text;
    reply_.size = sizeof(reply_);
    reply_.positive = positive ? 1U : 0U;
    reply_.text = reply_.line = reply_text_.c_str();
    reply_.text_len = reply_.line_len = reply_text_.size();
    facts.reply = &reply_;
  }

  std::vector<const pop3_auth_ops *> auths_;
  std::string reply_text_;
  pop3_reply reply_ = {};
};

}  // namespace pop3_core_test

#endif  // POP3_TESTS_CORE_LOGIN_RIG_H_
