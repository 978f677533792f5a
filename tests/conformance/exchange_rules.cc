// Rules about the dialogue of a login attempt.
#include "tests/conformance/rules.h"

namespace pop3_conformance {

namespace {

bool IsOk(const std::string &answer) { return answer.compare(0, 3, "+OK") == 0; }
bool IsChallenge(const std::string &answer) { return answer.compare(0, 2, "+ ") == 0; }

// The proper answers of an undisturbed attempt.
std::vector<std::string> ProperAnswers(const AuthBench &bench) {
  AuthRig rig(bench);
  rig.Play();
  return rig.proper();
}

void LogsIn(const AuthBench &bench) {
  for (int i = 0; i < 2; i++) {
    AuthRig rig(bench);
    const pop3_auth_verdict verdict = rig.Play();
    if (bench.what->logs_in && verdict != POP3_AUTH_DONE) {
      bench.findings->Add("LogsIn", "the verdict is %d after %d lines: %s",
                          static_cast<int>(verdict), rig.turns(), rig.error().text);
    }
    if (!bench.what->logs_in && verdict != POP3_AUTH_FAIL) {
      bench.findings->Add("LogsIn", "this server refuses; the verdict is %d",
                          static_cast<int>(verdict));
    }
    if (verdict == POP3_AUTH_DONE && !rig.server_is_over()) {
      bench.findings->Add("EarlyOkIsNoLogin",
                          "it is done after %d lines, and the server is not: that +OK was no login",
                          rig.turns());
    }
  }
}

// "+OK" where the server has something to prove or to ask first.
void EarlyOkIsNoLogin(const AuthBench &bench) {
  if (!bench.what->logs_in) return;  // the challenges of a refusal ask for nothing
  const std::vector<std::string> proper = ProperAnswers(bench);
  for (size_t at = 0; at < proper.size(); at++) {
    if (!IsChallenge(proper[at])) continue;
    AuthRig rig(bench);
    const pop3_auth_verdict verdict = rig.Play([&](int turn, const std::string &answer) {
      return turn < static_cast<int>(at) ? answer : std::string("+OK come in");
    });
    if (verdict == POP3_AUTH_DONE) {
      bench.findings->Add("EarlyOkIsNoLogin",
                          "+OK in answer to line %zu, where a challenge is due, is a login for it",
                          at + 1);
    }
  }
}

void StopsWhenRefused(const AuthBench &bench) {
  const std::vector<std::string> proper = ProperAnswers(bench);
  for (const char *words : {"-ERR [AUTH] no", "-ERR", "-ERR [SYS/TEMP] later"}) {
    for (size_t at = 0; at < proper.size(); at++) {
      AuthRig rig(bench);
      const pop3_auth_verdict verdict = rig.Play([&](int turn, const std::string &answer) {
        return turn < static_cast<int>(at) ? answer : std::string(words);
      });
      if (verdict == POP3_AUTH_FAIL) continue;
      bench.findings->Add("StopsWhenRefused",
                          "\"%s\" in answer to line %zu, and again; the verdict is %d and not FAIL",
                          words, at + 1, static_cast<int>(verdict));
    }
  }
}

// A challenge where the server should come to an end. What follows may be anything but a login.
void SurvivesAChallengeOutOfPlace(const AuthBench &bench) {
  const std::vector<std::string> proper = ProperAnswers(bench);
  for (size_t at = 0; at < proper.size(); at++) {
    if (IsChallenge(proper[at])) continue;
    for (const std::string &challenge : {std::string("+ "), "+ " + Base64("what is this?")}) {
      AuthRig rig(bench);
      const pop3_auth_verdict verdict = rig.Play([&](int turn, const std::string &answer) {
        return turn < static_cast<int>(at) ? answer : challenge;
      });
      if (verdict == POP3_AUTH_DONE) {
        bench.findings->Add("DoneOnlyAfterOk",
                            "a challenge in answer to line %zu is a login for it", at + 1);
      }
    }
  }
}

std::vector<std::string> Garbage() {
  std::vector<std::string> garbage = {
      "",
      "=",
      "====",
      "A",
      "AAA",
      "AA=A",
      "!!!!",
      "not base64 at all",
      std::string("\0\0\0\0", 4),
      "\xFF\xFE\x80\x81",
      Base64(std::string(3, '\0')),
      Base64("r=,s=,i="),
      Base64("r=x,s=!,i=99999999999999999999"),
      Base64("realm=\"\",nonce=\"\",qop=\"\""),
      Base64("<not.a.timestamp"),
      Base64("v="),
      Base64("e=other-error"),
      Base64("{\"status\":"),
  };
  garbage.emplace_back(200000, 'A');
  garbage.push_back(Base64(std::string(60000, ',')));
  garbage.push_back(Base64("r=" + std::string(60000, 'x') + ",s=QQ==,i=4096"));
  uint32_t state = 7;
  std::string noise;
  for (int i = 0; i < 90; i++) {
    state = state * 1664525U + 1013904223U;
    noise.push_back(static_cast<char>(state >> 24));
  }
  garbage.push_back(Base64(noise));
  return garbage;
}

void SurvivesGarbage(const AuthBench &bench) {
  const std::vector<std::string> proper = ProperAnswers(bench);
  for (size_t at = 0; at < proper.size(); at++) {
    for (const std::string &garbage : Garbage()) {
      const bool is_challenge = IsChallenge(proper[at]);
      // As a challenge, and as the text of the answer that is due.
      const std::string said =
          is_challenge ? "+ " + garbage : (IsOk(proper[at]) ? "+OK " : "-ERR ") + garbage;
      AuthRig rig(bench);
      const pop3_auth_verdict verdict = rig.Play([&](int turn, const std::string &answer) {
        if (turn == static_cast<int>(at)) return said;
        return turn < static_cast<int>(at) ? answer : std::string("-ERR that was garbage");
      });
      if (is_challenge && verdict == POP3_AUTH_DONE) {
        bench.findings->Add("DoneOnlyAfterOk", "garbage in answer to line %zu is a login for it",
                            at + 1);
      }
    }
  }
}

void MayBeCancelledAtAnyPoint(const AuthBench &bench) {
  {
    AuthRig rig(bench);
    rig.Begin();
  }
  const size_t turns = ProperAnswers(bench).size();
  for (size_t at = 0; at < turns; at++) {
    AuthRig rig(bench);
    rig.Play([&](int turn, const std::string &answer) {
      return turn < static_cast<int>(at) ? answer : std::string();
    });
  }
}

void StandsBesideAnother(const AuthBench &bench) {
  AuthRig one(bench);
  bool other_is_done = false;
  // In the middle of the one, the other goes all the way.
  const pop3_auth_verdict verdict = one.Play([&](int turn, const std::string &answer) {
    if (turn == 0) {
      AuthRig other(bench);
      other_is_done = other.Play() == POP3_AUTH_DONE;
    }
    return answer;
  });
  if (bench.what->logs_in && (verdict != POP3_AUTH_DONE || !other_is_done)) {
    bench.findings->Add("StandsBesideAnother", "two attempts at once disturb each other");
  }
}

void SurvivesWithoutMemory(const AuthBench &bench) {
  for (const bool persistently : {false, true}) {
    for (int nth = 0; nth < 2000; nth++) {
      AuthRig rig(bench);
      rig.host().FailAllocation(nth, persistently);
      const pop3_auth_verdict verdict = rig.Play();
      if (!rig.host().has_failed()) break;
      if (verdict == POP3_AUTH_FAIL && bench.what->logs_in &&
          rig.error().status != POP3_ERR_MEMORY) {
        bench.findings->Add("SurvivesWithoutMemory", "allocation %d fails, and the error is %d: %s",
                            nth + 1, static_cast<int>(rig.error().status), rig.error().text);
      }
    }
  }
}

}  // namespace

std::vector<AuthRule> ExchangeRules() {
  return {
      {"LogsIn", LogsIn},
      {"EarlyOkIsNoLogin", EarlyOkIsNoLogin},
      {"StopsWhenRefused", StopsWhenRefused},
      {"SurvivesAChallengeOutOfPlace", SurvivesAChallengeOutOfPlace},
      {"SurvivesGarbage", SurvivesGarbage},
      {"MayBeCancelledAtAnyPoint", MayBeCancelledAtAnyPoint},
      {"StandsBesideAnother", StandsBesideAnother},
      {"SurvivesWithoutMemory", SurvivesWithoutMemory},
  };
}

std::vector<AuthRule> AuthRules() {
  std::vector<AuthRule> all = ExchangeRules();
  for (const auto &part : {CredentialRules(), ScoreRules()}) {
    all.insert(all.end(), part.begin(), part.end());
  }
  return all;
}

}  // namespace pop3_conformance
