#include "tests/testing/memory_transport.h"

#include <pop3/spi/transport.h>

#include <algorithm>
#include <cstring>

namespace pop3_testing {

namespace {

constexpr int64_t kBarrenStepMs = 250;
constexpr unsigned kBarrenMax = 100000;

}  // namespace

MemoryWire::MemoryWire(FakeClock *clock, Peer *peer, const WireFaults &faults)
    : clock_(clock),
      peer_(peer),
      faults_(faults),
      read_random_(faults.read.seed),
      write_random_(faults.write.seed) {}

void MemoryWire::Complain(const char *what) {
  complaints_.push_back(std::string("transport contract: ") + what);
}

bool MemoryWire::NextCallFails() {
  calls_++;
  const bool fails =
      faults_.fail_call_persists ? calls_ >= faults_.fail_call : calls_ == faults_.fail_call;
  if (fails) faulted_ = true;
  return fails;
}

// Stutter says whether to answer WANT now: each real answer is preceded by one WANT of each kind,
// told apart by |*count|.
bool MemoryWire::Stutter(int *count) {
  if (!faults_.want_everywhere || (*count)++ % 3 == 2) return false;
  wanted_ = true;
  return true;
}

size_t MemoryWire::Piece(const Chunking &chunking, std::mt19937 *random, uint64_t offset,
                         size_t len) {
  switch (chunking.kind) {
    case Chunking::kWhole:
      return len;
    case Chunking::kOctets:
      return offset < chunking.at ? 1 : len;
    case Chunking::kSplit:
      return offset < chunking.at
                 ? static_cast<size_t>(std::min<uint64_t>(len, chunking.at - offset))
                 : len;
    case Chunking::kRandom: {
      // Mostly short pieces, sometimes long ones.
      const auto dice = static_cast<uint32_t>((*random)());
      const size_t most = (dice & 7) == 0 ? 4000 : 20;
      return std::min<size_t>(len, 1 + (dice >> 8) % most);
    }
  }
  return len;
}

// Fill gives the peer a turn if nothing waits to be read.
void MemoryWire::Fill() {
  if (incoming_at_ < incoming_.size()) return;
  incoming_.clear();
  incoming_at_ = 0;
  if (state_.kind == PeerState::kClosed || state_.kind == PeerState::kBroken) return;
  state_ = peer_->Turn(clock_->now_ms(), &incoming_);
}

// TakenAway: what the peer has sent can be read, and then nothing comes any more.
void MemoryWire::TakenAway() { state_.kind = PeerState::kBroken; }

// MemoryTransport is the transport's state and functions.
struct MemoryTransport {
  const pop3_host *host;
  MemoryWire *wire;

  static MemoryTransport *Of(void *self) { return static_cast<MemoryTransport *>(self); }

  static pop3_status Create(const pop3_host *host, const pop3_transport_config *config,
                            const pop3_layer *lower, void **out_self, pop3_error *err) {
    MemoryWire *wire = nullptr;
    for (size_t i = 0; i < config->num_options; i++) {
      const pop3_option &option = config->options[i];
      if (strncmp(option.name, "memory.", 7) != 0) continue;
      if (strcmp(option.name, "memory.wire") != 0) {
        return host->fail(host->ctx, err, POP3_ERR_ARGUMENT, "memory", 0, 0, "no option \"%s\"",
                          option.name);
      }
      wire = const_cast<MemoryWire *>(static_cast<const MemoryWire *>(option.object));
    }
    if (wire == nullptr || lower != nullptr) {
      return host->fail(host->ctx, err, POP3_ERR_ARGUMENT, "memory", 0, 0, "no memory.wire");
    }
    auto *self = static_cast<MemoryTransport *>(host->alloc(host->ctx, sizeof(MemoryTransport)));
    if (self == nullptr) {
      return host->fail(host->ctx, err, POP3_ERR_MEMORY, "memory", 0, 0, "no memory");
    }
    self->host = host;
    self->wire = wire;
    wire->created_++;
    *out_self = self;
    return POP3_OK;
  }

  pop3_io Fail(pop3_error *err, const char *text) {
    wire->phase_ = MemoryWire::Phase::kFailed;
    host->fail(host->ctx, err, POP3_ERR_IO, "memory", 0, 0, "%s", text);
    return POP3_IO_FAIL;
  }

