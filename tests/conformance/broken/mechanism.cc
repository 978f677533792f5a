// Mechanisms that are broken. In order it is "AUTH X-TEST": the server's challenge is answered by
// user and password, and the server then proves itself before it says +OK.
#include <cstdlib>
#include <cstring>

#include "tests/conformance/auth_rig.h"
#include "tests/conformance/broken/broken.h"

namespace pop3_conformance {

namespace {

enum Defect {
  kNone,
  kFlagsNoSecret,
  kWipesNothing,
  kTakesOkTooEarly,
  kIgnoresRefusal,
  kDeclaresNoCleartext,
  kLeaksInTheMiddle,
  kLeaksWithoutMemory,
  kGivesNoReason,
  kReasonTooLong,
  kScoreAsks,
  kScoreChanges,
  kCrashesOnGarbage,
  kDoneOnAChallenge,
  kResponseAsCommand,
  kResponseNotBase64,
  kCommandWithLineEnd,
  kNoErrOnFail,
  kSharesItsState,
  kNotesThePassword,
  kLogsInWithoutPassword,
  kSaysSomethingElse,
  kWrongStatusWithoutMemory,
  kOffersAnyway,
  kNoStateFromBegin,
  kBlocks,
  kErrorShowsThePassword
};

constexpr size_t kRoom = 200;

struct Attempt {
  const pop3_host *host;
  Defect defect;
  int stage;  // 0: new, 1: AUTH sent, 2: credentials sent, 3: the proof has come
  char secret[kRoom];
  char line[2 * kRoom];
  size_t len;

