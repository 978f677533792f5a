// A transport to put another one on, whose octets and answers a test moves by hand.
#ifndef POP3_TESTS_PLUGINS_SCRIPTED_LOWER_H_
#define POP3_TESTS_PLUGINS_SCRIPTED_LOWER_H_

#include <fcntl.h>
#include <pop3/spi/transport.h>

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <string>
#include <system_error>

namespace pop3_testing {

// DescriptorFlags returns F_GETFD of the descriptor by which this process has |path| open; -1 if
// there is none.
inline int DescriptorFlags(const std::string &path) {
  std::error_code error;
  for (const auto &entry : std::filesystem::directory_iterator("/proc/self/fd", error)) {
    if (std::filesystem::read_symlink(entry.path(), error) != path) continue;
    return fcntl(std::stoi(entry.path().filename()), F_GETFD);
  }
  return -1;
}

// ScriptedLower outlives what stands on it.
class ScriptedLower {
 public:
  ScriptedLower() {
    ops_.read = Read;
    ops_.write = Write;
    ops_.interest = Interest;
  }
  ScriptedLower(const ScriptedLower &) = delete;
  ScriptedLower &operator=(const ScriptedLower &) = delete;

  const pop3_layer *layer() const { return &layer_; }

  std::string incoming;                    // what read gives
  pop3_io when_empty = POP3_IO_WANT_READ;  // and what it answers when nothing is left
  size_t room = SIZE_MAX;                  // octets that write takes
  pop3_io when_full = POP3_IO_WANT_WRITE;  // and what it answers when there is no room
  std::string written;
  uint32_t events = 0;      // of the last look at what to wait for
  int64_t deadline_ms = 0;  // likewise

 private:
  static pop3_io Read(void *arg, uint8_t *buf, size_t cap, size_t *out_len, pop3_error *) {
    auto *self = static_cast<ScriptedLower *>(arg);
    if (self->incoming.empty()) return self->when_empty;
    *out_len = self->incoming.copy(reinterpret_cast<char *>(buf), cap);
    self->incoming.erase(0, *out_len);
    return POP3_IO_DONE;
  }
  static pop3_io Write(void *arg, const uint8_t *data, size_t len, size_t *out_len, pop3_error *) {
    auto *self = static_cast<ScriptedLower *>(arg);
    if (self->room == 0) return self->when_full;
    *out_len = std::min(len, self->room);
    if (self->room != SIZE_MAX) self->room -= *out_len;
    self->written.append(reinterpret_cast<const char *>(data), *out_len);
    return POP3_IO_DONE;
  }
  static void Interest(void *arg, pop3_interest *io) {
    auto *self = static_cast<ScriptedLower *>(arg);
    self->events = io->events;
    self->deadline_ms = io->deadline_ms;
  }

  pop3_transport_ops ops_ = {};
  pop3_layer layer_ = {&ops_, this};
};

// LayerOn is a transport on a ScriptedLower.
class LayerOn {
 public:
  LayerOn(const pop3_host *host, const pop3_transport_ops *ops, ScriptedLower *lower,
          const pop3_option *options, size_t num_options)
      : ops_(ops) {
    const pop3_transport_config config = {sizeof(config), 110, "mail.example", options,
                                          num_options};
    status_ = ops_->create(host, &config, lower->layer(), &self_, &error_);
  }
  ~LayerOn() { Destroy(); }
  LayerOn(const LayerOn &) = delete;
  LayerOn &operator=(const LayerOn &) = delete;

  pop3_status status() const { return status_; }
  const pop3_error &error() const { return error_; }
  void Destroy() {
    if (self_ != nullptr) ops_->destroy(self_);
    self_ = nullptr;
  }
  pop3_io Connect() { return ops_->connect(self_, &error_); }
  pop3_io Read(std::string *out, size_t cap = 4096) {
    std::string buf(cap, '\0');
    size_t len = 0;
    const pop3_io io =
        ops_->read(self_, reinterpret_cast<uint8_t *>(buf.data()), cap, &len, &error_);
    if (io == POP3_IO_DONE) out->append(buf, 0, len);
    return io;
  }
  // Interest asks what a session waits for that wants |events|: the ScriptedLower knows it then.
  void Interest(uint32_t events) {
    pop3_interest io = POP3_INTEREST_INIT;
    io.events = events;
    ops_->interest(self_, &io);
  }
  // Claims returns which of the queries about the channel have an answer that is more than "no".
  std::string Claims() {
    std::string claims;
    for (uint32_t what = POP3_QUERY_IS_LOCAL; what <= POP3_QUERY_TLS_ALPN_REFUSED; what++) {
      pop3_answer answer = POP3_ANSWER_INIT;
      answer.number = 1;
      answer.data = reinterpret_cast<const uint8_t *>("x");
      answer.data_len = 1;
      const pop3_status status = ops_->query(self_, what, &answer);
      if (status == POP3_OK && answer.number == 0 && answer.data_len == 0) continue;
      claims += std::to_string(what) + " ";
    }
    return claims;
  }

 private:
  const pop3_transport_ops *ops_;
  void *self_ = nullptr;
  pop3_status status_;
  pop3_error error_ = POP3_ERROR_INIT;
};

}  // namespace pop3_testing

#endif  // POP3_TESTS_PLUGINS_SCRIPTED_LOWER_H_
