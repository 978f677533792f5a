#include "tests/conformance/conformance.h"

void pop3_conformance::Describe(Suite *suite) {
  TransportCase sockets;
  sockets.endpoint = [] { return std::make_unique<UnixEndpoint>(); };
  sockets.nowhere = [] { return std::make_unique<Nowhere>("/nowhere/pop3", 0); };
  suite->transports.push_back(sockets);
}
