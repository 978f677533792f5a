// What the fuzz targets share: a check that stops the run, and a way to read an input as values.
#ifndef POP3_TESTS_FUZZ_FUZZ_INPUT_H_
#define POP3_TESTS_FUZZ_FUZZ_INPUT_H_

#include <pop3/status.h>

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>

// FUZZ_CHECK stops the run, so that the input is kept, if |condition| does not hold.
#define FUZZ_CHECK(condition)                                                      \
  do {                                                                             \
    if (!(condition)) {                                                            \
      std::fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__, #condition); \
      std::abort();                                                                \
    }                                                                              \
  } while (0)

namespace pop3_fuzz {

// Input hands out the octets of an input, zeros when they are used up.
class Input {
 public:
  Input(const uint8_t *data, size_t size) : data_(data), size_(size) {}

  size_t left() const { return size_; }
  bool empty() const { return size_ == 0; }

  uint8_t Octet() {
    if (size_ == 0) return 0;
    size_--;
    return *data_++;
  }
  uint32_t Word() {
    uint32_t word = 0;
    for (int i = 0; i < 4; i++) word = word << 8 | Octet();
    return word;
  }
  // Take returns up to |len| octets.
  std::string Take(size_t len) {
    if (len > size_) len = size_;
    std::string text(reinterpret_cast<const char *>(data_), len);
    data_ += len;
    size_ -= len;
    return text;
  }
  // Line returns what stands before the next LF, and passes over that.
  std::string Line() {
    const void *end = size_ == 0 ? nullptr : std::memchr(data_, '\n', size_);
    if (end == nullptr) return Take(size_);
    std::string line = Take(static_cast<size_t>(static_cast<const uint8_t *>(end) - data_));
    Take(1);
    return line;
  }
  std::string Rest() { return Take(size_); }

 private:
  const uint8_t *data_;
  size_t size_;
};

// CheckError checks an error as a function leaves it that returned |status|: an empty one after a
// success, after a failure one that says something in a single line without control characters.
inline void CheckError(const pop3_error &err, pop3_status status) {
  FUZZ_CHECK(err.status == status);
  FUZZ_CHECK((err.text[0] != '\0') == (status != POP3_OK));
  size_t len = 0;
  while (len < sizeof(err.text) && err.text[len] != '\0') {
    unsigned char c = static_cast<unsigned char>(err.text[len++]);
    FUZZ_CHECK(c >= 0x20 && c != 0x7F);
  }
  FUZZ_CHECK(len < sizeof(err.text));
}

}  // namespace pop3_fuzz

#endif  // POP3_TESTS_FUZZ_FUZZ_INPUT_H_
