#include "tests/auth/exchange.h"

#include <gtest/gtest.h>

#include <cstring>
#include <vector>

namespace pop3_testing {

Exchange::Exchange(TestHost *host, const pop3_plugin *plugin, size_t nth)
    : host_(host), ops_(plugin->auths[nth]) {}

void Exchange::Prepare() {
  std::memset(&context_, 0, sizeof(context_));
  context_.size = sizeof(context_);
  context_.channel = channel;
  context_.session = this;
  context_.host = without_name ? nullptr : host_name.c_str();
  context_.mechanism = mechanism;
  if (!timestamp.empty()) {
    context_.timestamp = timestamp.data();
    context_.timestamp_len = timestamp.size();
  }
  context_.capability = Capability;
  context_.credential = Credential;
  context_.has_credential = HasCredential;
  context_.is_given = without_given ? nullptr : IsGiven;
  context_.query = Query;
  if (!without_options) {
    context_.offer = TakeOffer;
    context_.renew = Renew;
    context_.detail = TakeDetail;
  }
  context_.prefers_two_step = prefers_two_step ? 1 : 0;
  context_.channel_binding = static_cast<uint32_t>(channel_binding);
  context_.timestamp_problem = timestamp_problem;
  context_.knows_capabilities = capabilities_known ? 1 : 0;
  if (context_size != 0) {
    // Whoever looks beyond finds what is none of his business.
    std::memset(reinterpret_cast<char *>(&context_) + context_size, 0x5A,
                sizeof(context_) - context_size);
    context_.size = static_cast<uint32_t>(context_size);
  }
}

int Exchange::Score() {
  Prepare();
  offers.clear();
  char why[200] = "";
  const int score = ops_->score(host_->get(), &context_, why, sizeof(why));
  EXPECT_EQ(score > 0, why[0] == '\0') << "a reason stands there if and only if it is unusable";
  why_ = why;
  return score;
}

int Exchange::ScoreInto(char *why, size_t why_cap) {
  Prepare();
  offers.clear();
  return ops_->score(host_->get(), &context_, why, why_cap);
}

pop3_status Exchange::Begin() {
  Prepare();
  error_ = POP3_ERROR_INIT;
  return ops_->begin(host_->get(), &context_, &self_, Error());
}

pop3_auth_verdict Exchange::Step(pop3_auth_event event, const std::string &text) {
  const std::vector<char> octets(text.begin(), text.end());
  pop3_auth_input in = {sizeof(in), event, octets.data(), octets.size()};
  pop3_auth_output &out = output_;
  ReleaseLayer();
  std::memset(&out, 0, sizeof(out));
  out.size = static_cast<uint32_t>(output_size != 0 ? output_size : sizeof(out));
  error_ = POP3_ERROR_INIT;
  const pop3_auth_verdict verdict = ops_->step(self_, &in, &out, Error());
  line_.clear();
  shown_.clear();
  if (verdict == POP3_AUTH_SEND) {
    EXPECT_EQ(out.is_command, event == POP3_AUTH_CHALLENGE ? 0u : 1u);
    EXPECT_LE(out.secret_offset, out.line_len);
    line_.assign(reinterpret_cast<const char *>(out.line), out.line_len);
    shown_ = line_.substr(0, out.secret_offset);
    EXPECT_EQ(line_.find_first_of(std::string("\r\n\0", 3)), std::string::npos);
  }
  return verdict;
}

void Exchange::End() {
  if (self_ != nullptr) ops_->end(self_);
  self_ = nullptr;
  ReleaseLayer();
}

void Exchange::ReleaseLayer() {
  if (output_.release_layer != nullptr) {
    output_.release_layer(output_.layer_options, output_.num_layer_options);
  }
  std::memset(&output_, 0, sizeof(output_));
}

const char *Exchange::Capability(void *session, const char *keyword) {
  auto *self = static_cast<Exchange *>(session);
  const auto found = self->capabilities.find(keyword);
  return found == self->capabilities.end() ? nullptr : found->second.c_str();
}

pop3_status Exchange::Credential(void *session, pop3_credential what, const uint8_t **out_data,
                                 size_t *out_len, pop3_error *err) {
  auto *self = static_cast<Exchange *>(session);
  const auto found = self->credentials.find(what);
  if (found == self->credentials.end() || self->withhold == what) {
    const pop3_host *host = self->host_->get();
    return host->fail(host->ctx, err, POP3_ERR_NO_CREDENTIALS, "session", 0, 0, "not given");
  }
  *out_data = reinterpret_cast<const uint8_t *>(found->second.data());
  *out_len = found->second.size();
  return POP3_OK;
}

int Exchange::HasCredential(void *session, pop3_credential what) {
  auto *self = static_cast<Exchange *>(session);
  if (self->only_when_asked && what != POP3_CREDENTIAL_USER && what != POP3_CREDENTIAL_PASSWORD) {
    return 0;
  }
  return self->credentials.count(what) > 0 ? 1 : 0;
}

int Exchange::IsGiven(void *session, pop3_credential what) {
  auto *self = static_cast<Exchange *>(session);
  return !self->nothing_given && self->credentials.count(what) > 0 ? 1 : 0;
}

pop3_status Exchange::Query(void *session, uint32_t what, pop3_answer *out) {
  auto *self = static_cast<Exchange *>(session);
  const auto number = self->numbers.find(what);
  const auto data = self->answers.find(what);
  if (number != self->numbers.end()) {
    out->number = number->second;
  } else if (data != self->answers.end()) {
    out->data = reinterpret_cast<const uint8_t *>(data->second.data());
    out->data_len = data->second.size();
  } else {
    return POP3_ERR_UNSUPPORTED;
  }
  return POP3_OK;
}

void Exchange::TakeOffer(void *session, const char *mechanism, int strength, const char *why) {
  auto *self = static_cast<Exchange *>(session);
  EXPECT_EQ(self->offers.count(mechanism), 0U) << mechanism << " is offered twice";
  self->offers[mechanism] = {strength, why == nullptr ? "" : why};
  EXPECT_EQ(strength > 0, self->offers[mechanism].why.empty()) << mechanism;
}

pop3_status Exchange::Renew(void *session, pop3_credential what, const uint8_t **out_data,
                            size_t *out_len, pop3_error *err) {
  auto *self = static_cast<Exchange *>(session);
  const size_t at = static_cast<size_t>(self->renews++);
  if (at >= self->renewals.size()) {
    const pop3_host *host = self->host_->get();
    return host->fail(host->ctx, err, POP3_ERR_NO_CREDENTIALS, "session", 0, 0, "none left");
  }
  self->credentials[what] = self->renewals[at];
  return Credential(session, what, out_data, out_len, err);
}

void Exchange::TakeDetail(void *session, const char *text, size_t text_len) {
  static_cast<Exchange *>(session)->detail.assign(text, text_len);
}

}  // namespace pop3_testing
