#include "tests/testing/request_words.h"

#include <cstdlib>

namespace pop3_testing {

namespace {

struct Verb {
  const char *name;
  pop3_command command;
  char first;   // 'n' number, 't' text, ' ' none
  char second;  // 'l' lines, 't' text, ' ' none
  uint32_t flags;
};

const Verb kVerbs[] = {
    {"capa", POP3_CMD_CAPA, ' ', ' ', 0},
    {"user", POP3_CMD_USER, 't', ' ', 0},
    {"pass", POP3_CMD_PASS, 't', ' ', 0},
    {"apop-digest", POP3_CMD_APOP, 't', 't', 0},
    {"rpop", POP3_CMD_RPOP, 't', ' ', 0},
    {"auth-command", POP3_CMD_AUTH, 't', 't', 0},
    {"stls", POP3_CMD_STLS, ' ', ' ', 0},
    {"utf8", POP3_CMD_UTF8, ' ', ' ', 0},
    {"lang", POP3_CMD_LANG, 't', ' ', 0},
    {"stat", POP3_CMD_STAT, ' ', ' ', 0},
    {"list", POP3_CMD_LIST, 'n', ' ', 0},
    {"uidl", POP3_CMD_UIDL, 'n', ' ', 0},
    {"retr", POP3_CMD_RETR, 'n', ' ', 0},
    {"top", POP3_CMD_TOP, 'n', 'l', 0},
    {"dele", POP3_CMD_DELE, 'n', ' ', 0},
    {"rset", POP3_CMD_RSET, ' ', ' ', 0},
    {"noop", POP3_CMD_NOOP, ' ', ' ', 0},
    {"last", POP3_CMD_LAST, ' ', ' ', 0},
    {"quit", POP3_CMD_QUIT, ' ', ' ', 0},
    {"raw", POP3_CMD_RAW, 't', ' ', 0},
    {"raw-secret", POP3_CMD_RAW, 't', ' ', POP3_REQUEST_SECRET},
    {"raw-multi", POP3_CMD_RAW_MULTI, 't', ' ', 0},
    {"raw-body", POP3_CMD_RAW_MULTI, 't', ' ', POP3_REQUEST_RAW_BODY},
};

}  // namespace

RequestWords::RequestWords(const std::vector<Word> &words) {
  for (const Word &word : words) {
    const std::string text = word.Text();
    if (text.empty() || text[0] != '!') words_.push_back(text);
  }
  const Verb *verb = nullptr;
  for (const Verb &one : kVerbs) {
    if (words_[0] == one.name) verb = &one;
  }
  if (verb == nullptr || words_.size() > 3) {
    error_ = "what is \"" + words_[0] + "\"?";
    return;
  }
  request_.command = verb->command;
  request_.flags = verb->flags;
  if (words_.size() > 1) {
    if (verb->first == 'n') {
      request_.number = static_cast<uint32_t>(strtoul(words_[1].c_str(), nullptr, 10));
    } else if (verb->first == 't') {
      request_.arg = words_[1].data();
      request_.arg_len = words_[1].size();
    } else {
      error_ = words_[0] + " takes no argument";
    }
  }
  if (words_.size() > 2) {
    if (verb->second == 'l') {
      request_.lines = static_cast<uint32_t>(strtoul(words_[2].c_str(), nullptr, 10));
    } else if (verb->second == 't') {
      request_.arg2 = words_[2].data();
      request_.arg2_len = words_[2].size();
    } else {
      error_ = words_[0] + " takes one argument";
    }
  }
}

}  // namespace pop3_testing
