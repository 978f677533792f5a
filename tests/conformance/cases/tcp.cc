#include "tests/conformance/conformance.h"

void pop3_conformance::Describe(Suite *suite) {
  TransportCase tcp;
  tcp.endpoint = [] { return std::make_unique<TcpEndpoint>(); };
  // Port 1 of this machine: nobody has had a reason to listen there since 1988.
  tcp.nowhere = [] { return std::make_unique<Nowhere>("127.0.0.1", 1); };
  suite->transports.push_back(tcp);
}
