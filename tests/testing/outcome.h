// How an operation ended, and whether that is as a transcript says.
#ifndef POP3_TESTS_TESTING_OUTCOME_H_
#define POP3_TESTS_TESTING_OUTCOME_H_

#include <pop3/pop3.h>

#include <string>
#include <vector>

#include "tests/testing/transcript.h"

namespace pop3_testing {

// Outcome is what a client got from an operation: everything of pop3_result, and what the sink was
// given, in memory of its own.
struct Outcome {
  int dones = 0;  // how often |done| was called
  bool has_result = false;
  pop3_status status = POP3_OK;
  pop3_error error = POP3_ERROR_INIT;
  bool has_text = false;
  std::string text;  // of the reply
  pop3_response_code code = POP3_CODE_NONE;
  uint32_t count = 0;
  uint32_t number = 0;
  uint64_t octets = 0;
  bool has_octets = false;
  pop3_quit_outcome quit = POP3_QUIT_UNKNOWN;
  std::string uid;
  std::vector<std::string> items;
  std::string body;
};

// ItemText writes an item as transcripts do: "1 120", "1 uid", or the line.
std::string ItemText(const pop3_item &item);

// TakeResult copies |result|.
void TakeResult(const pop3_result &result, Outcome *out);

// TakeReply copies a status line.
void TakeReply(const pop3_reply *reply, Outcome *out);

// CheckOutcome returns "" if |outcome| is as |expect| says, else what is not.
std::string CheckOutcome(const Expectation &expect, const Outcome &outcome);

// CheckCapabilities returns "" if |caps| (NULL: none are known) are exactly what |words| say.
std::string CheckCapabilities(const std::vector<Word> &words, const pop3_capabilities *caps);

// CheckHits returns "" if the quirks needed are exactly what |words| say.
std::string CheckHits(const std::vector<Word> &words, const pop3_quirks &quirks);

}  // namespace pop3_testing

#endif  // POP3_TESTS_TESTING_OUTCOME_H_
