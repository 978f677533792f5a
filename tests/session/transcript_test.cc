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

TEST_P(TranscriptTest, OctetByOctet) {
  if (transcript().Whole()) return;
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

TEST_P(TranscriptTest, FlakyLayer) {
  constexpr size_t kLarge = 100000;  // octets from the server: slow, and tried octet by octet above
  if (transcript().Whole() || transcript().ServerText().size() > kLarge) return;
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

TEST_P(TranscriptTest, RandomPieces) {
  if (transcript().Whole()) return;
  for (uint32_t seed = 1; seed <= 10; seed++) {
    PlayOptions options;
    options.faults.read = Chunking::Random(seed);
    options.faults.write = Chunking::Random(seed);
    options.faults.want_everywhere = seed % 2 == 0;
    options.pause = seed % 3 == 0;
    if (!PlayIt(options, "in random pieces, seed " + std::to_string(seed))) return;
  }
}

TEST_P(TranscriptTest, CutInTwo) {
  if (transcript().Whole()) return;
  for (const uint64_t at : Cuts(transcript())) {
    PlayOptions options;
    options.faults.read = Chunking::SplitAt(at);
    if (!PlayIt(options, "cut at octet " + std::to_string(at))) return;
  }
}

INSTANTIATE_TEST_SUITE_P(All, TranscriptTest, testing::ValuesIn(LoadTranscripts()), TranscriptName);

}  // namespace
}  // namespace transcript_test
}  // namespace pop3_testing
