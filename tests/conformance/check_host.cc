#include "tests/conformance/check_host.h"

#include <chrono>
#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <system_error>

// What was released stays readable for the suite alone.
#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/asan_interface.h>
#define POP3_POISON(ptr, size) __asan_poison_memory_region(ptr, size)
#define POP3_UNPOISON(ptr, size) __asan_unpoison_memory_region(ptr, size)
#else
#define POP3_POISON(ptr, size) ((void)(ptr), (void)(size))
#define POP3_UNPOISON(ptr, size) ((void)(ptr), (void)(size))
#endif

namespace pop3_conformance {

CheckHost::CheckHost(Findings *findings) : findings_(findings) {
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

CheckHost::~CheckHost() {
  for (const auto &entry : blocks_) {
    POP3_UNPOISON(entry.first, entry.second.size);
    std::free(entry.first);
  }
}

void CheckHost::FailAllocation(int nth, bool persistently) {
  until_failure_ = nth;
  persistently_ = persistently;
  failures_ = 0;
}

int64_t CheckHost::now_ms() const {
  return moved_ms_ + std::chrono::duration_cast<std::chrono::milliseconds>(
                         std::chrono::steady_clock::now().time_since_epoch())
                         .count();
}

void CheckHost::AdvanceTo(int64_t at_ms) {
  const int64_t now = now_ms();
  if (at_ms > now) moved_ms_ += at_ms - now;
}

bool CheckHost::Remembers(const std::string &text) const {
  if (text.empty()) return false;
  bool found = false;
  for (const auto &entry : blocks_) {
    if (entry.second.released) POP3_UNPOISON(entry.first, entry.second.size);
    found = found || memmem(entry.first, entry.second.size, text.data(), text.size()) != nullptr;
    if (entry.second.released) POP3_POISON(entry.first, entry.second.size);
  }
  return found;
}

bool CheckHost::Noted(const std::string &secret) const {
  for (const std::string &note : notes_) {
    if (note.find(secret) != std::string::npos) return true;
  }
  return false;
}

void *CheckHost::Alloc(void *ctx, size_t size) {
  auto *self = static_cast<CheckHost *>(ctx);
  if (size == 0) {
    self->findings_->Add("UsesMemoryByTheRules", "asks alloc for 0 octets");
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

void *CheckHost::Resize(void *ctx, void *ptr, size_t size) {
  auto *self = static_cast<CheckHost *>(ctx);
  if (ptr == nullptr) return Alloc(ctx, size);
  const auto old = self->blocks_.find(ptr);
  if (old == self->blocks_.end() || old->second.released) {
    self->findings_->Add("UsesMemoryByTheRules", "resizes what it does not have");
    return nullptr;
  }
  const size_t kept = old->second.size < size ? old->second.size : size;
  void *data = Alloc(ctx, size);
  if (data == nullptr) return nullptr;
  std::memcpy(data, ptr, kept);
  Release(ctx, ptr);
  return data;
}

void CheckHost::Release(void *ctx, void *ptr) {
  auto *self = static_cast<CheckHost *>(ctx);
  if (ptr == nullptr) return;
  const auto block = self->blocks_.find(ptr);
  if (block == self->blocks_.end()) {
    self->findings_->Add("UsesMemoryByTheRules", "releases what it did not get from alloc");
    return;
  }
  if (block->second.released) {
    self->findings_->Add("UsesMemoryByTheRules", "releases the same memory twice");
    return;
  }
  block->second.released = true;
  self->live_--;
  POP3_POISON(ptr, block->second.size);
}

void CheckHost::Wipe(void *, void *ptr, size_t len) {
  auto *octets = static_cast<volatile uint8_t *>(ptr);
  for (size_t i = 0; i < len; i++) octets[i] = 0;
}

int64_t CheckHost::NowMs(void *ctx) { return static_cast<CheckHost *>(ctx)->now_ms(); }

// NOLINTNEXTLINE(cert-dcl50-cpp): the host table has it so
pop3_status CheckHost::Fail(void *ctx, pop3_error *err, pop3_status status, const char *layer,
                            int sys_errno, int64_t lib_code, const char *format, ...) {
  auto *self = static_cast<CheckHost *>(ctx);
  if (status < POP3_ERR_ARGUMENT && status != POP3_REFUSED) {
    self->findings_->Add("FailFillsErr", "calls fail with the status %d, which is no failure",
                         static_cast<int>(status));
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
void CheckHost::Note(void *ctx, const char *format, ...) {
  char line[512];
  va_list args;
  va_start(args, format);
  std::vsnprintf(line, sizeof(line), format, args);
  va_end(args);
  static_cast<CheckHost *>(ctx)->notes_.emplace_back(line);
}

int CountFds() {
  std::error_code error;
  int count = 0;
  for (std::filesystem::directory_iterator it("/proc/self/fd", error), end; !error && it != end;
       it.increment(error)) {
    count++;
  }
  return count;
}

}  // namespace pop3_conformance
