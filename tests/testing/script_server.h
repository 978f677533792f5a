// The server's side of a transcript, as a Peer.
#ifndef POP3_TESTS_TESTING_SCRIPT_SERVER_H_
#define POP3_TESTS_TESTING_SCRIPT_SERVER_H_

#include <atomic>
#include <string>
#include <vector>

#include "tests/testing/peer.h"
#include "tests/testing/transcript.h"

namespace pop3_testing {

// ScriptServer plays |transcript|, which outlives it. Everything but ClientIdles is called by one
// thread.
class ScriptServer : public Peer {
 public:
  // With |patient| it answers only when the client has nothing more to send, which it knows from
  // being asked for a turn with nothing received in between; so what a batch holds is certain.
  ScriptServer(const Transcript &transcript, bool patient);

  void Receive(const uint8_t *data, size_t len) override;
  PeerState Turn(int64_t now_ms, std::string *out) override;

  // ClientIdles lets the script go past an `idle:`. From any thread.
  void ClientIdles() { idles_.fetch_add(1); }

  // Finished says whether the script has come to its end, or to a delay that nobody waits for any
  // more.
  bool Finished() const;
  // Waiting describes the step that the script stands at.
  std::string Waiting() const;
  // Leftover is what the client sent that no step took.
  const std::string &Leftover() const { return received_; }
  // complaints are the lines of the client that were not as expected.
  const std::vector<std::string> &complaints() const { return complaints_; }

 private:
  // Do does a step. Returns false if it has to wait; then |*state| says for what.
  bool Do(const ServerStep &step, int64_t now_ms, std::string *out, PeerState *state);
  bool Hear(const ServerStep &step);
  void Complain(const ServerStep &step, const std::string &what);

  const std::vector<ServerStep> &steps_;
  const bool patient_;
  size_t at_ = 0;
  std::string received_;
  bool fresh_ = false;  // octets have come since the last turn
  bool ended_ = false;
  PeerState end_;
  int64_t delay_until_ms_ = -1;
  std::atomic<unsigned> idles_{0};
  unsigned idles_used_ = 0;
  std::vector<std::string> complaints_;
};

}  // namespace pop3_testing

#endif  // POP3_TESTS_TESTING_SCRIPT_SERVER_H_
