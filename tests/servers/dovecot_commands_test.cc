// Every command against a real Dovecot, over TCP and over its Unix socket.
#include <deque>

#include "tests/servers/dovecot_fixture.h"

namespace pop3_testing {
namespace dovecot_commands_test {
namespace {

#define ASSERT_POP3(session, call) ASSERT_EQ(call, POP3_OK) << Words(session)

// Words says what the last call got.
std::string Words(const RealSession &session) {
  return std::string(session.error().layer) + ": " + session.error().text;
}

// ExpectRefused: the last call on |session| was refused with |words|.
void ExpectRefused(const RealSession &session, pop3_status status, const std::string &words) {
  EXPECT_EQ(status, POP3_REFUSED) << Words(session);
  EXPECT_EQ(session.reply(), words);
}

INSTANTIATE_TEST_SUITE_P(Way, DovecotEveryWay, testing::Values("tcp", "unix"),
                         [](const auto &way) { return std::string(way.param); });

TEST_P(DovecotEveryWay, GreetsAndTellsCapabilities) {
  RealSession session(Here(), "alice", "wonderland");
  ASSERT_POP3(session, pop3_connect(session.get(), session.err()));
  EXPECT_EQ(std::string(pop3_getwelcome(session.get())).substr(0, 24), "Dovecot (Debian) ready. ");
  const pop3_capabilities *caps = nullptr;
  ASSERT_POP3(session, pop3_capa(session.get(), &caps, session.err()));
  EXPECT_TRUE(session.Has(POP3_CAP_TOP | POP3_CAP_UIDL | POP3_CAP_RESP_CODES | POP3_CAP_PIPELINING |
                          POP3_CAP_AUTH_RESP_CODE | POP3_CAP_USER));
  EXPECT_TRUE(pop3_capabilities_has_sasl(caps, "cram-md5"));
  EXPECT_TRUE(session.Has(POP3_CAP_STLS));
  ASSERT_POP3(session, session.Login());
  EXPECT_STREQ(pop3_session_mechanism(session.get()), "SCRAM-SHA-256");
  ASSERT_POP3(session, pop3_capa(session.get(), &caps, session.err()));
  EXPECT_FALSE(session.Has(POP3_CAP_USER));  // not after the login
  EXPECT_TRUE(pop3_session_is_private(session.get()));
  pop3_quit_outcome outcome = POP3_QUIT_UNKNOWN;
  ASSERT_POP3(session, session.Quit(&outcome));
  EXPECT_EQ(outcome, POP3_QUIT_COMMITTED);
  EXPECT_EQ(session.reply(), "Logging out.");
}

TEST_P(DovecotEveryWay, StatListUidl) {
  RealSession session(Here(), "alice", "wonderland");
  ASSERT_POP3(session, session.Login());
  std::vector<std::string> list;
  ASSERT_POP3(session, session.List(&list));
  ASSERT_EQ(list.size(), kMessages);
  uint64_t sum = 0;
  for (uint32_t number = 1; number <= kMessages; number++) {
    uint64_t octets = 0;
    ASSERT_POP3(session, pop3_list_one(session.get(), number, &octets, session.err()));
    EXPECT_EQ(list[number - 1], std::to_string(number) + " " + std::to_string(octets));
    // Dovecot does not count the line end that it adds to a message without one.
    const bool no_line_end = number == 8 || number == 17;
    EXPECT_EQ(octets, Wire(number).size() - (no_line_end ? 2 : 0)) << number;
    sum += octets;
  }
  uint32_t count = 0;
  uint64_t total = 0;
  ASSERT_POP3(session, session.Stat(&count, &total));
  EXPECT_EQ(count, kMessages);
  EXPECT_EQ(total, sum);
  std::vector<std::string> uidl;
  ASSERT_POP3(session, session.Uidl(&uidl));
  ASSERT_EQ(uidl.size(), kMessages);
  for (uint32_t number = 1; number <= kMessages; number++) {
    char uid[POP3_UID_MAX];
    ASSERT_POP3(session, pop3_uidl_one(session.get(), number, uid, session.err()));
    EXPECT_EQ(uidl[number - 1], std::to_string(number) + " " + uid);
  }
}

TEST_P(DovecotEveryWay, RetrGivesEachOctet) {
  RealSession session(Here(), "alice", "wonderland");
  ASSERT_POP3(session, session.Login());
  for (uint32_t number = 1; number <= kMessages; number++) {
    std::string body;
    ASSERT_POP3(session, session.Retr(number, &body));
    EXPECT_TRUE(body == Wire(number)) << "message " << number << ": " << body.size() << " octets";
  }
}

TEST_P(DovecotEveryWay, TopGivesHeaderAndLines) {
  RealSession session(Here(), "alice", "wonderland");
  ASSERT_POP3(session, session.Login());
  for (uint32_t number = 1; number <= kMessages; number++) {
    for (const uint32_t lines : {0U, 1U, 5U}) {
      std::string body;
      ASSERT_POP3(session, session.Top(number, lines, &body));
      EXPECT_TRUE(body == TopOf(number, lines))
          << "TOP " << number << " " << lines << " gave " << body.size() << " octets";
    }
  }
}

// What a pipelined operation gave.
struct Piped {
  std::string body;
  pop3_status status = POP3_ERR_SYSTEM;
  int dones = 0;

