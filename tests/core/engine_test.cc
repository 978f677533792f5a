// Making an engine, queueing, cancelling, failing: the life of operations.
#include <gtest/gtest.h>

#include <cstring>
#include <string>
#include <vector>

#include "core/engine/engine.h"
#include "core/engine/engine_end.h"
#include "core/engine/engine_state.h"
#include "tests/core/engine_driver.h"

namespace engine_test {
namespace {

using pop3_core_test::EngineDriver;
using pop3_core_test::Lines;
using pop3_core_test::Number;
using pop3_core_test::Request;
using pop3_testing::FailingAllocator;
using pop3_testing::ForEachAllocationFailure;

pop3_error Broken() {
  pop3_error error = POP3_ERROR_INIT;
  pop3_error_set(&error, POP3_ERR_IO, "test", 5, "the cable broke");
  return error;
}

TEST(Engine, WithoutOptions) {
  pop3_engine *engine = nullptr;
  ASSERT_EQ(pop3_engine_new(&engine, nullptr, nullptr), POP3_OK);
  EXPECT_EQ(pop3_engine_error(engine), nullptr);
  EXPECT_EQ(pop3_engine_greeting(engine), nullptr);
  EXPECT_EQ(pop3_engine_capabilities(engine), nullptr);
  EXPECT_EQ(pop3_engine_paused(engine), 0);
  EXPECT_EQ(pop3_engine_upgrading(engine), 0);
  EXPECT_EQ(p3_engine_closed(engine), 0);
  EXPECT_EQ(p3_engine_authenticated(engine), 0);
  EXPECT_EQ(pop3_engine_pending(engine), 0U);
  EXPECT_EQ(pop3_engine_quirks(engine)->enabled, 0U);
  EXPECT_EQ(pop3_engine_resume(engine), POP3_OK);
  pop3_engine_free(engine);
  pop3_engine_free(nullptr);
}

TEST(Engine, OptionsThatCannotWork) {
  EngineDriver d;
  d.options.size = 3;
  EXPECT_EQ(d.Start(), POP3_ERR_ARGUMENT);
  EXPECT_EQ(d.engine(), nullptr);
  d.options = POP3_ENGINE_OPTIONS_INIT;
  d.options.quirks = POP3_QUIRK_BIT(POP3_QUIRK_TIMESTAMP_ANY + 1);
  EXPECT_EQ(d.Start(), POP3_ERR_ARGUMENT);
  EXPECT_STREQ(d.err().text, "unknown quirk bits 0x2000");
  d.options.quirks = POP3_QUIRKS_ALL & ~POP3_QUIRK_BIT(POP3_QUIRK_BARE_LF);
  EXPECT_EQ(d.Start(), POP3_ERR_ARGUMENT);
  d.options.quirks = POP3_QUIRKS_ALL;
  d.limits.send_buffer = 600;
  d.limits.max_command = 601;
  EXPECT_EQ(d.Start(), POP3_ERR_ARGUMENT);
  EXPECT_NE(std::string(d.err().text).find("max_command"), std::string::npos);
  d.limits.max_command = 600;
  EXPECT_EQ(d.Start(), POP3_OK);
  EXPECT_EQ(pop3_engine_quirks(d.engine())->enabled, UINT32_C(0x1fff)) << "all that there are";
}

// Options of a program that was built when there were fewer.
TEST(Engine, SmallerOptions) {
  EngineDriver d;
  d.options.size = static_cast<uint32_t>(offsetof(pop3_engine_options, gate));
  d.on_gate = [](pop3_command, pop3_error *err) {
    return pop3_error_set(err, POP3_ERR_POLICY, "test", 0, "beyond the size");
  };
  d.StartReady();
  d.Run(Request(POP3_CMD_PASS, "p"), "+OK\r\n");
  EXPECT_EQ(d.status_of(1), POP3_OK);
}

// A sink of such a program.
TEST(Engine, ASmallerSink) {
  EngineDriver d;
  d.StartReady();
  pop3_sink sink = POP3_SINK_INIT;
  sink.size = static_cast<uint32_t>(offsetof(pop3_sink, done));
  sink.done = [](void *, const pop3_result *) { ADD_FAILURE() << "beyond the size"; };
  const pop3_request noop = Number(POP3_CMD_NOOP, 0);
  ASSERT_EQ(pop3_engine_submit(d.engine(), &noop, &sink, nullptr, nullptr), POP3_OK);
  EXPECT_EQ(d.Send(), "NOOP\r\n");
  EXPECT_EQ(d.Feed("+OK\r\n"), POP3_OK);
  EXPECT_EQ(pop3_engine_pending(d.engine()), 0U);
}

TEST(Engine, NothingIsAllocatedForBuffersBeforeTheyAreNeeded) {
  EngineDriver d;
  ASSERT_EQ(d.Start(), POP3_OK);
  EXPECT_LT(d.allocator.live_octets(), 8192U);
}

TEST(Engine, IdsCountFromOne) {
  EngineDriver d;
  ASSERT_EQ(d.Start(), POP3_OK);
  EXPECT_EQ(d.Submit(POP3_CMD_NOOP), 1U);
  EXPECT_EQ(d.Submit(POP3_CMD_RETR, 0), 0U) << "refused";
  EXPECT_EQ(d.Submit(POP3_CMD_NOOP), 2U);
  EXPECT_EQ(pop3_engine_pending(d.engine()), 2U);
}

TEST(Engine, FreeEndsEverything) {
  EngineDriver d;
  d.StartReady({"PIPELINING"});
  d.Submit(POP3_CMD_LIST);
  d.Submit(POP3_CMD_RETR, 1);
  d.Send();
  d.Submit(POP3_CMD_PASS, "sesame");
  d.Feed("+OK\r\n1 1\r\n");
  // Callbacks find an engine that takes nothing any more.
  d.on_done = [&](const pop3_result &r) {
    EXPECT_STREQ(r.error->text, "the session was freed");
    EXPECT_EQ(d.Submit(POP3_CMD_NOOP), 0U);
    EXPECT_EQ(pop3_engine_cancel(d.engine(), r.op, nullptr), POP3_ERR_NOT_FOUND);
  };
  d.Free();
  EXPECT_EQ(d.log, (Lines{"#2 item 1 1", "#2 done LIST POP3_ERR_CANCELLED",
                          "#3 done RETR POP3_ERR_CANCELLED", "#4 done PASS POP3_ERR_CANCELLED"}));
}

TEST(Engine, FailIsStickyAndTheFirstErrorIsTold) {
  EngineDriver d;
  d.StartReady({"PIPELINING"});
  d.Submit(POP3_CMD_NOOP);
  d.Send();
  d.Submit(POP3_CMD_STAT);
  pop3_error error = Broken();
  pop3_engine_fail(d.engine(), &error);
  pop3_error_set(&error, POP3_ERR_TIMEOUT, "test", 0, "later");
  pop3_engine_fail(d.engine(), &error);
  EXPECT_EQ(d.log, (Lines{"#2 done NOOP POP3_ERR_IO", "#3 done STAT POP3_ERR_IO"}));
  EXPECT_EQ(d.error_text(), "the cable broke");
  EXPECT_EQ(pop3_engine_error(d.engine())->sys_errno, 5);
  EXPECT_EQ(d.Submit(POP3_CMD_NOOP), 0U);
  EXPECT_EQ(d.err().status, POP3_ERR_IO);
  EXPECT_EQ(d.err().sys_errno, 5);
  EXPECT_EQ(d.Send(), "");
  EXPECT_EQ(pop3_engine_recv_ack(d.engine(), 0), POP3_ERR_IO);
  EXPECT_EQ(pop3_engine_recv_eof(d.engine()), POP3_ERR_IO);
  EXPECT_EQ(pop3_engine_resume(d.engine()), POP3_ERR_IO);
  EXPECT_EQ(pop3_engine_in_flight(d.engine()), 0U);
  EXPECT_EQ(pop3_engine_pending(d.engine()), 0U);
}

TEST(Engine, TheFirstErrorStays) {
  EngineDriver d;
  d.StartReady();
  pop3_error error = Broken();
  p3_engine_set_failed(d.engine(), &error);
  pop3_error_set(&error, POP3_ERR_TIMEOUT, "test", 0, "later");
  p3_engine_set_failed(d.engine(), &error);
  EXPECT_EQ(d.error_text(), "the cable broke");
}

TEST(Engine, AFailureEndsAPause) {
  EngineDriver d;
  d.StartReady();
  d.on_piece = [](pop3_op_id) { return POP3_SINK_PAUSE; };
  d.Run(Number(POP3_CMD_RETR, 1), "+OK\r\na\r\n.\r\n");
  EXPECT_EQ(pop3_engine_paused(d.engine()), 1);
  const pop3_error error = Broken();
  pop3_engine_fail(d.engine(), &error);
  EXPECT_EQ(pop3_engine_paused(d.engine()), 0);
}

TEST(Engine, FailInsideCallbacks) {
  for (const bool in_done : {false, true}) {
    EngineDriver d;
    d.StartReady({"PIPELINING"});
    for (int i = 0; i < 3; i++) d.Submit(POP3_CMD_LIST);
    d.Send();
    const auto fail = [&] {
      const pop3_error error = Broken();
      pop3_engine_fail(d.engine(), &error);
    };
    if (in_done) {
      d.on_done = [&](const pop3_result &) { fail(); };
    } else {
      d.on_piece = [&](pop3_op_id) {
        fail();
        return POP3_SINK_PAUSE;
      };
    }
    EXPECT_EQ(d.Feed("+OK\r\n1 1\r\n2 2\r\n.\r\n+OK\r\n.\r\n"), POP3_ERR_IO);
    EXPECT_EQ(d.status_of(2), in_done ? POP3_OK : POP3_ERR_IO);
    EXPECT_EQ(d.status_of(3), POP3_ERR_IO);
    EXPECT_EQ(d.status_of(4), POP3_ERR_IO);
    EXPECT_EQ(pop3_engine_paused(d.engine()), 0);
  }
}

// --- Submit inside callbacks

TEST(Engine, SubmitInsideDone) {
  EngineDriver d;
  d.StartReady();
  uint32_t next = 1;
  d.on_done = [&](const pop3_result &) {
    if (next <= 5) {
      EXPECT_NE(d.Submit(POP3_CMD_DELE, next++), 0U);
    }
  };
  d.Submit(POP3_CMD_NOOP);
  for (int i = 0; i < 6; i++) {
    EXPECT_EQ(d.Send(), i == 0 ? "NOOP\r\n" : "DELE " + std::to_string(i) + "\r\n");
    EXPECT_EQ(d.Feed("+OK\r\n"), POP3_OK);
  }
  EXPECT_EQ(pop3_engine_pending(d.engine()), 0U);
}

TEST(Engine, SubmitInsideAPiece) {
  EngineDriver d;
  d.StartReady({"PIPELINING"});
  d.on_piece = [&](pop3_op_id) {
    d.Submit(POP3_CMD_DELE, static_cast<uint32_t>(d.log.size()));
    return POP3_SINK_CONTINUE;
  };
  d.Run(POP3_CMD_LIST, "+OK\r\n1 1\r\n2 2\r\n.\r\n");
  EXPECT_EQ(d.Send(), "DELE 1\r\nDELE 2\r\n");
}

// --- Cancel at every moment

TEST(Engine, CancelBeforeItIsSent) {
  EngineDriver d;
  d.StartReady();
  for (uint32_t i = 1; i <= 3; i++) d.Submit(POP3_CMD_DELE, i);
  EXPECT_EQ(d.Send(), "DELE 1\r\n");
  EXPECT_EQ(pop3_engine_cancel(d.engine(), 2, nullptr), POP3_OK);
  EXPECT_EQ(d.log, Lines{"#2 done DELE POP3_ERR_CANCELLED"});
  d.Feed("+OK\r\n");
  EXPECT_EQ(d.Send(), "DELE 3\r\n");
}

TEST(Engine, CancelInFlightKeepsTheDialogueInStep) {
  const char *const kParts[] = {
      "", "+O", "+OK\r\n", "+OK\r\nab", "+OK\r\nab\r\n", "+OK\r\n.", "+OK\r\nab\r\n.\r"};
  const std::string kWhole = "+OK\r\nab\r\n.\r\n";
  for (const std::string part : kParts) {
    EngineDriver d;
    d.StartReady({"PIPELINING"});
    d.Submit(POP3_CMD_RETR, 1);
    d.Submit(POP3_CMD_STAT);
    d.Send();
    d.Feed(part);
    EXPECT_EQ(pop3_engine_cancel(d.engine(), 2, nullptr), POP3_OK);
    EXPECT_EQ(d.status_of(2), POP3_ERR_CANCELLED);
    const bool prefix = kWhole.compare(0, part.size(), part) == 0;
    d.Feed((prefix ? kWhole.substr(part.size()) : "\r\n") + "+OK 1 2\r\n");
    EXPECT_EQ(d.status_of(3), POP3_OK) << part;
    EXPECT_EQ(d.log.back(), "#3 done STAT OK count 1 octets 2");
  }
}

TEST(Engine, CancelOfARefusedOne) {
  EngineDriver d;
  d.StartReady({"PIPELINING"});
  d.Submit(POP3_CMD_RETR, 1);
  d.Submit(POP3_CMD_STAT);
  d.Send();
  EXPECT_EQ(pop3_engine_cancel(d.engine(), 2, nullptr), POP3_OK);
  d.Feed("-ERR\r\n+OK 1 2\r\n");
  EXPECT_EQ(d.status_of(3), POP3_OK);
}

TEST(Engine, CancelOfWhatIsNotThere) {
  EngineDriver d;
  d.StartReady();
  pop3_error err = POP3_ERROR_INIT;
  for (const pop3_op_id id : {pop3_op_id{0}, pop3_op_id{1}, UINT64_MAX}) {
    EXPECT_EQ(pop3_engine_cancel(d.engine(), id, &err), POP3_ERR_NOT_FOUND);
    EXPECT_EQ(err.status, POP3_ERR_NOT_FOUND);
  }
  d.Run(POP3_CMD_NOOP, "+OK\r\n");
  EXPECT_EQ(pop3_engine_cancel(d.engine(), 1, nullptr), POP3_ERR_NOT_FOUND);
}

TEST(Engine, CancelOthersAndOneselfInsideCallbacks) {
  EngineDriver d;
  d.StartReady({"PIPELINING"});
  for (int i = 0; i < 3; i++) d.Submit(POP3_CMD_LIST);
  d.Send();
  const pop3_op_id unsent = d.Submit(POP3_CMD_NOOP);
  d.on_done = [&](const pop3_result &r) {
    EXPECT_EQ(pop3_engine_cancel(d.engine(), r.op, nullptr), POP3_ERR_NOT_FOUND);
    if (r.op != 2) return;
    EXPECT_EQ(pop3_engine_cancel(d.engine(), 3, nullptr), POP3_OK);
    EXPECT_EQ(pop3_engine_cancel(d.engine(), unsent, nullptr), POP3_OK);
  };
  EXPECT_EQ(d.Feed("+OK\r\n.\r\n+OK\r\n1 1\r\n.\r\n+OK\r\n2 2\r\n.\r\n"), POP3_OK);
  EXPECT_EQ(d.log, (Lines{"#2 done LIST OK", "#3 done LIST POP3_ERR_CANCELLED",
                          "#5 done NOOP POP3_ERR_CANCELLED", "#4 item 2 2", "#4 done LIST OK"}));
}

// --- Watching

TEST(Engine, AWatchLearnsHowItEnded) {
  EngineDriver d;
  d.StartReady();
  d.Submit(POP3_CMD_NOOP);
  p3_watch watch = {};
  EXPECT_EQ(p3_engine_watch(d.engine(), 99, &watch), 0);
  EXPECT_EQ(p3_engine_watch(d.engine(), 1, &watch), 1);
  d.on_done = [&](const pop3_result &) { EXPECT_EQ(watch.done, 1) << "before the sink"; };
  d.Send();
  d.Feed("-ERR no\r\n");
  EXPECT_EQ(watch.done, 1);
  EXPECT_EQ(watch.status, POP3_REFUSED);
  EXPECT_STREQ(watch.error.text, "no");
}

TEST(Engine, AWatchThatIsTakenBackIsLeftAlone) {
  EngineDriver d;
  d.StartReady();
  d.Submit(POP3_CMD_NOOP);
  {
    p3_watch watch = {};
    EXPECT_EQ(p3_engine_watch(d.engine(), 1, &watch), 1);
    EXPECT_EQ(p3_engine_watch(d.engine(), 1, nullptr), 1);
  }
  EXPECT_EQ(d.Run(POP3_CMD_NOOP, "+OK\r\n"), 2U);
}

// --- A new connection

TEST(Engine, ANewConnectionBeginsAnew) {
  EngineDriver d;
  ASSERT_EQ(d.Start(), POP3_OK);
  d.Feed("+OK first <a@b>\r\n");
  d.Run(POP3_CMD_CAPA, "+OK\r\nTOP\r\n.\r\n");
  const char *first = pop3_engine_greeting(d.engine())->text;
  d.Feed("+OK half a li");
  p3_engine_restart(d.engine());
  size_t len = 99;
  EXPECT_EQ(pop3_engine_timestamp(d.engine(), &len), nullptr);
  EXPECT_EQ(len, 0U);
  EXPECT_EQ(pop3_engine_capabilities(d.engine()), nullptr);
  EXPECT_EQ(pop3_engine_in_flight(d.engine()), 1U);
  EXPECT_EQ(d.Feed("+OK second\r\n"), POP3_OK);
  EXPECT_STREQ(pop3_engine_greeting(d.engine())->text, "second");
  EXPECT_STREQ(first, "first <a@b>") << "what was handed out stays";
}

TEST(Engine, BehindAHandshakeNothingIsKnownOfTheServer) {
  EngineDriver d;
  d.StartReady({"PIPELINING", "UIDL"});
  d.Run(POP3_CMD_STLS, "+OK\r\n");
  EXPECT_NE(pop3_engine_capabilities(d.engine()), nullptr);
  d.Submit(POP3_CMD_STAT);
  EXPECT_EQ(d.Send(), "") << "nothing in the clear";
  pop3_engine_upgraded(d.engine());
  EXPECT_EQ(pop3_engine_capabilities(d.engine()), nullptr);
  d.Submit(POP3_CMD_NOOP);
  EXPECT_EQ(d.Send(), "STAT\r\n") << "one at a time";
}

// --- Memory

// A whole dialogue with each allocation failing: the first that hears of it gets POP3_ERR_MEMORY,
// everything ends exactly once, and nothing is lost.
TEST(Engine, EachAllocationFailing) {
  const size_t calls = ForEachAllocationFailure([](FailingAllocator &allocator) {
    allocator.Forbid("sesame");
    EngineDriver d;
    d.options.allocator = allocator.get();
    d.options.quirks =
        POP3_QUIRK_BIT(POP3_QUIRK_LIST_ONE_MULTILINE) | POP3_QUIRK_BIT(POP3_QUIRK_UID_LENIENT);
    d.limits.max_command = 1000;
    bool failed = d.Start() != POP3_OK;
    d.on_challenge = [&](pop3_op_id, const std::string &) {
      const pop3_status status =
          pop3_engine_respond(d.engine(), reinterpret_cast<const uint8_t *>("sesame"), 6, nullptr);
      if (status != POP3_OK)
        (void)pop3_engine_cancel(d.engine(), d.engine()->queue.head->id, nullptr);
    };
    const std::string token = std::string(600, 'x') + "sesame";
    const std::vector<std::pair<pop3_request, std::string>> kDialogue = {
        {Number(POP3_CMD_CAPA, 0), "+OK\r\nPIPELINING\r\nSASL PLAIN\r\n.\r\n"},
        {Request(POP3_CMD_AUTH, "LOGIN"), "+ \r\n"},
        {Request(POP3_CMD_PASS, token.c_str()), "+OK\r\n"},
        {Number(POP3_CMD_UIDL, 2), "+OK see below\r\n2 " + std::string(400, 'u') + "\r\n.\r\n"},
        {Number(POP3_CMD_RETR, 1), "+OK\r\n" + std::string(9000, 'x') + "\r\n.\r\n"},
        {Number(POP3_CMD_STAT, 0), "-ERR " + std::string(2000, 'y') + "\r\n"},
        {Number(POP3_CMD_QUIT, 0), "+OK\r\n"}};
    if (!failed) d.Feed("+OK ready <1@2>\r\n");
    for (size_t i = 0; !failed && i < kDialogue.size(); i++) {
      failed = pop3_engine_error(d.engine()) != nullptr;
      const pop3_op_id id = failed ? 0 : d.Submit(kDialogue[i].first);
      if (id == 0) break;
      d.Send();
      d.Feed(kDialogue[i].second);
      if (kDialogue[i].first.command == POP3_CMD_AUTH) {
        d.Send();
        d.Feed("+OK\r\n");
      }
    }
    if (!allocator.has_failed()) {
      EXPECT_EQ(d.error_text(), "");
      EXPECT_EQ(p3_engine_closed(d.engine()), 1);
    }
    const pop3_error *error = d.engine() != nullptr ? pop3_engine_error(d.engine()) : nullptr;
    if (error != nullptr) {
      EXPECT_EQ(error->status, POP3_ERR_MEMORY) << error->text;
    }
    d.Free();
  });
  EXPECT_GE(calls, 10U);
}

}  // namespace
}  // namespace engine_test
