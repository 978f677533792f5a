// A pop3_allocator that fails when it is told to, counts, and looks for secrets in what it gets
// back.
#ifndef POP3_TESTS_TESTING_FAILING_ALLOCATOR_H_
#define POP3_TESTS_TESTING_FAILING_ALLOCATOR_H_

#include <gtest/gtest.h>
#include <pop3/allocator.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <string>
#include <unordered_map>

namespace pop3_testing {

// FailingAllocator hands out memory full of 0xA5. A resize always moves, so that a pointer kept
// across it is found by AddressSanitizer. Calls are alloc and resize together, counted from 1.
class FailingAllocator {
 public:
  FailingAllocator() : allocator_{Alloc, Resize, Release, this} {}
  FailingAllocator(const FailingAllocator &) = delete;
  FailingAllocator &operator=(const FailingAllocator &) = delete;

  const pop3_allocator *get() const { return &allocator_; }

  // FailAt makes the |nth| call fail, and only that one. FailFrom makes it and all later ones fail.
  void FailAt(size_t nth) { first_ = last_ = nth; }
  void FailFrom(size_t nth) {
    first_ = nth;
    last_ = SIZE_MAX;
  }
  void NeverFail() { first_ = last_ = 0; }

  // Forbid makes a block that is given back (or moved by a resize) with |secret| in it count as
  // unwiped.
  void Forbid(std::string secret) { secret_ = std::move(secret); }

  size_t calls() const { return calls_; }
  bool has_failed() const { return failures_ > 0; }
  size_t live_blocks() const { return blocks_.size(); }
  size_t live_octets() const { return octets_; }
  size_t peak_octets() const { return peak_; }
  size_t unwiped() const { return unwiped_; }

 private:
  static void *Alloc(void *ctx, size_t size) {
    return static_cast<FailingAllocator *>(ctx)->Give(size);
  }

  static void *Resize(void *ctx, void *ptr, size_t size) {
    auto *self = static_cast<FailingAllocator *>(ctx);
    void *block = self->Give(size);
    if (block != nullptr && ptr != nullptr) {
      std::memcpy(block, ptr, std::min(size, self->blocks_.at(ptr)));
      self->Take(ptr);
    }
    return block;
  }

  static void Release(void *ctx, void *ptr) {
    if (ptr != nullptr) static_cast<FailingAllocator *>(ctx)->Take(ptr);
  }

  void *Give(size_t size) {
    EXPECT_GT(size, 0U) << "an allocation of nothing";
    calls_++;
    if (first_ != 0 && calls_ >= first_ && calls_ <= last_) {
      failures_++;
      return nullptr;
    }
    void *block = std::malloc(size);
    if (block == nullptr) return nullptr;
    std::memset(block, 0xA5, size);
    blocks_[block] = size;
    octets_ += size;
    peak_ = std::max(peak_, octets_);
    return block;
  }

  void Take(void *ptr) {
    auto it = blocks_.find(ptr);
    ASSERT_TRUE(it != blocks_.end()) << "a block that is not live is given back";
    const char *text = static_cast<const char *>(ptr);
    if (!secret_.empty() &&
        std::search(text, text + it->second, secret_.begin(), secret_.end()) != text + it->second) {
      unwiped_++;
    }
    octets_ -= it->second;
    blocks_.erase(it);
    std::free(ptr);
  }

  pop3_allocator allocator_;
  std::unordered_map<void *, size_t> blocks_;
  std::string secret_;
  size_t first_ = 0;
  size_t last_ = 0;
  size_t calls_ = 0;
  size_t failures_ = 0;
  size_t octets_ = 0;
  size_t peak_ = 0;
  size_t unwiped_ = 0;
};

// ForEachAllocationFailure runs |body|, which takes a FailingAllocator &, with the first allocation
// failing, the second, ... until a run has fewer: each once, and once with all that follow it. The
// body sees in has_failed() what to expect; when it returns, nothing may be live or unwiped.
// Returns how many allocations an undisturbed run makes.
template <class Body>
size_t ForEachAllocationFailure(Body body) {
  for (size_t nth = 1; nth < 100000; nth++) {
    bool reached = false;
    for (bool persistently : {false, true}) {
      SCOPED_TRACE("allocation " + std::to_string(nth) + " fails" +
                   (persistently ? ", and all that follow" : ""));
      FailingAllocator allocator;
      if (persistently) {
        allocator.FailFrom(nth);
      } else {
        allocator.FailAt(nth);
      }
      body(allocator);
      EXPECT_EQ(allocator.live_blocks(), 0U);
      EXPECT_EQ(allocator.unwiped(), 0U);
      if (::testing::Test::HasFatalFailure()) return nth;
      reached = reached || allocator.has_failed();
    }
    if (!reached) return nth - 1;
  }
  ADD_FAILURE() << "endless allocations";
  return 0;
}

}  // namespace pop3_testing

#endif  // POP3_TESTS_TESTING_FAILING_ALLOCATOR_H_
