// Each transcript with the connection ending or failing at each octet, and at each call: the
// session ends in words, never with an invented answer, and never hangs.
#include "tests/session/cuts.h"
#include "tests/session/transcript_param.h"

namespace pop3_testing {
namespace broken_off_test {
namespace {

class BrokenOffInPieces : public TranscriptTest {};

TEST_P(BrokenOffInPieces, EndsAtEachOctetFromTheServer) {
  for (const uint64_t at : Cuts(transcript())) {
    PlayOptions options = Often();
    options.faulty = true;
    // STATE: the session is closed already. UNSOLICITED: half a line that nobody asked for.
    options.failures = {POP3_ERR_EOF, POP3_ERR_GREETING, POP3_ERR_STATE, POP3_ERR_UNSOLICITED};
    options.faults.eof_at = at;
    options.faults.want_everywhere = at % 2 == 1;
    if (!PlayIt(options, "EOF at octet " + std::to_string(at))) return;
  }
}

TEST_P(BrokenOffInPieces, ReadingFailsAtEachOctetFromTheServer) {
  for (const uint64_t at : Cuts(transcript())) {
    PlayOptions options = Often();
    options.faulty = true;
    options.failures = {POP3_ERR_IO};
    options.faults.fail_read_at = at;
    options.faults.want_everywhere = at % 2 == 0;
    if (!PlayIt(options, "read fails at octet " + std::to_string(at))) return;
  }
}

class BrokenOff : public TranscriptTest {};

TEST_P(BrokenOff, WritingFailsAtEachOctetToTheServer) {
  PlayReport whole;
  if (!PlayIt(Often(), "whole", &whole)) return;
  for (uint64_t at = 0; at < whole.octets_written; at++) {
    PlayOptions options = Often();
    options.faulty = true;
    options.failures = {POP3_ERR_IO};
    options.faults.fail_write_at = at;
    if (!PlayIt(options, "write fails at octet " + std::to_string(at))) return;
  }
}

TEST_P(BrokenOff, EachCallToTheTransportFails) {
  for (const bool persists : {false, true}) {
    PlayReport report;
    uint64_t call = 0;
    do {
      PlayOptions options = Often();
      options.faulty = true;
      options.failures = {POP3_ERR_IO};
      options.faults.fail_call = ++call;
      options.faults.fail_call_persists = persists;
      const std::string how = "call " + std::to_string(call) + " to the transport fails";
      if (!PlayIt(options, how, &report)) return;
    } while (report.faulted && call < 1000);
  }
}

bool MayBeCut(const Transcript &transcript) { return !transcript.Whole(); }

INSTANTIATE_TEST_SUITE_P(All, BrokenOff, testing::ValuesIn(TranscriptsThat(Any)), TranscriptName);
INSTANTIATE_TEST_SUITE_P(All, BrokenOffInPieces, testing::ValuesIn(TranscriptsThat(MayBeCut)),
                         TranscriptName);

}  // namespace
}  // namespace broken_off_test
}  // namespace pop3_testing
