#include "tests/core/fake_wire.h"

#include <algorithm>
#include <cstring>

namespace pop3_core_test {

namespace {

constexpr int64_t kTick = 250;

// Phase is how far a transport has come, by the contract in spi/transport.h.
enum class Phase { kNew, kConnected, kWriteFailed, kFailed, kShut, kGone };

// Base is what the bottom and the upper transports have in common.
struct Base {
  const pop3_host *host = nullptr;
  FakeWire *wire = nullptr;
  const pop3_layer *lower = nullptr;
  const char *name = "";
  uint8_t key = 0;
  Phase phase = Phase::kNew;
  bool has_again = false;  // the option FakeWire.again was among its options
  std::string offered;     // what a write that answered WANT was offered

  void Note(const char *call) { wire->calls.push_back(std::string(name) + "." + call); }
  void Complain(const char *what) { wire->complaints.push_back(std::string(name) + ": " + what); }
  pop3_io Fail(pop3_error *err, const char *text) {
    phase = Phase::kFailed;
    host->fail(host->ctx, err, POP3_ERR_IO, name, 5, 77, "%s", text);
    return POP3_IO_FAIL;
  }
  void CheckWrite(const uint8_t *data, size_t len) {
    if (phase != Phase::kConnected) Complain("write at a wrong time");
    if (len == 0) Complain("write of nothing");
    if (len < offered.size() || memcmp(data, offered.data(), offered.size()) != 0) {
      Complain("a write after WANT does not begin with what was offered before");
    }
    offered.clear();
  }
  void CheckRead(size_t cap) {
    if (phase != Phase::kConnected && phase != Phase::kWriteFailed) {
      Complain("read at a wrong time");
    }
    if (cap == 0) Complain("read of nothing");
  }
};

Base *Of(void *self) { return static_cast<Base *>(self); }

pop3_status Create(const pop3_host *host, const pop3_transport_config *config,
                   const pop3_layer *lower, void **out_self, pop3_error *err, const char *name,
                   uint8_t key) {
  FakeWire *wire = WireOf(config->options, config->num_options);
  if (wire == nullptr) {
    return host->fail(host->ctx, err, POP3_ERR_ARGUMENT, name, 0, 0, "no fake.wire");
  }
  if (wire->on_create) wire->on_create(name, config);
  if (wire->create_fails == name) {
    return host->fail(host->ctx, err, POP3_ERR_ARGUMENT, name, 0, 0, "create fails");
  }
  void *memory = host->alloc(host->ctx, sizeof(Base));
  if (memory == nullptr) {
    return host->fail(host->ctx, err, POP3_ERR_MEMORY, name, 0, 0, "no memory");
  }
  Base *self = new (memory) Base;
  self->host = host;
  self->wire = wire;
  self->lower = lower;
  self->name = name;
  self->key = key;
  for (size_t i = 0; i < config->num_options; i++) {
    self->has_again = self->has_again || wire->again == config->options[i].name;
  }
  if (lower == nullptr) {  // a new connection
    wire->key = 0;
    wire->incoming.clear();
    wire->partial.clear();
  }
  self->Note("create");
  *out_self = self;
  return POP3_OK;
}

// Answers POP3_QUERY_AGAIN.
pop3_status AskAgain(const Base *self, pop3_answer *out) {
  const std::string &again = self->wire->again;
  if (self->phase != Phase::kFailed || again.empty()) return POP3_ERR_UNSUPPORTED;
  out->number = 7;
  out->data = reinterpret_cast<const uint8_t *>(again.data());
  out->data_len = again.size();
  return POP3_OK;
}

pop3_io Connect(void *arg, pop3_error *err) {
  Base *self = Of(arg);
  FakeWire *wire = self->wire;
  self->Note("connect");
  if (self->phase != Phase::kNew) self->Complain("connect at a wrong time");
  if (wire->connect_fails == self->name && !self->has_again)
    return self->Fail(err, "connect fails");
  if (wire->connect_eof == self->name) return POP3_IO_EOF;
  if (wire->connect_never) return POP3_IO_WANT_WRITE;
  if (!wire->connects.empty()) {
    const pop3_io io = wire->connects.front();
    wire->connects.pop_front();
    if (io == POP3_IO_FAIL) return self->Fail(err, "connect fails");
    if (io != POP3_IO_DONE) return io;
  }
  self->phase = Phase::kConnected;
  wire->key = static_cast<uint8_t>(wire->key + self->key);
  if (self->lower == nullptr) wire->Say(wire->greeting);
  return POP3_IO_DONE;
}

void Destroy(void *arg) {
  Base *self = Of(arg);
  self->Note("destroy");
  if (self->phase == Phase::kGone) self->Complain("destroyed twice");
  const pop3_host *host = self->host;
  self->phase = Phase::kGone;
  self->~Base();
  host->release(host->ctx, arg);
}

pop3_io Shutdown(void *arg, pop3_error *) {
  Base *self = Of(arg);
  self->Note("shutdown");
  if (self->phase != Phase::kConnected) self->Complain("shutdown at a wrong time");
  self->phase = Phase::kShut;
  return POP3_IO_DONE;
}

// --- The bottom

pop3_status BottomCreate(const pop3_host *host, const pop3_transport_config *config,
                         const pop3_layer *lower, void **out_self, pop3_error *err) {
  return Create(host, config, lower, out_self, err, "fake", 0);
}

pop3_io BottomRead(void *arg, uint8_t *buf, size_t cap, size_t *out_len, pop3_error *err) {
  Base *self = Of(arg);
  FakeWire *wire = self->wire;
  self->CheckRead(cap);
  if (wire->hung) return self->Fail(err, "nothing will ever happen");
  if (wire->incoming.empty()) {
    if (wire->read_fails) return self->Fail(err, "read fails");
    if (wire->eof) return POP3_IO_EOF;
    return wire->read_wants_write ? POP3_IO_WANT_WRITE : POP3_IO_WANT_READ;
  }
  const size_t len = std::min({wire->incoming.size(), cap, wire->read_most});
  for (size_t i = 0; i < len; i++) {
    buf[i] = static_cast<uint8_t>(static_cast<uint8_t>(wire->incoming[i]) + wire->key);
  }
  wire->incoming.erase(0, len);
  wire->barren = 0;
  *out_len = len;
  return POP3_IO_DONE;
}

pop3_io BottomWrite(void *arg, const uint8_t *data, size_t data_len, size_t *out_len,
                    pop3_error *err) {
  Base *self = Of(arg);
  FakeWire *wire = self->wire;
  self->CheckWrite(data, data_len);
  if (wire->write_eof) return POP3_IO_EOF;
  if (wire->write_fails) {
    self->Fail(err, "write fails");
    self->phase = Phase::kWriteFailed;
    return POP3_IO_FAIL;
  }
  const size_t len = std::min({data_len, wire->write_most, wire->write_room});
  if (len == 0) {
    self->offered.assign(reinterpret_cast<const char *>(data), data_len);
    return POP3_IO_WANT_WRITE;
  }
  if (wire->write_room != SIZE_MAX) wire->write_room -= len;
  wire->Take(data, len);
  *out_len = len;
  return POP3_IO_DONE;
}

void BottomInterest(void *arg, pop3_interest *io) {
  Base *self = Of(arg);
  FakeWire *wire = self->wire;
  wire->last_events = io->events;
  if (wire->real_time) return;
  const bool readable = !wire->incoming.empty() || wire->eof || wire->read_fails;
  const bool ready = self->phase == Phase::kNew
                         ? !wire->connect_never
                         : ((io->events & POP3_WAIT_READ) != 0 && readable) ||
                               ((io->events & POP3_WAIT_WRITE) != 0 && wire->write_room > 0);
  if (!ready && !wire->Wait()) {
    const int64_t left =
        io->deadline_ms == POP3_NO_DEADLINE ? kTick : io->deadline_ms - wire->now_ms;
    wire->now_ms += std::max<int64_t>(1, std::min(left, kTick));
  }
  io->deadline_ms = wire->now_ms;
}

int BottomPending(void *arg) {
  const FakeWire *wire = Of(arg)->wire;
  return wire->has_pending && !wire->incoming.empty() ? 1 : 0;
}

pop3_status BottomQuery(void *arg, uint32_t what, pop3_answer *out) {
  const FakeWire *wire = Of(arg)->wire;
  switch (what) {
    case POP3_QUERY_IS_LOCAL:
      out->number = wire->local ? 1 : 0;
      return POP3_OK;
    case POP3_QUERY_ONLY_ONCE:
      out->number = wire->only_once ? 1 : 0;
      return POP3_OK;
    case POP3_QUERY_TLS_NAME_VERIFIED:
      out->number = wire->name_verified ? 1 : 0;
      return POP3_OK;
    case POP3_QUERY_AGAIN:
      return AskAgain(Of(arg), out);
    case POP3_QUERY_PEER_NAME:
      out->data = reinterpret_cast<const uint8_t *>("192.0.2.1:110");
      out->data_len = 13;
      return POP3_OK;
    default:
      return POP3_ERR_UNSUPPORTED;
  }
}

// --- The upper ones

pop3_status TlsCreate(const pop3_host *host, const pop3_transport_config *config,
                      const pop3_layer *lower, void **out_self, pop3_error *err) {
  return Create(host, config, lower, out_self, err, "tls", 13);
}

pop3_status ShiftCreate(const pop3_host *host, const pop3_transport_config *config,
                        const pop3_layer *lower, void **out_self, pop3_error *err) {
  return Create(host, config, lower, out_self, err, "shift", 5);
}

pop3_io UpperRead(void *arg, uint8_t *buf, size_t cap, size_t *out_len, pop3_error *err) {
  Base *self = Of(arg);
  self->CheckRead(cap);
  const pop3_io io = self->lower->ops->read(self->lower->self, buf, cap, out_len, err);
  for (size_t i = 0; io == POP3_IO_DONE && i < *out_len; i++) {
    buf[i] = static_cast<uint8_t>(buf[i] - self->key);
  }
  return io;
}

pop3_io UpperWrite(void *arg, const uint8_t *data, size_t data_len, size_t *out_len,
                   pop3_error *err) {
  Base *self = Of(arg);
  self->CheckWrite(data, data_len);
  std::string cipher(reinterpret_cast<const char *>(data), data_len);
  for (char &c : cipher) c = static_cast<char>(static_cast<uint8_t>(c) + self->key);
  return self->lower->ops->write(
      self->lower->self, reinterpret_cast<const uint8_t *>(cipher.data()), data_len, out_len, err);
}

void UpperInterest(void *arg, pop3_interest *io) {
  Base *self = Of(arg);
  self->lower->ops->interest(self->lower->self, io);
}

pop3_status TlsQuery(void *arg, uint32_t what, pop3_answer *out) {
  const FakeWire *wire = Of(arg)->wire;
  switch (what) {
    case POP3_QUERY_IS_ENCRYPTED:
      out->number = wire->encrypted ? 1 : 0;
      return POP3_OK;
    case POP3_QUERY_TLS_VERIFIED:
      out->number = wire->verified ? 1 : 0;
      return POP3_OK;
    case POP3_QUERY_AGAIN:
      return AskAgain(Of(arg), out);
    case POP3_QUERY_TLS_VERSION:
      out->data = reinterpret_cast<const uint8_t *>("TLSv1.3");
      out->data_len = 7;
      return POP3_OK;
    default:
      return POP3_ERR_UNSUPPORTED;
  }
}

const pop3_transport_ops kBottom = {POP3_ABI,
                                    sizeof(pop3_transport_ops),
                                    "fake",
                                    POP3_TRANSPORT_BOTTOM,
                                    0,
                                    BottomCreate,
                                    Connect,
                                    BottomRead,
                                    BottomWrite,
                                    Shutdown,
                                    BottomInterest,
                                    BottomPending,
                                    BottomQuery,
                                    Destroy};
const pop3_transport_ops kTls = {POP3_ABI,
                                 sizeof(pop3_transport_ops),
                                 "tls",
                                 POP3_TRANSPORT_UPPER | POP3_TRANSPORT_ENCRYPTS,
                                 0,
                                 TlsCreate,
                                 Connect,
                                 UpperRead,
                                 UpperWrite,
                                 Shutdown,
                                 UpperInterest,
                                 nullptr,
                                 TlsQuery,
                                 Destroy};
// Without the optional functions.
const pop3_transport_ops kShift = {POP3_ABI,
                                   sizeof(pop3_transport_ops),
                                   "shift",
                                   POP3_TRANSPORT_UPPER,
                                   0,
                                   ShiftCreate,
                                   Connect,
                                   UpperRead,
                                   UpperWrite,
                                   nullptr,
                                   UpperInterest,
                                   nullptr,
                                   nullptr,
                                   Destroy};

}  // namespace

int FakeWire::Count(const std::string &call) const {
  return static_cast<int>(std::count(calls.begin(), calls.end(), call));
}

bool FakeWire::Wait() {
  if (++barren > patience) hung = true;
  if (!on_wait) return false;
  on_wait();
  return true;
}

void FakeWire::Take(const uint8_t *data, size_t len) {
  barren = 0;
  for (size_t i = 0; i < len; i++) {
    raw_sent += static_cast<char>(data[i]);
    const char c = static_cast<char>(static_cast<uint8_t>(data[i] - key));
    sent += c;
    partial += c;
    if (c != '\n') continue;
    std::string line = partial;
    partial.clear();
    if (line.size() < 2 || line[line.size() - 2] != '\r') {
      complaints.push_back("a line that does not end in CRLF: " + line);
    }
    line.resize(line.size() - std::min<size_t>(line.size(), 2));
    lines.push_back(line);
    const auto found = replies.find(line);
    Say(found != replies.end() ? found->second : server ? server(line) : "");
  }
}

FakeWire *WireOf(const pop3_option *options, size_t num_options) {
  for (size_t i = 0; i < num_options; i++) {
    if (strcmp(options[i].name, "fake.wire") == 0) {
      return const_cast<FakeWire *>(static_cast<const FakeWire *>(options[i].object));
    }
  }
  return nullptr;
}

const pop3_plugin *FakeWirePlugin() {
  static const pop3_transport_ops *const kTransports[] = {&kBottom, &kTls, &kShift};
  static const pop3_plugin kPlugin = {
      POP3_ABI, sizeof(pop3_plugin), "fake", "1", kTransports, 3, nullptr, 0};
  return &kPlugin;
}

const pop3_transport_ops *ShiftLayer() { return &kShift; }

}  // namespace pop3_core_test
