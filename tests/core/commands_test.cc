// The blocking calls, each against a server that obeys, refuses, hangs up, or is asked too early.
#include <gtest/gtest.h>
#include <pop3/commands.h>

#include <functional>
#include <string>
#include <vector>

#include "auth/apop.h"
#include "auth/user_pass.h"
#include "tests/core/fake_wire.h"

namespace {

using pop3_core_test::FakeWire;
using pop3_core_test::FakeWirePlugin;
using Lines = std::vector<std::string>;

// "tcp" is the fake one here, so that URLs reach it.
const pop3_plugin *TcpPlugin() {
  static const pop3_transport_ops kTcp = [] {
    pop3_transport_ops ops = *FakeWirePlugin()->transports[0];
    ops.name = "tcp";
    return ops;
  }();
  static const pop3_transport_ops *const kTransports[] = {&kTcp};
  static const pop3_plugin kPlugin = {
      POP3_ABI, sizeof(pop3_plugin), "tcp", "1", kTransports, 1, nullptr, 0};
  return &kPlugin;
}

// A session, ready for a call.
struct Rig {
  Rig() {
    options.transports = kTransports;
    options.num_transports = 1;
    options.host = "mail.example.net";
    options.port = 110;
    options.options = &option;
    options.num_options = 1;
    options.clock_ms = FakeWire::Clock;
    options.clock_arg = &wire;
    EXPECT_EQ(pop3_registry_new(&registry, nullptr, nullptr), POP3_OK);
    for (const pop3_plugin *plugin : {FakeWirePlugin(), TcpPlugin(), pop3_plugin_apop(POP3_ABI),
                                      pop3_plugin_user_pass(POP3_ABI)}) {
      EXPECT_EQ(pop3_registry_add(registry, plugin, nullptr), POP3_OK);
    }
  }
  ~Rig() {
    pop3_session_free(session);
    pop3_registry_free(registry);
    EXPECT_EQ(wire.complaints, Lines());
  }

  void Start() { ASSERT_EQ(pop3_session_new(&session, registry, &options, &err), POP3_OK); }
  std::string text() const { return err.text; }
  // reply is the text of the last reply.
  std::string reply() const { return pop3_session_reply(session)->text; }

