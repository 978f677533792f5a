#include "tests/conformance/conformance.h"

void pop3_conformance::Describe(Suite *suite) {
  AuthCase good;
  good.credentials = {{POP3_CREDENTIAL_USER, "mrose"}, {POP3_CREDENTIAL_PASSWORD, "secret word"}};
  good.capabilities = {{"USER", ""}};
  good.server = Script({{"USER mrose", "+OK mrose is a real hoopy frood"},
                        {"PASS secret word", "+OK mrose's maildrop has 2 messages"}});
  suite->auths.push_back(good);

  AuthCase refused = good;
  refused.label = "refused";
  refused.logs_in = false;
  refused.server = Script({{"USER mrose", "+OK"}, {"PASS secret word", "-ERR maildrop locked"}});
  suite->auths.push_back(refused);
}