  // FailWrite: the host may still read the peer's last words, behind which the connection is gone.
  pop3_io FailWrite(pop3_error *err, const char *text) {
    Fail(err, text);
    wire->phase_ = MemoryWire::Phase::kWriteFailed;
    wire->TakenAway();
    return POP3_IO_FAIL;
  }

  static pop3_io Connect(void *arg, pop3_error *err) {
    MemoryTransport *self = Of(arg);
    MemoryWire *wire = self->wire;
    if (wire->phase_ != MemoryWire::Phase::kNew) wire->Complain("connect after DONE or FAIL");
    if (wire->NextCallFails()) return self->Fail(err, "injected failure of connect");
    if (wire->faults_.connect_refused) return self->Fail(err, "connection refused");
    if (wire->hung_) return self->Fail(err, "nobody will ever answer");
    if (wire->faults_.connect_never) return POP3_IO_WANT_WRITE;
    if (wire->Stutter(&wire->stutter_connect_)) {
      return wire->stutter_connect_ % 3 == 1 ? POP3_IO_WANT_READ : POP3_IO_WANT_WRITE;
    }
    wire->phase_ = MemoryWire::Phase::kConnected;
    return POP3_IO_DONE;
  }

  static pop3_io Read(void *arg, uint8_t *buf, size_t cap, size_t *out_len, pop3_error *err) {
    MemoryTransport *self = Of(arg);
    MemoryWire *wire = self->wire;
    if (wire->phase_ == MemoryWire::Phase::kNew) wire->Complain("read before connect");
    if (wire->phase_ == MemoryWire::Phase::kFailed) wire->Complain("read after FAIL");
    if (cap == 0) wire->Complain("read of 0 octets");
    if (wire->NextCallFails()) return self->Fail(err, "injected failure of read");
    if (wire->hung_) return self->Fail(err, "nobody will ever say anything");
    if (wire->octets_read_ >= wire->faults_.eof_at) {
      wire->faulted_ = true;
      return POP3_IO_EOF;
    }
    if (wire->octets_read_ >= wire->faults_.fail_read_at) {
      wire->faulted_ = true;
      return self->Fail(err, "injected failure of read");
    }
    if (wire->Stutter(&wire->stutter_read_)) {
      return wire->stutter_read_ % 3 == 1 ? POP3_IO_WANT_WRITE : POP3_IO_WANT_READ;
    }
    wire->Fill();
    const size_t there = wire->incoming_.size() - wire->incoming_at_;
    if (there == 0) {
      if (wire->state_.kind == PeerState::kClosed) return POP3_IO_EOF;
      if (wire->state_.kind == PeerState::kBroken) return self->Fail(err, "connection reset");
      if (wire->state_.kind == PeerState::kOpen) wire->barren_++;
      return POP3_IO_WANT_READ;
    }
    wire->barren_ = 0;
    const Chunking &chunking = wire->faults_.read;
    if (chunking.kind == Chunking::kSplit && wire->octets_read_ == chunking.at &&
        !wire->split_shown_) {
      wire->split_shown_ = true;
      wire->wanted_ = true;
      return POP3_IO_WANT_READ;
    }
    size_t n = std::min(there, cap);
    n = static_cast<size_t>(std::min<uint64_t>(
        n, std::min(wire->faults_.eof_at, wire->faults_.fail_read_at) - wire->octets_read_));
    n = wire->Piece(chunking, &wire->read_random_, wire->octets_read_, n);
    memcpy(buf, wire->incoming_.data() + wire->incoming_at_, n);
    wire->incoming_at_ += n;
    wire->octets_read_ += n;
    *out_len = n;
    return POP3_IO_DONE;
  }

