#include "tests/conformance/conformance.h"

namespace {

using pop3_conformance::AuthCase;

// The messages of RFC 7628 and of Google's XOAUTH2 for this user and this token, in base64.
constexpr char kBearer[] =
    "AUTH OAUTHBEARER "
    "bixhPWFsaWNlLAFob3N0PW1haWwuZXhhbXBsZQFwb3J0PTk5NQFhdXRoPUJlYXJlciB5YTI5LnRva2VuAQE=";
constexpr char kXoauth2[] = "AUTH XOAUTH2 dXNlcj1hbGljZQFhdXRoPUJlYXJlciB5YTI5LnRva2VuAQE=";
// {"status":"401"}
constexpr char kError[] = "+ eyJzdGF0dXMiOiI0MDEifQ==";

AuthCase With(const char *name) {
  AuthCase oauth;
  oauth.name = name;
  oauth.credentials = {{POP3_CREDENTIAL_USER, "alice"}, {POP3_CREDENTIAL_TOKEN, "ya29.token"}};
  oauth.capabilities = {{"SASL", "OAUTHBEARER XOAUTH2"}};
  oauth.queries = {{POP3_QUERY_PEER_NAME, "192.0.2.1:995"}};
  return oauth;
}

}  // namespace

void pop3_conformance::Describe(Suite *suite) {
  AuthCase bearer = With("oauthbearer");
  bearer.server = Script({{kBearer, "+OK welcome"}});
  suite->auths.push_back(bearer);

  AuthCase google = With("xoauth2");
  google.server = Script({{kXoauth2, "+OK welcome"}});
  suite->auths.push_back(google);

  // A token that is refused says why in a challenge, and the one that is asked for then is no
  // better.
  bearer.label = google.label = "refused";
  bearer.logs_in = google.logs_in = false;
  bearer.server = Script({{kBearer, kError},
                          {"AQ==", "-ERR [AUTH] no"},
                          {kBearer, kError},
                          {"AQ==", "-ERR [AUTH] no"}});
  google.server = Script(
      {{kXoauth2, kError}, {"", "-ERR [AUTH] no"}, {kXoauth2, kError}, {"", "-ERR [AUTH] no"}});
  suite->auths.push_back(bearer);
  suite->auths.push_back(google);

  AuthCase two_step = With("xoauth2");
  two_step.label = "two_step";
  two_step.prefers_two_step = true;
  two_step.server =
      Script({{"AUTH XOAUTH2", "+ "}, {std::string(kXoauth2).substr(13), "+OK welcome"}});
  suite->auths.push_back(two_step);
}
