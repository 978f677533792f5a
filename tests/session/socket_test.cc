// Each transcript over a real TCP connection and over a Unix socket, with the server in a thread:
// what came out over memory comes out here.
#include "tests/session/transcript_param.h"

namespace pop3_testing {
namespace socket_test {
namespace {

TEST_P(TranscriptTest, Tcp) {
  if (!transcript().Runs("tcp")) return;
  for (const bool named : {false, true}) {
    PlayOptions options;
    options.way = Way::kTcp;
    options.named = named;
    PlayIt(options, named ? "over TCP, named calls" : "over TCP");
  }
}

TEST_P(TranscriptTest, Unix) {
  if (!transcript().Runs("unix")) return;
  for (const bool named : {false, true}) {
    PlayOptions options;
    options.way = Way::kUnix;
    options.named = named;
    PlayIt(options, named ? "over a Unix socket, named calls" : "over a Unix socket");
  }
}

TEST_P(TranscriptTest, FlakyLayerOverTcp) {
  if (!transcript().Runs("tcp") || transcript().Whole()) return;
  PlayOptions options;
  options.way = Way::kTcp;
  options.flaky = true;
  options.pause = true;
  PlayIt(options, "over TCP with the flaky layer and sinks that pause");
}

INSTANTIATE_TEST_SUITE_P(All, TranscriptTest, testing::ValuesIn(LoadTranscripts()), TranscriptName);

}  // namespace
}  // namespace socket_test
}  // namespace pop3_testing
