// The other end of a connection, as a thing without I/O that a MemoryWire or a SocketServer drives.
#ifndef POP3_TESTS_TESTING_PEER_H_
#define POP3_TESTS_TESTING_PEER_H_

#include <cstddef>
#include <cstdint>
#include <string>

namespace pop3_testing {

// PeerState says where a peer stands after a turn.
struct PeerState {
  enum Kind {
    kOpen,    // waits for octets
    kAgain,   // wants another turn although no octet has come
    kClosed,  // has closed in order, behind all that it sent
    kBroken   // has reset the connection, likewise
  };
  Kind kind = kOpen;
  int64_t wake_ms = -1;  // wants a turn at this time of the clock; -1: no
};

// Peer is a server in a test.
class Peer {
 public:
  virtual ~Peer() = default;
  // Receive takes octets that the client sent.
  virtual void Receive(const uint8_t *data, size_t len) = 0;
  // Turn lets the peer act: it appends what it sends to |*out|.
  virtual PeerState Turn(int64_t now_ms, std::string *out) = 0;
};

}  // namespace pop3_testing

#endif  // POP3_TESTS_TESTING_PEER_H_
