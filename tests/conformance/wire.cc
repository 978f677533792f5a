#include "tests/conformance/wire.h"

#include <algorithm>
#include <cstring>

namespace pop3_conformance {

namespace {

constexpr char kHostRule[] = "UsesTheLowerByTheRules";

}  // namespace

Wire::Wire(PluginHost *host, Findings *findings, Peer *peer, const WireFaults &wire_faults)
    : faults(wire_faults), host_(host), findings_(findings), peer_(peer), layer_{&ops_, this} {
  std::memset(&ops_, 0, sizeof(ops_));
  ops_.abi = POP3_ABI;
  ops_.size = sizeof(ops_);
  ops_.name = "wire";
  ops_.flags = POP3_TRANSPORT_BOTTOM;
  ops_.create = Create;
  ops_.connect = Connect;
  ops_.read = Read;
  ops_.write = Write;
  ops_.shutdown = Shutdown;
  ops_.interest = Interest;
  ops_.query = Query;
  ops_.destroy = Destroy;
}

bool Wire::Ready(uint32_t wanted) const {
  if (stuttered_) return true;
  const bool readable = !peer_->to_plugin.empty() || peer_->closed || dead() ||
                        octets_read_ >= faults.eof_at || octets_read_ >= faults.fail_read_at;
  return ((wanted & POP3_WAIT_READ) != 0 && readable) ||
         ((wanted & POP3_WAIT_WRITE) != 0 && !jammed);
}

pop3_io Wire::Fail(Phase phase, pop3_error *err, const char *what) {
  phase_ = phase;
  faulted_ = true;
  host_->get()->fail(host_->get()->ctx, err, POP3_ERR_IO, "wire", 0, 0, "%s failed", what);
  return POP3_IO_FAIL;
}

pop3_io Wire::Remember(pop3_io io) {
  last_want_ = io == POP3_IO_WANT_READ    ? POP3_WAIT_READ
               : io == POP3_IO_WANT_WRITE ? POP3_WAIT_WRITE
                                          : 0;
  return io;
}

bool Wire::Stutter(int *turn, pop3_io *out) {
  if (!faults.stutter || *turn == 2) {
    *turn = 0;
    return false;
  }
  *out = (*turn)++ == 0 ? POP3_IO_WANT_READ : POP3_IO_WANT_WRITE;
  stuttered_ = true;
  return true;
}

pop3_io Wire::ReadSome(uint8_t *buf, size_t cap, size_t *out_len, pop3_error *err) {
  calls_++;
  stuttered_ = false;
  if (phase_ == Phase::kFailed) {
    findings_->Add("NothingAfterFailure", "reads from the transport below after its FAIL");
  }
  if (cap == 0) findings_->Add(kHostRule, "reads 0 octets from the transport below");
  if (calls_ == faults.fail_call) return Fail(Phase::kFailed, err, "reading");
  if (octets_read_ >= faults.fail_read_at) return Fail(Phase::kFailed, err, "reading");
  if (octets_read_ >= faults.eof_at) {
    faulted_ = true;
    return POP3_IO_EOF;
  }
  pop3_io want;
  if (Stutter(&read_turn_, &want)) return want;
  if (peer_->to_plugin.empty()) {
    if (phase_ == Phase::kWriteFailed) return Fail(Phase::kFailed, err, "reading");
    return peer_->closed ? POP3_IO_EOF : POP3_IO_WANT_READ;
  }
  size_t n = std::min({cap, peer_->to_plugin.size(), faults.read_most});
  const uint64_t until = std::min(faults.eof_at, faults.fail_read_at) - octets_read_;
  n = static_cast<size_t>(std::min<uint64_t>(n, until));
  std::memcpy(buf, peer_->to_plugin.data(), n);
  peer_->to_plugin.erase(0, n);
  octets_read_ += n;
  *out_len = n;
  return POP3_IO_DONE;
}

pop3_io Wire::WriteSome(const uint8_t *data, size_t len, size_t *out_len, pop3_error *err) {
  calls_++;
  stuttered_ = false;
  if (dead()) {
    findings_->Add("NothingAfterFailure", "writes to the transport below after its FAIL");
  }
  if (len == 0) findings_->Add(kHostRule, "writes 0 octets to the transport below");
  if (len < offered_.size() || std::memcmp(data, offered_.data(), offered_.size()) != 0) {
    findings_->Add(kHostRule,
                   "after a WANT, a write to the transport below does not begin with what "
                   "was offered before");
  }
  offered_.clear();
  if (calls_ == faults.fail_call) return Fail(Phase::kWriteFailed, err, "writing");
  if (octets_written_ >= faults.fail_write_at) return Fail(Phase::kWriteFailed, err, "writing");
  pop3_io want = POP3_IO_WANT_WRITE;
  if (Stutter(&write_turn_, &want) || jammed) {
    offered_.assign(reinterpret_cast<const char *>(data), len);
    return want;
  }
  size_t n = std::min(len, faults.write_most);
  n = static_cast<size_t>(std::min<uint64_t>(n, faults.fail_write_at - octets_written_));
  peer_->Hear(std::string(reinterpret_cast<const char *>(data), n));
  octets_written_ += n;
  *out_len = n;
  return POP3_IO_DONE;
}

pop3_io Wire::Read(void *self, uint8_t *buf, size_t cap, size_t *out_len, pop3_error *err) {
  return Of(self)->Remember(Of(self)->ReadSome(buf, cap, out_len, err));
}

pop3_io Wire::Write(void *self, const uint8_t *data, size_t len, size_t *out_len, pop3_error *err) {
  return Of(self)->Remember(Of(self)->WriteSome(data, len, out_len, err));
}

pop3_status Wire::Create(const pop3_host *, const pop3_transport_config *, const pop3_layer *,
                         void **, pop3_error *) {
  return POP3_ERR_STATE;  // nobody makes a second one of these
}

pop3_io Wire::Connect(void *self, pop3_error *) {
  Of(self)->findings_->Add(kHostRule, "connects the transport below, which is connected already");
  return POP3_IO_DONE;
}

pop3_io Wire::Shutdown(void *self, pop3_error *) {
  Of(self)->findings_->Add(kHostRule, "shuts the transport below down, which the host does itself");
  return POP3_IO_DONE;
}

void Wire::Interest(void *self, pop3_interest *io) {
  Wire *wire = Of(self);
  wire->events_ |= io->events;
  // Not a descriptor that anybody polls: the suite asks Ready instead.
  if (io->events != 0 && io->num_fds < POP3_INTEREST_FDS) {
    io->fds[io->num_fds].fd = 0;
    io->fds[io->num_fds].events = io->events;
    io->num_fds++;
  }
  if (wire->stuttered_) io->deadline_ms = wire->host_->now_ms();
}

pop3_status Wire::Query(void *self, uint32_t what, pop3_answer *out) {
  (void)self;
  if (what != POP3_QUERY_PEER_NAME) return POP3_ERR_UNSUPPORTED;
  out->data = reinterpret_cast<const uint8_t *>("wire");
  out->data_len = 4;
  return POP3_OK;
}

void Wire::Destroy(void *self) {
  Of(self)->findings_->Add(kHostRule, "destroys the transport below, which belongs to the host");
}

}  // namespace pop3_conformance
