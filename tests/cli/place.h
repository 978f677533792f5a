// Putting messages into a place (tools/cli/deliver.h) in a test.
#ifndef POP3_TESTS_CLI_PLACE_H_
#define POP3_TESTS_CLI_PLACE_H_

#include <gtest/gtest.h>

#include <string_view>

#include "tools/cli/deliver.h"

// Place closes what it holds.
class Place {
 public:
  Place() = default;
  ~Place() { Close(); }
  Place(const Place &) = delete;
  Place &operator=(const Place &) = delete;

  cli_deliver **out() { return &place_; }
  uint64_t stored() const { return place_->stored; }
  void Close() {
    if (place_ != nullptr) place_->ops->close(place_);
    place_ = nullptr;
  }
  // Release hands the place over.
  cli_deliver *Release() {
    cli_deliver *place = place_;
    place_ = nullptr;
    return place;
  }

  pop3_status Begin(uint32_t number, const char *uid = nullptr) {
    const cli_message_id id = {uid, number, 0};
    return place_->ops->begin(place_, &id, &err);
  }
  pop3_status Write(std::string_view text) {
    return place_->ops->write(place_, reinterpret_cast<const uint8_t *>(text.data()), text.size(),
                              &err);
  }
  pop3_status End() { return place_->ops->end(place_, &err); }
  void Abort() { place_->ops->abort(place_); }
  pop3_status Flush() { return place_->ops->flush(place_, &err); }
  void Rest() {
    if (place_->ops->rest != nullptr) place_->ops->rest(place_);
  }

  // Put is one message from begin to end, in pieces of |step| octets.
  pop3_status Put(uint32_t number, std::string_view text, size_t step = SIZE_MAX) {
    pop3_status status = Begin(number);
    for (size_t at = 0; status == POP3_OK && at < text.size(); at += step) {
      status = Write(text.substr(at, step));
      if (step == SIZE_MAX) break;
    }
    return status == POP3_OK ? End() : status;
  }

  // PutUid is one message with a unique-id.
  pop3_status PutUid(const char *uid, std::string_view text) {
    pop3_status status = Begin(1, uid);
    if (status == POP3_OK) status = Write(text);
    return status == POP3_OK ? End() : status;
  }

  pop3_error err = POP3_ERROR_INIT;

 private:
  cli_deliver *place_ = nullptr;
};

#endif  // POP3_TESTS_CLI_PLACE_H_
