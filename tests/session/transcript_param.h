// Tests that run once for each transcript.
#ifndef POP3_TESTS_SESSION_TRANSCRIPT_PARAM_H_
#define POP3_TESTS_SESSION_TRANSCRIPT_PARAM_H_

#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <ostream>
#include <string>
#include <vector>

#include "tests/testing/player.h"
#include "tests/testing/transcript.h"

namespace pop3_testing {

// PrintTo is how GoogleTest shows a transcript.
inline void PrintTo(const Transcript &transcript, std::ostream *out) {
  *out << transcript.name << ": " << transcript.about;
}

// TranscriptTest has a transcript as its parameter.
class TranscriptTest : public testing::TestWithParam<Transcript> {
 protected:
  const Transcript &transcript() const { return GetParam(); }

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
std::vector<Transcript> TranscriptsThat(Applies applies) {
  const std::vector<Transcript> all = LoadTranscripts();
  std::vector<Transcript> some;
  std::copy_if(all.begin(), all.end(), std::back_inserter(some), applies);
  return some;
}

// IsLarge says whether the server says more than |most| octets.
inline bool IsLarge(const Transcript &transcript, size_t most) {
  return transcript.ServerText().size() > most;
}

// TranscriptName makes the name of a test of a transcript's.
inline std::string TranscriptName(const testing::TestParamInfo<Transcript> &info) {
  return info.param.name;
}

}  // namespace pop3_testing

#endif  // POP3_TESTS_SESSION_TRANSCRIPT_PARAM_H_