  static constexpr const char *kTransports[] = {"tcp"};
  FakeWire wire;
  pop3_option option = {"fake.wire", nullptr, 0, &wire};
  pop3_session_options options = POP3_SESSION_OPTIONS_INIT;
  pop3_registry *registry = nullptr;
  pop3_session *session = nullptr;
  pop3_error err = POP3_ERROR_INIT;
};

// --- What all calls have in common

// One blocking call, what it sends, and what a server answers.
struct Call {
  const char *name;
  const char *line;
  const char *answer;
  std::function<pop3_status(pop3_session *, pop3_error *)> call;
};

// Body and Items make sinks that collect what they hear.
pop3_sink Body(std::string *into) {
  pop3_sink sink = POP3_SINK_INIT;
  sink.arg = into;
  sink.body = [](void *arg, const uint8_t *data, size_t len) {
    static_cast<std::string *>(arg)->append(reinterpret_cast<const char *>(data), len);
    return POP3_SINK_CONTINUE;
  };
  sink.done = [](void *arg, const pop3_result *result) {
    *static_cast<std::string *>(arg) += std::string("=") + pop3_status_name(result->status);
  };
  return sink;
}
pop3_sink Items(std::string *into) {
  pop3_sink sink = Body(into);
  sink.body = nullptr;
  sink.item = [](void *arg, const pop3_item *item) {
    static_cast<std::string *>(arg)->append(item->text, item->text_len) += ";";
    return POP3_SINK_CONTINUE;
  };
  return sink;
}

std::string heard;  // by the sinks below

pop3_status Collect(pop3_status (*call)(pop3_session *, pop3_listing *, pop3_error *),
                    pop3_session *session, pop3_error *err) {
  pop3_listing listing;
  pop3_listing_init(&listing, nullptr);
  const pop3_status status = call(session, &listing, err);
  EXPECT_EQ(listing.num_entries, status == POP3_OK ? 1U : 0U);
  pop3_listing_cleanup(&listing);
  return status;
}

const std::vector<Call> &Calls() {
  static const std::vector<Call> kCalls = {
      {"user", "USER jane", "+OK\r\n",
       [](pop3_session *s, pop3_error *e) { return pop3_user(s, "jane", e); }},
      {"pass", "PASS two words", "+OK\r\n",
       [](pop3_session *s, pop3_error *e) { return pop3_pass(s, "two words", e); }},
      {"rpop", "RPOP jane", "+OK\r\n",
       [](pop3_session *s, pop3_error *e) { return pop3_rpop(s, "jane", e); }},
      {"capa", "CAPA", "+OK\r\nUIDL\r\n.\r\n",
       [](pop3_session *s, pop3_error *e) { return pop3_capa(s, nullptr, e); }},
      {"stat", "STAT", "+OK 2 320\r\n",
       [](pop3_session *s, pop3_error *e) { return pop3_stat(s, nullptr, nullptr, e); }},
      {"list", "LIST", "+OK\r\n1 120\r\n.\r\n",
       [](pop3_session *s, pop3_error *e) { return Collect(pop3_list, s, e); }},
      {"list_one", "LIST 7", "+OK 7 120\r\n",
       [](pop3_session *s, pop3_error *e) { return pop3_list_one(s, 7, nullptr, e); }},
      {"uidl", "UIDL", "+OK\r\n1 abc\r\n.\r\n",
       [](pop3_session *s, pop3_error *e) { return Collect(pop3_uidl, s, e); }},
      {"uidl_one", "UIDL 7", "+OK 7 abc\r\n",
       [](pop3_session *s, pop3_error *e) {
         char uid[POP3_UID_MAX] = "before";
         const pop3_status status = pop3_uidl_one(s, 7, uid, e);
         EXPECT_STREQ(uid, status == POP3_OK ? "abc" : "");
         return status;
       }},
      {"retr", "RETR 7", "+OK\r\nhello\r\n..\r\n.\r\n",
       [](pop3_session *s, pop3_error *e) {
         const pop3_sink sink = Body(&heard);
         return pop3_retr(s, 7, &sink, e);
       }},
      {"top", "TOP 7 0", "+OK\r\nSubject: hi\r\n\r\n.\r\n",
       [](pop3_session *s, pop3_error *e) {
         const pop3_sink sink = Body(&heard);
         return pop3_top(s, 7, 0, &sink, e);
       }},
      {"dele", "DELE 7", "+OK\r\n",
       [](pop3_session *s, pop3_error *e) { return pop3_dele(s, 7, e); }},
      {"rset", "RSET", "+OK\r\n", [](pop3_session *s, pop3_error *e) { return pop3_rset(s, e); }},
      {"noop", "NOOP", "+OK\r\n", [](pop3_session *s, pop3_error *e) { return pop3_noop(s, e); }},
      {"last", "LAST", "+OK 3\r\n",
       [](pop3_session *s, pop3_error *e) { return pop3_last(s, nullptr, e); }},
      {"utf8", "UTF8", "+OK\r\n", [](pop3_session *s, pop3_error *e) { return pop3_utf8(s, e); }},
      {"lang", "LANG fr", "+OK fr bonjour\r\n",
       [](pop3_session *s, pop3_error *e) { return pop3_lang(s, "fr", e); }},
      {"lang_list", "LANG", "+OK\r\nfr French\r\nde German\r\n.\r\n",
       [](pop3_session *s, pop3_error *e) {
         const pop3_sink sink = Items(&heard);
         return pop3_lang_list(s, &sink, e);
       }},
      {"stls", "STLS", "+OK\r\n", [](pop3_session *s, pop3_error *e) { return pop3_stls(s, e); }},
      {"raw", "XTND XLST", "+OK\r\n",
       [](pop3_session *s, pop3_error *e) { return pop3_raw(s, "XTND XLST", e); }},
      {"raw_multi", "XTND XLST Subject", "+OK\r\n..a\r\nb\r\n.\r\n",
       [](pop3_session *s, pop3_error *e) {
         const pop3_sink sink = Body(&heard);
         return pop3_raw_multi(s, "XTND XLST Subject", &sink, e);
       }},
  };
  return kCalls;
}

class EachCommand : public ::testing::TestWithParam<size_t> {
 protected:
  void SetUp() override { heard.clear(); }
  const Call &call() const { return Calls()[GetParam()]; }
};

TEST_P(EachCommand, Succeeds) {
  Rig rig;
  rig.wire.replies[call().line] = call().answer;
  rig.Start();
  EXPECT_EQ(call().call(rig.session, &rig.err), POP3_OK) << rig.text();
  EXPECT_EQ(rig.wire.lines, Lines{call().line});
  EXPECT_EQ(rig.err.status, POP3_OK);  // left alone
  EXPECT_EQ(pop3_session_error(rig.session), nullptr);
}

TEST_P(EachCommand, IsRefused) {
  Rig rig;
  rig.wire.replies[call().line] = "-ERR [SYS/TEMP] not today\r\n";
  rig.wire.replies["NOOP"] =
      call().line == std::string("NOOP") ? "-ERR [SYS/TEMP] not today\r\n" : "+OK\r\n";
  rig.Start();
  EXPECT_EQ(call().call(rig.session, &rig.err), POP3_REFUSED);
  EXPECT_EQ(rig.err.status, POP3_REFUSED);
  EXPECT_EQ(rig.err.code, POP3_CODE_SYS_TEMP);
  EXPECT_NE(rig.text().find("not today"), std::string::npos) << rig.text();
  EXPECT_EQ(rig.reply(), "[SYS/TEMP] not today");
  // The session goes on.
  EXPECT_EQ(pop3_session_error(rig.session), nullptr);
  rig.wire.replies["RSET"] = "+OK\r\n";
  EXPECT_EQ(pop3_rset(rig.session, nullptr), POP3_OK);
  EXPECT_EQ(call().call(rig.session, nullptr),
            call().line == std::string("RSET") ? POP3_OK : POP3_REFUSED);
}

TEST_P(EachCommand, MeetsTheEnd) {
  Rig rig;
  rig.wire.server = [&](const std::string &) {
    rig.wire.eof = true;
    return std::string(call().answer, 1);
  };
  rig.Start();
  EXPECT_EQ(call().call(rig.session, &rig.err), POP3_ERR_EOF);
  EXPECT_EQ(rig.err.status, POP3_ERR_EOF);
  EXPECT_NE(rig.text(), "");
  // That was the end of the session.
  ASSERT_NE(pop3_session_error(rig.session), nullptr);
  EXPECT_EQ(call().call(rig.session, nullptr), POP3_ERR_EOF);
}

TEST_P(EachCommand, MeetsSomethingElse) {
  Rig rig;
  rig.wire.replies[call().line] = "HTTP/1.1 400 Bad Request\r\n";
  rig.Start();
  EXPECT_EQ(call().call(rig.session, &rig.err), POP3_ERR_PROTOCOL);
}

TEST_P(EachCommand, CannotConnect) {
  Rig rig;
  rig.wire.connect_fails = "fake";
  rig.Start();
  EXPECT_EQ(call().call(rig.session, &rig.err), POP3_ERR_IO);
  EXPECT_EQ(rig.text(), "connect fails");
  EXPECT_EQ(rig.wire.lines, Lines());
}

// Inside a callback nobody may wait.
TEST_P(EachCommand, IsNotForCallbacks) {
  struct Inner {
    Rig rig;
    const Call *call;
    pop3_status status = POP3_OK;
  } inner;
  inner.call = &call();
  inner.rig.wire.replies["NOOP"] = "+OK\r\n";
  inner.rig.Start();
  pop3_sink sink = POP3_SINK_INIT;
  sink.arg = &inner;
  sink.done = [](void *arg, const pop3_result *) {
    Inner *in = static_cast<Inner *>(arg);
    in->status = in->call->call(in->rig.session, &in->rig.err);
  };
  const pop3_request request = POP3_REQUEST_INIT(POP3_CMD_NOOP);
  pop3_op_id op = 0;
  ASSERT_EQ(pop3_submit(inner.rig.session, &request, &sink, &op, nullptr), POP3_OK);
  EXPECT_EQ(pop3_wait(inner.rig.session, op, POP3_NO_TIMEOUT, nullptr), POP3_OK);
  EXPECT_EQ(inner.status, POP3_ERR_STATE);
  EXPECT_NE(inner.rig.text().find("callback"), std::string::npos) << inner.rig.text();
  EXPECT_EQ(inner.rig.wire.lines, Lines{"NOOP"});
  EXPECT_EQ(pop3_noop(inner.rig.session, nullptr), POP3_OK);
}

INSTANTIATE_TEST_SUITE_P(Commands, EachCommand, ::testing::Range<size_t>(0, Calls().size()),
                         [](const ::testing::TestParamInfo<size_t> &one) {
                           return std::string(Calls()[one.param].name);
                         });

// --- What comes out of each

TEST(Commands, WhatSinksHear) {
  const std::vector<std::pair<std::string, std::string>> expected = {
      {"retr", "hello\r\n.\r\n=POP3_OK"},
      {"top", "Subject: hi\r\n\r\n=POP3_OK"},
      {"lang_list", "fr;de;=POP3_OK"},
      {"raw_multi", ".a\r\nb\r\n=POP3_OK"}};
  for (const auto &one : expected) {
    for (const Call &call : Calls()) {
      if (call.name != one.first) continue;
      Rig rig;
      rig.wire.replies[call.line] = call.answer;
      rig.Start();
      heard.clear();
      EXPECT_EQ(call.call(rig.session, nullptr), POP3_OK);
      EXPECT_EQ(heard, one.second) << one.first;
    }
  }
}

TEST(Commands, Numbers) {
  Rig rig;
  rig.wire.replies = {{"STAT", "+OK 2 18446744073709551614\r\n"},
                      {"LIST 4294967295", "+OK 4294967295 120\r\n"},
                      {"LAST", "+OK 17\r\n"}};
  rig.Start();
  uint32_t count = 0, last = 0;
  uint64_t octets = 0;
  EXPECT_EQ(pop3_stat(rig.session, &count, &octets, nullptr), POP3_OK);
  EXPECT_EQ(count, 2U);
  EXPECT_EQ(octets, 18446744073709551614U);
  EXPECT_EQ(pop3_list_one(rig.session, 4294967295U, &octets, nullptr), POP3_OK);
  EXPECT_EQ(octets, 120U);
  EXPECT_EQ(pop3_last(rig.session, &last, nullptr), POP3_OK);
  EXPECT_EQ(last, 17U);
  // A refusal leaves them alone.
  rig.wire.replies = {{"STAT", "-ERR\r\n"}, {"LIST 1", "-ERR\r\n"}, {"LAST", "-ERR\r\n"}};
  EXPECT_EQ(pop3_stat(rig.session, &count, &octets, nullptr), POP3_REFUSED);
  EXPECT_EQ(pop3_list_one(rig.session, 1, &octets, nullptr), POP3_REFUSED);
  EXPECT_EQ(pop3_last(rig.session, &last, nullptr), POP3_REFUSED);
  EXPECT_EQ(count, 2U);
  EXPECT_EQ(octets, 120U);
  EXPECT_EQ(last, 17U);
}

TEST(Commands, Capabilities) {
  Rig rig;
  rig.wire.replies["CAPA"] = "+OK\r\nTOP\r\nSASL PLAIN\r\n.\r\n";
  rig.Start();
  const pop3_capabilities *caps = nullptr;
  ASSERT_EQ(pop3_capa(rig.session, &caps, nullptr), POP3_OK);
  ASSERT_NE(caps, nullptr);
  EXPECT_STREQ(pop3_capabilities_find(caps, "sasl"), "PLAIN");
  rig.wire.replies["CAPA"] = "-ERR\r\n";
  EXPECT_EQ(pop3_capa(rig.session, &caps, nullptr), POP3_REFUSED);
  EXPECT_EQ(caps, nullptr);
}

TEST(Commands, Listings) {
  Rig rig;
  rig.wire.replies = {{"LIST", "+OK\r\n1 120\r\n3 200\r\n.\r\n"},
                      {"UIDL", "+OK\r\n3 b\r\n1 a\r\n.\r\n"}};
  rig.Start();
  pop3_listing listing;
  pop3_listing_init(&listing, nullptr);
  ASSERT_EQ(pop3_list(rig.session, &listing, nullptr), POP3_OK);
  ASSERT_EQ(listing.num_entries, 2U);
  EXPECT_EQ(listing.entries[1].number, 3U);
  EXPECT_EQ(listing.entries[1].octets, 200U);
  pop3_listing_cleanup(&listing);
  ASSERT_EQ(pop3_uidl(rig.session, &listing, nullptr), POP3_OK);
  ASSERT_EQ(listing.num_entries, 2U);
  EXPECT_STREQ(listing.entries[0].uid, "b");
  pop3_listing_cleanup(&listing);
}

TEST(Commands, MessageNumbersStartAtOne) {
  Rig rig;
  rig.Start();
  char uid[POP3_UID_MAX] = "before";
  const pop3_sink sink = POP3_SINK_INIT;
  const std::vector<std::function<pop3_status()>> calls = {
      [&] { return pop3_list_one(rig.session, 0, nullptr, &rig.err); },
      [&] { return pop3_uidl_one(rig.session, 0, uid, &rig.err); },
      [&] { return pop3_retr(rig.session, 0, &sink, &rig.err); },
      [&] { return pop3_top(rig.session, 0, 1, &sink, &rig.err); },
      [&] { return pop3_dele(rig.session, 0, &rig.err); }};
  for (const auto &call : calls) {
    rig.err = POP3_ERROR_INIT;
    EXPECT_EQ(call(), POP3_ERR_ARGUMENT);
    EXPECT_NE(rig.text().find('1'), std::string::npos) << rig.text();
  }
  EXPECT_STREQ(uid, "");
  EXPECT_EQ(rig.wire.calls, Lines());  // nobody was bothered
}

TEST(Commands, LinesThatMayNotBeSent) {
  Rig rig;
  rig.Start();
  for (const char *text : {"a\r\nDELE 1", "a\nb", "a\r"}) {
    EXPECT_EQ(pop3_raw(rig.session, text, nullptr), POP3_ERR_ARGUMENT);
    EXPECT_EQ(pop3_raw_multi(rig.session, text, nullptr, nullptr), POP3_ERR_ARGUMENT);
    EXPECT_EQ(pop3_user(rig.session, text, nullptr), POP3_ERR_ARGUMENT);
    EXPECT_EQ(pop3_pass(rig.session, text, nullptr), POP3_ERR_ARGUMENT);
    EXPECT_EQ(pop3_lang(rig.session, text, nullptr), POP3_ERR_ARGUMENT);
  }
  EXPECT_EQ(pop3_raw(rig.session, "", nullptr), POP3_ERR_ARGUMENT);
  EXPECT_EQ(pop3_raw(rig.session, nullptr, nullptr), POP3_ERR_ARGUMENT);
  EXPECT_EQ(pop3_user(rig.session, nullptr, nullptr), POP3_ERR_ARGUMENT);
  EXPECT_EQ(rig.wire.lines, Lines());
}

TEST(Commands, LangWithoutATag) {
  Rig rig;
  rig.Start();
  EXPECT_EQ(pop3_lang(rig.session, nullptr, &rig.err), POP3_ERR_ARGUMENT);
  EXPECT_EQ(rig.text(), "LANG without a tag lists languages: see pop3_lang_list");
}

TEST(Commands, PassOnAnOpenChannel) {
  Rig rig;
  rig.wire.local = false;
  rig.Start();
  EXPECT_EQ(pop3_pass(rig.session, "tanstaaf", &rig.err), POP3_ERR_POLICY);
  EXPECT_NE(rig.text().find("allow_cleartext"), std::string::npos) << rig.text();
  EXPECT_EQ(rig.text().find("tanstaaf"), std::string::npos);
  EXPECT_EQ(rig.wire.lines, Lines());
}

TEST(Commands, StlsForgetsAndHides) {
  Rig rig;
  rig.wire.local = false;
  rig.wire.replies = {{"CAPA", "+OK\r\nTOP\r\n.\r\n"}, {"STLS", "+OK\r\n"}, {"NOOP", "+OK\r\n"}};
  rig.Start();
  ASSERT_EQ(pop3_capa(rig.session, nullptr, nullptr), POP3_OK);
  EXPECT_EQ(pop3_stls(rig.session, &rig.err), POP3_OK) << rig.text();
  EXPECT_EQ(rig.wire.Count("tls.connect"), 1);
  EXPECT_EQ(pop3_session_is_private(rig.session), 1);
  EXPECT_EQ(pop3_engine_capabilities(pop3_session_engine(rig.session)), nullptr);
  EXPECT_EQ(pop3_noop(rig.session, nullptr), POP3_OK);
  EXPECT_EQ(rig.wire.raw_sent.find("NOOP"), std::string::npos);
}

// --- The beginning

TEST(Commands, Connect) {
  Rig rig;
  rig.Start();
  EXPECT_EQ(pop3_getwelcome(rig.session), nullptr);
  EXPECT_EQ(pop3_connect(rig.session, nullptr), POP3_OK);
  EXPECT_STREQ(pop3_getwelcome(rig.session), "ready");
  EXPECT_EQ(pop3_connect(rig.session, nullptr), POP3_OK);  // it is
  EXPECT_EQ(rig.wire.Count("fake.connect"), 1);
}

TEST(Commands, ConnectUrl) {
  Rig rig;
  rig.wire.replies = {{"CAPA", "-ERR\r\n"}, {"USER a@b", "+OK\r\n"}, {"PASS p:w", "+OK\r\n"}};
  const char *url = "pop3s://a%40b:p%3Aw@mail.example.net";
  EXPECT_EQ(pop3_connect_url(&rig.session, rig.registry, url, &rig.options, &rig.err), POP3_OK);
  ASSERT_NE(rig.session, nullptr) << rig.text();
  EXPECT_STREQ(pop3_getwelcome(rig.session), "ready");
  EXPECT_EQ(rig.wire.Count("tls.connect"), 1);
  EXPECT_EQ(pop3_login(rig.session, &rig.err), POP3_OK) << rig.text();
  EXPECT_STREQ(pop3_session_mechanism(rig.session), "user");
}

TEST(Commands, ConnectUrlThatFails) {
  const auto fails = [](const char *url, const char *greeting, pop3_status expected) {
    Rig rig;
    rig.wire.greeting = greeting;
    rig.session = reinterpret_cast<pop3_session *>(&rig);
    EXPECT_EQ(pop3_connect_url(&rig.session, rig.registry, url, &rig.options, &rig.err), expected);
    EXPECT_EQ(rig.err.status, expected);
    EXPECT_NE(rig.text(), "");
    EXPECT_EQ(rig.session, nullptr);
    EXPECT_EQ(rig.wire.Count("fake.create"), rig.wire.Count("fake.destroy"));
  };
  fails("http://mail.example.net", "+OK\r\n", POP3_ERR_URL);
  fails("pop3+unix:///run/pop3", "+OK\r\n", POP3_ERR_NOT_FOUND);
  fails("pop3://mail.example.net", "-ERR [IN-USE] locked\r\n", POP3_REFUSED);
  fails("pop3://mail.example.net", "220 smtp\r\n", POP3_ERR_GREETING);
  pop3_session *session = nullptr;
  Rig rig;  // without options: the transport misses its wire
  EXPECT_EQ(pop3_connect_url(&session, rig.registry, "pop://host", nullptr, nullptr),
            POP3_ERR_ARGUMENT);
  EXPECT_EQ(session, nullptr);
}

// --- APOP

TEST(Commands, Apop) {  // the example of RFC 1939 section 7
  Rig rig;
  rig.wire.greeting = "+OK POP3 server ready <1896.697170952@dbc.mtview.ca.us>\r\n";
  rig.wire.replies["CAPA"] = "-ERR\r\n";
  rig.wire.replies["APOP mrose c4c9334bac560ecc979e58001b3e22fb"] = "+OK in\r\n";
  rig.wire.server = [](const std::string &) { return "-ERR [AUTH] no\r\n"; };
  rig.Start();
  EXPECT_EQ(pop3_apop(rig.session, "mrose", "wrong", &rig.err), POP3_REFUSED);
  EXPECT_EQ(rig.err.code, POP3_CODE_AUTH);
  EXPECT_EQ(pop3_apop(rig.session, "mrose", "tanstaaf", &rig.err), POP3_OK) << rig.text();
  EXPECT_STREQ(pop3_session_mechanism(rig.session), "apop");
  EXPECT_EQ(pop3_apop(rig.session, "mrose", "tanstaaf", nullptr), POP3_ERR_STATE);
}

TEST(Commands, ApopWithoutATimestamp) {
  Rig rig;
  rig.Start();
  EXPECT_EQ(pop3_apop(rig.session, "mrose", "tanstaaf", &rig.err), POP3_ERR_UNSUPPORTED);
  EXPECT_EQ(rig.text(), "APOP: the greeting has no valid timestamp");
  EXPECT_EQ(rig.wire.lines, Lines());
}

// --- The end

TEST(Commands, QuitOutcomes) {
  const auto quit = [](const char *answer, pop3_status status, pop3_quit_outcome expected) {
    Rig rig;
    rig.wire.server = [&](const std::string &) {
      rig.wire.eof = true;
      return answer;
    };
    rig.Start();
    ASSERT_EQ(pop3_connect(rig.session, nullptr), POP3_OK);
    pop3_quit_outcome outcome = POP3_QUIT_COMMITTED;
    EXPECT_EQ(pop3_quit(rig.session, &outcome, nullptr), status);
    EXPECT_EQ(outcome, expected);
    EXPECT_EQ(rig.wire.lines, Lines{"QUIT"});
    EXPECT_EQ(rig.wire.Count("fake.destroy"), 1);  // closed whatever is returned
    EXPECT_GE(pop3_noop(rig.session, nullptr), POP3_ERR_ARGUMENT);
  };
  quit("+OK bye\r\n", POP3_OK, POP3_QUIT_COMMITTED);
  quit("-ERR some deleted messages not removed\r\n", POP3_REFUSED, POP3_QUIT_REFUSED);
  quit("", POP3_ERR_EOF, POP3_QUIT_UNKNOWN);
  quit("+O", POP3_ERR_EOF, POP3_QUIT_UNKNOWN);
  quit("what?\r\n", POP3_ERR_PROTOCOL, POP3_QUIT_UNKNOWN);
}

TEST(Commands, QuitWithoutAConnection) {
  Rig rig;
  rig.Start();
  pop3_quit_outcome outcome = POP3_QUIT_COMMITTED;
  EXPECT_EQ(pop3_quit(rig.session, &outcome, &rig.err), POP3_ERR_STATE);
  EXPECT_EQ(rig.text(), "QUIT before connecting");
  EXPECT_EQ(outcome, POP3_QUIT_UNKNOWN);
  EXPECT_EQ(rig.wire.calls, Lines());
}

TEST(Commands, CloseSaysNothingToTheServer) {
  Rig rig;
  rig.Start();
  ASSERT_EQ(pop3_connect(rig.session, nullptr), POP3_OK);
  pop3_close(rig.session);
  pop3_close(rig.session);
  EXPECT_EQ(rig.wire.lines, Lines());
  EXPECT_EQ(rig.wire.Count("fake.destroy"), 1);
  EXPECT_EQ(pop3_noop(rig.session, &rig.err), POP3_ERR_STATE);
  EXPECT_EQ(pop3_connect(rig.session, nullptr), POP3_ERR_STATE);
  EXPECT_EQ(pop3_login(rig.session, nullptr), POP3_ERR_STATE);
  EXPECT_EQ(pop3_quit(rig.session, nullptr, nullptr), POP3_ERR_STATE);
}

// Connecting, logging in and quitting are not for callbacks either.
TEST(Commands, ACallbackMayNotWait) {
  Rig rig;
  rig.wire.greeting = "+OK <1896.697170952@dbc.mtview.ca.us>\r\n";
  rig.wire.replies["NOOP"] = "+OK\r\n";
  rig.Start();
  pop3_sink sink = POP3_SINK_INIT;
  sink.arg = &rig;
  sink.done = [](void *arg, const pop3_result *) {
    pop3_session *session = static_cast<Rig *>(arg)->session;
    pop3_quit_outcome outcome = POP3_QUIT_COMMITTED;
    EXPECT_EQ(pop3_connect(session, nullptr), POP3_ERR_STATE);
    EXPECT_EQ(pop3_login(session, nullptr), POP3_ERR_STATE);
    EXPECT_EQ(pop3_auth(session, "user", nullptr), POP3_ERR_STATE);
    EXPECT_EQ(pop3_apop(session, "a", "b", nullptr), POP3_ERR_STATE);
    EXPECT_EQ(pop3_quit(session, &outcome, nullptr), POP3_ERR_STATE);
    EXPECT_EQ(outcome, POP3_QUIT_UNKNOWN);
  };
  const pop3_request request = POP3_REQUEST_INIT(POP3_CMD_NOOP);
  ASSERT_EQ(pop3_submit(rig.session, &request, &sink, nullptr, nullptr), POP3_OK);
  EXPECT_EQ(pop3_wait(rig.session, 0, POP3_NO_TIMEOUT, nullptr), POP3_OK);
  EXPECT_EQ(rig.wire.lines, Lines{"NOOP"});
}

}  // namespace
