// Listings: items, lines that cannot be read, and the ways in which servers answer LIST n.
#include <gtest/gtest.h>

#include <cstring>
#include <string>

#include "tests/core/engine_driver.h"

namespace engine_reply_listing_test {
namespace {

using pop3_core_test::EngineDriver;
using pop3_core_test::Lines;
using pop3_core_test::Number;
using pop3_core_test::Request;

class EngineListing : public ::testing::Test {
 protected:
  void Start(uint32_t quirks = 0) {
    d_.options.quirks = quirks;
    d_.StartReady();
  }
  // The dialogue is in step: a STAT after all that gets its own answer.
  void ExpectInStep() {
    d_.on_piece = nullptr;
    d_.on_done = nullptr;
    d_.log.clear();
    const pop3_op_id id = d_.Run(POP3_CMD_STAT, "+OK 5 55\r\n");
    EXPECT_EQ(d_.log, Lines{"#" + std::to_string(id) + " done STAT OK count 5 octets 55"});
  }

  EngineDriver d_;
};

TEST_F(EngineListing, ItemsComeAsTheyAre) {
  Start();
  Lines seen;
  pop3_sink sink = POP3_SINK_INIT;
  sink.arg = &seen;
  sink.item = [](void *arg, const pop3_item *item) {
    auto *lines = static_cast<Lines *>(arg);
    lines->push_back(std::to_string(item->kind) + "|" + std::to_string(item->number) + "|" +
                     std::to_string(item->octets) + "|" +
                     std::string(item->text != nullptr ? item->text : "", item->text_len) + "|" +
                     std::string(item->line, item->line_len));
    return POP3_SINK_CONTINUE;
  };
  const struct {
    pop3_request request;
    const char *lines;
    Lines want;
  } cases[] = {
      {Number(POP3_CMD_LIST, 0),
       "1 120 more\r\n4294967295 0\r\n",
       {"1|1|120||1 120 more", "1|4294967295|0||4294967295 0"}},
      {Number(POP3_CMD_UIDL, 0),
       "1 whqtswO00WBw418f9t5JxYwZ\r\n..\r\n",
       {"2|1|0|whqtswO00WBw418f9t5JxYwZ|1 whqtswO00WBw418f9t5JxYwZ"}},
      {Number(POP3_CMD_CAPA, 0),
       "SASL PLAIN LOGIN\r\n",
       {"3|0|0|SASL PLAIN LOGIN|SASL PLAIN LOGIN"}},
      {Number(POP3_CMD_LANG, 0), "en English\r\nde\r\n", {"4|0|0|en|en English", "4|0|0|de|de"}},
      {Request(POP3_CMD_RAW_MULTI, "X"), "..a b\r\n\r\n", {"5|0|0|.a b|.a b", "5|0|0||"}},
  };
  for (const auto &c : cases) {
    seen.clear();
    ASSERT_EQ(pop3_engine_submit(d_.engine(), &c.request, &sink, nullptr, nullptr), POP3_OK);
    d_.Send();
    EXPECT_EQ(d_.Feed(std::string("+OK\r\n") + c.lines + ".\r\n"), POP3_OK) << d_.error_text();
    EXPECT_EQ(seen, c.want);
  }
}

// Each line says how many octets ended it, so that what the response had can be counted.
TEST_F(EngineListing, ItemsSayHowTheirLineEnded) {
  Start(POP3_QUIRK_BIT(POP3_QUIRK_BARE_LF));
  Lines seen;
  pop3_sink sink = POP3_SINK_INIT;
  sink.arg = &seen;
  sink.item = [](void *arg, const pop3_item *item) {
    static_cast<Lines *>(arg)->push_back(std::to_string(item->line_len) + "+" +
                                         std::to_string(item->line_end_len));
    return POP3_SINK_CONTINUE;
  };
  for (const char *command : {"LIST", "UIDL", "RAW"}) {
    seen.clear();
    const pop3_request request = command[0] == 'L'   ? Number(POP3_CMD_LIST, 0)
                                 : command[0] == 'U' ? Number(POP3_CMD_UIDL, 0)
                                                     : Request(POP3_CMD_RAW_MULTI, "X");
    ASSERT_EQ(pop3_engine_submit(d_.engine(), &request, &sink, nullptr, nullptr), POP3_OK);
    d_.Send();
    EXPECT_EQ(d_.Feed("+OK\r\n1 12\r\n2 13\n.\r\n"), POP3_OK) << d_.error_text();
    EXPECT_EQ(seen, (Lines{"4+2", "4+1"})) << command;
  }
  seen.clear();
  const pop3_request raw = Request(POP3_CMD_RAW_MULTI, "X");
  ASSERT_EQ(pop3_engine_submit(d_.engine(), &raw, &sink, nullptr, nullptr), POP3_OK);
  d_.Send();
  EXPECT_EQ(d_.Feed("+OK\r\n..a\r\n\r\n.\r\n"), POP3_OK) << d_.error_text();
  EXPECT_EQ(seen, (Lines{"2+2", "0+2"})) << "without the dot that was stuffed";
}

TEST_F(EngineListing, Empty) {
  Start();
  for (const pop3_request &request :
       {Number(POP3_CMD_LIST, 0), Number(POP3_CMD_UIDL, 0), Number(POP3_CMD_CAPA, 0),
        Number(POP3_CMD_LANG, 0), Request(POP3_CMD_RAW_MULTI, "X")}) {
    const pop3_op_id id = d_.Run(request, "+OK\r\n.\r\n");
    EXPECT_EQ(d_.status_of(id), POP3_OK);
  }
  EXPECT_EQ(d_.log.size(), 5U);
}

// A line that cannot be read fails its operation; the rest is dropped and what follows is right.
TEST_F(EngineListing, AnUnreadableLineFailsTheOperationOnly) {
  for (const pop3_command command : {POP3_CMD_LIST, POP3_CMD_UIDL, POP3_CMD_LANG}) {
    EngineDriver d;
    d.StartReady();
    const pop3_op_id id = d.Submit(command);
    const pop3_op_id next = d.Submit(POP3_CMD_STAT);
    d.Send();
    const std::string good = command == POP3_CMD_LANG ? "en x\r\n" : "1 2\r\n";
    EXPECT_EQ(d.Feed("+OK\r\n" + good + " \x01 \r\n"), POP3_OK) << d.error_text();
    EXPECT_EQ(d.status_of(id), POP3_ERR_PROTOCOL) << "told at once, not at the end";
    EXPECT_EQ(d.log.size(), 2U);
    EXPECT_EQ(d.Send(), "") << "but the response is not over";
    d.Feed(good + good + " \x01\r\n.\r\n");
    EXPECT_EQ(d.log.size(), 2U);
    EXPECT_EQ(d.Send(), "STAT\r\n");
    d.Feed("+OK 1 2\r\n");
    EXPECT_EQ(d.status_of(next), POP3_OK);
  }
}

// Of a CAPA the lines that can be read hold.
TEST_F(EngineListing, ADamagedLineOfCapaIsLeftOut) {
  d_.StartReady({"TOP", "PIPELINING"});
  const pop3_op_id id = d_.Run(POP3_CMD_CAPA, "+OK\r\nUIDL\r\n\x01\r\nUSER\r\n.\r\n");
  EXPECT_EQ(d_.status_of(id), POP3_OK);
  const pop3_capabilities *caps = pop3_engine_capabilities(d_.engine());
  ASSERT_NE(caps, nullptr);
  EXPECT_EQ(caps->flags, static_cast<uint32_t>(POP3_CAP_UIDL | POP3_CAP_USER));
  EXPECT_EQ(caps->num_damaged, 1U);
  EXPECT_STREQ(caps->damage, "line 2 (\"\\x01\"): a control character");
}

TEST_F(EngineListing, ACapaThatIsCancelledHalfwayLeavesTheLastOne) {
  d_.StartReady({"TOP", "PIPELINING"});
  const pop3_capabilities *caps = pop3_engine_capabilities(d_.engine());
  const pop3_op_id id = d_.Run(POP3_CMD_CAPA, "+OK\r\nUIDL\r\n");
  EXPECT_EQ(pop3_engine_cancel(d_.engine(), id, nullptr), POP3_OK);
  d_.Feed("USER\r\n.\r\n");
  EXPECT_EQ(pop3_engine_capabilities(d_.engine()), caps);
  EXPECT_EQ(pop3_capabilities_has(caps, POP3_CAP_TOP), 1);
  EXPECT_EQ(pop3_capabilities_has(caps, POP3_CAP_UIDL), 0);
  d_.Run(POP3_CMD_CAPA, "+OK\r\nUSER\r\n.\r\n");
  EXPECT_EQ(pop3_capabilities_has(pop3_engine_capabilities(d_.engine()), POP3_CAP_UIDL), 0);
  EXPECT_EQ(pop3_capabilities_has(pop3_engine_capabilities(d_.engine()), POP3_CAP_USER), 1);
}

TEST_F(EngineListing, TheCapabilitiesAreThereInDone) {
  Start();
  const pop3_capabilities *seen = nullptr;
  d_.on_done = [&](const pop3_result &r) { seen = r.capabilities; };
  d_.Run(POP3_CMD_CAPA, "+OK\r\nTOP\r\n.\r\n");
  ASSERT_NE(seen, nullptr);
  EXPECT_EQ(seen, pop3_engine_capabilities(d_.engine()));
}

// --- One message

TEST_F(EngineListing, OneMessage) {
  Start();
  d_.Run(Number(POP3_CMD_LIST, 2), "+OK 2 200 more\r\n");
  d_.Run(Number(POP3_CMD_UIDL, 2), "+OK 2 QhdPYR:00WBw1Ph7x7\r\n");
  EXPECT_EQ(d_.log, (Lines{"#1 done LIST OK number 2 octets 200",
                           "#2 done UIDL OK number 2 text QhdPYR:00WBw1Ph7x7"}));
}

TEST_F(EngineListing, OneMessageAnsweredForAnother) {
  Start();
  std::string text;
  std::string error;
  d_.on_done = [&](const pop3_result &r) {
    if (r.text != nullptr) text = std::string(r.text, r.text_len);
    error = r.error->text;
    EXPECT_EQ(r.octets, 0U) << "no value of another message";
  };
  d_.Run(Number(POP3_CMD_LIST, 2), "+OK 3 200\r\n");
  EXPECT_EQ(error, "LIST 2: the server answered for message 3");
  d_.Run(Number(POP3_CMD_UIDL, 2), "+OK 3 abc\r\n");
  EXPECT_EQ(error, "UIDL 2: the server answered for message 3");
  EXPECT_EQ(text, "");
  d_.Run(Number(POP3_CMD_LIST, 2), "+OK nothing\r\n");
  ExpectInStep();
}

TEST_F(EngineListing, OneMessageInSeveralLinesWithoutTheQuirk) {
  Start();
  d_.Run(Number(POP3_CMD_LIST, 2), "+OK 1 message\r\n2 200\r\n.\r\n");
  EXPECT_EQ(d_.status_of(1), POP3_ERR_PROTOCOL);
  EXPECT_EQ(pop3_engine_error(d_.engine())->status, POP3_ERR_UNSOLICITED);
}

TEST_F(EngineListing, OneMessageInSeveralLinesWithTheQuirk) {
  Start(POP3_QUIRK_BIT(POP3_QUIRK_LIST_ONE_MULTILINE));
  d_.Run(Number(POP3_CMD_LIST, 2), "+OK follows\r\n2 200\r\n.\r\n");
  d_.Run(Number(POP3_CMD_UIDL, 2), "+OK follows\r\n1 abc\r\n2 def\r\n3 ghi\r\n.\r\n");
  d_.Run(Number(POP3_CMD_LIST, 2), "+OK\r\n3 200\r\n.\r\n");
  d_.Run(Number(POP3_CMD_UIDL, 2), "+OK\r\n.\r\n");
  d_.Run(Number(POP3_CMD_LIST, 2), "+OK\r\nrubbish\r\n2 200\r\n.\r\n");
  EXPECT_EQ(
      d_.log,
      (Lines{"#1 done LIST OK number 2 octets 200", "#2 done UIDL OK number 2 text def",
             "#3 done LIST POP3_ERR_PROTOCOL number 2", "#4 done UIDL POP3_ERR_PROTOCOL number 2",
             "#5 done LIST POP3_ERR_PROTOCOL number 2"}));
  EXPECT_EQ(pop3_engine_quirks(d_.engine())->hits[POP3_QUIRK_LIST_ONE_MULTILINE], 5U);
  // A server that needs no leniency is not charged with it.
  d_.Run(Number(POP3_CMD_LIST, 2), "+OK 2 200\r\n");
  EXPECT_EQ(pop3_engine_quirks(d_.engine())->hits[POP3_QUIRK_LIST_ONE_MULTILINE], 5U);
  ExpectInStep();
}

// The unique-id of the line does not replace the status text of the reply.
TEST_F(EngineListing, TheReplyKeepsItsTextInSeveralLines) {
  Start(POP3_QUIRK_BIT(POP3_QUIRK_LIST_ONE_MULTILINE));
  std::string reply;
  std::string uid;
  d_.on_done = [&](const pop3_result &r) {
    reply = r.reply->text;
    uid = std::string(r.text, r.text_len);
  };
  d_.Run(Number(POP3_CMD_UIDL, 2), "+OK follows\r\n2 def\r\n.\r\n");
  EXPECT_EQ(reply, "follows");
  EXPECT_EQ(uid, "def");
  const std::string words(200, 'w');
  const std::string longest(70, 'u');
  d_.Run(Number(POP3_CMD_UIDL, 2), "+OK " + words + "\r\n2 " + longest + "\r\n.\r\n");
  EXPECT_EQ(reply, words);
  EXPECT_EQ(uid, longest);
}

TEST_F(EngineListing, OneMessageInSeveralLinesCancelled) {
  Start(POP3_QUIRK_BIT(POP3_QUIRK_LIST_ONE_MULTILINE));
  d_.Run(Number(POP3_CMD_UIDL, 2), "+OK\r\n2 de");
  EXPECT_EQ(pop3_engine_cancel(d_.engine(), 1, nullptr), POP3_OK);
  EXPECT_EQ(d_.Feed("f\r\n.\r\n"), POP3_OK);
  ExpectInStep();
}

TEST_F(EngineListing, UidlQuirks) {
  Start(POP3_QUIRK_BIT(POP3_QUIRK_UIDL_ONE_NO_NUMBER) | POP3_QUIRK_BIT(POP3_QUIRK_UIDL_OK_PREFIX));
  d_.Run(Number(POP3_CMD_UIDL, 2), "+OK abc\r\n");
  d_.Run(POP3_CMD_UIDL, "+OK\r\n+OK 1 abc\r\n.\r\n");
  EXPECT_EQ(d_.log,
            (Lines{"#1 done UIDL OK number 2 text abc", "#2 item 1 abc", "#2 done UIDL OK"}));
  EXPECT_EQ(pop3_engine_quirks(d_.engine())->hits[POP3_QUIRK_UIDL_ONE_NO_NUMBER], 1U);
  EXPECT_EQ(pop3_engine_quirks(d_.engine())->hits[POP3_QUIRK_UIDL_OK_PREFIX], 1U);
}

TEST_F(EngineListing, LangWithATagIsOneLine) {
  Start();
  d_.Run(Request(POP3_CMD_LANG, "fr"), "+OK fr La Language commande\r\n");
  EXPECT_EQ(d_.log, Lines{"#1 done LANG OK"});
  ExpectInStep();
}

// --- Sinks that pause, stop or cancel

TEST_F(EngineListing, StopInsideAListing) {
  Start();
  int items = 0;
  d_.on_piece = [&](pop3_op_id) { return ++items == 2 ? POP3_SINK_STOP : POP3_SINK_CONTINUE; };
  d_.Run(POP3_CMD_LIST, "+OK\r\n1 1\r\n2 2\r\n3 3\r\n.\r\n");
  EXPECT_EQ(d_.log, (Lines{"#1 item 1 1", "#1 item 2 2", "#1 done LIST POP3_ERR_SINK"}));
  ExpectInStep();
}

TEST_F(EngineListing, PauseAtTheLastItem) {
  Start();
  d_.on_piece = [](pop3_op_id) { return POP3_SINK_PAUSE; };
  d_.Run(POP3_CMD_LIST, "+OK\r\n1 1\r\n.\r\n");
  EXPECT_EQ(d_.log, Lines{"#1 item 1 1"});
  EXPECT_EQ(d_.Resume(), POP3_OK);
  EXPECT_EQ(d_.log, (Lines{"#1 item 1 1", "#1 done LIST OK"}));
  ExpectInStep();
}

TEST_F(EngineListing, CancelInsideAnItem) {
  Start();
  d_.on_piece = [&](pop3_op_id id) {
    EXPECT_EQ(pop3_engine_cancel(d_.engine(), id, nullptr), POP3_OK);
    EXPECT_EQ(pop3_engine_cancel(d_.engine(), id, nullptr), POP3_ERR_NOT_FOUND);
    return POP3_SINK_PAUSE;  // in vain: there is nobody left to resume
  };
  d_.Run(POP3_CMD_LIST, "+OK\r\n1 1\r\n2 2\r\n.\r\n");
  EXPECT_EQ(d_.log, (Lines{"#1 item 1 1", "#1 done LIST POP3_ERR_CANCELLED"}));
  EXPECT_EQ(pop3_engine_paused(d_.engine()), 0);
  ExpectInStep();
}

TEST_F(EngineListing, CancelWhilePaused) {
  Start();
  d_.on_piece = [](pop3_op_id) { return POP3_SINK_PAUSE; };
  d_.Run(POP3_CMD_LIST, "+OK\r\n1 1\r\n2 2\r\n.\r\n");
  EXPECT_EQ(pop3_engine_paused(d_.engine()), 1);
  EXPECT_EQ(pop3_engine_cancel(d_.engine(), 1, nullptr), POP3_OK);
  EXPECT_EQ(pop3_engine_paused(d_.engine()), 0);
  EXPECT_EQ(pop3_engine_resume(d_.engine()), POP3_OK);
  ExpectInStep();
}

// Half of the capabilities would be worse than none: STLS may be among what is missing.
TEST_F(EngineListing, WantOfMemoryInCapaIsTheEnd) {
  for (size_t nth = 1; nth < 100; nth++) {
    EngineDriver d;
    d.StartReady();
    const pop3_op_id id = d.Submit(POP3_CMD_CAPA);
    d.Send();
    d.allocator.FailAt(d.allocator.calls() + nth);
    const pop3_status status = d.Feed("+OK\r\nUSER\r\nSTLS\r\n.\r\n");
    if (!d.allocator.has_failed()) {
      EXPECT_EQ(status, POP3_OK);
      EXPECT_GT(nth, 3U);
      return;
    }
    EXPECT_EQ(status, POP3_ERR_MEMORY) << nth;
    EXPECT_EQ(d.status_of(id), POP3_ERR_MEMORY) << nth;
    EXPECT_EQ(pop3_engine_capabilities(d.engine()), nullptr);
  }
}

}  // namespace
}  // namespace engine_reply_listing_test
