// Each transcript with the Nth allocation failing, once and from then on: POP3_ERR_MEMORY and
// nothing else comes of it, no operation is forgotten, nothing leaks, and passwords are wiped.
#include "tests/session/transcript_param.h"
#include "tests/testing/failing_allocator.h"

namespace pop3_testing {
namespace no_memory_test {
namespace {

class NoMemory : public TranscriptTest {};

TEST_P(NoMemory, EachAllocationFails) {
  const size_t allocations = ForEachAllocationFailure([this](FailingAllocator &allocator) {
    if (!transcript().secrets.empty()) allocator.Forbid(transcript().secrets[0]);
    PlayOptions options = Often();
    options.allocator = allocator.get();
    options.faulty = true;
    options.failures = {POP3_ERR_MEMORY};
    PlayReport report;
    PlayIt(options, "without memory", &report);
    EXPECT_TRUE(allocator.has_failed() || !report.diverged);
  });
  EXPECT_GT(allocations, 5U);
}

class BoundedMemory : public TranscriptTest {};

// What a server says cannot make a session take more memory than its limits allow: two buffers, the
// text of a reply, the capabilities, and what waits to be sent.
TEST_P(BoundedMemory, MemoryIsBounded) {
  constexpr size_t kMost = 128 * 1024 + 8 * 1024 + 3 * 64 * 1024;
  FailingAllocator allocator;
  PlayOptions options;
  options.allocator = allocator.get();
  PlayIt(options, "counting memory");
  EXPECT_LT(allocator.peak_octets(), kMost);
  EXPECT_EQ(allocator.live_blocks(), 0U);
}

constexpr size_t kLarge = 100000;  // octets from the server: too slow to play so often

bool IsNotLarge(const Transcript &transcript) { return !IsLarge(transcript, kLarge); }

INSTANTIATE_TEST_SUITE_P(All, NoMemory, testing::ValuesIn(TranscriptsThat(IsNotLarge)),
                         TranscriptName);
INSTANTIATE_TEST_SUITE_P(All, BoundedMemory, testing::ValuesIn(TranscriptsThat(Any)),
                         TranscriptName);

}  // namespace
}  // namespace no_memory_test
}  // namespace pop3_testing
