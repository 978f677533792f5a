// The blocking calls against servers that obey, refuse, hang up, and too early.
#include <gtest/gtest.h>
#include <pop3/commands.h>

#include <functional>
#include <string>
#include <vector>

#include "tests/core/commands_rig.h"
#include "tests/core/fake_wire.h"
#include "tests/testing/failing_allocator.h"

namespace commands_test {
namespace {

using pop3_core_test::FakeWire;
using Lines = std::vector<std::string>;
using Rig = pop3_core_test::CommandsRig;

// --- What all calls have in common

// One blocking call, what it sends, and what a server answers.
struct Call {
  const char *name;
  const char *line;
  const char *answer;
  std::function<pop3_status(pop3_session *, pop3_error *)> call;
  const char *heard = "";  // by its sink
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

pop3_status UidlOne(pop3_session *session, pop3_error *err) {
  char uid[POP3_UID_MAX] = "before";
  const pop3_status status = pop3_uidl_one(session, 7, uid, err);
  EXPECT_STREQ(uid, status == POP3_OK ? "abc" : "");
  return status;
}

const std::vector<Call> &Calls() {
  using std::placeholders::_1;
  using std::placeholders::_2;
  static const pop3_sink body = Body(&heard);
  static const pop3_sink items = Items(&heard);
  static const std::vector<Call> kCalls = {
      {"user", "USER jane", "+OK\r\n", std::bind(pop3_user, _1, "jane", _2)},
      {"pass", "PASS two words", "+OK\r\n", std::bind(pop3_pass, _1, "two words", _2)},
      {"rpop", "RPOP jane", "+OK\r\n", std::bind(pop3_rpop, _1, "jane", _2)},
      {"capa", "CAPA", "+OK\r\nUIDL\r\n.\r\n", std::bind(pop3_capa, _1, nullptr, _2)},
      {"stat", "STAT", "+OK 2 320\r\n", std::bind(pop3_stat, _1, nullptr, nullptr, _2)},
      {"list", "LIST", "+OK\r\n1 120\r\n.\r\n", std::bind(Collect, pop3_list, _1, _2)},
      {"list_one", "LIST 7", "+OK 7 120\r\n", std::bind(pop3_list_one, _1, 7, nullptr, _2)},
      {"uidl", "UIDL", "+OK\r\n1 abc\r\n.\r\n", std::bind(Collect, pop3_uidl, _1, _2)},
      {"uidl_one", "UIDL 7", "+OK 7 abc\r\n", UidlOne},
      {"retr", "RETR 7", "+OK\r\nhello\r\n..\r\n.\r\n", std::bind(pop3_retr, _1, 7, &body, _2),
       "hello\r\n.\r\n=POP3_OK"},
      {"top", "TOP 7 0", "+OK\r\nA: b\r\n\r\n.\r\n", std::bind(pop3_top, _1, 7, 0, &body, _2),
       "A: b\r\n\r\n=POP3_OK"},
      {"dele", "DELE 7", "+OK\r\n", std::bind(pop3_dele, _1, 7, _2)},
      {"rset", "RSET", "+OK\r\n", pop3_rset},
      {"noop", "NOOP", "+OK\r\n", pop3_noop},
      {"last", "LAST", "+OK 3\r\n", std::bind(pop3_last, _1, nullptr, _2)},
      {"utf8", "UTF8", "+OK\r\n", pop3_utf8},
      {"lang", "LANG fr", "+OK fr bonjour\r\n", std::bind(pop3_lang, _1, "fr", _2)},
      {"lang_list", "LANG", "+OK\r\nfr French\r\nde German\r\n.\r\n",
       std::bind(pop3_lang_list, _1, &items, _2), "fr;de;=POP3_OK"},
      {"stls", "STLS", "+OK\r\n", pop3_stls},
      {"raw", "XTND XLST", "+OK\r\n", std::bind(pop3_raw, _1, "XTND XLST", _2)},
      {"raw_multi", "XTND XLST Subject", "+OK\r\n..a\r\nb\r\n.\r\n",
       std::bind(pop3_raw_multi, _1, "XTND XLST Subject", &body, _2), ".a\r\nb\r\n=POP3_OK"},
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
  EXPECT_EQ(heard, call().heard);
  EXPECT_EQ(rig.err.status, POP3_OK);
  EXPECT_EQ(pop3_session_error(rig.session), nullptr);
}

TEST_P(EachCommand, IsRefused) {
  Rig rig;
  rig.wire.replies[call().line] = "-ERR [SYS/TEMP] not today\r\n";
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

INSTANTIATE_TEST_SUITE_P(Commands, EachCommand, ::testing::Range<size_t>(0, Calls().size()),
                         [](const ::testing::TestParamInfo<size_t> &one) {
                           return std::string(Calls()[one.param].name);
                         });

// --- What comes out of each

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
  rig.wire.replies = {{"LIST", "+OK\r\n1 120\r\n3 200 more\r\n.\r\n"},
                      {"UIDL", "+OK\r\n3 b\r\n1 a\r\n.\r\n"}};
  rig.Start();
  pop3_listing listing;
  pop3_listing_init(&listing, nullptr);
  ASSERT_EQ(pop3_list(rig.session, &listing, nullptr), POP3_OK);
  ASSERT_EQ(listing.num_entries, 2U);
  EXPECT_EQ(listing.entries[1].number, 3U);
  EXPECT_EQ(listing.entries[1].octets, 200U);
  EXPECT_STREQ(listing.entries[1].line, "3 200 more");
  EXPECT_EQ(listing.octets, 19U) << "neither the status line nor the dot";
  pop3_listing_cleanup(&listing);
  ASSERT_EQ(pop3_uidl(rig.session, &listing, nullptr), POP3_OK);
  ASSERT_EQ(listing.num_entries, 2U);
  EXPECT_STREQ(listing.entries[0].uid, "b");
  EXPECT_STREQ(listing.entries[0].line, "3 b");
  EXPECT_EQ(listing.octets, 10U);
  pop3_listing_cleanup(&listing);
  pop3_testing::FailingAllocator memory;
  memory.FailFrom(1);
  pop3_listing_init(&listing, memory.get());
  EXPECT_EQ(pop3_uidl(rig.session, &listing, &rig.err), POP3_ERR_MEMORY) << "why it stopped";
  EXPECT_EQ(rig.err.status, POP3_ERR_MEMORY);
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
  rig.options.tls = POP3_TLS_NEVER;
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

// An error that is used for one call after the other is that of the last one.
TEST(Commands, ASuccessEmptiesTheError) {
  Rig rig;
  rig.wire.replies = {{"DELE 1", "-ERR [IN-USE] no\r\n"}, {"NOOP", "+OK\r\n"}};
  rig.Start();
  EXPECT_EQ(pop3_dele(rig.session, 1, &rig.err), POP3_REFUSED);
  EXPECT_EQ(rig.err.status, POP3_REFUSED);
  EXPECT_EQ(pop3_noop(rig.session, &rig.err), POP3_OK);
  EXPECT_EQ(rig.err.status, POP3_OK);
  EXPECT_EQ(rig.err.code, POP3_CODE_NONE);
  EXPECT_EQ(rig.text(), "");
}

TEST(Commands, AListingIsEmptiedFirst) {
  Rig rig;
  rig.wire.replies = {{"UIDL", "+OK\r\n1 a\r\n2 b\r\n.\r\n"}, {"LIST", "+OK\r\n1 10\r\n.\r\n"}};
  rig.Start();
  pop3_listing listing;
  pop3_listing_init(&listing, nullptr);
  EXPECT_EQ(pop3_uidl(rig.session, &listing, &rig.err), POP3_OK) << rig.text();
  EXPECT_EQ(listing.num_entries, 2U);
  EXPECT_EQ(pop3_uidl(rig.session, &listing, &rig.err), POP3_OK) << rig.text();
  EXPECT_EQ(listing.num_entries, 2U) << "not four";
  EXPECT_EQ(pop3_list(rig.session, &listing, &rig.err), POP3_OK) << rig.text();
  ASSERT_EQ(listing.num_entries, 1U);
  EXPECT_EQ(listing.entries[0].octets, 10U);
  pop3_listing_cleanup(&listing);
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
  EXPECT_EQ(pop3_connect(rig.session, nullptr), POP3_ERR_STATE) << "closed whatever is returned";
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

TEST(Commands, ACallbackMayNotWait) {
  Rig rig;
  rig.wire.greeting = "+OK <1896.697170952@dbc.mtview.ca.us>\r\n";
  rig.wire.replies["NOOP"] = "+OK\r\n";
  rig.Start();
  pop3_sink sink = POP3_SINK_INIT;
  sink.arg = &rig;
  sink.done = [](void *arg, const pop3_result *) {
    pop3_session *session = static_cast<Rig *>(arg)->session;
    for (const Call &call : Calls()) {
      pop3_error err = POP3_ERROR_INIT;
      EXPECT_EQ(call.call(session, &err), POP3_ERR_STATE) << call.name;
      EXPECT_NE(std::string(err.text).find("callback"), std::string::npos) << err.text;
    }
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
  EXPECT_EQ(pop3_noop(rig.session, nullptr), POP3_OK);
}

}  // namespace
}  // namespace commands_test
