#include "tests/conformance/auth_rig.h"

#include <pop3/spi/transport.h>

#include <cstring>

#include "tests/conformance/watch.h"

namespace pop3_conformance {

namespace {

// More turns than any mechanism takes.
constexpr int kTurns = 60;
// Shorter than this, "secrets" stand in memory by chance.
constexpr size_t kSecretLeast = 4;

bool Is(const std::string &line, const char *start) {
  return line.compare(0, std::strlen(start), start) == 0;
}

}  // namespace

AuthRig::AuthRig(const AuthBench &bench)
    : credentials(bench.what->credentials),
      capabilities(bench.what->capabilities),
      mechanism(bench.what->mechanism),
      timestamp(bench.what->timestamp),
      bench_(bench),
      host_(bench.findings->Adder()),
      server_(bench.what->server()) {
  std::memset(&context_, 0, sizeof(context_));
}

AuthRig::~AuthRig() {
  End();
  if (host_.live() != 0) {
    bench_.findings->Add("LeaksNothing", "%d allocations are not released after end", host_.live());
  }
  CheckNothingIsLeft();
}

std::vector<std::string> AuthRig::Secrets() const {
  std::vector<std::string> secrets;
  for (const pop3_credential what : {POP3_CREDENTIAL_PASSWORD, POP3_CREDENTIAL_TOKEN}) {
    const auto found = credentials.find(what);
    if (found != credentials.end() && found->second.size() >= kSecretLeast) {
      secrets.push_back(found->second);
    }
  }
  return secrets;
}

void AuthRig::CheckNothingIsLeft() {
  for (const std::string &secret : Secrets()) {
    if (host_.Remembers(secret)) {
      bench_.findings->Add("SecretsAreWiped", "a credential is left in memory that was released");
    }
    if (host_.Noted(secret)) bench_.findings->Add("SecretsStaySecret", "a note shows a credential");
  }
  for (const std::string &sent : sent_secrets_) {
    if (host_.Remembers(sent)) {
      bench_.findings->Add("SecretsAreWiped",
                           "what a line flags as secret is left in memory that was released");
    }
  }
}

void AuthRig::Prepare() {
  context_.size = sizeof(context_);
  context_.channel = channel;
  context_.session = this;
  context_.mechanism = mechanism.empty() ? nullptr : mechanism.c_str();
  context_.host = bench_.what->host.c_str();
  context_.timestamp = timestamp.empty() ? nullptr : timestamp.data();
  context_.timestamp_len = timestamp.size();
  context_.capability = Capability;
  context_.credential = Credential;
  context_.has_credential = HasCredential;
  context_.is_given = HasCredential;
  context_.query = Query;
  context_.offer = AddOffer;
  context_.renew = Renew;
  context_.detail = Detail;
  context_.prefers_two_step = bench_.what->prefers_two_step ? 1 : 0;
  context_.knows_capabilities = capabilities.empty() ? 0 : 1;
}

int AuthRig::Score(std::string *why, size_t why_cap) {
  Prepare();
  offers_.clear();
  std::string text(why_cap + 16, '\x5C');
  text[0] = '\0';
  int strength = 0;
  {
    const Watch watch("score");
    strength = bench_.ops->score(host_.get(), &context_, &text[0], why_cap);
  }
  const size_t end = text.find('\0');
  if (text.find_first_not_of('\x5C', why_cap) != std::string::npos || end >= why_cap) {
    bench_.findings->Add("SaysWhyNot", "score does not keep to the %zu octets for the reason",
                         why_cap);
  }
  why->assign(text, 0, end < why_cap ? end : 0);
  if (why->find_first_of("\r\n") != std::string::npos) {
    bench_.findings->Add("SaysWhyNot", "the reason is more than a line");
  }
  return strength;
}

pop3_status AuthRig::Begin() {
  Prepare();
  error_ = POP3_ERROR_INIT;
  pop3_status status;
  {
    const Watch watch("begin");
    status = bench_.ops->begin(host_.get(), &context_, &self_, &error_);
  }
  begun_ = status == POP3_OK;
  if (begun_ && self_ == nullptr) {
    bench_.findings->Add("BeginMakesAState", "begin returns POP3_OK and no state");
    begun_ = false;
  }
  if (status != POP3_OK && (error_.status != status || error_.text[0] == '\0')) {
    bench_.findings->Add("FailFillsErr", "begin returns the status %d; err has %d and \"%s\"",
                         static_cast<int>(status), static_cast<int>(error_.status), error_.text);
  }
  return status;
}

pop3_auth_verdict AuthRig::Answer(const std::string &line) {
  pop3_auth_input in = {};
  in.size = sizeof(in);
  std::string text;
  if (line.empty()) {
    in.event = POP3_AUTH_START;
  } else if (Is(line, "+OK")) {
    in.event = POP3_AUTH_POSITIVE;
    text = line.size() > 4 ? line.substr(4) : "";
  } else if (Is(line, "+ ")) {
    in.event = POP3_AUTH_CHALLENGE;
    text = line.substr(2);
  } else {
    in.event = POP3_AUTH_NEGATIVE;
    text = line.size() > 5 ? line.substr(5) : "";
  }
  // Exactly as long as it is: nobody may count on a NUL.
  const std::vector<char> data(text.begin(), text.end());
  in.data = data.data();
  in.data_len = data.size();
  pop3_auth_output out = {};
  out.size = sizeof(out);
  error_ = POP3_ERROR_INIT;
  renewed_ = false;
  pop3_auth_verdict verdict;
  {
    const Watch watch("step");
    verdict = bench_.ops->step(self_, &in, &out, &error_);
  }
  CheckVerdict(verdict, in.event, out);
  return verdict;
}

void AuthRig::CheckVerdict(pop3_auth_verdict verdict, pop3_auth_event event,
                           const pop3_auth_output &out) {
  for (const std::string &secret : Secrets()) {
    if (Shows(error_.text, secret)) {
      bench_.findings->Add("SecretsStaySecret", "an error shows a credential");
    }
  }
  switch (verdict) {
    case POP3_AUTH_SEND:
      if (event == POP3_AUTH_NEGATIVE && !renewed_ && !bench_.what->may_retry) {
        bench_.findings->Add("StopsWhenRefused", "the server refused, and it goes on");
      }
      CheckLine(event, out);
      return;
    case POP3_AUTH_DONE:
      if (event != POP3_AUTH_POSITIVE) {
        bench_.findings->Add("DoneOnlyAfterOk", "it is done, but the server did not say +OK");
      }
      CheckLayer(out);
      return;
    case POP3_AUTH_FAIL:
      if (event != POP3_AUTH_NEGATIVE &&
          (error_.status < POP3_ERR_ARGUMENT || error_.text[0] == '\0')) {
        bench_.findings->Add("FailFillsErr", "step answers FAIL and leaves err empty");
      }
      return;
  }
  bench_.findings->Add("AnswersWhatItMay", "step answers %d", static_cast<int>(verdict));
}

// A security layer that the session would put on the chain, and does not, because it ends before.
void AuthRig::CheckLayer(const pop3_auth_output &out) {
  const pop3_transport_ops *layer = out.layer;
  if (layer != nullptr && (POP3_ABI_MAJOR(layer->abi) != POP3_ABI_MAJOR(POP3_ABI) ||
                           (layer->flags & POP3_TRANSPORT_UPPER) == 0 || layer->create == nullptr ||
                           layer->destroy == nullptr)) {
    bench_.findings->Add("LayersAreTransports", "its security layer is no upper transport");
  }
  if (out.release_layer != nullptr) out.release_layer(out.layer_options, out.num_layer_options);
}

void AuthRig::CheckLine(pop3_auth_event event, const pop3_auth_output &out) {
  if (out.line == nullptr && out.line_len > 0) {
    bench_.findings->Add("LinesAreLines", "a line of %zu octets is NULL", out.line_len);
    line_.clear();
    return;
  }
  line_.assign(reinterpret_cast<const char *>(out.line), out.line_len);
  if (line_.find_first_of(std::string("\r\n\0", 3)) != std::string::npos) {
    bench_.findings->Add("LinesAreLines", "a line holds CR, LF or NUL");
  }
  if (out.secret_offset > out.line_len) {
    bench_.findings->Add("SecretsAreFlagged", "secret_offset lies behind the line");
  }
  const bool is_response = event == POP3_AUTH_CHALLENGE;
  if (out.is_command != (is_response ? 0U : 1U)) {
    bench_.findings->Add("SaysWhatIsACommand", "a %s is marked as the other",
                         is_response ? "response" : "command");
  }
  if (is_response && line_ != "=" && !line_.empty() &&
      line_.find_first_not_of(
          "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=") !=
          std::string::npos) {
    bench_.findings->Add("ResponsesAreBase64", "the answer to a challenge is not base64");
  }
  CheckSecrets(line_, out.secret_offset);
}

void AuthRig::CheckSecrets(const std::string &line, size_t secret_offset) {
  const std::string shown = line.substr(0, secret_offset);
  const std::string hidden = shown.size() < line.size() ? line.substr(shown.size()) : "";
  for (const std::string &secret : Secrets()) {
    if (Shows(shown, secret)) {
      bench_.findings->Add("SecretsAreFlagged",
                           "a credential can be read in a line before secret_offset");
    }
    if (Shows(line, secret)) sent_cleartext_ = true;
  }
  if (hidden.size() >= 8) sent_secrets_.insert(hidden);
}

void AuthRig::End() {
  if (!begun_) return;
  const Watch watch("end");
  bench_.ops->end(self_);
  begun_ = false;
}

pop3_auth_verdict AuthRig::Play(const Twist &twist) {
  if (Begin() != POP3_OK) return POP3_AUTH_FAIL;
  pop3_auth_verdict verdict = Answer("");
  for (; verdict == POP3_AUTH_SEND && turns_ < kTurns; turns_++) {
    lines_.push_back(line_);
    const std::string proper = server_->Answer(line_);
    proper_.push_back(proper);
    const std::string said = twist ? twist(turns_, proper) : proper;
    if (said.empty()) {
      End();
      return POP3_AUTH_FAIL;
    }
    if (!server_->complaint.empty() && !twist) {
      bench_.findings->Add("LogsIn", "%s", server_->complaint.c_str());
    }
    verdict = Answer(said);
    if (twist && verdict == POP3_AUTH_DONE) break;
  }
  return verdict;
}

const char *AuthRig::Capability(void *session, const char *keyword) {
  AuthRig *self = Of(session);
  const auto found = self->capabilities.find(keyword);
  return found == self->capabilities.end() ? nullptr : found->second.c_str();
}

pop3_status AuthRig::Credential(void *session, pop3_credential what, const uint8_t **out_data,
                                size_t *out_len, pop3_error *err) {
  AuthRig *self = Of(session);
  self->asked_++;
  const auto found = self->credentials.find(what);
  *out_data = nullptr;
  *out_len = 0;
  if (found == self->credentials.end() || self->withhold == what) {
    const pop3_host *host = self->host_.get();
    return host->fail(host->ctx, err, POP3_ERR_NO_CREDENTIALS, "session", 0, 0, "none was given");
  }
  *out_data = reinterpret_cast<const uint8_t *>(found->second.c_str());
  *out_len = found->second.size();
  return POP3_OK;
}

pop3_status AuthRig::Renew(void *session, pop3_credential what, const uint8_t **out_data,
                           size_t *out_len, pop3_error *err) {
  Of(session)->renewed_ = true;
  return Credential(session, what, out_data, out_len, err);
}

int AuthRig::HasCredential(void *session, pop3_credential what) {
  return Of(session)->credentials.count(what) > 0 ? 1 : 0;
}

pop3_status AuthRig::Query(void *session, uint32_t what, pop3_answer *out) {
  const auto &queries = Of(session)->bench_.what->queries;
  const auto found = queries.find(what);
  if (found == queries.end()) return POP3_ERR_UNSUPPORTED;
  out->number = 1;
  out->data = reinterpret_cast<const uint8_t *>(found->second.data());
  out->data_len = found->second.size();
  return POP3_OK;
}

void AuthRig::AddOffer(void *session, const char *mechanism, int strength, const char *why) {
  Of(session)->offers_.push_back(
      {mechanism != nullptr ? mechanism : "", strength, why != nullptr ? why : ""});
}

void AuthRig::Detail(void *session, const char *text, size_t text_len) {
  AuthRig *self = Of(session);
  for (const std::string &secret : self->Secrets()) {
    if (Shows(std::string(text, text_len), secret)) {
      self->bench_.findings->Add("SecretsStaySecret", "a detail shows a credential");
    }
  }
}

}  // namespace pop3_conformance
