// Rules about user names, passwords and tokens.
#include "tests/conformance/rules.h"

namespace pop3_conformance {

namespace {

bool IsSecret(pop3_credential what) {
  return what == POP3_CREDENTIAL_PASSWORD || what == POP3_CREDENTIAL_TOKEN;
}

// The lines and the memory of every rule are looked through; this one is the attempt as it should
// be and with secrets that look like something else.
void SecretsAreFlagged(const AuthBench &bench) {
  {
    AuthRig rig(bench);
    rig.Play();
  }
  for (const char *secret : {"+OKlooks like it", "dGhpcyBpcyBiYXNlNjQ", "with spaces in it"}) {
    AuthRig rig(bench);
    for (auto &entry : rig.credentials) {
      if (IsSecret(entry.first)) entry.second = secret;
    }
    rig.Play([](int, const std::string &answer) { return answer; });
  }
}

void CleartextIsDeclared(const AuthBench &bench) {
  AuthRig rig(bench);
  rig.Play();
  if (!rig.sent_cleartext()) return;
  if (!bench.is_family()) {
    if ((bench.ops->flags & POP3_AUTH_CLEARTEXT) == 0) {
      bench.findings->Add("CleartextIsDeclared",
                          "a credential can be read in what it sends, but the flags lack "
                          "POP3_AUTH_CLEARTEXT");
    }
    return;
  }
  AuthRig open(bench);
  std::string why;
  open.channel = 0;
  if (open.Score(&why) > 0) {
    bench.findings->Add("CleartextIsDeclared",
                        "a credential can be read in what it sends, and its score on an open "
                        "channel is more than 0");
  }
  AuthRig allowed(bench);
  allowed.channel = POP3_CHANNEL_CLEARTEXT_ALLOWED;
  if (allowed.Score(&why) <= 0) {
    bench.findings->Add("CleartextIsDeclared",
                        "the caller allowed readable credentials, and it is unusable all the same: "
                        "%s",
                        why.c_str());
  }
}

void SaysThatCredentialsAreMissing(const AuthBench &bench) {
  for (const auto &entry : bench.what->credentials) {
    for (const bool is_promised : {false, true}) {
      AuthRig rig(bench);
      if (is_promised) {
        rig.withhold = entry.first;
      } else {
        rig.credentials.erase(entry.first);
      }
      const pop3_auth_verdict verdict =
          rig.Play([](int, const std::string &answer) { return answer; });
      const bool is_needed = entry.first == POP3_CREDENTIAL_USER || IsSecret(entry.first);
      if (verdict == POP3_AUTH_DONE && IsSecret(entry.first) && bench.what->logs_in) {
        bench.findings->Add("SaysThatCredentialsAreMissing",
                            "without credential %d it logs in all the same", entry.first);
      }
      // Where has_credential says no, the score has said so already.
      const bool is_told = rig.error().status == POP3_ERR_NO_CREDENTIALS ||
                           (!is_promised && rig.error().status == POP3_ERR_NO_MECHANISM);
      if (verdict == POP3_AUTH_FAIL && is_needed && bench.what->logs_in && !is_told) {
        bench.findings->Add("SaysThatCredentialsAreMissing",
                            "without credential %d the error is %d: %s", entry.first,
                            static_cast<int>(rig.error().status), rig.error().text);
      }
    }
  }
}

// What would be a second command for the server. Each line that is sent is looked at anyway.
void CannotBeMadeToSayMore(const AuthBench &bench) {
  const std::string evil[] = {"alice\r\nDELE 1",
                              "alice\nDELE 1",
                              "alice\rDELE 1",
                              std::string("ali\0ce", 6),
                              "\r\n",
                              std::string(1, '\0'),
                              "",
                              " ",
                              "alice DELE",
                              std::string(70000, 'x')};
  for (const auto &entry : bench.what->credentials) {
    for (const std::string &text : evil) {
      AuthRig rig(bench);
      rig.credentials[entry.first] = text;
      rig.Play([](int, const std::string &answer) { return answer; });
    }
  }
}

}  // namespace

std::vector<AuthRule> CredentialRules() {
  return {
      {"SecretsAreFlagged", SecretsAreFlagged},
      {"CleartextIsDeclared", CleartextIsDeclared},
      {"SaysThatCredentialsAreMissing", SaysThatCredentialsAreMissing},
      {"CannotBeMadeToSayMore", CannotBeMadeToSayMore},
  };
}

}  // namespace pop3_conformance
