// A short POP3 session through whatever transports, against a peer that first talks as a proxy.
#ifndef POP3_TESTS_PLUGINS_MAIL_RUN_H_
#define POP3_TESTS_PLUGINS_MAIL_RUN_H_

#include <pop3/pop3.h>

#include <deque>
#include <string>
#include <utility>
#include <vector>

#include "tests/testing/memory_transport.h"
#include "tests/testing/peer.h"

namespace pop3_testing {

// MailPeer answers what the client says first, step by step, and is then a server with one message
// for mrose, whose password is "sesame".
class MailPeer : public Peer {
 public:
  struct Step {
    std::string hear;  // exactly
    std::string say;
  };

  // With |ends| it closes after the steps instead.
  explicit MailPeer(const std::vector<Step> &steps = {}, bool ends = false)
      : steps_(steps.begin(), steps.end()), ends_(ends) {}

  // Then lets |next| speak after the steps, instead of the server with one message.
  void Then(Peer *next) { next_ = next; }
  // OfferStls makes it advertise STLS, and answer it by +OK; the TLS is somebody else's.
  void OfferStls() { offers_stls_ = true; }

  void Receive(const uint8_t *data, size_t len) override;
  PeerState Turn(int64_t now_ms, std::string *out) override;

  // complaints is what the client said that it should not have.
  const std::vector<std::string> &complaints() const { return complaints_; }
  // heard is all that came.
  const std::string &heard() const { return heard_; }
  bool logged_in() const { return logged_in_; }

 private:
  std::string Answer(const std::string &line);

  std::deque<Step> steps_;
  bool ends_;
  Peer *next_ = nullptr;
  bool offers_stls_ = false;
  bool greeted_ = false;
  bool logged_in_ = false;
  bool closed_ = false;
  std::string in_;
  std::string heard_;
  std::vector<std::string> complaints_;
};

// kMail is the message as RETR hands it over.
extern const char kMail[];

// MailRun is a session and how it went.
struct MailRun {
  std::vector<const char *> transports;
  std::vector<const pop3_plugin *> plugins;  // beside user_pass, tcp, unix, memory and flaky
  std::vector<pop3_option> options;
  std::string host = "mail.example";
  uint32_t port = 110;
  bool allow_cleartext = true;
  pop3_tls_policy tls = POP3_TLS_NEVER;
  const pop3_allocator *allocator = nullptr;
  MemoryWire *wire = nullptr;  // for the transport "memory"
  FakeClock *clock = nullptr;  // likewise

  // Run connects, logs in, asks STAT, RETR 1, and quits. Stops at the first failure.
  pop3_status Run();

  pop3_error error = POP3_ERROR_INIT;
  std::string body;
  std::string peer_name;
  int is_private = -1;
  int is_encrypted = -1;
  std::vector<std::string> notes;
};

// RunOverMemory does so over a MemoryWire with |faults| below, which must not complain.
pop3_status RunOverMemory(MailRun *run, Peer *peer, const WireFaults &faults = {});

}  // namespace pop3_testing

#endif  // POP3_TESTS_PLUGINS_MAIL_RUN_H_
