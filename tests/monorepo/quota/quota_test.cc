// What the conformance suite of libpop3 has to know about the transport "quota".
#include "tests/conformance/conformance.h"

void pop3_conformance::Describe(Suite *suite) {
  suite->transports.push_back(TransportCase());

  TransportCase limited;
  limited.label = "limited";
  limited.options = {{"quota.octets", nullptr, INT64_C(1) << 40, nullptr}};
  suite->transports.push_back(limited);
}
