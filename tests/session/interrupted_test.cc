// Each transcript, with the session freed, closed or cancelled, or the operation cancelled, behind
// each step and inside each callback: |done| comes once for each operation, nothing hangs or leaks.
#include "tests/session/transcript_param.h"

namespace pop3_testing {
namespace interrupted_test {
namespace {

constexpr unsigned kMost = 400;  // of the steps of a long transcript

class InterruptedTest : public TranscriptTest {
 protected:
  // Sweep interrupts behind each step or in each callback until there is none any more.
  void Sweep(Interruption::Kind kind, bool in_callback, const PlayOptions &options) {
    PlayReport report;
    unsigned at = 0;
    do {
      PlayOptions here = options;
      here.interruption.kind = kind;
      at++;
      (in_callback ? here.interruption.at_callback : here.interruption.at_step) = at;
      if (!PlayIt(here, (in_callback ? "in callback " : "behind step ") + std::to_string(at),
                  &report)) {
        return;
      }
    } while (report.interrupted && at < kMost);
  }

  void SweepAll(const PlayOptions &options) {
    for (const Interruption::Kind kind : {Interruption::kFree, Interruption::kClose,
                                          Interruption::kCancel, Interruption::kCancelOp}) {
      SCOPED_TRACE("interruption " + std::to_string(kind));
      Sweep(kind, false, options);
      // pop3_close is no call for callbacks.
      if (kind != Interruption::kClose) Sweep(kind, true, options);
    }
  }
};

TEST_P(InterruptedTest, AtEachStep) { SweepAll(Often()); }

TEST_P(InterruptedTest, AtEachStepWithPausingSinks) {
  PlayOptions options = Often();
  options.pause = true;
  SweepAll(options);
}

class InterruptedInPieces : public InterruptedTest {};

TEST_P(InterruptedInPieces, AtEachOctet) {
  PlayOptions options = Often();
  options.faults.read = Chunking::Octets();
  options.faults.write = Chunking::Octets();
  options.faults.want_everywhere = true;
  SweepAll(options);
}

// A large transcript has nothing new, and is slow; so is one that is not short octet by octet.
constexpr size_t kLarge = 30000;
constexpr size_t kShort = 100;

bool IsNotLarge(const Transcript &transcript) { return !IsLarge(transcript, kLarge); }
bool IsShort(const Transcript &transcript) {
  return !transcript.Whole() && !IsLarge(transcript, kShort);
}

INSTANTIATE_TEST_SUITE_P(All, InterruptedTest, testing::ValuesIn(TranscriptsThat(IsNotLarge)),
                         TranscriptName);
INSTANTIATE_TEST_SUITE_P(All, InterruptedInPieces, testing::ValuesIn(TranscriptsThat(IsShort)),
                         TranscriptName);

}  // namespace
}  // namespace interrupted_test
}  // namespace pop3_testing
