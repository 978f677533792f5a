// What goes out, and when: each command's line, batches, marks, barriers.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <string>

#include "core/engine/engine.h"
#include "core/engine/engine_state.h"
#include "tests/core/engine_driver.h"

namespace engine_send_test {
namespace {

using pop3_core_test::EngineDriver;
using pop3_core_test::Lines;
using pop3_core_test::Number;
using pop3_core_test::Request;

class EngineSend : public ::testing::Test {
 protected:
  void StartPipelining() { d_.StartReady({"PIPELINING"}); }

  EngineDriver d_;
};

TEST_F(EngineSend, EachCommandsLine) {
  const std::string digest = "c4c9334bac560ecc979e58001b3e22fb";
  pop3_request apop = Request(POP3_CMD_APOP, "mrose");
  apop.arg2 = digest.data();
  apop.arg2_len = digest.size();
  pop3_request initial = Request(POP3_CMD_AUTH, "plain");
  initial.arg2 = "AGEAYg==";
  initial.arg2_len = 8;
  pop3_request empty = Request(POP3_CMD_AUTH, "EXTERNAL");
  empty.arg2 = "=";
  empty.arg2_len = 1;
  const struct {
    pop3_request request;
    std::string line;
  } commands[] = {
      {Number(POP3_CMD_CAPA, 0), "CAPA"},
      {Request(POP3_CMD_USER, "mrose"), "USER mrose"},
      {Request(POP3_CMD_PASS, "secret word"), "PASS secret word"},
      {Request(POP3_CMD_PASS, ""), "PASS "},
      {apop, "APOP mrose " + digest},
      {Request(POP3_CMD_RPOP, "me"), "RPOP me"},
      {Request(POP3_CMD_AUTH, "cram-md5"), "AUTH CRAM-MD5"},
      {initial, "AUTH PLAIN AGEAYg=="},
      {empty, "AUTH EXTERNAL ="},
      {Number(POP3_CMD_STLS, 0), "STLS"},
      {Number(POP3_CMD_UTF8, 0), "UTF8"},
      {Number(POP3_CMD_LANG, 0), "LANG"},
      {Request(POP3_CMD_LANG, "fr"), "LANG fr"},
      {Request(POP3_CMD_LANG, "*"), "LANG *"},
      {Number(POP3_CMD_STAT, 0), "STAT"},
      {Number(POP3_CMD_LIST, 0), "LIST"},
      {Number(POP3_CMD_LIST, 4294967295), "LIST 4294967295"},
      {Number(POP3_CMD_UIDL, 0), "UIDL"},
      {Number(POP3_CMD_UIDL, 7), "UIDL 7"},
      {Number(POP3_CMD_RETR, 1), "RETR 1"},
      {Number(POP3_CMD_TOP, 10, 0), "TOP 10 0"},
      {Number(POP3_CMD_TOP, 4294967295, 4294967295), "TOP 4294967295 4294967295"},
      {Number(POP3_CMD_DELE, 2), "DELE 2"},
      {Number(POP3_CMD_RSET, 0), "RSET"},
      {Number(POP3_CMD_NOOP, 0), "NOOP"},
      {Number(POP3_CMD_LAST, 0), "LAST"},
      {Number(POP3_CMD_QUIT, 0), "QUIT"},
      {Request(POP3_CMD_RAW, "XTND XMIT"), "XTND XMIT"},
      {Request(POP3_CMD_RAW_MULTI, "AUTH"), "AUTH"},
  };
  for (const auto &command : commands) {
    EngineDriver d;
    d.StartReady();
    EXPECT_NE(d.Submit(command.request), 0U) << command.line << ": " << d.err().text;
    EXPECT_EQ(d.Send(), command.line + "\r\n");
    EXPECT_EQ(d.Send(), "");
    EXPECT_EQ(pop3_engine_in_flight(d.engine()), 1U);
    EXPECT_EQ(d.audits.size(), 1U);
  }
}

TEST_F(EngineSend, ARefusedArgumentSendsNothing) {
  d_.StartReady();
  for (const std::string &arg :
       {std::string("a\r\nDELE 1"), std::string("a\nb"), std::string("a\rb"),
        std::string("a\0b", 3), std::string(5000, 'x')}) {
    for (const pop3_command command : {POP3_CMD_USER, POP3_CMD_PASS, POP3_CMD_RPOP, POP3_CMD_LANG,
                                       POP3_CMD_AUTH, POP3_CMD_RAW, POP3_CMD_RAW_MULTI}) {
      EXPECT_EQ(d_.Submit(command, arg), 0U);
      EXPECT_EQ(d_.err().status, POP3_ERR_ARGUMENT);
      EXPECT_EQ(std::string(d_.err().text).find("DELE"), std::string::npos);
    }
  }
  EXPECT_EQ(d_.Submit(POP3_CMD_RETR, 0), 0U);
  EXPECT_EQ(d_.Send(), "");
  EXPECT_EQ(pop3_engine_pending(d_.engine()), 0U);
}

TEST_F(EngineSend, NothingBeforeTheGreeting) {
  ASSERT_EQ(d_.Start(), POP3_OK);
  d_.Submit(POP3_CMD_STAT);
  EXPECT_EQ(d_.Send(), "");
  EXPECT_EQ(pop3_engine_in_flight(d_.engine()), 1U) << "the greeting is awaited";
  d_.Feed("+OK rea");
  EXPECT_EQ(d_.Send(), "");
  d_.Feed("dy\r\n");
  EXPECT_EQ(d_.Send(), "STAT\r\n");
}

TEST_F(EngineSend, OneAtATimeWithoutCapa) {
  d_.StartReady();
  for (uint32_t i = 1; i <= 3; i++) d_.Submit(POP3_CMD_DELE, i);
  EXPECT_EQ(d_.Send(), "DELE 1\r\n");
  d_.Feed("+OK\r\n");
  EXPECT_EQ(d_.Send(), "DELE 2\r\n");
  d_.Feed("-ERR\r\n");
  EXPECT_EQ(d_.Send(), "DELE 3\r\n");
}

TEST_F(EngineSend, OneAtATimeIfCapaDoesNotSaySo) {
  d_.StartReady({"TOP", "UIDL", "SASL PIPELINING"});
  for (uint32_t i = 1; i <= 3; i++) d_.Submit(POP3_CMD_DELE, i);
  EXPECT_EQ(d_.Send(), "DELE 1\r\n");
}

TEST_F(EngineSend, OneAtATimeIfToldSo) {
  d_.options.pipelining = POP3_PIPELINING_NEVER;
  d_.StartReady({"PIPELINING"});
  for (uint32_t i = 1; i <= 3; i++) d_.Submit(POP3_CMD_DELE, i);
  EXPECT_EQ(d_.Send(), "DELE 1\r\n");
}

TEST_F(EngineSend, InOneBatchOnceCapaSaysSo) {
  StartPipelining();
  for (uint32_t i = 1; i <= 3; i++) d_.Submit(POP3_CMD_DELE, i);
  EXPECT_EQ(d_.Send(), "DELE 1\r\nDELE 2\r\nDELE 3\r\n");
  EXPECT_EQ(pop3_engine_in_flight(d_.engine()), 3U);
  d_.Feed("+OK\r\n-ERR no\r\n+OK\r\n");
  EXPECT_EQ(d_.log, (Lines{"#2 done DELE OK", "#3 done DELE REFUSED", "#4 done DELE OK"}));
}

TEST_F(EngineSend, ALaterCapaDecidesAnew) {
  StartPipelining();
  d_.Run(POP3_CMD_CAPA, "+OK\r\nTOP\r\n.\r\n");
  for (uint32_t i = 1; i <= 3; i++) d_.Submit(POP3_CMD_DELE, i);
  EXPECT_EQ(d_.Send(), "DELE 1\r\n");
  d_.Feed("+OK\r\n");
  // A CAPA that is refused says nothing new.
  d_.Send();
  d_.Feed("+OK\r\n");
  d_.Send();
  d_.Feed("+OK\r\n");
  d_.Run(POP3_CMD_CAPA, "+OK\r\nPIPELINING\r\n.\r\n");
  d_.Run(POP3_CMD_CAPA, "-ERR\r\n");
  for (uint32_t i = 1; i <= 2; i++) d_.Submit(POP3_CMD_DELE, i);
  EXPECT_EQ(d_.Send(), "DELE 1\r\nDELE 2\r\n");
}

TEST_F(EngineSend, CommandsQueuedBehindCapaWaitForItsWord) {
  d_.StartReady();
  d_.Submit(POP3_CMD_CAPA);
  for (uint32_t i = 1; i <= 3; i++) d_.Submit(POP3_CMD_DELE, i);
  EXPECT_EQ(d_.Send(), "CAPA\r\n");
  d_.Feed("+OK\r\nPIPELINING\r\n");
  EXPECT_EQ(d_.Send(), "");
  d_.Feed(".\r\n");
  EXPECT_EQ(d_.Send(), "DELE 1\r\nDELE 2\r\nDELE 3\r\n");
}

// Nothing shares a batch with these, before or behind; and they wait for all that is in flight.
TEST_F(EngineSend, Barriers) {
  pop3_request apop = Request(POP3_CMD_APOP, "u");
  const std::string digest(32, 'a');
  apop.arg2 = digest.data();
  apop.arg2_len = digest.size();
  const struct {
    pop3_request request;
    const char *line;
  } barriers[] = {
      {Number(POP3_CMD_STLS, 0), "STLS"},
      {Request(POP3_CMD_AUTH, "PLAIN"), "AUTH PLAIN"},
      {Request(POP3_CMD_PASS, "x"), "PASS x"},
      {apop, "APOP u aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"},
      {Request(POP3_CMD_RPOP, "x"), "RPOP x"},
      {Number(POP3_CMD_QUIT, 0), "QUIT"},
      {Request(POP3_CMD_RAW, "PASS x"), "PASS x"},
      {Request(POP3_CMD_RAW, "apop u d"), "apop u d"},
      {Request(POP3_CMD_RAW, "rpop x"), "rpop x"},
      {Request(POP3_CMD_RAW, "qUIT"), "qUIT"},
      {Request(POP3_CMD_RAW_MULTI, "PASS x"), "PASS x"},
  };
  for (const auto &barrier : barriers) {
    SCOPED_TRACE(barrier.line);
    EngineDriver d;
    d.StartReady({"PIPELINING"});
    d.Submit(POP3_CMD_NOOP);
    d.Submit(POP3_CMD_NOOP);
    d.Submit(barrier.request);
    d.Submit(POP3_CMD_RSET);
    d.Submit(POP3_CMD_RSET);
    EXPECT_EQ(d.Send(), "NOOP\r\nNOOP\r\n");
    d.Feed("+OK\r\n");
    EXPECT_EQ(d.Send(), "");
    d.Feed("+OK\r\n");
    EXPECT_EQ(d.Send(), std::string(barrier.line) + "\r\n");
    d.Feed("-ER");
    EXPECT_EQ(d.Send(), "");
    d.Feed("R no\r\n");
    const bool quit = std::string(barrier.line) == "QUIT" || std::string(barrier.line) == "qUIT";
    EXPECT_EQ(d.Send(), quit ? "" : "RSET\r\nRSET\r\n");
  }
}

TEST_F(EngineSend, HighAndLowMarkByCount) {
  d_.limits.pipeline_high = 5;
  d_.limits.pipeline_low = 2;
  StartPipelining();
  for (int i = 0; i < 20; i++) d_.Submit(POP3_CMD_NOOP);
  const auto batch = [&] { return d_.Send().size() / 6; };
  EXPECT_EQ(batch(), 5U);
  d_.Feed("+OK\r\n+OK\r\n");
  EXPECT_EQ(batch(), 0U) << "3 in flight is above the low mark";
  d_.Feed("+OK\r\n");
  EXPECT_EQ(batch(), 3U) << "filled up to the high mark";
  d_.Feed("+OK\r\n+OK\r\n+OK\r\n+OK\r\n+OK\r\n");
  EXPECT_EQ(batch(), 5U);
}

TEST_F(EngineSend, AHighMarkOfOneIsNoPipelining) {
  d_.limits.pipeline_high = 1;
  StartPipelining();
  for (int i = 0; i < 3; i++) d_.Submit(POP3_CMD_NOOP);
  for (int i = 0; i < 3; i++) {
    EXPECT_EQ(d_.Send(), "NOOP\r\n");
    d_.Feed("+OK\r\n");
  }
}

TEST_F(EngineSend, TheMarkByOctetsExactlyAndOnePast) {
  d_.limits.pipeline_octets = 18;
  StartPipelining();
  for (int i = 0; i < 4; i++) d_.Submit(POP3_CMD_NOOP);
  EXPECT_EQ(d_.Send().size(), 18U);
  d_.Feed("+OK\r\n");
  EXPECT_EQ(d_.Send().size(), 6U);

  EngineDriver less;
  less.limits.pipeline_octets = 17;
  less.StartReady({"PIPELINING"});
  for (int i = 0; i < 4; i++) less.Submit(POP3_CMD_NOOP);
  EXPECT_EQ(less.Send().size(), 12U);
}

TEST_F(EngineSend, ACommandAboveTheMarkGoesAlone) {
  d_.limits.pipeline_octets = 10;
  StartPipelining();
  d_.Submit(POP3_CMD_RAW, "XLONG " + std::string(50, 'x'));
  d_.Submit(POP3_CMD_NOOP);
  EXPECT_EQ(d_.Send().size(), 58U);
  d_.Feed("+OK\r\n");
  EXPECT_EQ(d_.Send(), "NOOP\r\n");
}

// Whatever the size of the buffer and of the pieces that are sent, the lines come out in order.
TEST_F(EngineSend, ManyCommandsThroughASmallBuffer) {
  d_.limits.send_buffer = 512;
  d_.limits.pipeline_high = 1000;
  d_.limits.pipeline_octets = 100000;
  StartPipelining();
  std::string want;
  for (uint32_t i = 1; i <= 500; i++) {
    d_.Submit(POP3_CMD_RETR, i * 7919);
    want += "RETR " + std::to_string(i * 7919) + "\r\n";
  }
  std::string got;
  for (size_t most = 1; got.size() < want.size(); most = most % 97 + 1) {
    const std::string part = d_.Send(most);
    ASSERT_FALSE(part.empty());
    got += part;
  }
  EXPECT_EQ(got, want);
}

TEST_F(EngineSend, AckOfMoreThanThereIsTakesAll) {
  d_.StartReady();
  pop3_engine_send_ack(d_.engine(), 5);
  d_.Submit(POP3_CMD_NOOP);
  size_t len = 0;
  ASSERT_NE(pop3_engine_send_buf(d_.engine(), &len), nullptr);
  pop3_engine_send_ack(d_.engine(), 1000);
  EXPECT_EQ(pop3_engine_send_buf(d_.engine(), &len), nullptr);
  EXPECT_EQ(len, 0U);
}

// Octets that nobody asked for, even half a line of them, never become the answer to what comes
// next.
TEST_F(EngineSend, NothingIsSentWhileUnaskedOctetsWait) {
  d_.StartReady();
  d_.Feed("+OK");
  d_.Submit(POP3_CMD_STAT);
  EXPECT_EQ(d_.Send(), "");
  EXPECT_EQ(d_.Feed(" 1 2\r\n"), POP3_ERR_UNSOLICITED);
  EXPECT_EQ(d_.log, Lines{"#1 done STAT POP3_ERR_UNSOLICITED"});
}

TEST_F(EngineSend, NothingMovesInsideACallback) {
  StartPipelining();
  size_t moved = 99;
  d_.on_done = [&](const pop3_result &) {
    d_.Submit(POP3_CMD_RSET);
    (void)pop3_engine_send_buf(d_.engine(), &moved);
    d_.on_done = nullptr;
  };
  d_.Run(POP3_CMD_NOOP, "+OK\r\n");
  EXPECT_EQ(moved, 0U);
  EXPECT_EQ(d_.Send(), "RSET\r\n");
}

TEST_F(EngineSend, PausedIsNotDeaf) {
  StartPipelining();
  d_.on_piece = [](pop3_op_id) { return POP3_SINK_PAUSE; };
  d_.Run(Number(POP3_CMD_RETR, 1), "+OK\r\nbody\r\n");
  ASSERT_EQ(pop3_engine_paused(d_.engine()), 1);
  d_.Submit(POP3_CMD_DELE, 2);
  EXPECT_EQ(d_.Send(), "DELE 2\r\n");
}

// --- Secrets

bool Holds(const uint8_t *data, size_t len, const std::string &text) {
  return std::search(data, data + len, text.begin(), text.end()) != data + len;
}

TEST_F(EngineSend, AnAcknowledgedSecretIsWiped) {
  d_.allocator.Forbid("sesame");
  d_.StartReady();
  d_.Submit(POP3_CMD_PASS, "open sesame");
  size_t len = 0;
  const uint8_t *data = pop3_engine_send_buf(d_.engine(), &len);
  ASSERT_EQ(std::string(reinterpret_cast<const char *>(data), len), "PASS open sesame\r\n");
  pop3_engine_send_ack(d_.engine(), len - 2);
  EXPECT_FALSE(Holds(data, len, "sesame"));
  EXPECT_EQ(d_.Send(), "\r\n");
  d_.Feed("+OK\r\n");
  const pop3_engine *engine = d_.engine();
  ASSERT_NE(engine->queue.spare, nullptr);
  EXPECT_FALSE(Holds(engine->queue.spare->inline_line, P3_OP_INLINE_LINE, "sesame"));
}

TEST_F(EngineSend, AnUnsentSecretIsWipedAtFailureAndAtTheEnd) {
  d_.allocator.Forbid("sesame");
  d_.StartReady();
  d_.Submit(POP3_CMD_PASS, "sesame");
  d_.Submit(POP3_CMD_PASS, "sesame" + std::string(100, 'x'));
  size_t len = 0;
  const uint8_t *data = pop3_engine_send_buf(d_.engine(), &len);
  ASSERT_TRUE(Holds(data, len, "sesame"));
  pop3_error error = POP3_ERROR_INIT;
  pop3_error_set(&error, POP3_ERR_IO, "test", 0, "broken");
  pop3_engine_fail(d_.engine(), &error);
  EXPECT_FALSE(Holds(d_.engine()->send.octets, d_.engine()->limits.send_buffer, "sesame"));
  EXPECT_EQ(d_.Send(), "");

  EngineDriver other;
  other.allocator.Forbid("sesame");
  other.StartReady();
  other.Submit(POP3_CMD_PASS, "sesame");
  (void)pop3_engine_send_buf(other.engine(), &len);  // and freed with the secret in the buffer
}

// The longest line that goes through the heap.
TEST_F(EngineSend, ALongSecretLineIsWipedToo) {
  d_.allocator.Forbid("sesame");
  d_.limits.max_command = 4096;
  d_.StartReady();
  d_.Submit(POP3_CMD_PASS, std::string(4000, 'x') + "sesame");
  EXPECT_EQ(d_.Send().size(), 4013U);
  EXPECT_EQ(d_.Submit(POP3_CMD_PASS, std::string(4090, 'x') + "sesame"), 0U);
  d_.Feed("-ERR\r\n");
}

// --- Policy and audit

TEST_F(EngineSend, TheGateIsAskedAboutLoginsAndSecrets) {
  d_.StartReady();
  Lines asked;
  d_.on_gate = [&](pop3_command command, pop3_error *) {
    asked.push_back(pop3_command_name(command));
    return POP3_OK;
  };
  pop3_request secret = Request(POP3_CMD_RAW, "XTOKEN abc");
  secret.flags = POP3_REQUEST_SECRET;
  pop3_request initial = Request(POP3_CMD_AUTH, "PLAIN");
  initial.arg2 = "AGEAYg==";
  initial.arg2_len = 8;
  pop3_request apop = Request(POP3_CMD_APOP, "u");
  const std::string digest(32, 'a');
  apop.arg2 = digest.data();
  apop.arg2_len = digest.size();
  for (const pop3_request &request :
       {Request(POP3_CMD_USER, "u"), Request(POP3_CMD_PASS, "p"), Request(POP3_CMD_RAW, "PASS p"),
        Request(POP3_CMD_RAW, "XTOKEN abc"), Request(POP3_CMD_RAW, "AUTH"), secret, apop,
        Request(POP3_CMD_AUTH, "PLAIN"), initial, Number(POP3_CMD_STAT, 0)}) {
    d_.Run(request, "-ERR\r\n");
  }
  EXPECT_EQ(asked, (Lines{"USER", "PASS", "PASS", "raw", "APOP", "AUTH", "AUTH"}));
}

TEST_F(EngineSend, TheGateRefusesOneCommandAndNothingOfItIsSent) {
  d_.options.debug_level = 2;
  StartPipelining();
  d_.on_gate = [](pop3_command command, pop3_error *err) {
    return pop3_error_set(err, POP3_ERR_POLICY, "test", 0, "no %s here",
                          pop3_command_name(command));
  };
  std::string text;
  d_.on_done = [&](const pop3_result &result) {
    if (result.command != POP3_CMD_PASS) return;
    text = result.error->text;
    EXPECT_EQ(result.reply, nullptr);
  };
  d_.Submit(POP3_CMD_PASS, "hunter2");
  d_.Submit(POP3_CMD_NOOP);
  EXPECT_EQ(d_.Send(), "NOOP\r\n");
  EXPECT_EQ(d_.log, Lines{"#2 done PASS POP3_ERR_POLICY"});
  EXPECT_EQ(text, "no PASS here");
  EXPECT_EQ(d_.traces, Lines{"C NOOP"});
  EXPECT_EQ(d_.audits, Lines{"NOOP"});
  EXPECT_EQ(d_.Feed("+OK\r\n"), POP3_OK);
}

TEST_F(EngineSend, TheGateNeedNotGiveWords) {
  d_.StartReady();
  std::string words;
  d_.on_gate = [](pop3_command, pop3_error *) { return POP3_ERR_POLICY; };
  d_.on_done = [&](const pop3_result &result) {
    EXPECT_EQ(result.error->status, POP3_ERR_POLICY);
    words = result.error->text;
  };
  d_.Submit(POP3_CMD_PASS, "hunter2");
  EXPECT_EQ(d_.Send(), "");
  EXPECT_EQ(d_.log, Lines{"#1 done PASS POP3_ERR_POLICY"});
  EXPECT_EQ(words, "the gate forbids PASS");
  // Nor the status, which it returns.
  d_.on_gate = [](pop3_command, pop3_error *err) {
    snprintf(err->text, sizeof(err->text), "no");
    return POP3_ERR_POLICY;
  };
  d_.Submit(POP3_CMD_PASS, "hunter2");
  EXPECT_EQ(d_.Send(), "");
  EXPECT_EQ(words, "no");
}

// A command that is submitted while another one is being refused.
TEST_F(EngineSend, SubmitInsideARefusal) {
  d_.StartReady();
  d_.on_gate = [](pop3_command, pop3_error *err) {
    return pop3_error_set(err, POP3_ERR_POLICY, "test", 0, "no");
  };
  d_.on_done = [&](const pop3_result &) {
    d_.on_done = nullptr;
    d_.Submit(POP3_CMD_PASS, "again");
    d_.Submit(POP3_CMD_QUIT);
  };
  d_.Submit(POP3_CMD_PASS, "hunter2");
  EXPECT_EQ(d_.Send(), "QUIT\r\n");
  EXPECT_EQ(d_.log, (Lines{"#1 done PASS POP3_ERR_POLICY", "#2 done PASS POP3_ERR_POLICY"}));
}

TEST_F(EngineSend, AnAuditVetoIsStickyAndNothingIsSent) {
  StartPipelining();
  d_.on_audit = [](const std::string &line) { return line != "DELE 2"; };
  for (uint32_t i = 1; i <= 3; i++) d_.Submit(POP3_CMD_DELE, i);
  EXPECT_EQ(d_.Send(), "");
  EXPECT_EQ(d_.error_text(), "the audit hook forbade DELE");
  EXPECT_EQ(d_.log, (Lines{"#2 done DELE POP3_ERR_AUDIT", "#3 done DELE POP3_ERR_AUDIT",
                           "#4 done DELE POP3_ERR_AUDIT"}));
  EXPECT_EQ(d_.audits, (Lines{"DELE 1", "DELE 2"}));
  EXPECT_EQ(d_.Submit(POP3_CMD_NOOP), 0U);
  EXPECT_EQ(d_.err().status, POP3_ERR_AUDIT);
}

TEST_F(EngineSend, WithoutHooks) {
  d_.options.audit = nullptr;
  d_.options.gate = nullptr;
  d_.options.trace = nullptr;
  d_.options.debug_level = 2;
  d_.StartReady();
  d_.Submit(POP3_CMD_PASS, "p");
  EXPECT_EQ(d_.Send(), "PASS p\r\n");
}

}  // namespace
}  // namespace engine_send_test
