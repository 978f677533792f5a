// Random calls at random moments against a server that answers each command with its own number:
// whatever was cancelled, paused or stopped, every answer reaches the operation that asked.
#include <gtest/gtest.h>

#include <map>
#include <random>
#include <string>

#include "tests/core/engine_driver.h"

namespace engine_random_test {
namespace {

using pop3_core_test::EngineDriver;
using pop3_core_test::Number;
using pop3_core_test::Request;

// What the server says to |line|. "n" of the command comes back in every part of the answer.
std::string Answer(const std::string &line) {
  const size_t space = line.find(' ');
  const std::string verb = line.substr(0, space);
  const std::string n = space == std::string::npos ? "0" : line.substr(space + 1);
  if (verb == "RETR") return "+OK\r\nS: " + n + "\r\n\r\n.." + n + "\r\n.\r\n";
  if (verb == "LIST") return "+OK " + n + " " + n + "\r\n";
  if (verb == "UIDL") return "+OK\r\n1 id\r\n2 id\r\n.\r\n";
  if (verb == "DELE") return "-ERR " + n + "\r\n";
  if (verb == "AUTH") return "+ \r\n";
  if (verb == "answer" || verb == "*") return "-ERR denied\r\n";
  if (verb == "CAPA") return "+OK\r\nPIPELINING\r\n.\r\n";
  return "+OK " + n + "\r\n";
}

class Chaos {
 public:
  explicit Chaos(unsigned seed) : random_(seed) {
    d_.limits.recv_buffer = 512;
    d_.limits.send_buffer = 512;
    d_.limits.pipeline_high = 6;
    d_.StartReady(seed % 3 == 0 ? pop3_core_test::Lines() : pop3_core_test::Lines{"PIPELINING"});
    d_.on_piece = [this](pop3_op_id id) { return Piece(id); };
    d_.on_done = [this](const pop3_result &r) { Done(r); };
    d_.on_challenge = [this](pop3_op_id, const std::string &) {
      if (Dice(2) == 0) {
        Respond();
      } else {
        answer_due_ = true;
      }
    };
  }

  void Run(int rounds) {
    for (int i = 0; i < rounds; i++) {
      Act();
      ASSERT_EQ(pop3_engine_error(d_.engine()), nullptr) << d_.error_text();
      ASSERT_LE(pop3_engine_in_flight(d_.engine()), 6U);
    }
    // And now in peace.
    closing_ = true;
    for (int i = 0; i < 10000 && pop3_engine_pending(d_.engine()) > 0; i++) {
      Serve();
      ASSERT_EQ(d_.Feed(TakePiece()), POP3_OK) << d_.error_text();
      ASSERT_EQ(d_.Resume(), POP3_OK);
      if (answer_due_) Respond();
    }
    EXPECT_EQ(pop3_engine_pending(d_.engine()), 0U);
    EXPECT_EQ(expected_.size(), 0U);
    EXPECT_GT(done_, rounds / 10);
  }

 private:
  unsigned Dice(unsigned sides) { return static_cast<unsigned>(random_() % sides); }

  void Respond() {
    answer_due_ = false;
    (void)pop3_engine_respond(d_.engine(), reinterpret_cast<const uint8_t *>("answer"), 6, nullptr);
  }

  void Submit() {
    if (closing_ || expected_.size() > 30) return;
    const uint32_t n = 1 + Dice(1000000);
    const pop3_command kCommands[] = {POP3_CMD_RETR, POP3_CMD_LIST, POP3_CMD_DELE,
                                      POP3_CMD_UIDL, POP3_CMD_NOOP, POP3_CMD_AUTH};
    const pop3_command command = kCommands[Dice(6)];
    const bool numbered =
        command == POP3_CMD_RETR || command == POP3_CMD_LIST || command == POP3_CMD_DELE;
    const pop3_op_id id = d_.Submit(command == POP3_CMD_AUTH ? Request(command, "LOGIN")
                                                             : Number(command, numbered ? n : 0));
    ASSERT_NE(id, 0U);
    expected_[id] = numbered ? n : 0;
  }

