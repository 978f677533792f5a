// Tests that run once for each transcript.
#ifndef POP3_TESTS_SESSION_TRANSCRIPT_PARAM_H_
#define POP3_TESTS_SESSION_TRANSCRIPT_PARAM_H_

#include <gtest/gtest.h>

#include <cstddef>
#include <ostream>
#include <string>
#include <vector>

#include "tests/testing/player.h"
#include "tests/testing/transcript.h"

namespace pop3_testing {

// PrintTo is how GoogleTest shows a transcript.
inline void PrintTo(const Transcript *transcript, std::ostream *out) {
  *out << transcript->name << ": " << transcript->about;
}

// TranscriptTest has a transcript as its parameter: one of LoadTranscripts, as some are megabytes.
class TranscriptTest : public testing::TestWithParam<const Transcript *> {
 protected:
  const Transcript &transcript() const { return *GetParam(); }

  // PlayIt plays the transcript and reports what is wrong. Returns false if anything is.
  bool PlayIt(const PlayOptions &options, const std::string &how, PlayReport *out = nullptr) {
    const PlayReport report = Play(transcript(), options);
    if (out != nullptr) *out = report;
    if (report.complaints.empty()) return true;
    ADD_FAILURE() << transcript().name << ".txt, " << how << ":\n" << report.Text();
    return false;
  }
};

// TranscriptsThat returns those that a test is for: a test that has nothing to do with one is not
// there for it, rather than passing without having done anything. GoogleTest fails if none is left.
template <typename Applies>
std::vector<const Transcript *> TranscriptsThat(Applies applies) {
  std::vector<const Transcript *> some;
  for (const Transcript &transcript : LoadTranscripts()) {
    if (applies(transcript)) some.push_back(&transcript);
  }
  return some;
}

// Often returns the options of plays that come in thousands. To map and unmap a receive buffer of
// 256 KiB each time would take most of the time under ASan.
inline PlayOptions Often() {
  PlayOptions options;
  options.recv_buffer = 64 * 1024;
  return options;
}

// Any is what all transcripts are.
inline bool Any(const Transcript &transcript) { return !transcript.name.empty(); }

// IsLarge says whether the server says more than |most| octets.
inline bool IsLarge(const Transcript &transcript, size_t most) {
  return transcript.ServerText().size() > most;
}

// TranscriptName makes the name of a test of a transcript's.
inline std::string TranscriptName(const testing::TestParamInfo<const Transcript *> &info) {
  return info.param->name;
}

}  // namespace pop3_testing

#endif  // POP3_TESTS_SESSION_TRANSCRIPT_PARAM_H_
