// Tests that run once for each transcript.
#ifndef POP3_TESTS_SESSION_TRANSCRIPT_PARAM_H_
#define POP3_TESTS_SESSION_TRANSCRIPT_PARAM_H_

#include <gtest/gtest.h>

#include <ostream>
#include <string>

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

// TranscriptName makes the name of a test of a transcript's.
inline std::string TranscriptName(const testing::TestParamInfo<Transcript> &info) {
  return info.param.name;
}

}  // namespace pop3_testing

#endif  // POP3_TESTS_SESSION_TRANSCRIPT_PARAM_H_
