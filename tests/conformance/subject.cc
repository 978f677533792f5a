#include "tests/conformance/subject.h"

#include <cstring>

#include "tests/conformance/watch.h"

namespace pop3_conformance {

namespace {

// The answers that an operation has, as bits.
constexpr unsigned kGoesOn =
    1U << POP3_IO_DONE | 1U << POP3_IO_WANT_READ | 1U << POP3_IO_WANT_WRITE | 1U << POP3_IO_FAIL;
constexpr unsigned kOrEnds = kGoesOn | 1U << POP3_IO_EOF;
constexpr size_t kCanary = 32;

}  // namespace

const char *IoName(pop3_io io) {
  switch (io) {
    case POP3_IO_DONE:
      return "DONE";
    case POP3_IO_WANT_READ:
      return "WANT_READ";
    case POP3_IO_WANT_WRITE:
      return "WANT_WRITE";
    case POP3_IO_EOF:
      return "EOF";
    case POP3_IO_FAIL:
      return "FAIL";
  }
  return "?";
}

void Subject::CheckFilled(const char *what, int status) {
  if (error_.status < POP3_ERR_ARGUMENT || error_.text[0] == '\0' || error_.layer[0] == '\0') {
    findings_->Add("FailFillsErr", "%s fails and leaves err without status, layer or text", what);
  } else if (status >= 0 && error_.status != status) {
    findings_->Add("FailFillsErr", "%s returns the status %d, but err says %d", what, status,
                   static_cast<int>(error_.status));
  }
}

pop3_io Subject::Check(const char *what, pop3_io io, unsigned allowed) {
  if (io < POP3_IO_DONE || io > POP3_IO_FAIL || (allowed & 1U << io) == 0) {
    findings_->Add("AnswersWhatItMay", "%s answers %s (%d)", what, IoName(io),
                   static_cast<int>(io));
  }
  if (io == POP3_IO_FAIL) {
    failed_ = true;
    CheckFilled(what, -1);
  }
  return io;
}

pop3_status Subject::Create(const pop3_transport_config &config, const pop3_layer *lower) {
  error_ = POP3_ERROR_INIT;
  failed_ = false;
  void *self = nullptr;
  const Watch watch("create");
  const pop3_status status = ops_->create(host_->get(), &config, lower, &self, &error_);
  if (status == POP3_OK && self == nullptr) {
    findings_->Add("CreateMakesAState", "create returns POP3_OK and no state");
  }
  if (status != POP3_OK) CheckFilled("create", status);
  self_ = status == POP3_OK ? self : nullptr;
  return status;
}

pop3_io Subject::Connect() {
  error_ = POP3_ERROR_INIT;
  const Watch watch("connect");
  return Check("connect", ops_->connect(self_, &error_), kOrEnds);
}

pop3_io Subject::Read(std::string *out, size_t cap) {
  error_ = POP3_ERROR_INIT;
  std::string buf(cap + kCanary, '\x5C');
  size_t len = 0;
  pop3_io io;
  {
    const Watch watch("read");
    io = Check("read", ops_->read(self_, reinterpret_cast<uint8_t *>(&buf[0]), cap, &len, &error_),
               kOrEnds);
  }
  if (buf.find_first_not_of('\x5C', cap) != std::string::npos) {
    findings_->Add("StaysInItsBuffer", "read writes behind the %zu octets that it may", cap);
  }
  if (io == POP3_IO_DONE) {
    if (len == 0 || len > cap) {
      findings_->Add("DoneMeansOctets", "read of %zu octets answers DONE with %zu", cap, len);
      len = len > cap ? cap : len;
    }
    out->append(buf, 0, len);
  }
  return io;
}

pop3_io Subject::Write(const std::string &data, size_t *out_len) {
  error_ = POP3_ERROR_INIT;
  *out_len = 0;
  pop3_io io;
  {
    const Watch watch("write");
    io = Check("write",
               ops_->write(self_, reinterpret_cast<const uint8_t *>(data.data()), data.size(),
                           out_len, &error_),
               kOrEnds);
  }
  if (io == POP3_IO_DONE && (*out_len == 0 || *out_len > data.size())) {
    findings_->Add("DoneMeansOctets", "write of %zu octets answers DONE with %zu", data.size(),
                   *out_len);
    if (*out_len > data.size()) *out_len = data.size();
  }
  return io;
}

pop3_io Subject::Shutdown() {
  if (ops_->shutdown == nullptr) return POP3_IO_DONE;
  error_ = POP3_ERROR_INIT;
  const Watch watch("shutdown");
  return Check("shutdown", ops_->shutdown(self_, &error_), kOrEnds);
}

pop3_interest Subject::Interest(uint32_t events) {
  pop3_interest io = POP3_INTEREST_INIT;
  io.events = events;
  const Watch watch("interest");
  ops_->interest(self_, &io);
  if (io.num_fds > POP3_INTEREST_FDS) {
    findings_->Add("SaysWhatToWaitFor", "interest adds %u descriptors; there is room for %d",
                   io.num_fds, POP3_INTEREST_FDS);
    io.num_fds = POP3_INTEREST_FDS;
  }
  return io;
}

int Subject::Pending() {
  if (ops_->pending == nullptr) return 0;
  const Watch watch("pending");
  const int pending = ops_->pending(self_);
  if (pending != 0 && pending != 1) {
    findings_->Add("PendingIsHonest", "pending returns %d, which is neither 0 nor 1", pending);
  }
  return pending;
}

pop3_status Subject::Query(uint32_t what, pop3_answer *out) {
  std::memset(out, 0, sizeof(*out));
  out->size = sizeof(*out);
  if (ops_->query == nullptr) return POP3_ERR_UNSUPPORTED;
  const Watch watch("query");
  return ops_->query(self_, what, out);
}

void Subject::Destroy() {
  if (self_ == nullptr) return;
  const Watch watch("destroy");
  ops_->destroy(self_);
  self_ = nullptr;
}

}  // namespace pop3_conformance
