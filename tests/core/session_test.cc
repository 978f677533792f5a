// Making a session, ending it, and looking at it.
#include <gtest/gtest.h>
#include <pop3/pop3.h>
#include <unistd.h>

#include <cstring>
#include <string>

#include "core/session/session_state.h"
#include "tests/core/session_driver.h"

namespace session_test {
namespace {

using pop3_core_test::FakeWire;
using pop3_core_test::Lines;
using pop3_core_test::Number;
using pop3_core_test::Request;
using pop3_core_test::SessionDriver;
using pop3_testing::FailingAllocator;
using pop3_testing::ForEachAllocationFailure;

TEST(Session, OptionsThatCannotWork) {
  const struct {
    pop3_status status;
    const char *text;
    void (*breakage)(SessionDriver *);
  } cases[] = {
      {POP3_ERR_ARGUMENT, "connect_ms is 0: it must be positive",
       [](SessionDriver *d) { d->options.connect_ms = 0; }},
      {POP3_ERR_ARGUMENT, "idle_ms is 0", [](SessionDriver *d) { d->options.idle_ms = 0; }},
      {POP3_ERR_ARGUMENT, "login_ms is 0", [](SessionDriver *d) { d->options.login_ms = 0; }},
      {POP3_ERR_ARGUMENT, "total_ms is 0", [](SessionDriver *d) { d->options.total_ms = 0; }},
      {POP3_ERR_ARGUMENT, "idle_ms is -2", [](SessionDriver *d) { d->options.idle_ms = -2; }},
      {POP3_ERR_ARGUMENT, "no transports", [](SessionDriver *d) { d->transports.clear(); }},
      {POP3_ERR_NOT_FOUND, "transport \"carrier-pigeon\" is not in the registry",
       [](SessionDriver *d) { d->transports = {"carrier-pigeon"}; }},
      {POP3_ERR_NOT_FOUND, "transport \"\"",
       [](SessionDriver *d) {
         d->transports = {"fake", nullptr};
       }},
      {POP3_ERR_NOT_FOUND, "transport \"FAKE\"",
       [](SessionDriver *d) { d->transports = {"FAKE"}; }},
      {POP3_ERR_ARGUMENT, "port 65536", [](SessionDriver *d) { d->options.port = 65536; }},
      {POP3_ERR_ARGUMENT, "channel_binding is 3: no such policy",
       [](SessionDriver *d) {
         d->options.channel_binding =
             static_cast<pop3_channel_binding>(POP3_CHANNEL_BINDING_NEVER + 1);
       }},
      {POP3_ERR_ARGUMENT, "debug_level 3", [](SessionDriver *d) { d->options.debug_level = 3; }},
      {POP3_ERR_ARGUMENT, "quirk bits",
       [](SessionDriver *d) { d->options.quirks = UINT32_C(1) << 31; }},
      {POP3_ERR_ARGUMENT, "max_layers",
       [](SessionDriver *d) {
         d->limits.max_layers = 1;
         d->transports = {"fake", "tls"};
       }},
      {POP3_ERR_ARGUMENT, "max_layers", [](SessionDriver *d) { d->limits.max_layers = 17; }},
      {POP3_ERR_ARGUMENT, "option \"nobody.knows\"",
       [](SessionDriver *d) {
         d->transport_options = {{"nobody.knows", "x", 0, nullptr}};
       }},
      {POP3_ERR_ARGUMENT, "option \"fake\"",
       [](SessionDriver *d) {
         d->transport_options = {{"fake", "x", 0, nullptr}};
       }},
      {POP3_ERR_ARGUMENT, "option \"fak.e\"",
       [](SessionDriver *d) {
         d->transport_options = {{"fak.e", "x", 0, nullptr}};
       }},
      {POP3_ERR_ARGUMENT, "option \"faker.x\"",
       [](SessionDriver *d) {
         d->transport_options = {{"faker.x", "x", 0, nullptr}};
       }},
      {POP3_ERR_ARGUMENT, "option \"\"",
       [](SessionDriver *d) {
         d->transport_options = {{nullptr, "x", 0, nullptr}};
       }},
      {POP3_ERR_ARGUMENT, "options with their size", [](SessionDriver *d) { d->options.size = 8; }},
  };
  for (const auto &c : cases) {
    SessionDriver d;
    c.breakage(&d);
    EXPECT_EQ(d.Start(), c.status) << c.text;
    EXPECT_EQ(d.session(), nullptr);
    EXPECT_EQ(d.err.status, c.status);
    EXPECT_NE(std::string(d.err.text).find(c.text), std::string::npos) << d.err.text;
  }
  pop3_session *session = nullptr;
  pop3_session_options options = POP3_SESSION_OPTIONS_INIT;
  EXPECT_EQ(pop3_session_new(&session, nullptr, &options, nullptr), POP3_ERR_ARGUMENT);
}

// Zeroed ones, say: what they demand of the login's security would be lost.
TEST(Session, OptionsWithoutASizeAreRefusedWithAUrlToo) {
  SessionDriver d;
  ASSERT_EQ(d.Start(), POP3_OK) << d.err.text;
  pop3_url url;
  ASSERT_EQ(pop3_url_parse(&url, "pop3s://host", 12, nullptr, nullptr), POP3_OK);
  pop3_session_options options = POP3_SESSION_OPTIONS_INIT;
  options.tls = POP3_TLS_REQUIRED;
  options.auth_floor = 300;
  for (const uint32_t size : {0U, 4U, 8U}) {
    options.size = size;
    pop3_session *session = d.session();
    EXPECT_EQ(pop3_session_new_url(&session, d.session()->registry, &url, &options, &d.err),
              POP3_ERR_ARGUMENT);
    EXPECT_EQ(session, nullptr);
    EXPECT_NE(std::string(d.err.text).find("POP3_SESSION_OPTIONS_INIT"), std::string::npos);
    session = d.session();
    EXPECT_EQ(pop3_connect_url(&session, d.session()->registry, "pop3://host", &options, &d.err),
              POP3_ERR_ARGUMENT);
    EXPECT_EQ(session, nullptr);
  }
  pop3_url_cleanup(&url);
}

TEST(Session, NoTimeoutsAreFine) {
  SessionDriver d;
  d.options.connect_ms = d.options.idle_ms = d.options.login_ms = d.options.total_ms =
      POP3_NO_TIMEOUT;
  d.StartReady();
  pop3_interest interest = POP3_INTEREST_INIT;
  pop3_session_interest(d.session(), &interest);
  EXPECT_EQ(interest.size, sizeof(interest));
}

// Nothing of what was passed in is needed any more.
TEST(Session, EverythingIsCopied) {
  SessionDriver d;
  std::string host = "mail.example";
  std::string user = "mrose";
  std::string password = "sesame";
  std::string mechanism = "apop";
  std::string name = "fake.name";
  std::string text = "value";
  d.options.host = host.c_str();
  d.options.user = user.c_str();
  d.options.password = password.c_str();
  d.options.mechanism = mechanism.c_str();
  d.transport_options = {{name.c_str(), text.c_str(), 7, &d}};
  d.allocator.Forbid("sesame");
  ASSERT_EQ(d.Start(), POP3_OK) << d.err.text;
  for (std::string *s : {&host, &user, &password, &mechanism, &name, &text}) s->assign(9, '#');
  const pop3_session *session = d.session();
  EXPECT_STREQ(session->config.host, "mail.example");
  EXPECT_STREQ(session->config.user, "mrose");
  EXPECT_STREQ(session->config.mechanism, "apop");
  EXPECT_STREQ(reinterpret_cast<const char *>(session->config.password.data), "sesame");
  EXPECT_STREQ(session->settings.options.at[0].name, "fake.name");
  EXPECT_STREQ(session->settings.options.at[0].text, "value");
  EXPECT_EQ(session->settings.options.at[0].number, 7);
  EXPECT_EQ(session->settings.options.at[0].object, &d);
}

TEST(Session, SmallerOptionsOfAnOlderProgram) {
  SessionDriver d;
  d.options.size = static_cast<uint32_t>(offsetof(pop3_session_options, audit));
  d.on_audit = [](const std::string &) { return false; };
  // The clock lies beyond too, so the real one is used: nothing waits here.
  d.options.trace = nullptr;
  ASSERT_EQ(d.Start(), POP3_OK);
  EXPECT_EQ(pop3_connect(d.session(), &d.err), POP3_OK) << d.err.text;
  EXPECT_EQ(d.audits, Lines());
}

TEST(Session, NothingHappensBeforeTheFirstStep) {
  SessionDriver d;
  ASSERT_EQ(d.Start(), POP3_OK);
  EXPECT_EQ(d.wire.calls, Lines());
  EXPECT_EQ(pop3_session_error(d.session()), nullptr);
  EXPECT_EQ(pop3_session_reply(d.session()), nullptr);
  EXPECT_EQ(pop3_session_mechanism(d.session()), nullptr);
  EXPECT_EQ(pop3_getwelcome(d.session()), nullptr);
  EXPECT_EQ(pop3_session_is_private(d.session()), 0);
  EXPECT_NE(pop3_session_engine(d.session()), nullptr);
  pop3_answer answer = POP3_ANSWER_INIT;
  EXPECT_EQ(pop3_session_query(d.session(), POP3_QUERY_IS_LOCAL, &answer), POP3_ERR_UNSUPPORTED);
  pop3_interest interest = POP3_INTEREST_INIT;
  pop3_session_interest(d.session(), &interest);
  EXPECT_EQ(interest.deadline_ms, d.wire.now_ms) << "the first step is due";
}

TEST(Session, FreeOfNothing) {
  const auto free_nothing = [] {
    pop3_session_free(nullptr);
    _exit(0);
  };
  EXPECT_EXIT(free_nothing(), ::testing::ExitedWithCode(0), "^$");
}

TEST(Session, FreeEndsEverything) {
  SessionDriver d;
  d.StartReady();
  d.Submit(POP3_CMD_NOOP);
  d.Submit(POP3_CMD_STAT);
  EXPECT_EQ(pop3_step(d.session()), POP3_STEP_AGAIN);
  d.on_done = [&](const pop3_result &r) {
    EXPECT_STREQ(r.error->text, "the session was freed");
    // The session is still there, and closed.
    EXPECT_EQ(d.Submit(POP3_CMD_NOOP), 0U);
    EXPECT_EQ(pop3_wait(d.session(), r.op, POP3_NO_TIMEOUT, nullptr), POP3_ERR_STATE);
    EXPECT_EQ(pop3_step(d.session()), POP3_STEP_AGAIN) << "does nothing here";
    pop3_session_free(d.session());
    pop3_close(d.session());
  };
  d.Free();
  EXPECT_EQ(d.log, (Lines{"#1 done NOOP POP3_ERR_CANCELLED", "#2 done STAT POP3_ERR_CANCELLED"}));
  EXPECT_EQ(d.wire.Count("fake.shutdown"), 0) << "free never touches the network";
  EXPECT_EQ(d.wire.lines, Lines{"NOOP"});
}

TEST(Session, FreeWhileConnecting) {
  SessionDriver d;
  d.wire.connect_never = true;
  ASSERT_EQ(d.Start(), POP3_OK);
  EXPECT_EQ(pop3_step(d.session()), POP3_STEP_AGAIN);
  d.Free();
  EXPECT_EQ(d.wire.calls, (Lines{"fake.create", "fake.connect", "fake.destroy"}));
}

// --- Looking at it

TEST(Session, PrivateIsLocalOrEncryptedAndVerified) {
  for (const bool local : {false, true}) {
    for (const bool tls : {false, true}) {
      for (const bool verified : {false, true}) {
        SessionDriver d;
        d.wire.local = local;
        d.wire.encrypted = verified;
        if (tls) d.transports = {"fake", "tls"};
        d.StartReady();
        EXPECT_EQ(pop3_session_is_private(d.session()), local || (tls && verified) ? 1 : 0);
      }
    }
  }
}

TEST(Session, QueriesReachTheTransports) {
  SessionDriver d;
  d.transports = {"fake", "tls"};
  d.StartReady();
  pop3_answer answer = POP3_ANSWER_INIT;
  ASSERT_EQ(pop3_session_query(d.session(), POP3_QUERY_TLS_VERSION, &answer), POP3_OK);
  EXPECT_EQ(std::string(reinterpret_cast<const char *>(answer.data), answer.data_len), "TLSv1.3");
  ASSERT_EQ(pop3_session_query(d.session(), POP3_QUERY_PEER_NAME, &answer), POP3_OK);
  EXPECT_EQ(answer.data_len, 13U);
  EXPECT_EQ(pop3_session_query(d.session(), POP3_QUERY_FD, &answer), POP3_ERR_UNSUPPORTED);
}

TEST(Session, TheReplyOfTheLastOperation) {
  SessionDriver d;
  d.wire.replies = {{"NOOP", "+OK fine\r\n"}, {"DELE 9", "-ERR [SYS/PERM] no\r\n"}};
  d.StartReady();
  ASSERT_NE(pop3_session_reply(d.session()), nullptr);
  EXPECT_STREQ(pop3_session_reply(d.session())->text, "ready");
  EXPECT_EQ(pop3_noop(d.session(), nullptr), POP3_OK);
  EXPECT_STREQ(pop3_session_reply(d.session())->text, "fine");
  EXPECT_EQ(pop3_dele(d.session(), 9, nullptr), POP3_REFUSED);
  EXPECT_STREQ(pop3_session_reply(d.session())->text, "[SYS/PERM] no");
  EXPECT_EQ(pop3_session_reply(d.session())->code, POP3_CODE_SYS_PERM);
  EXPECT_STREQ(pop3_getwelcome(d.session()), "ready");
}

TEST(Session, TraceAndDebugLevel) {
  SessionDriver d;
  d.options.debug_level = 1;
  d.wire.replies = {{"NOOP", "+OK fine\r\n"}, {"LIST", "+OK\r\n1 1\r\n.\r\n"}};
  ASSERT_EQ(d.Start(), POP3_OK);
  EXPECT_EQ(pop3_noop(d.session(), nullptr), POP3_OK);
  EXPECT_EQ(d.traces, (Lines{"N connecting to mail.example port 110 by fake", "R +OK ready",
                             "C NOOP", "R +OK fine"}));
  d.traces.clear();
  pop3_set_debuglevel(d.session(), 99);
  EXPECT_EQ(pop3_wait(d.session(), d.Submit(POP3_CMD_LIST), POP3_NO_TIMEOUT, nullptr), POP3_OK);
  EXPECT_EQ(d.traces, (Lines{"C LIST", "R +OK", "L 1 1", "L ."}));
  d.traces.clear();
  pop3_set_debuglevel(d.session(), 0);
  EXPECT_EQ(pop3_noop(d.session(), nullptr), POP3_OK);
  EXPECT_EQ(d.traces, Lines());
}

TEST(Session, TheAuditHookHearsOfTheConnectionAndEachLine) {
  SessionDriver d;
  d.wire.replies = {{"PASS sesame", "+OK\r\n"}};
  ASSERT_EQ(d.Start(), POP3_OK);
  EXPECT_EQ(pop3_pass(d.session(), "sesame", nullptr), POP3_OK);
  EXPECT_EQ(d.audits, (Lines{"connect mail.example:110", "line PASS <redacted>"}));
}

TEST(Session, TheAuditHookForbidsTheConnection) {
  SessionDriver d;
  d.on_audit = [](const std::string &) { return false; };
  ASSERT_EQ(d.Start(), POP3_OK);
  EXPECT_EQ(pop3_connect(d.session(), &d.err), POP3_ERR_AUDIT);
  EXPECT_STREQ(d.err.text, "the audit hook forbade to connect to mail.example");
  EXPECT_EQ(d.wire.calls, Lines()) << "nothing was touched";
}

TEST(Session, TheAuditHookForbidsALine) {
  SessionDriver d;
  d.on_audit = [](const std::string &line) { return line != "line STAT"; };
  d.StartReady();
  EXPECT_EQ(pop3_stat(d.session(), nullptr, nullptr, &d.err), POP3_ERR_AUDIT);
  EXPECT_EQ(d.wire.sent, "");
  EXPECT_EQ(pop3_noop(d.session(), &d.err), POP3_ERR_AUDIT) << "sticky";
}

// --- What transports are handed

TEST(Session, TheHostTable) {
  SessionDriver d;
  d.options.debug_level = 1;
  ASSERT_EQ(d.Start(), POP3_OK);
  const pop3_host *host = &d.session()->host;
  EXPECT_EQ(host->abi, POP3_ABI);
  EXPECT_EQ(host->size, sizeof(*host));
  void *block = host->alloc(host->ctx, 10);
  ASSERT_NE(block, nullptr);
  memcpy(block, "0123456789", 10);
  block = host->resize(host->ctx, block, 20);
  ASSERT_NE(block, nullptr);
  EXPECT_EQ(memcmp(block, "0123456789", 10), 0);
  host->wipe(host->ctx, block, 20);
  EXPECT_EQ(static_cast<char *>(block)[3], 0);
  host->release(host->ctx, block);
  host->release(host->ctx, nullptr);
  EXPECT_EQ(host->now_ms(host->ctx), d.wire.now_ms);
  EXPECT_EQ(host->fail(host->ctx, nullptr, POP3_ERR_TLS, "x", 0, 0, "no one listens"),
            POP3_ERR_TLS);
  EXPECT_EQ(host->fail(host->ctx, &d.err, POP3_ERR_TLS, "tls", 3, 44, "%s\x1B", "bad"),
            POP3_ERR_TLS);
  EXPECT_EQ(d.err.status, POP3_ERR_TLS);
  EXPECT_EQ(d.err.sys_errno, 3);
  EXPECT_EQ(d.err.lib_code, 44);
  EXPECT_STREQ(d.err.text, "bad\\x1B");
  host->note(host->ctx, "%d addresses", 3);
  EXPECT_EQ(d.traces, Lines{"N 3 addresses"});
  pop3_set_debuglevel(d.session(), 0);
  host->note(host->ctx, "silence");
  EXPECT_EQ(d.traces.size(), 1U);
}

// --- By URL

TEST(Session, ByUrl) {
  SessionDriver d;  // for its registry with "tls" only: names are looked up
  ASSERT_EQ(d.Start(), POP3_OK);
  const pop3_registry *registry = d.session()->registry;
  pop3_url url;
  const char text[] = "pop3s://mrose;AUTH=CRAM-MD5:sesame@mail.example:1995";
  ASSERT_EQ(pop3_url_parse(&url, text, sizeof(text) - 1, nullptr, nullptr), POP3_OK);
  pop3_session *session = nullptr;
  EXPECT_EQ(pop3_session_new_url(&session, registry, &url, nullptr, &d.err), POP3_ERR_NOT_FOUND);
  EXPECT_STREQ(d.err.text, "transport \"tcp\" is not in the registry of this program");
  pop3_url_cleanup(&url);
}

// --- Memory

TEST(Session, NewWithEachAllocationFailing) {
  const size_t calls = ForEachAllocationFailure([](FailingAllocator &allocator) {
    allocator.Forbid("sesame");
    SessionDriver d;
    d.options.allocator = allocator.get();
    d.options.user = "mrose";
    d.options.password = "sesame";
    d.options.mechanism = "apop";
    d.transport_options = {{"fake.name", "value", 0, nullptr},
                           {"fake.password", "sesame", 0, nullptr}};
    const pop3_status status = d.Start();
    EXPECT_EQ(status, allocator.has_failed() ? POP3_ERR_MEMORY : POP3_OK);
    EXPECT_EQ(d.session() == nullptr, status != POP3_OK);
    d.Free();
  });
  EXPECT_GE(calls, 10U);
}

TEST(Session, AFailureClosesTheConnection) {
  SessionDriver d;
  d.StartReady();
  d.wire.read_fails = true;
  EXPECT_EQ(pop3_noop(d.session(), &d.err), POP3_ERR_IO);
  EXPECT_EQ(d.wire.Count("fake.destroy"), 1) << "not only when it is freed";
}

TEST(Session, ClosingEndsALoginThatHasNotBegun) {
  SessionDriver d;
  d.wire.replies["CAPA"] = "+OK\r\nUSER\r\n.\r\n";
  d.StartReady();
  EXPECT_EQ(pop3_capa(d.session(), nullptr, nullptr), POP3_OK);
  const pop3_op_id op = d.SubmitLogin(nullptr);
  pop3_close(d.session());
  EXPECT_EQ(d.status_of(op), POP3_ERR_CANCELLED);
}

}  // namespace
}  // namespace session_test
