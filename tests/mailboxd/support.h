// What the unit tests of mailboxd share: directories, files, and reading what a maildrop would
// send.
#ifndef POP3_TESTS_MAILBOXD_SUPPORT_H_
#define POP3_TESTS_MAILBOXD_SUPPORT_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "tools/mailboxd/maildrop.h"
#include "tools/mailboxd/outq.h"

// TempDir is removed with everything in it.
class TempDir {
 public:
  TempDir();
  ~TempDir();
  TempDir(const TempDir &) = delete;
  TempDir &operator=(const TempDir &) = delete;

  // Path returns |name| inside of it.
  std::string Path(std::string_view name) const;
  // Write makes a file with |contents| there, and returns its path.
  std::string Write(std::string_view name, std::string_view contents) const;
  // Make makes a directory there, and returns its path.
  std::string Make(std::string_view name) const;

 private:
  std::string root_;
};

// ReadFile returns what is in |path|, or "<unreadable>".
std::string ReadFile(const std::string &path);

// ListDir returns the sorted names in |path| but . and ..
std::vector<std::string> ListDir(const std::string &path);

// TakeAll returns all that |q| holds, and empties it.
std::string TakeAll(outq *q);

// Unstuffed undoes dot-stuffing, and expects and removes the final dot: "<no final dot>" otherwise.
std::string Unstuffed(std::string_view wire);

// Wire returns what RETR or TOP would send of message |n|, final dot included; "<status N>" if it
// cannot be opened, "<failed>" if it breaks off.
std::string Wire(maildrop *drop, uint32_t n, uint64_t lines = MAILDROP_ALL);

// Uid returns the unique-id of message |n|.
std::string Uid(const maildrop *drop, uint32_t n);

// Drop is an open maildrop, closed at the end of its scope.
class Drop {
 public:
  explicit Drop(mailbox *box) : status_(maildrop_open(box, &drop_)) {}
  ~Drop() { maildrop_close(drop_); }
  Drop(const Drop &) = delete;
  Drop &operator=(const Drop &) = delete;

  drop_status status() const { return status_; }
  maildrop *get() const { return drop_; }
  maildrop *operator->() const { return drop_; }
  uint64_t Size(uint32_t n) const { return drop_->ops->size(drop_, n); }

 private:
  maildrop *drop_ = nullptr;
  drop_status status_;
};

#endif  // POP3_TESTS_MAILBOXD_SUPPORT_H_
