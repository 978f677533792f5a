#include "tests/core/fake_auth.h"

#include <cstdio>
#include <cstdlib>

namespace pop3_core_test {

FakeAuth *FakeAuth::slots_[4];

// The functions of a table know no object but their own state: so each object has functions of its
// own.
template <int kSlot>
struct FakeAuth::Slot {
  static int Score(const pop3_host *, const pop3_auth_context *context, char *why, size_t why_cap) {
    return slots_[kSlot]->Score(context, why, why_cap);
  }
  static pop3_status Begin(const pop3_host *host, const pop3_auth_context *context, void **out_self,
                           pop3_error *err) {
    return slots_[kSlot]->Begin(host, context, out_self, err);
  }
  static pop3_auth_verdict Step(void *, const pop3_auth_input *in, pop3_auth_output *out,
                                pop3_error *err) {
    return slots_[kSlot]->Step(in, out, err);
  }
  static void End(void *) { slots_[kSlot]->End(); }
  static pop3_auth_ops Ops(const char *name, uint32_t flags) {
    return {POP3_ABI, sizeof(pop3_auth_ops), name, flags, 0, Score, Begin, Step, End};
  }
};

FakeAuth::FakeAuth(const char *name, uint32_t flags, int strength_) : strength(strength_) {
  int slot = 0;
  while (slot < 4 && slots_[slot] != nullptr) slot++;
  if (slot == 4) abort();
  slots_[slot] = this;
  ops_ = slot == 0   ? Slot<0>::Ops(name, flags)
         : slot == 1 ? Slot<1>::Ops(name, flags)
         : slot == 2 ? Slot<2>::Ops(name, flags)
                     : Slot<3>::Ops(name, flags);
  list_[0] = &ops_;
  plugin_ = {POP3_ABI, sizeof(pop3_plugin), name, "1", nullptr, 0, list_, 1};
}

FakeAuth::~FakeAuth() {
  for (FakeAuth *&slot : slots_) {
    if (slot == this) slot = nullptr;
  }
}

FakeAuth::Move FakeAuth::Command(const std::string &line, size_t secret_offset) {
  Move move;
  move.line = line;
  move.is_command = true;
  move.secret_offset = secret_offset;
  return move;
}

FakeAuth::Move FakeAuth::Answer(const std::string &line) {
  Move move;
  move.line = line;
  move.secret_offset = 0;
  return move;
}

FakeAuth::Move FakeAuth::Done(const pop3_transport_ops *layer) {
  Move move;
  move.verdict = POP3_AUTH_DONE;
  move.layer = layer;
  return move;
}

FakeAuth::Move FakeAuth::Fail(pop3_status error) {
  Move move;
  move.verdict = POP3_AUTH_FAIL;
  move.error = error;
  return move;
}

int FakeAuth::Score(const pop3_auth_context *context_, char *out_why, size_t why_cap) {
  const int result = on_score ? on_score(context_) : strength;
  if (result <= 0) (void)snprintf(out_why, why_cap, "%s", why.c_str());
  return result;
}

pop3_status FakeAuth::Begin(const pop3_host *host, const pop3_auth_context *context_,
                            void **out_self, pop3_error *err) {
  if (open_) complaints.push_back("begin without end");
  begins++;
  host_ = host;
  inside_ = true;
  const pop3_status status = on_begin ? on_begin(context_, err) : POP3_OK;
  inside_ = false;
  *out_self = this;  // a failure must not take it at its word
  if (status != POP3_OK) return status;
  open_ = true;
  started_ = false;
  context = context_;
  return POP3_OK;
}

pop3_auth_verdict FakeAuth::Step(const pop3_auth_input *in, pop3_auth_output *out,
                                 pop3_error *err) {
  if (!open_) complaints.push_back("step without begin");
  if (started_ == (in->event == POP3_AUTH_START)) complaints.push_back("start out of turn");
  started_ = true;
  static const char *const kEvents[] = {"start", "ok ", "err ", "challenge "};
  const std::string words =
      kEvents[in->event] + (in->data != nullptr ? std::string(in->data, in->data_len) : "");
  steps.push_back(words);
  inside_ = true;
  const Move move = on_step ? on_step(words) : Fail();
  inside_ = false;
  line_ = move.line;
  out->is_command = move.is_command ? 1 : 0;
  out->line = reinterpret_cast<const uint8_t *>(line_.data());
  out->line_len = line_.size();
  out->secret_offset = move.secret_offset < line_.size() ? move.secret_offset : line_.size();
  out->layer = move.layer;
  out->layer_options = move.layer_options;
  out->num_layer_options = move.num_layer_options;
  out->release_layer = move.release_layer;
  if (move.verdict == POP3_AUTH_FAIL && move.error != POP3_OK) {
    host_->fail(host_->ctx, err, move.error, "fakeauth", 0, 0, "%s", move.error_text.c_str());
  }
  return move.verdict;
}

void FakeAuth::End() {
  if (!open_) complaints.push_back("end without begin");
  if (inside_) complaints.push_back("end while a call is under way");
  open_ = false;
  ends++;
  context = nullptr;
}

}  // namespace pop3_core_test
