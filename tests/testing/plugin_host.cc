#include "tests/testing/plugin_host.h"

#include <chrono>
#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <utility>

// What was released stays readable for the host alone.
#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define POP3_HAS_ASAN 1
#endif
#elif defined(__SANITIZE_ADDRESS__)
#define POP3_HAS_ASAN 1
#endif
#if defined(POP3_HAS_ASAN)
#include <sanitizer/asan_interface.h>
#define POP3_POISON(ptr, size) __asan_poison_memory_region(ptr, size)
#define POP3_UNPOISON(ptr, size) __asan_unpoison_memory_region(ptr, size)
#else
#define POP3_POISON(ptr, size) ((void)(ptr), (void)(size))
#define POP3_UNPOISON(ptr, size) ((void)(ptr), (void)(size))
#endif

namespace pop3_testing {

namespace {

constexpr char kMemoryRule[] = "UsesMemoryByTheRules";

int64_t RealMs() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

}  // namespace

PluginHost::PluginHost(Complain complain) : complain_(std::move(complain)) {
  std::memset(&host_, 0, sizeof(host_));
  host_.abi = POP3_ABI;
  host_.size = sizeof(host_);
  host_.ctx = this;
  host_.alloc = Alloc;
  host_.resize = Resize;
  host_.release = Release;
  host_.wipe = Wipe;
  host_.now_ms = NowMs;
  host_.fail = Fail;
  host_.note = Note;
}

PluginHost::~PluginHost() {
  for (const auto &entry : blocks_) {
    POP3_UNPOISON(entry.first, entry.second.size);
    std::free(entry.first);
  }
}

void PluginHost::FailAllocation(int nth, bool persistently) {
  until_failure_ = nth;
  persistently_ = persistently;
  failures_ = 0;
}

void PluginHost::SetClock(int64_t now_ms) { fixed_ms_ = now_ms; }

void PluginHost::AdvanceTo(int64_t at_ms) {
  if (at_ms > now_ms()) moved_ms_ = at_ms - RealMs();
  fixed_ms_ = -1;
}

int64_t PluginHost::now_ms() const { return fixed_ms_ >= 0 ? fixed_ms_ : RealMs() + moved_ms_; }

bool PluginHost::Remembers(const std::string &text) const {
  if (text.empty()) return false;
  bool found = false;
  for (const auto &entry : blocks_) {
    if (entry.second.released) POP3_UNPOISON(entry.first, entry.second.size);
    found = found || memmem(entry.first, entry.second.size, text.data(), text.size()) != nullptr;
    if (entry.second.released) POP3_POISON(entry.first, entry.second.size);
  }
  return found;
}

int PluginHost::Wipings(const std::string &text) const {
  int count = 0;
  for (const Wiping &wiping : wipings_) {
    if (wiping.before.find(text) != std::string::npos) count++;
  }
  return count;
}

bool PluginHost::Noted(const std::string &text) const {
  for (const std::string &note : notes_) {
    if (note.find(text) != std::string::npos) return true;
  }
  return false;
}

void *PluginHost::Alloc(void *ctx, size_t size) {
  auto *self = static_cast<PluginHost *>(ctx);
  if (size == 0) {
    self->complain_(kMemoryRule, "asks alloc for 0 octets");
    return nullptr;
  }
  if (self->until_failure_ == 0) {
    self->failures_++;
    if (!self->persistently_) self->until_failure_ = -1;
    return nullptr;
  }
  if (self->until_failure_ > 0) self->until_failure_--;
  void *data = std::malloc(size);
  if (data == nullptr) return nullptr;
  std::memset(data, 0xA5, size);  // nobody may count on zeros
  self->blocks_[data] = {size, false};
  self->live_++;
  return data;
}

void *PluginHost::Resize(void *ctx, void *ptr, size_t size) {
  auto *self = static_cast<PluginHost *>(ctx);
  if (ptr == nullptr) return Alloc(ctx, size);
  const auto old = self->blocks_.find(ptr);
  if (old == self->blocks_.end() || old->second.released) {
    self->complain_(kMemoryRule, "resizes what it does not have");
    return nullptr;
  }
  const size_t kept = old->second.size < size ? old->second.size : size;
  void *data = Alloc(ctx, size);
  if (data == nullptr) return nullptr;
  std::memcpy(data, ptr, kept);
  Release(ctx, ptr);
  return data;
}

void PluginHost::Release(void *ctx, void *ptr) {
  auto *self = static_cast<PluginHost *>(ctx);
  if (ptr == nullptr) return;
  const auto block = self->blocks_.find(ptr);
  if (block == self->blocks_.end()) {
    self->complain_(kMemoryRule, "releases what it did not get from alloc");
    return;
  }
  if (block->second.released) {
    self->complain_(kMemoryRule, "releases the same memory twice");
    return;
  }
  block->second.released = true;
  self->live_--;
  POP3_POISON(ptr, block->second.size);
}

void PluginHost::Wipe(void *ctx, void *ptr, size_t len) {
  auto *octets = static_cast<volatile uint8_t *>(ptr);
  Wiping wiping = {ptr, len, std::string(len, '\0'), true};
  for (size_t i = 0; i < len; i++) {
    wiping.before[i] = static_cast<char>(octets[i]);
    octets[i] = 0;
  }
  for (size_t i = 0; i < len; i++) wiping.is_zero = wiping.is_zero && octets[i] == 0;
  static_cast<PluginHost *>(ctx)->wipings_.push_back(std::move(wiping));
}

int64_t PluginHost::NowMs(void *ctx) { return static_cast<PluginHost *>(ctx)->now_ms(); }

// NOLINTNEXTLINE(cert-dcl50-cpp): the host table has it so
pop3_status PluginHost::Fail(void *ctx, pop3_error *err, pop3_status status, const char *layer,
                             int sys_errno, int64_t lib_code, const char *format, ...) {
  if (status < POP3_ERR_ARGUMENT && status != POP3_REFUSED) {
    static_cast<PluginHost *>(ctx)->complain_(
        "FailFillsErr",
        "calls fail with the status " + std::to_string(status) + ", which is no failure");
  }
  if (err == nullptr) return status;
  std::memset(err, 0, sizeof(*err));
  err->status = status;
  err->sys_errno = sys_errno;
  err->lib_code = lib_code;
  std::snprintf(err->layer, sizeof(err->layer), "%s", layer);
  va_list args;
  va_start(args, format);
  std::vsnprintf(err->text, sizeof(err->text), format, args);
  va_end(args);
  return status;
}

// NOLINTNEXTLINE(cert-dcl50-cpp): the host table has it so
void PluginHost::Note(void *ctx, const char *format, ...) {
  char line[512];
  va_list args;
  va_start(args, format);
  std::vsnprintf(line, sizeof(line), format, args);
  va_end(args);
  static_cast<PluginHost *>(ctx)->notes_.emplace_back(line);
}

}  // namespace pop3_testing
