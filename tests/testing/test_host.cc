#include "tests/testing/test_host.h"

#include <gtest/gtest.h>

#include <chrono>
#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <system_error>

namespace pop3_testing {

TestHost::TestHost() {
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

TestHost::~TestHost() {
  EXPECT_EQ(live_, 0) << "the plugin leaks memory";
  for (const Block &block : blocks_) std::free(block.data);
}

void TestHost::FailAllocation(int nth, bool persistently) {
  until_failure_ = nth;
  persistently_ = persistently;
  failures_ = 0;
}

void TestHost::SetClock(int64_t now_ms) { fixed_ms_ = now_ms; }

int64_t TestHost::now_ms() const {
  if (fixed_ms_ >= 0) return fixed_ms_;
  return std::chrono::duration_cast<std::chrono::milliseconds>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

bool TestHost::Remembers(const std::string &text) const {
  for (const Block &block : blocks_) {
    if (memmem(block.data, block.size, text.data(), text.size()) != nullptr) return true;
  }
  return false;
}

TestHost::Block *TestHost::Find(void *ptr) {
  for (Block &block : blocks_) {
    if (block.data == ptr && !block.released) return &block;
  }
  ADD_FAILURE() << "released or resized what was not allocated";
  return nullptr;
}

void *TestHost::Alloc(void *ctx, size_t size) {
  auto *self = static_cast<TestHost *>(ctx);
  EXPECT_GT(size, 0u);
  if (self->until_failure_ == 0) {
    self->failures_++;
    if (!self->persistently_) self->until_failure_ = -1;
    return nullptr;
  }
  if (self->until_failure_ > 0) self->until_failure_--;
  auto *data = static_cast<uint8_t *>(std::malloc(size));
  std::memset(data, 0xA5, size);  // nobody may count on zeros
  self->blocks_.push_back({data, size, false});
  self->live_++;
  return data;
}

void *TestHost::Resize(void *ctx, void *ptr, size_t size) {
  auto *self = static_cast<TestHost *>(ctx);
  if (ptr == nullptr) return Alloc(ctx, size);
  Block *old = self->Find(ptr);
  if (old == nullptr) return nullptr;
  const size_t old_size = old->size;
  void *data = Alloc(ctx, size);
  if (data == nullptr) return nullptr;
  std::memcpy(data, ptr, old_size < size ? old_size : size);
  Release(ctx, ptr);
  return data;
}

void TestHost::Release(void *ctx, void *ptr) {
  auto *self = static_cast<TestHost *>(ctx);
  if (ptr == nullptr) return;
  Block *block = self->Find(ptr);
  if (block == nullptr) return;
  block->released = true;
  self->live_--;
}

void TestHost::Wipe(void *, void *ptr, size_t len) {
  auto *octets = static_cast<volatile uint8_t *>(ptr);
  for (size_t i = 0; i < len; i++) octets[i] = 0;
}

int64_t TestHost::NowMs(void *ctx) { return static_cast<TestHost *>(ctx)->now_ms(); }

// NOLINTNEXTLINE(cert-dcl50-cpp): the host table has it so
pop3_status TestHost::Fail(void *, pop3_error *err, pop3_status status, const char *layer,
                           int sys_errno, int64_t lib_code, const char *format, ...) {
  EXPECT_NE(status, POP3_OK) << "this is no failure";
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
void TestHost::Note(void *ctx, const char *format, ...) {
  char line[512];
  va_list args;
  va_start(args, format);
  std::vsnprintf(line, sizeof(line), format, args);
  va_end(args);
  static_cast<TestHost *>(ctx)->notes_.emplace_back(line);
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

}  // namespace pop3_testing