  void CancelOne() {
    if (expected_.empty()) return;
    auto it = expected_.begin();
    std::advance(it, Dice(static_cast<unsigned>(expected_.size())));
    const pop3_op_id id = it->first;
    EXPECT_EQ(pop3_engine_cancel(d_.engine(), id, nullptr), POP3_OK);
    EXPECT_EQ(d_.status_of(id), POP3_ERR_CANCELLED);
  }

  pop3_sink_verdict Piece(pop3_op_id id) {
    EXPECT_EQ(expected_.count(id), 1U);
    if (closing_) return POP3_SINK_CONTINUE;
    const unsigned dice = Dice(20);
    if (dice == 0) Submit();
    if (dice == 1) CancelOne();
    return dice == 2 ? POP3_SINK_STOP : dice < 6 ? POP3_SINK_PAUSE : POP3_SINK_CONTINUE;
  }

  void Done(const pop3_result &r) {
    done_++;
    const auto it = expected_.find(r.op);
    ASSERT_TRUE(it != expected_.end());
    const std::string n = std::to_string(it->second);
    expected_.erase(it);
    const bool over = r.status == POP3_ERR_CANCELLED || r.status == POP3_ERR_SINK;
    if (!over && r.command == POP3_CMD_RETR) {
      EXPECT_EQ(r.status, POP3_OK);
      EXPECT_EQ(r.octets, 10 + 2 * n.size());
    } else if (!over && r.command == POP3_CMD_LIST) {
      EXPECT_EQ(r.status, POP3_OK);
      EXPECT_EQ(std::to_string(r.octets), n);
    } else if (!over && r.command == POP3_CMD_DELE) {
      EXPECT_EQ(r.status, POP3_REFUSED);
      EXPECT_EQ(r.reply->text, n);
    } else if (!over && r.command == POP3_CMD_AUTH) {
      EXPECT_EQ(r.status, POP3_REFUSED);
      EXPECT_STREQ(r.reply->text, "denied");
    } else if (!over) {
      EXPECT_EQ(r.status, POP3_OK);
    }
    if (Dice(4) == 0) Submit();
    if (Dice(8) == 0 && !closing_) CancelOne();
  }

  // The server reads what was sent and answers each whole line.
  void Serve() {
    sent_ += d_.Send(1 + Dice(60));
    for (size_t end; (end = sent_.find("\r\n")) != std::string::npos;) {
      answers_ += Answer(sent_.substr(0, end));
      sent_.erase(0, end + 2);
    }
  }

  std::string TakePiece() {
    const std::string piece = answers_.substr(0, 1 + Dice(40));
    answers_.erase(0, piece.size());
    return piece;
  }

  void Act() {
    switch (Dice(8)) {
      case 0:
      case 1:
        Submit();
        break;
      case 2:
      case 3:
        Serve();
        break;
      case 4:
      case 5:
        (void)d_.Feed(TakePiece());
        break;
      case 6:
        if (answer_due_) Respond();
        (void)d_.Resume();
        break;
      default:
        if (Dice(10) == 0) CancelOne();
        break;
    }
  }

  EngineDriver d_;
  std::mt19937 random_;
  std::map<pop3_op_id, uint32_t> expected_;  // number that the answer must bear
  std::string sent_;
  std::string answers_;
  bool answer_due_ = false;
  bool closing_ = false;
  int done_ = 0;
};

TEST(EngineRandom, EveryAnswerReachesTheOperationThatAsked) {
  for (unsigned seed = 0; seed < 60; seed++) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Chaos chaos(seed);
    ASSERT_NO_FATAL_FAILURE(chaos.Run(1500));
  }
}

}  // namespace
}  // namespace engine_random_test