  static pop3_io Write(void *arg, const uint8_t *data, size_t data_len, size_t *out_len,
                       pop3_error *err) {
    MemoryTransport *self = Of(arg);
    MemoryWire *wire = self->wire;
    if (wire->phase_ == MemoryWire::Phase::kNew) wire->Complain("write before connect");
    if (wire->phase_ >= MemoryWire::Phase::kWriteFailed) wire->Complain("write after FAIL");
    if (data_len == 0) wire->Complain("write of 0 octets");
    const std::string &offered = wire->offered_;
    if (data_len < offered.size() || memcmp(data, offered.data(), offered.size()) != 0) {
      wire->Complain("a write after WANT does not begin with what was offered before");
    }
    wire->offered_.clear();
    if (wire->NextCallFails()) return self->FailWrite(err, "injected failure of write");
    if (wire->octets_written_ >= wire->faults_.fail_write_at) {
      wire->faulted_ = true;
      return self->FailWrite(err, "injected failure of write");
    }
    if (wire->state_.kind == PeerState::kBroken) return self->FailWrite(err, "connection reset");
    if (wire->Stutter(&wire->stutter_write_)) {
      wire->offered_.assign(reinterpret_cast<const char *>(data), data_len);
      return wire->stutter_write_ % 3 == 1 ? POP3_IO_WANT_READ : POP3_IO_WANT_WRITE;
    }
    size_t n = static_cast<size_t>(
        std::min<uint64_t>(data_len, wire->faults_.fail_write_at - wire->octets_written_));
    n = wire->Piece(wire->faults_.write, &wire->write_random_, wire->octets_written_, n);
    wire->peer_->Receive(data, n);
    wire->barren_ = 0;
    wire->octets_written_ += n;
    *out_len = n;
    return POP3_IO_DONE;
  }

  static pop3_io Shutdown(void *arg, pop3_error *err) {
    MemoryTransport *self = Of(arg);
    MemoryWire *wire = self->wire;
    if (wire->phase_ >= MemoryWire::Phase::kWriteFailed) wire->Complain("shutdown after FAIL");
    if (wire->NextCallFails()) return self->Fail(err, "injected failure of shutdown");
    return POP3_IO_DONE;
  }

  static void Interest(void *arg, pop3_interest *io) {
    MemoryWire *wire = Of(arg)->wire;
    const int64_t now = wire->clock_->now_ms();
    const bool connected = wire->phase_ != MemoryWire::Phase::kNew;
    const bool there =
        wire->incoming_at_ < wire->incoming_.size() || wire->state_.kind == PeerState::kAgain ||
        wire->state_.kind == PeerState::kClosed || wire->state_.kind == PeerState::kBroken;
    if (wire->wanted_) {
      wire->wanted_ = false;
    } else if (!connected || !there) {
      // Time passes: until the peer does something, or else a little.
      int64_t step = kBarrenStepMs;
      if (connected && wire->state_.wake_ms > now) step = wire->state_.wake_ms - now;
      if (io->deadline_ms > now) step = std::min(step, io->deadline_ms - now);
      if (++wire->barren_ >= kBarrenMax) wire->hung_ = true;
      wire->clock_->Advance(step);
    }
    io->deadline_ms = wire->clock_->now_ms();
  }

  static int Pending(void *arg) {
    MemoryWire *wire = Of(arg)->wire;
    return wire->incoming_at_ < wire->incoming_.size() ? 1 : 0;
  }

  static pop3_status Query(void *arg, uint32_t what, pop3_answer *out) {
    MemoryWire *wire = Of(arg)->wire;
    switch (what) {
      case POP3_QUERY_IS_LOCAL:
        out->number = wire->faults_.local ? 1 : 0;
        return POP3_OK;
      case POP3_QUERY_PEER_NAME:
        out->data = reinterpret_cast<const uint8_t *>("memory");
        out->data_len = 6;
        return POP3_OK;
      default:
        return POP3_ERR_UNSUPPORTED;
    }
  }

  static void Destroy(void *arg) {
    MemoryTransport *self = Of(arg);
    self->wire->destroyed_++;
    self->host->release(self->host->ctx, self);
  }
};

const pop3_plugin *MemoryPlugin() {
  static const pop3_transport_ops ops = {
      POP3_ABI,
      sizeof(pop3_transport_ops),
      "memory",
      POP3_TRANSPORT_BOTTOM,
      0,
      MemoryTransport::Create,
      MemoryTransport::Connect,
      MemoryTransport::Read,
      MemoryTransport::Write,
      MemoryTransport::Shutdown,
      MemoryTransport::Interest,
      MemoryTransport::Pending,
      MemoryTransport::Query,
      MemoryTransport::Destroy,
  };
  static const pop3_transport_ops *const transports[] = {&ops};
  static const pop3_plugin plugin = {
      POP3_ABI, sizeof(pop3_plugin), "memory", "1", transports, 1, nullptr, 0,
  };
  return &plugin;
}

}  // namespace pop3_testing
