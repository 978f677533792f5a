// Plays a transcript: its server against a real pop3_session, over memory, TCP or a Unix socket.
#ifndef POP3_TESTS_TESTING_PLAYER_H_
#define POP3_TESTS_TESTING_PLAYER_H_

#include <pop3/allocator.h>
#include <pop3/status.h>

#include <cstdint>
#include <string>
#include <vector>

#include "tests/testing/client.h"
#include "tests/testing/memory_transport.h"
#include "tests/testing/tls_peer.h"
#include "tests/testing/transcript.h"

namespace pop3_testing {

// Way is how the octets travel.
enum class Way { kMemory, kTcp, kUnix };

// WayName returns "memory", "tcp" or "unix", as in a transcript's `only:`.
const char *WayName(Way way);

// PlayOptions is how a transcript is played.
struct PlayOptions {
  Way way = Way::kMemory;
  bool named = false;  // through pop3_retr and so on, else pop3_submit
  bool pause = false;  // each sink pauses at each piece
  bool flaky = false;  // the layer "flaky" on top
  // Real TLS: under all of it, or from STLS on if the transcript has that. The certificate is for
  // pop.example.org, and |trusted| is what verifies it.
  const TlsServer *tls = nullptr;
  std::string trusted;
  WireFaults faults;         // over memory
  uint32_t recv_buffer = 0;  // octets, if the transcript says nothing; 0: the default
  const pop3_allocator *allocator = nullptr;  // of registry and session
  // With |faulty| operations may fail otherwise than the transcript says, with one of |failures|
  // (any from POP3_ERR_ARGUMENT up if empty) and in words. Until the first one that does, and
  // whatever is not a failure, all is as it says; and each operation still ends exactly once.
  bool faulty = false;
  std::vector<pop3_status> failures;
  // With an interruption nothing is compared any more from then on.
  Interruption interruption;
};

// PlayReport is how it went.
struct PlayReport {
  std::vector<std::string> complaints;  // none: as it should be
  bool diverged = false;                // |faulty|: an operation ended otherwise
  bool interrupted = false;
  bool faulted = false;  // the wire has shown a fault that was ordered
  uint64_t wire_calls = 0;
  uint64_t octets_read = 0;
  uint64_t octets_written = 0;
  size_t submitted = 0;
  // Text is the complaints, one a line.
  std::string Text() const;
};

// Play plays |transcript|.
PlayReport Play(const Transcript &transcript, const PlayOptions &options);

}  // namespace pop3_testing

#endif  // POP3_TESTS_TESTING_PLAYER_H_
