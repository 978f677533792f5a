// The network as a test wants it: a program that links this has its own getpeername and getaddrinfo
// in place of libc's. They do the same until they are told otherwise.
#ifndef POP3_TESTS_TRANSPORTS_NET_CALLS_H_
#define POP3_TESTS_TRANSPORTS_NET_CALLS_H_

#include <cstdint>
#include <string>
#include <vector>

namespace pop3_testing {

// NetCalls is all static: there is one process. Change it only while no look-up is under way.
struct NetCalls {
  // peer is the numeric address that getpeername tells of every TCP socket; "": the truth.
  static std::string peer;
  // name has these numeric addresses, in this order; other names have those that they have.
  static std::string name;
  static std::vector<std::string> addresses;
  // Reset forgets everything.
  static void Reset();
};

}  // namespace pop3_testing

#endif  // POP3_TESTS_TRANSPORTS_NET_CALLS_H_
