// Each transcript over memory: whole, octet by octet, cut in two anywhere, in random pieces, with
// WANT answers everywhere, with sinks that pause, through the named calls. The same must come out.
#include "tests/session/cuts.h"
#include "tests/session/transcript_param.h"

namespace pop3_testing {
namespace transcript_test {
namespace {

TEST_P(TranscriptTest, Whole) { PlayIt(PlayOptions(), "whole"); }

TEST_P(TranscriptTest, NamedCalls) {
  PlayOptions options;
  options.named = true;
  PlayIt(options, "through pop3_stat and so on");
}

class InPieces : public TranscriptTest {};

TEST_P(InPieces, OctetByOctet) {
  PlayOptions options;
  options.faults.read = Chunking::Octets();
  options.faults.write = Chunking::Octets();
  PlayIt(options, "octet by octet");
}

TEST_P(TranscriptTest, WantEverywhere) {
  PlayOptions options;
  options.faults.want_everywhere = true;
  PlayIt(options, "with WANT everywhere");
}

class InPiecesNotLarge : public TranscriptTest {};

TEST_P(InPiecesNotLarge, FlakyLayer) {
  PlayOptions options;
  options.flaky = true;
  options.faults.want_everywhere = true;
  PlayIt(options, "with the flaky layer");
}

TEST_P(TranscriptTest, PausingSinks) {
  PlayOptions options;
  options.pause = true;
  PlayIt(options, "with sinks that pause at each piece");
}

TEST_P(InPieces, RandomPieces) {
  for (uint32_t seed = 1; seed <= 10; seed++) {
    PlayOptions options = Often();
    options.faults.read = Chunking::Random(seed);
    options.faults.write = Chunking::Random(seed);
    options.faults.want_everywhere = seed % 2 == 0;
    options.pause = seed % 3 == 0;
    if (!PlayIt(options, "in random pieces, seed " + std::to_string(seed))) return;
  }
}

TEST_P(InPieces, CutInTwo) {
  for (const uint64_t at : Cuts(transcript())) {
    PlayOptions options = Often();
    options.faults.read = Chunking::SplitAt(at);
    if (!PlayIt(options, "cut at octet " + std::to_string(at))) return;
  }
}

INSTANTIATE_TEST_SUITE_P(All, TranscriptTest, testing::ValuesIn(TranscriptsThat(Any)),
                         TranscriptName);

bool MayBeCut(const Transcript &transcript) { return !transcript.Whole(); }

INSTANTIATE_TEST_SUITE_P(All, InPieces, testing::ValuesIn(TranscriptsThat(MayBeCut)),
                         TranscriptName);

constexpr size_t kLarge = 100000;  // slow, and played octet by octet too

bool MayBeFlaky(const Transcript &transcript) {
  return MayBeCut(transcript) && !IsLarge(transcript, kLarge);
}

INSTANTIATE_TEST_SUITE_P(All, InPiecesNotLarge, testing::ValuesIn(TranscriptsThat(MayBeFlaky)),
                         TranscriptName);

}  // namespace
}  // namespace transcript_test
}  // namespace pop3_testing
