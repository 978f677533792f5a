// Words of a transcript as a pop3_request.
#ifndef POP3_TESTS_TESTING_REQUEST_WORDS_H_
#define POP3_TESTS_TESTING_REQUEST_WORDS_H_

#include <pop3/request.h>

#include <string>
#include <vector>

#include "tests/testing/transcript.h"

namespace pop3_testing {

// RequestWords reads "retr 1", "top 1 5", "user \"a b\"", ... Words that begin with '!' are left
// out.
class RequestWords {
 public:
  explicit RequestWords(const std::vector<Word> &words);
  RequestWords(const RequestWords &) = delete;
  RequestWords &operator=(const RequestWords &) = delete;

  const pop3_request &request() const { return request_; }
  // error is "" or what is wrong with the words.
  const std::string &error() const { return error_; }

 private:
  std::vector<std::string> words_;
  pop3_request request_ = POP3_REQUEST_INIT(POP3_CMD_NOOP);
  std::string error_;
};

}  // namespace pop3_testing

#endif  // POP3_TESTS_TESTING_REQUEST_WORDS_H_
