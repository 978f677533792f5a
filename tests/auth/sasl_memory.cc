#include "tests/auth/sasl_memory.h"

#include <sasl/sasl.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <map>
#include <mutex>

namespace pop3_testing {
namespace {

// All that there is. Never destroyed: libsasl2 frees at the end of the process.
struct State {
  std::mutex mutex;
  // Sizes by address, the address turned around: LeakSanitizer shall not see it here.
  std::map<uintptr_t, size_t> blocks;
  std::string forbidden;
  int unwiped = 0;
  int until_failure = -1;
  bool persistently = false;
  bool has_failed = false;
};

State &state() {
  static State *const all = new State;
  return *all;
}

bool Contains(const void *data, size_t size, const std::string &text) {
  return !text.empty() && memmem(data, size, text.data(), text.size()) != nullptr;
}

bool Fails() {
  State &all = state();
  if (all.until_failure < 0) return false;
  if (all.until_failure-- > 0) return false;
  all.has_failed = true;
  if (all.persistently) all.until_failure = 0;
  return true;
}

void *Malloc(size_t size) {
  State &all = state();
  const std::lock_guard<std::mutex> lock(all.mutex);
  void *data = Fails() ? nullptr : std::malloc(size);
  if (data != nullptr) all.blocks[~reinterpret_cast<uintptr_t>(data)] = size;
  return data;
}

void *Calloc(size_t count, size_t size) {
  void *data = Malloc(count * size);
  if (data != nullptr) std::memset(data, 0, count * size);
  return data;
}

// Returns the size of a block that is no more there then; 0 for one that came from elsewhere.
size_t Forget(void *data) {
  State &all = state();
  const auto found = all.blocks.find(~reinterpret_cast<uintptr_t>(data));
  if (found == all.blocks.end()) return 0;
  const size_t size = found->second;
  all.blocks.erase(found);
  if (Contains(data, size, all.forbidden)) all.unwiped++;
  return size;
}

void Free(void *data) {
  if (data == nullptr) return;
  {
    const std::lock_guard<std::mutex> lock(state().mutex);
    Forget(data);
  }
  std::free(data);
}

void *Realloc(void *data, size_t size) {
  void *larger = Malloc(size);
  if (larger == nullptr || data == nullptr) return larger;
  size_t old = 0;
  {
    const std::lock_guard<std::mutex> lock(state().mutex);
    old = Forget(data);
  }
  std::memcpy(larger, data, std::min(old, size));
  std::free(data);
  return larger;
}

// Before anybody sets libsasl2 up.
const bool installed = [] {
  sasl_set_alloc(Malloc, Calloc, Realloc, Free);
  return true;
}();

}  // namespace

bool SaslMemory::Holds(const std::string &text) {
  State &all = state();
  const std::lock_guard<std::mutex> lock(all.mutex);
  return installed && std::any_of(all.blocks.begin(), all.blocks.end(), [&text](const auto &block) {
           return Contains(reinterpret_cast<const void *>(~block.first), block.second, text);
         });
}

void SaslMemory::Forbid(const std::string &text) {
  const std::lock_guard<std::mutex> lock(state().mutex);
  state().forbidden = text;
  state().unwiped = 0;
}

int SaslMemory::unwiped() {
  const std::lock_guard<std::mutex> lock(state().mutex);
  return state().unwiped;
}

void SaslMemory::FailAllocation(int nth, bool persistently) {
  const std::lock_guard<std::mutex> lock(state().mutex);
  state().until_failure = nth;
  state().persistently = persistently;
  state().has_failed = false;
}

bool SaslMemory::has_failed() {
  const std::lock_guard<std::mutex> lock(state().mutex);
  return state().has_failed;
}

}  // namespace pop3_testing
