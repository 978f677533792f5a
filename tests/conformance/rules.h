// The rules of the suite. Each is a function that adds to the Findings of its Bench what it finds,
// mostly under its own name; what must hold for every call (see subject.h) is found by all of them.
#ifndef POP3_TESTS_CONFORMANCE_RULES_H_
#define POP3_TESTS_CONFORMANCE_RULES_H_

#include <vector>

#include "tests/conformance/auth_rig.h"
#include "tests/conformance/rig.h"

namespace pop3_conformance {

// TransportRule is a rule for transports.
struct TransportRule {
  enum For { kAll, kUpper, kBottom };
  const char *name;
  For whom;
  void (*check)(const Bench &bench);

  bool AppliesTo(const Bench &bench) const {
    return whom == kAll || (whom == kUpper) == bench.is_upper();
  }
};

// TransportRules returns all of them; the other three are its parts.
std::vector<TransportRule> TransportRules();
std::vector<TransportRule> CreationRules();
std::vector<TransportRule> StreamRules();
std::vector<TransportRule> BottomRules();
std::vector<TransportRule> UpperRules();

// AuthRule is a rule for mechanisms.
struct AuthRule {
  const char *name;
  void (*check)(const AuthBench &bench);
};

// AuthRules returns all of them; the others are its parts.
std::vector<AuthRule> AuthRules();
std::vector<AuthRule> ExchangeRules();
std::vector<AuthRule> CredentialRules();
std::vector<AuthRule> ScoreRules();

// CheckDescriptor checks what |entry| hands out: versions, sizes, names, required members, and that
// each transport and mechanism has a case in |suite|. Rule "Descriptor".
void CheckDescriptor(pop3_plugin_entry_fn entry, const Suite &suite, Findings *findings);

}  // namespace pop3_conformance

#endif  // POP3_TESTS_CONFORMANCE_RULES_H_
