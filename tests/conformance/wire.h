// The transport below an upper transport under test: a Peer in the same process, octets in pieces,
// WANT, EOF and failure wherever a rule wants them. It notes what the plugin does wrong as a host.
#ifndef POP3_TESTS_CONFORMANCE_WIRE_H_
#define POP3_TESTS_CONFORMANCE_WIRE_H_

#include <pop3/spi/transport.h>

#include <cstdint>
#include <memory>
#include <string>

#include "tests/conformance/conformance.h"
#include "tests/conformance/findings.h"
#include "tests/testing/plugin_host.h"

namespace pop3_conformance {

using pop3_testing::PluginHost;

constexpr uint64_t kNever = UINT64_MAX;

// WireFaults is how a Wire moves octets.
struct WireFaults {
  size_t read_most = SIZE_MAX;  // octets in a call
  size_t write_most = SIZE_MAX;
  bool stutter = false;             // each answer is preceded by a WANT_READ and a WANT_WRITE
  uint64_t eof_at = kNever;         // EOF after so many octets were read
  uint64_t fail_read_at = kNever;   // likewise a failure
  uint64_t fail_write_at = kNever;  // a failure after so many octets were written
  uint64_t fail_call = kNever;      // the so-manieth call to read or write fails, from 1
};

// Wire is the state of the lower transport, and its function table.
class Wire {
 public:
  Wire(PluginHost *host, Findings *findings, Peer *peer, const WireFaults &faults);

  const pop3_layer *layer() const { return &layer_; }
  Peer *peer() { return peer_; }

  // Faults may be changed on the way.
  WireFaults faults;
  bool jammed = false;  // writing answers WANT_WRITE

  uint64_t calls() const { return calls_; }
  uint64_t octets_read() const { return octets_read_; }
  uint64_t octets_written() const { return octets_written_; }
  bool faulted() const { return faulted_; }
  // dead says that a call has failed.
  bool dead() const { return phase_ != Phase::kOpen; }
  bool empty() const { return peer_->to_plugin.empty(); }

  // Ready says whether waiting for |events| would end: something can be done at once.
  bool Ready(uint32_t wanted) const;
  // events is what interest was asked for since ForgetInterest, as POP3_WAIT_*.
  uint32_t events() const { return events_; }
  void ForgetInterest() { events_ = 0; }
  // last_want is what the last read or write answered, as POP3_WAIT_*, if that was a WANT.
  uint32_t last_want() const { return last_want_; }

 private:
  enum class Phase { kOpen, kWriteFailed, kFailed };

  static Wire *Of(void *self) { return static_cast<Wire *>(self); }
  static pop3_status Create(const pop3_host *, const pop3_transport_config *, const pop3_layer *,
                            void **, pop3_error *err);
  static pop3_io Connect(void *self, pop3_error *err);
  static pop3_io Read(void *self, uint8_t *buf, size_t cap, size_t *out_len, pop3_error *err);
  static pop3_io Write(void *self, const uint8_t *data, size_t len, size_t *out_len,
                       pop3_error *err);
  static pop3_io Shutdown(void *self, pop3_error *err);
  static void Interest(void *self, pop3_interest *io);
  static pop3_status Query(void *self, uint32_t what, pop3_answer *out);
  static void Destroy(void *self);

  pop3_io ReadSome(uint8_t *buf, size_t cap, size_t *out_len, pop3_error *err);
  pop3_io WriteSome(const uint8_t *data, size_t len, size_t *out_len, pop3_error *err);
  pop3_io Fail(Phase phase, pop3_error *err, const char *what);
  pop3_io Remember(pop3_io io);
  bool Stutter(int *turn, pop3_io *out);

  PluginHost *host_;
  Findings *findings_;
  Peer *peer_;
  pop3_transport_ops ops_;
  pop3_layer layer_;
  Phase phase_ = Phase::kOpen;
  std::string offered_;  // to a write that answered WANT
  int read_turn_ = 0;
  int write_turn_ = 0;
  bool stuttered_ = false;
  bool faulted_ = false;
  uint64_t calls_ = 0;
  uint64_t octets_read_ = 0;
  uint64_t octets_written_ = 0;
  uint32_t events_ = 0;
  uint32_t last_want_ = 0;
};

}  // namespace pop3_conformance

#endif  // POP3_TESTS_CONFORMANCE_WIRE_H_
