// A transport whose peer lives in the same process, and which moves octets as awkwardly as a test
// wants: in any pieces, with WANT answers everywhere, ending or failing anywhere.
#ifndef POP3_TESTS_TESTING_MEMORY_TRANSPORT_H_
#define POP3_TESTS_TESTING_MEMORY_TRANSPORT_H_

#include <pop3/spi/plugin.h>

#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "tests/testing/fake_clock.h"
#include "tests/testing/peer.h"

namespace pop3_testing {

constexpr uint64_t kNever = UINT64_MAX;

// Chunking cuts a stream of octets into pieces.
struct Chunking {
  enum Kind { kWhole, kOctets, kSplit, kRandom };
  Kind kind = kWhole;
  uint64_t at = 0;    // kSplit: the one place to cut; kOctets: cut everywhere before it
  uint32_t seed = 0;  // kRandom

  static Chunking Whole() { return Chunking(); }
  static Chunking Octets() { return Chunking{kOctets, kNever, 0}; }
  static Chunking SplitAt(uint64_t at) { return Chunking{kSplit, at, 0}; }
  static Chunking Random(uint32_t seed) { return Chunking{kRandom, 0, seed}; }
};

// WireFaults is what a MemoryWire does to a connection.
struct WireFaults {
  Chunking read;
  Chunking write;
  bool want_everywhere = false;     // each call answers WANT_READ or WANT_WRITE first
  uint64_t eof_at = kNever;         // the client reads EOF after so many octets
  uint64_t fail_read_at = kNever;   // reading fails after so many octets
  uint64_t fail_write_at = kNever;  // writing fails after so many octets
  uint64_t fail_call = kNever;      // the so-manieth call, from 1, to connect, read, write or
                                    // shutdown fails
  bool fail_call_persists = false;  // and all calls after it
  bool connect_never = false;       // connect waits for ever
  bool connect_refused = false;     // connect fails
  bool local = true;                // answer to POP3_QUERY_IS_LOCAL
};

// MemoryWire is one connection. It outlives the session. Give it to the transport "memory" as the
// option {"memory.wire", .object = &wire}.
//
// When the session waits and the peer has nothing to say, time passes: each look at what there is
// to wait for moves the clock on. So deadlines pass at once and nothing ever hangs.
class MemoryWire {
 public:
  MemoryWire(FakeClock *clock, Peer *peer, const WireFaults &faults);

  // complaints are the breaches of the transport contract that the host committed.
  const std::vector<std::string> &complaints() const { return complaints_; }
  // calls is how many calls to connect, read, write and shutdown there were.
  uint64_t calls() const { return calls_; }
  uint64_t octets_read() const { return octets_read_; }
  uint64_t octets_written() const { return octets_written_; }
  // faulted says whether the client has been shown an EOF or a failure that was ordered by faults.
  bool faulted() const { return faulted_; }
  // hung says that somebody waited without a deadline for what will never come.
  bool hung() const { return hung_; }
  // barren is how often the client wanted to read and nothing was there, in a row.
  unsigned barren() const { return barren_; }
  // created and destroyed count the transports made on this wire.
  unsigned created() const { return created_; }
  unsigned destroyed() const { return destroyed_; }

 private:
  friend struct MemoryTransport;

  enum class Phase { kNew, kConnected, kWriteFailed, kFailed };

  bool NextCallFails();
  void TakenAway();
  bool Stutter(int *count);
  void Fill();
  size_t Piece(const Chunking &chunking, std::mt19937 *random, uint64_t offset, size_t len);
  void Complain(const char *what);

  FakeClock *clock_;
  Peer *peer_;
  WireFaults faults_;
  std::mt19937 read_random_;
  std::mt19937 write_random_;
  std::string incoming_;  // from the peer, not read yet
  size_t incoming_at_ = 0;
  PeerState state_;
  std::string offered_;  // what a write that answered WANT was offered
  Phase phase_ = Phase::kNew;
  int stutter_connect_ = 0;
  int stutter_read_ = 0;
  int stutter_write_ = 0;
  bool split_shown_ = false;
  bool wanted_ = false;  // a WANT was answered without need: call again at once
  uint64_t calls_ = 0;
  uint64_t octets_read_ = 0;
  uint64_t octets_written_ = 0;
  bool faulted_ = false;
  bool hung_ = false;
  unsigned barren_ = 0;
  unsigned created_ = 0;
  unsigned destroyed_ = 0;
  std::vector<std::string> complaints_;
};

// MemoryPlugin returns the plugin with the transport "memory" (bottom).
const pop3_plugin *MemoryPlugin();

}  // namespace pop3_testing

#endif  // POP3_TESTS_TESTING_MEMORY_TRANSPORT_H_