  bool Has(Defect which) const { return defect == which; }
};

// What kSharesItsState has for all attempts together.
int shared_stage;

Attempt *Of(void *self) { return static_cast<Attempt *>(self); }

int Score(Defect defect, const pop3_host *, const pop3_auth_context *context, char *why,
          size_t why_cap) {
  static int calls;
  if (defect == kScoreAsks) {
    const uint8_t *data;
    size_t len;
    pop3_error ignored = POP3_ERROR_INIT;
    context->credential(context->session, POP3_CREDENTIAL_PASSWORD, &data, &len, &ignored);
  }
  if (defect == kOffersAnyway) context->offer(context->session, "X-TEST", 50, "");
  if (context->has_credential(context->session, POP3_CREDENTIAL_USER) != 0 &&
      context->has_credential(context->session, POP3_CREDENTIAL_PASSWORD) != 0) {
    return defect == kScoreChanges ? 100 + calls++ % 2 : 100;
  }
  const char *reason = "no user name or password was given";
  const size_t room = defect == kReasonTooLong ? why_cap + 5 : why_cap;
  if (defect == kGivesNoReason || room == 0) return 0;
  std::strncpy(why, reason, room - 1);
  if (std::strlen(reason) >= room) why[room - 1] = '\0';
  return 0;
}

pop3_status Get(const pop3_auth_context *context, Defect defect, pop3_credential what,
                std::string *out, pop3_error *err) {
  const uint8_t *data = nullptr;
  size_t len = 0;
  const pop3_status status = context->credential(context->session, what, &data, &len, err);
  if (status == POP3_ERR_NO_CREDENTIALS && defect == kLogsInWithoutPassword) {
    *out = "";
    return POP3_OK;
  }
  if (status == POP3_OK) out->assign(reinterpret_cast<const char *>(data), len);
  return status;
}

void End(void *ptr) {
  Attempt *self = Of(ptr);
  const pop3_host *host = self->host;
  if (!self->Has(kWipesNothing)) host->wipe(host->ctx, self, sizeof(*self));
  host->release(host->ctx, self);
}

pop3_status Begin(Defect defect, const pop3_host *host, const pop3_auth_context *context,
                  void **out_self, pop3_error *err) {
  std::string user, password;
  pop3_status status = Get(context, defect, POP3_CREDENTIAL_USER, &user, err);
  if (status == POP3_OK) status = Get(context, defect, POP3_CREDENTIAL_PASSWORD, &password, err);
  if (status != POP3_OK) return status;
  const std::string text = user + ":" + password;
  if (text.size() >= kRoom) {
    return host->fail(host->ctx, err, POP3_ERR_ARGUMENT, "broken", 0, 0, "too long");
  }
  const pop3_status no_memory =
      defect == kWrongStatusWithoutMemory ? POP3_ERR_SYSTEM : POP3_ERR_MEMORY;
  auto *self = static_cast<Attempt *>(host->alloc(host->ctx, sizeof(Attempt)));
  if (self == nullptr) {
    return host->fail(host->ctx, err, no_memory, "broken", 0, 0, "out of memory");
  }
  std::memset(self, 0, sizeof(*self));
  void *scratch = host->alloc(host->ctx, 10);
  if (scratch == nullptr) {
    if (defect != kLeaksWithoutMemory) host->release(host->ctx, self);
    return host->fail(host->ctx, err, no_memory, "broken", 0, 0, "out of memory");
  }
  host->release(host->ctx, scratch);
  self->host = host;
  self->defect = defect;
  std::memcpy(self->secret, text.c_str(), text.size() + 1);
  if (defect == kCommandWithLineEnd) std::memcpy(self->secret, user.c_str(), user.size() + 1);
  if (defect == kNotesThePassword) host->note(host->ctx, "logging in with %s", password.c_str());
  if (defect == kNoStateFromBegin) {
    End(self);
    return POP3_OK;
  }
  *out_self = self;
  return POP3_OK;
}

pop3_auth_verdict Send(Attempt *self, const std::string &text, bool is_command, bool is_secret,
                       pop3_auth_output *out) {
  std::memcpy(self->line, text.data(), text.size());
  self->len = text.size();
  out->is_command = is_command ? 1 : 0;
  out->line = reinterpret_cast<const uint8_t *>(self->line);
  out->line_len = self->len;
  out->secret_offset = is_secret && !self->Has(kFlagsNoSecret) ? 0 : self->len;
  return POP3_AUTH_SEND;
}

pop3_auth_verdict Fail(const Attempt *self, const pop3_auth_input *in, pop3_error *err) {
  if (in->event == POP3_AUTH_NEGATIVE || self->Has(kNoErrOnFail)) return POP3_AUTH_FAIL;
  self->host->fail(self->host->ctx, err, POP3_ERR_AUTH, "broken", 0, 0, "not as it should be%s",
                   self->Has(kErrorShowsThePassword) ? self->secret : "");
  return POP3_AUTH_FAIL;
}

pop3_auth_verdict Response(Attempt *self, pop3_auth_output *out) {
  const std::string text = self->Has(kResponseNotBase64)   ? "(" + std::string(self->secret) + ")"
                           : self->Has(kSaysSomethingElse) ? Base64("x" + std::string(self->secret))
                                                           : Base64(self->secret);
  return Send(self, text, self->Has(kResponseAsCommand), true, out);
}

pop3_auth_verdict Step(void *ptr, const pop3_auth_input *in, pop3_auth_output *out,
                       pop3_error *err) {
  Attempt *self = Of(ptr);
  int *stage = self->Has(kSharesItsState) ? &shared_stage : &self->stage;
  const bool is_challenge = in->event == POP3_AUTH_CHALLENGE;
  if (self->Has(kCrashesOnGarbage) && is_challenge && in->data_len > 100) abort();
  while (self->Has(kBlocks) && is_challenge) continue;
  if (in->event == POP3_AUTH_START) *stage = 0;
  const int before = (*stage)++;
  if (before == 0 && in->event == POP3_AUTH_START) {
    return Send(
        self, self->Has(kCommandWithLineEnd) ? "USER " + std::string(self->secret) : "AUTH X-TEST",
        true, false, out);
  }
  const bool goes_on = is_challenge || (self->Has(kIgnoresRefusal) && before < 3);
  if (before == 1 && goes_on) {
    if (self->Has(kLeaksInTheMiddle)) (void)self->host->alloc(self->host->ctx, 5);
    return Response(self, out);
  }
  if (before == 2 && goes_on) {
    if (self->Has(kDoneOnAChallenge)) return POP3_AUTH_DONE;
    return Send(self, "", !is_challenge, false, out);
  }
  if ((before == 3 || self->Has(kTakesOkTooEarly)) && in->event == POP3_AUTH_POSITIVE) {
    return POP3_AUTH_DONE;
  }
  return Fail(self, in, err);
}

template <Defect defect>
struct Tables {
  static int ScoreIt(const pop3_host *host, const pop3_auth_context *context, char *why,
                     size_t why_cap) {
    return Score(defect, host, context, why, why_cap);
  }
  static pop3_status BeginIt(const pop3_host *host, const pop3_auth_context *context,
                             void **out_self, pop3_error *err) {
    return Begin(defect, host, context, out_self, err);
  }
  static const pop3_plugin *Entry(uint32_t host_abi) {
    static const pop3_auth_ops ops = {
        POP3_ABI, sizeof(pop3_auth_ops),
        "broken", defect == kDeclaresNoCleartext ? 0 : POP3_AUTH_CLEARTEXT,
        0,        ScoreIt,
        BeginIt,  Step,
        End};
    return OneMechanism<Tables>(&ops, host_abi);
  }
};

template <Defect defect>
void Add(const char *name, const char *rule, std::vector<Broken> *out) {
  AuthCase what;
  what.credentials = {{POP3_CREDENTIAL_USER, "mrose"}, {POP3_CREDENTIAL_PASSWORD, "tanstaaf"}};
  what.server = Script({{"AUTH X-TEST", "+ "},
                        {Base64("mrose:tanstaaf"), "+ " + Base64("it is me")},
                        {"", "+OK maildrop has 1 message"}});
  Suite suite;
  suite.auths.push_back(what);
  out->push_back({name, rule, Tables<defect>::Entry, suite});
}

}  // namespace

std::vector<Broken> BrokenMechanisms() {
  std::vector<Broken> all;
  Add<kNone>("MechanismInOrder", "", &all);
  Add<kFlagsNoSecret>("MechanismFlagsNoSecret", "SecretsAreFlagged", &all);
  Add<kWipesNothing>("MechanismWipesNothing", "SecretsAreWiped", &all);
  Add<kTakesOkTooEarly>("MechanismTakesOkTooEarly", "EarlyOkIsNoLogin", &all);
  Add<kIgnoresRefusal>("MechanismIgnoresRefusal", "StopsWhenRefused", &all);
  Add<kDeclaresNoCleartext>("MechanismDeclaresNoCleartext", "CleartextIsDeclared", &all);
  Add<kLeaksInTheMiddle>("MechanismLeaksInTheMiddle", "LeaksNothing", &all);
  Add<kLeaksWithoutMemory>("MechanismLeaksWithoutMemory", "LeaksNothing", &all);
  Add<kGivesNoReason>("MechanismGivesNoReason", "SaysWhyNot", &all);
  Add<kReasonTooLong>("MechanismReasonTooLong", "SaysWhyNot", &all);
  Add<kScoreAsks>("MechanismScoreAsks", "ScoreAsksNobody", &all);
  Add<kScoreChanges>("MechanismScoreChanges", "ScoresAtAnyTime", &all);
  Add<kCrashesOnGarbage>("MechanismCrashesOnGarbage", "SurvivesIt", &all);
  Add<kDoneOnAChallenge>("MechanismDoneOnAChallenge", "DoneOnlyAfterOk", &all);
  Add<kResponseAsCommand>("MechanismResponseAsCommand", "SaysWhatIsACommand", &all);
  Add<kResponseNotBase64>("MechanismResponseNotBase64", "ResponsesAreBase64", &all);
  Add<kCommandWithLineEnd>("MechanismCommandWithLineEnd", "LinesAreLines", &all);
  Add<kNoErrOnFail>("MechanismNoErrOnFail", "FailFillsErr", &all);
  Add<kSharesItsState>("MechanismSharesItsState", "StandsBesideAnother", &all);
  Add<kNotesThePassword>("MechanismNotesThePassword", "SecretsStaySecret", &all);
  Add<kLogsInWithoutPassword>("MechanismLogsInWithoutPassword", "SaysThatCredentialsAreMissing",
                              &all);
  Add<kSaysSomethingElse>("MechanismSaysSomethingElse", "LogsIn", &all);
  Add<kWrongStatusWithoutMemory>("MechanismWrongStatusWithoutMemory", "SurvivesWithoutMemory",
                                 &all);
  Add<kOffersAnyway>("MechanismOffersAnyway", "FamilyOffers", &all);
  Add<kNoStateFromBegin>("MechanismNoStateFromBegin", "BeginMakesAState", &all);
  Add<kBlocks>("MechanismBlocks", "NeverBlocks", &all);
  Add<kErrorShowsThePassword>("MechanismErrorShowsThePassword", "SecretsStaySecret", &all);
  return all;
}

}  // namespace pop3_conformance
