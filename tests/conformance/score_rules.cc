// Rules about score.
#include "tests/conformance/rules.h"

namespace pop3_conformance {

namespace {

void CheckReason(const AuthBench &bench, int strength, const std::string &why, const char *when) {
  if (strength <= 0 && why.empty()) {
    bench.findings->Add("SaysWhyNot", "the score is %d %s, and no reason is given", strength, when);
  }
  if (strength > 0 && !why.empty()) {
    bench.findings->Add("SaysWhyNot", "the score is %d %s, and there is a reason against it",
                        strength, when);
  }
}

void ScoresAtAnyTime(const AuthBench &bench) {
  AuthRig rig(bench);
  std::string why, again;
  const int strength = rig.Score(&why);
  if (strength <= 0) {
    bench.findings->Add("ScoresAtAnyTime", "the score of the case is %d: %s", strength,
                        why.c_str());
  }
  CheckReason(bench, strength, why, "for the case");
  if (rig.Score(&again) != strength) {
    bench.findings->Add("ScoresAtAnyTime", "the second score in a row is another one");
  }
  if (rig.Begin() == POP3_OK) {
    if (rig.Score(&again) != strength) {
      bench.findings->Add("ScoresAtAnyTime", "the score during an attempt is another one");
    }
    rig.End();
  }
  if (rig.Score(&again) != strength) {
    bench.findings->Add("ScoresAtAnyTime", "the score after an attempt is another one");
  }
}

void SaysWhyNot(const AuthBench &bench) {
  for (int missing = 0; missing < 16; missing++) {
    AuthRig rig(bench);
    if ((missing & 1) != 0) rig.credentials.clear();
    if ((missing & 2) != 0) rig.capabilities.clear();
    if ((missing & 4) != 0) rig.timestamp.clear();
    if ((missing & 8) != 0) rig.channel = 0;
    std::string why;
    CheckReason(bench, rig.Score(&why), why, "with less than it needs");
    for (const size_t cap : {size_t{1}, size_t{2}, size_t{20}}) rig.Score(&why, cap);
  }
}

void ScoreAsksNobody(const AuthBench &bench) {
  AuthRig rig(bench);
  std::string why;
  rig.Score(&why);
  if (rig.asked() > 0) {
    bench.findings->Add("ScoreAsksNobody",
                        "score fetches a credential: somebody may be asked for a password in vain");
  }
}

void FamilyOffers(const AuthBench &bench) {
  AuthRig rig(bench);
  std::string why;
  rig.mechanism.clear();
  const int strength = rig.Score(&why);
  if (!bench.is_family()) {
    if (!rig.offers().empty()) {
      bench.findings->Add("FamilyOffers", "it offers mechanisms, and is not a POP3_AUTH_FAMILY");
    }
    return;
  }
  int best = 0;
  for (const Offer &offer : rig.offers()) {
    const bool is_upper = !offer.mechanism.empty() &&
                          offer.mechanism.find_first_not_of(
                              "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_") == std::string::npos;
    if (!is_upper || offer.mechanism.size() > 20) {
      bench.findings->Add("FamilyOffers", "it offers \"%s\", which is no name of a mechanism",
                          offer.mechanism.c_str());
    }
    CheckReason(bench, offer.strength, offer.strength > 0 ? "" : offer.why, "in an offer");
    if (offer.strength > best) best = offer.strength;
  }
  if (strength > 0 && best <= 0) {
    bench.findings->Add("FamilyOffers", "its score is %d, but it offers nothing", strength);
  }
  AuthRig none(bench);
  none.mechanism = "NO-SUCH-MECHANISM";
  const int unknown = none.Score(&why);
  CheckReason(bench, unknown, why, "for a mechanism that does not exist");
  if (unknown > 0) {
    bench.findings->Add("FamilyOffers", "it would play NO-SUCH-MECHANISM");
  }
}

}  // namespace

std::vector<AuthRule> ScoreRules() {
  return {
      {"ScoresAtAnyTime", ScoresAtAnyTime},
      {"SaysWhyNot", SaysWhyNot},
      {"ScoreAsksNobody", ScoreAsksNobody},
      {"FamilyOffers", FamilyOffers},
  };
}

}  // namespace pop3_conformance
