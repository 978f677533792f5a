#include "tests/conformance/conformance.h"

void pop3_conformance::Describe(Suite *suite) {
  AuthCase rpop;
  rpop.credentials = {{POP3_CREDENTIAL_USER, "rose"}, {POP3_CREDENTIAL_AUTHZID, "mrose"}};
  rpop.server = Script({{"USER mrose", "+OK"}, {"RPOP rose", "+OK 1 message"}});
  suite->auths.push_back(rpop);

  AuthCase alone;
  alone.label = "one_name";
  alone.credentials = {{POP3_CREDENTIAL_USER, "mrose"}};
  alone.server = Script({{"USER mrose", "+OK"}, {"RPOP mrose", "+OK 1 message"}});
  suite->auths.push_back(alone);
}
