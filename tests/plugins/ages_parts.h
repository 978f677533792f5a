// A program and its plugins that know which of the library's structs they were built with; see
// ages_test.cc.
#ifndef POP3_TESTS_PLUGINS_AGES_PARTS_H_
#define POP3_TESTS_PLUGINS_AGES_PARTS_H_

#include <gtest/gtest.h>
#include <pop3/loader.h>
#include <pop3/pop3.h>
#include <pop3/spi/auth.h>
#include <pop3/spi/plugin.h>
#include <pop3/spi/transport.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>
#include <cstring>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace pop3_ages {

// Whether the library is older than the program, of the same age, or newer.
#if defined(AGES_OLDER_LIBRARY)
constexpr int kAge = -1;
#elif defined(AGES_NEWER_LIBRARY)
constexpr int kAge = 1;
#else
constexpr int kAge = 0;
#endif

// Each struct that may grow has, of a later day, one member more: eight octets at its end.
constexpr size_t kMore = 8;

// How many octets of a T both sides know.
template <typename T>
constexpr size_t Common() {
  return kAge < 0 ? sizeof(T) - kMore : sizeof(T);
}

// Whether |size|, with which the library has made a T, is that of the library.
template <typename T>
bool IsLibrarys(uint64_t size) {
  return size == Common<T>() + (kAge > 0 ? kMore : 0);
}

// Fenced is a T right before memory that may be neither read nor written. The octets that only a
// newer program knows hold a mark.
template <typename T>
class Fenced {
 public:
  explicit Fenced(const T &value) {
    const auto page = static_cast<size_t>(sysconf(_SC_PAGESIZE));
    room_ = 2 * page;
    at_ = static_cast<uint8_t *>(
        mmap(nullptr, room_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
    EXPECT_NE(at_, MAP_FAILED);
    EXPECT_EQ(mprotect(at_ + page, page, PROT_NONE), 0);
    value_ = reinterpret_cast<T *>(at_ + page - sizeof(T));
    memcpy(static_cast<void *>(value_), &value, sizeof(T));
    if (kAge < 0) memset(reinterpret_cast<uint8_t *>(value_) + Common<T>(), 0xA5, kMore);
  }
  ~Fenced() { munmap(at_, room_); }
  Fenced(const Fenced &) = delete;
  Fenced &operator=(const Fenced &) = delete;

  T *get() { return value_; }
  T *operator->() { return value_; }

  // Whether the library has filled what both know, said so, and left the rest alone.
  bool IsFilled() const {
    if (value_->size != Common<T>()) return false;
    for (size_t i = Common<T>(); i < sizeof(T); i++) {
      if (reinterpret_cast<const uint8_t *>(value_)[i] != 0xA5) return false;
    }
    return true;
  }

 private:
  uint8_t *at_;
  size_t room_;
  T *value_;
};

// Wire is the connection, the server at its other end, and what everybody has seen.
struct Wire {
  std::map<std::string, std::string> replies;
  std::string incoming = "+OK ready <1.2@example>\r\n";
  std::string outgoing;
  std::vector<std::string> lines;
  std::set<std::string> wrong;  // structs of another size than they should have
  std::set<std::string> seen;

  // See notes a struct that the library has made.
  template <typename T>
  void See(const char *name, uint64_t size) {
    seen.insert(name);
    if (!IsLibrarys<T>(size)) wrong.insert(name + (" of " + std::to_string(size)));
  }
  // Check notes what does not hold.
  void Check(bool holds, const char *what) {
    if (!holds) wrong.insert(what);
  }
  void Take(const uint8_t *data, size_t len) {
    outgoing.append(reinterpret_cast<const char *>(data), len);
    for (size_t at; (at = outgoing.find("\r\n")) != std::string::npos; outgoing.erase(0, at + 2)) {
      lines.push_back(outgoing.substr(0, at));
      const auto found = replies.find(lines.back());
      incoming += found != replies.end() ? found->second : "+OK\r\n";
    }
  }
};

// A transport: "wire" at the bottom, or "cover" and "tls", which only pass on.
struct Link {
  Wire *wire;
  const pop3_host *host;
  const pop3_layer *lower;
};

pop3_status LinkCreate(const pop3_host *host, const pop3_transport_config *config,
                       const pop3_layer *lower, void **out_self, pop3_error *);
pop3_io LinkConnect(void *self, pop3_error *err);
pop3_io LinkRead(void *self, uint8_t *buf, size_t cap, size_t *out_len, pop3_error *err);
pop3_io LinkWrite(void *self, const uint8_t *data, size_t len, size_t *out_len, pop3_error *err);
void LinkInterest(void *self, pop3_interest *io);
pop3_status LinkQuery(void *self, uint32_t what, pop3_answer *out);
void LinkDestroy(void *self);

// A table of the transport |name|.
pop3_transport_ops LinkOps(const char *name, uint32_t flags);

// The table of the mechanism "x-ages", which pushes |layer| when it is logged in.
pop3_auth_ops MechanismOps(Wire *wire, const pop3_transport_ops *layer);

}  // namespace pop3_ages

#endif  // POP3_TESTS_PLUGINS_AGES_PARTS_H_