  pop3_sink Sink() {
    pop3_sink sink = POP3_SINK_INIT;
    sink.arg = this;
    sink.body = [](void *arg, const uint8_t *data, size_t len) {
      static_cast<Piped *>(arg)->body.append(reinterpret_cast<const char *>(data), len);
      return POP3_SINK_CONTINUE;
    };
    sink.done = [](void *arg, const pop3_result *result) {
      static_cast<Piped *>(arg)->status = result->status;
      static_cast<Piped *>(arg)->dones++;
    };
    return sink;
  }
};

TEST_P(DovecotEveryWay, PipelinedCommandsGetTheirOwnAnswers) {
  RealSession session(Here(), "alice", "wonderland");
  ASSERT_POP3(session, session.Login());
  ASSERT_TRUE(session.Has(POP3_CAP_PIPELINING));
  std::deque<Piped> pipeline;
  for (int round = 0; round < 2; round++) {
    for (uint32_t number = 1; number <= kMessages + 1; number++) {
      pop3_request request = POP3_REQUEST_INIT(round == 1 ? POP3_CMD_TOP : POP3_CMD_RETR);
      request.number = number;
      pipeline.emplace_back();
      const pop3_sink sink = pipeline.back().Sink();
      ASSERT_POP3(session, pop3_submit(session.get(), &request, &sink, nullptr, session.err()));
    }
  }
  ASSERT_POP3(session, pop3_wait(session.get(), 0, POP3_NO_TIMEOUT, session.err()));
  for (size_t i = 0; i < pipeline.size(); i++) {
    const uint32_t number = static_cast<uint32_t>(i % (kMessages + 1)) + 1;
    const bool top = i / (kMessages + 1) == 1;
    EXPECT_EQ(pipeline[i].dones, 1);
    EXPECT_EQ(pipeline[i].status, number > kMessages ? POP3_REFUSED : POP3_OK);
    const std::string want = number > kMessages ? "" : top ? TopOf(number, 0) : Wire(number);
    EXPECT_TRUE(pipeline[i].body == want) << "operation " << i;
  }
}

TEST_P(DovecotEveryWay, RefusesWhatIsNotThere) {
  RealSession session(Here(), "bob", "builder");
  ASSERT_POP3(session, session.Login());
  uint32_t count = 1;
  uint64_t octets = 1;
  ASSERT_POP3(session, session.Stat(&count, &octets));
  EXPECT_EQ(count, 0U);
  EXPECT_EQ(octets, 0U);
  std::vector<std::string> entries;
  ASSERT_POP3(session, session.List(&entries));
  ASSERT_POP3(session, session.Uidl(&entries));
  EXPECT_TRUE(entries.empty());
  const char *const none = "There's no message 999.";
  std::string body;
  char uid[POP3_UID_MAX];
  ExpectRefused(session, session.Retr(999, &body), none);
  ExpectRefused(session, session.Top(999, 1, &body), none);
  ExpectRefused(session, pop3_dele(session.get(), 999, session.err()), none);
  ExpectRefused(session, pop3_list_one(session.get(), 999, &octets, session.err()), none);
  ExpectRefused(session, pop3_uidl_one(session.get(), 999, uid, session.err()), none);
  EXPECT_EQ(body, "");
  ASSERT_POP3(session, pop3_noop(session.get(), session.err()));
  ASSERT_POP3(session, pop3_rset(session.get(), session.err()));
}

TEST_P(DovecotEveryWay, RefusesWhatItDoesNotKnow) {
  RealSession session(Here(), "bob", "builder");
  ASSERT_POP3(session, session.Login());
  uint32_t last = 0;
  const std::string unknown = "Unknown command: ";
  ExpectRefused(session, pop3_last(session.get(), &last, session.err()), unknown + "LAST");
  ExpectRefused(session, pop3_utf8(session.get(), session.err()), unknown + "UTF8");
  ExpectRefused(session, pop3_lang(session.get(), "de", session.err()), unknown + "LANG");
  const pop3_sink sink = POP3_SINK_INIT;
  ExpectRefused(session, pop3_lang_list(session.get(), &sink, session.err()), unknown + "LANG");
  ExpectRefused(session, pop3_raw(session.get(), "XYZZY now", session.err()), unknown + "XYZZY");
  ExpectRefused(session, pop3_rpop(session.get(), "bob", session.err()), unknown + "RPOP");
  // Not after the login.
  EXPECT_EQ(pop3_stls(session.get(), session.err()), POP3_ERR_STATE) << Words(session);
  ASSERT_POP3(session, pop3_raw(session.get(), "NOOP", session.err()));
}

TEST_P(DovecotEveryWay, RawCommandsWithSeveralLines) {
  RealSession session(Here(), "carol", "pass word");
  ASSERT_POP3(session, pop3_connect(session.get(), session.err()));
  std::string body;
  ASSERT_POP3(session, session.RawMulti("AUTH", &body));
  EXPECT_EQ(body,
            "PLAIN\r\nLOGIN\r\nCRAM-MD5\r\nDIGEST-MD5\r\nSCRAM-SHA-1\r\nSCRAM-SHA-256\r\n"
            "ANONYMOUS\r\nEXTERNAL\r\nXOAUTH2\r\nOAUTHBEARER\r\n");
  body.clear();
  ASSERT_POP3(session, session.Login());
  ASSERT_POP3(session, session.RawMulti("RETR 2", &body));
  EXPECT_TRUE(body == Wire(2));
}

TEST_P(DovecotEveryWay, DeleIsTakenBackByRset) {
  RealSession session(Here(), "carol", "pass word");
  ASSERT_POP3(session, session.Login());
  ASSERT_POP3(session, pop3_dele(session.get(), 2, session.err()));
  ExpectRefused(session, pop3_dele(session.get(), 2, session.err()), "Message is deleted.");
  std::string body;
  ExpectRefused(session, session.Retr(2, &body), "Message is deleted.");
  uint32_t count = 0;
  ASSERT_POP3(session, session.Stat(&count, nullptr));
  EXPECT_EQ(count, 2U);
  std::vector<std::string> list;
  ASSERT_POP3(session, session.List(&list));
  ASSERT_EQ(list.size(), 2U);
  EXPECT_EQ(list[1].substr(0, 2), "3 ");  // a gap in the numbers
  ASSERT_POP3(session, pop3_rset(session.get(), session.err()));
  ASSERT_POP3(session, session.Stat(&count, nullptr));
  EXPECT_EQ(count, 3U);
  ASSERT_POP3(session, session.Retr(2, &body));
  EXPECT_TRUE(body == Wire(2));
}

TEST_P(DovecotEveryWay, OnlyQuitDeletes) {
  Refill("eve", 3);
  for (const bool quit : {false, true}) {
    RealSession session(Here(), "eve", "eve");
    ASSERT_POP3(session, session.Login());
    uint32_t count = 0;
    ASSERT_POP3(session, session.Stat(&count, nullptr));
    EXPECT_EQ(count, 3U) << "nothing may be deleted without QUIT";
    ASSERT_POP3(session, pop3_dele(session.get(), 1, session.err()));
    if (!quit) {
      pop3_close(session.get());
      continue;
    }
    pop3_quit_outcome outcome = POP3_QUIT_UNKNOWN;
    ASSERT_POP3(session, session.Quit(&outcome));
    EXPECT_EQ(outcome, POP3_QUIT_COMMITTED);
    EXPECT_EQ(session.reply(), "Logging out, messages deleted.");
  }
  RealSession session(Here(), "eve", "eve");
  ASSERT_POP3(session, session.Login());
  uint32_t count = 0;
  ASSERT_POP3(session, session.Stat(&count, nullptr));
  EXPECT_EQ(count, 2U);
  std::string body;
  ASSERT_POP3(session, session.Retr(1, &body));
  EXPECT_TRUE(body == Wire(2));
}

TEST_P(DovecotEveryWay, StoppedAndCancelledTransfersDoNotHurtTheSession) {
  RealSession session(Here(), "alice", "wonderland");
  ASSERT_POP3(session, session.Login());
  pop3_sink stops = POP3_SINK_INIT;
  stops.body = [](void *, const uint8_t *, size_t) { return POP3_SINK_STOP; };
  EXPECT_EQ(pop3_retr(session.get(), 9, &stops, session.err()), POP3_ERR_SINK);
  pop3_request request = POP3_REQUEST_INIT(POP3_CMD_RETR);
  request.number = 9;
  Piped piped;
  const pop3_sink sink = piped.Sink();
  pop3_op_id op = 0;
  ASSERT_POP3(session, pop3_submit(session.get(), &request, &sink, &op, session.err()));
  pop3_step(session.get());
  ASSERT_POP3(session, pop3_cancel_op(session.get(), op, session.err()));
  EXPECT_EQ(piped.status, POP3_ERR_CANCELLED);
  std::string body;
  ASSERT_POP3(session, session.Retr(2, &body));
  EXPECT_TRUE(body == Wire(2));
  EXPECT_EQ(piped.dones, 1);
}

#undef ASSERT_POP3

}  // namespace
}  // namespace dovecot_commands_test
}  // namespace pop3_testing
