// What the conformance suite has to know about the mechanism "template_auth".
#include "tests/conformance/conformance.h"

void pop3_conformance::Describe(Suite *suite) {
  // The example of RFC 4616 section 4, without authorization identity.
  AuthCase good;
  good.credentials = {{POP3_CREDENTIAL_USER, "tim"},
                      {POP3_CREDENTIAL_PASSWORD, "tanstaaftanstaaf"}};
  good.capabilities = {{"SASL", "PLAIN LOGIN"}};
  good.server = Script({
      {"AUTH PLAIN", "+ "},
      {"AHRpbQB0YW5zdGFhZnRhbnN0YWFm", "+OK maildrop has 2 messages"},
  });
  suite->auths.push_back(good);
}
