#include "tests/conformance/conformance.h"

void pop3_conformance::Describe(Suite *suite) {
  // The example of RFC 1939 section 7.
  AuthCase apop;
  apop.credentials = {{POP3_CREDENTIAL_USER, "mrose"}, {POP3_CREDENTIAL_PASSWORD, "tanstaaf"}};
  apop.timestamp = "<1896.697170952@dbc.mtview.ca.us>";
  apop.server = Script({{"APOP mrose c4c9334bac560ecc979e58001b3e22fb", "+OK 1 message"}});
  suite->auths.push_back(apop);
}
