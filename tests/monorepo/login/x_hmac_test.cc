// What the conformance suite of libpop3 has to know about X-HMAC.
#include "tests/conformance/conformance.h"

#ifndef MONOREPO_GOOGLETEST
#error "the suite does not use this workspace's GoogleTest"
#endif

void pop3_conformance::Describe(Suite *suite) {
  AuthCase good;
  good.credentials = {{POP3_CREDENTIAL_USER, "tim"},
                      {POP3_CREDENTIAL_PASSWORD, "tanstaaftanstaaf"}};
  good.capabilities = {{"SASL", "PLAIN X-HMAC"}};
  good.server = Script({
      {"AUTH X-HMAC", "+ PDE4OTYuNjk3MTcwOTUyQHBvc3RvZmZpY2U+"},
      {"dGltIGFlMmU5OWRjZWIzMGMzOGM0YWJmY2RjMmIwYWIwNTU3ODA1MDJhMWIxMDBmMWI0Y2Y3ZTdiYWM2MTgyNmU3Yz"
       "k=",
       "+OK 2 messages"},
  });
  suite->auths.push_back(good);

  AuthCase refused = good;
  refused.label = "refused";
  refused.logs_in = false;
  refused.server = Script({
      {"AUTH X-HMAC", "-ERR [SYS/TEMP] come back later"},
  });
  suite->auths.push_back(refused);
}
