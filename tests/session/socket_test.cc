// Each transcript over a real TCP connection and over a Unix socket, with the server in a thread:
// what came out over memory comes out here.
#include "tests/session/transcript_param.h"

namespace pop3_testing {
namespace socket_test {
namespace {

class TcpTranscript : public TranscriptTest {};

TEST_P(TcpTranscript, Tcp) {
  for (const bool named : {false, true}) {
    PlayOptions options;
    options.way = Way::kTcp;
    options.named = named;
    PlayIt(options, named ? "over TCP, named calls" : "over TCP");
  }
}

class UnixTranscript : public TranscriptTest {};

TEST_P(UnixTranscript, Unix) {
  for (const bool named : {false, true}) {
    PlayOptions options;
    options.way = Way::kUnix;
    options.named = named;
    PlayIt(options, named ? "over a Unix socket, named calls" : "over a Unix socket");
  }
}

class TcpTranscriptInPieces : public TranscriptTest {};

TEST_P(TcpTranscriptInPieces, FlakyLayerOverTcp) {
  PlayOptions options;
  options.way = Way::kTcp;
  options.flaky = true;
  options.pause = true;
  PlayIt(options, "over TCP with the flaky layer and sinks that pause");
}

constexpr size_t kLarge =
    100000;  // octets; in pieces, with a poll() between any two, they take long

bool OverTcp(const Transcript &transcript) { return transcript.Runs("tcp"); }
bool OverUnix(const Transcript &transcript) { return transcript.Runs("unix"); }
bool OverTcpInPieces(const Transcript &transcript) {
  return OverTcp(transcript) && !transcript.Whole() && !IsLarge(transcript, kLarge);
}

INSTANTIATE_TEST_SUITE_P(All, TcpTranscript, testing::ValuesIn(TranscriptsThat(OverTcp)),
                         TranscriptName);
INSTANTIATE_TEST_SUITE_P(All, UnixTranscript, testing::ValuesIn(TranscriptsThat(OverUnix)),
                         TranscriptName);
INSTANTIATE_TEST_SUITE_P(All, TcpTranscriptInPieces,
                         testing::ValuesIn(TranscriptsThat(OverTcpInPieces)), TranscriptName);

}  // namespace
}  // namespace socket_test
}  // namespace pop3_testing
