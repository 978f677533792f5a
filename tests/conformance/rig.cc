#include "tests/conformance/rig.h"

#include <poll.h>
#include <time.h>

#include <algorithm>

#include "tests/testing/count_fds.h"

namespace pop3_conformance {

using pop3_testing::CountFds;

namespace {

// More turns than any honest exchange takes: what is still going on then will never end.
constexpr int kTurns = 200000;
constexpr int kSlice = 20;
constexpr int kInVain = 1000;

void Sleep(int ms) {
  const struct timespec pause = {0, ms * 1000000L};
  nanosleep(&pause, nullptr);
}

uint32_t Events(pop3_io want) {
  return want == POP3_IO_WANT_READ ? POP3_WAIT_READ : POP3_WAIT_WRITE;
}

}  // namespace

std::string Pattern(size_t len, unsigned seed) {
  std::string text(len, '\0');
  uint32_t state = seed * 2654435761U;
  for (char &c : text) {
    state = state * 1664525U + 1013904223U;
    c = static_cast<char>(state >> 24);
  }
  return text;
}

Rig::Rig(const Bench &bench, const WireFaults &faults)
    : fds_before_(CountFds()),
      bench_(bench),
      host_(bench.findings->Adder()),
      subject_(&host_, bench.findings, bench.ops) {
  if (bench.is_upper()) {
    peer_ = bench.what->peer();
    wire_ = std::make_unique<Wire>(&host_, bench.findings, peer_.get(), faults);
  } else if (bench.what->endpoint) {
    endpoint_ = bench.what->endpoint();
  }
}

Rig::Rig(const Bench &bench, std::unique_ptr<Endpoint> endpoint)
    : fds_before_(CountFds()),
      bench_(bench),
      host_(bench.findings->Adder()),
      subject_(&host_, bench.findings, bench.ops),
      endpoint_(std::move(endpoint)) {}

Rig::~Rig() {
  Destroy();
  if (host_.live() != 0) {
    bench_.findings->Add("LeaksNothing", "%d allocations are not released after destroy",
                         host_.live());
  }
  CheckSecrets();
  far_end_.reset();
  endpoint_.reset();
  // A thread that looks a name up may need a moment to close what is its own.
  for (int waited = 0; CountFds() > fds_before_ && waited < bench_.patience_ms; waited += kSlice) {
    Sleep(kSlice);
  }
  if (CountFds() > fds_before_) {
    bench_.findings->Add("LeaksNothing", "%d descriptors are open that were not before",
                         CountFds() - fds_before_);
  }
}

void Rig::CheckSecrets() {
  for (const std::string &secret : bench_.what->secrets) {
    if (host_.Remembers(secret)) {
      bench_.findings->Add("SecretsAreWiped", "a secret is left in released memory");
    }
    if (host_.Noted(secret)) bench_.findings->Add("SecretsStaySecret", "a note shows a secret");
  }
}

pop3_status Rig::Create(const std::vector<pop3_option> &more_options) {
  // Copies that are worth nothing afterwards: the plugin may not keep pointers to them.
  std::vector<pop3_option> options = bench_.what->options;
  if (endpoint_)
    options.insert(options.end(), endpoint_->options.begin(), endpoint_->options.end());
  options.insert(options.end(), more_options.begin(), more_options.end());
  std::vector<std::string> names, texts;
  for (const pop3_option &option : options) {
    names.emplace_back(option.name);
    texts.emplace_back(option.text != nullptr ? option.text : "");
  }
  for (size_t i = 0; i < options.size(); i++) {
    options[i].name = names[i].c_str();
    if (options[i].text != nullptr) options[i].text = texts[i].c_str();
  }
  std::string host = endpoint_ ? endpoint_->host : bench_.what->host;
  std::vector<char> name(host.c_str(), host.c_str() + host.size() + 1);
  pop3_transport_config config = {};
  config.size = sizeof(config);
  config.port = endpoint_ ? endpoint_->port : bench_.what->port;
  config.host = name.data();
  config.options = options.data();
  config.num_options = options.size();
  const pop3_status status = subject_.Create(config, wire_ ? wire_->layer() : nullptr);
  std::fill(name.begin(), name.end() - 1, '#');
  for (std::string &text : names) std::fill(text.begin(), text.end(), '#');
  for (std::string &text : texts) std::fill(text.begin(), text.end(), '#');
  std::fill(options.begin(), options.end(), pop3_option{"#", "#", -1, nullptr});
  return status;
}

bool Rig::CanWait(const pop3_interest &io, pop3_io want) {
  if (io.num_fds > 0 || io.deadline_ms != POP3_NO_DEADLINE) return true;
  bench_.findings->Add("SaysWhatToWaitFor",
                       "after %s interest adds neither descriptor nor deadline: the host would "
                       "sleep for ever",
                       IoName(want));
  return false;
}

bool Rig::WaitForDescriptors(const pop3_interest &io) {
  for (int waited = 0; waited < bench_.patience_ms; waited += kSlice) {
    if (far_end_) far_end_->Hear(&heard_);
    struct pollfd fds[POP3_INTEREST_FDS];
    for (uint32_t i = 0; i < io.num_fds; i++) {
      const bool reads = (io.fds[i].events & POP3_WAIT_READ) != 0;
      const bool writes = (io.fds[i].events & POP3_WAIT_WRITE) != 0;
      fds[i] = {io.fds[i].fd, static_cast<short>((reads ? POLLIN : 0) | (writes ? POLLOUT : 0)), 0};
    }
    int64_t until = io.deadline_ms == POP3_NO_DEADLINE ? kSlice : io.deadline_ms - host_.now_ms();
    until = std::max<int64_t>(0, std::min<int64_t>(until, kSlice));
    const int ready = poll(fds, io.num_fds, static_cast<int>(until));
    for (uint32_t i = 0; ready > 0 && i < io.num_fds; i++) {
      if ((fds[i].revents & POLLNVAL) == 0) continue;
      bench_.findings->Add("SaysWhatToWaitFor", "interest adds %d, which is no open descriptor",
                           io.fds[i].fd);
      return false;
    }
    if (ready > 0) return true;
    if (io.deadline_ms != POP3_NO_DEADLINE && host_.now_ms() >= io.deadline_ms) return true;
  }
  return false;
}

bool Rig::Wait(pop3_io want) {
  if (wire_) wire_->ForgetInterest();
  return WaitFor(subject_.Interest(Events(want)), want);
}

bool Rig::WaitFor(const pop3_interest &io, pop3_io want) {
  if (!CanWait(io, want)) return false;
  if (!wire_) return WaitForDescriptors(io);
  if (wire_->Ready(wire_->events())) return true;
  if (io.deadline_ms == POP3_NO_DEADLINE) return false;
  host_.AdvanceTo(io.deadline_ms);  // nothing else will happen until then
  return true;
}

pop3_io Rig::ConnectAll() {
  for (int turn = 0; turn < kTurns; turn++) {
    const pop3_io io = subject_.Connect();
    if (!IsWant(io) || !Wait(io)) return io;
  }
  return POP3_IO_WANT_READ;
}

bool Rig::Establish() {
  if (Create() != POP3_OK) {
    bench_.findings->Add("Connects", "create fails: %s", subject_.error().text);
    return false;
  }
  const pop3_io io = ConnectAll();
  if (io != POP3_IO_DONE) {
    bench_.findings->Add("Connects", "connect ends with %s: %s", IoName(io), subject_.error().text);
    return false;
  }
  if (!wire_ && endpoint_) far_end_ = endpoint_->Accept();
  if (!wire_ && !far_end_) {
    bench_.findings->Add("Connects", "connect answers DONE, but nobody came to the far end");
    return false;
  }
  return true;
}

void Rig::Say(const std::string &text) {
  if (wire_) {
    peer_->Say(text);
  } else {
    far_end_->Say(text);
  }
}

const std::string &Rig::Heard() {
  if (wire_) return peer_->heard;
  far_end_->Hear(&heard_);
  return heard_;
}

void Rig::Finish() {
  if (wire_) {
    peer_->Finish();
  } else {
    far_end_->Close();
  }
}

bool Rig::Hears(size_t len) {
  if (wire_) return Heard().size() >= len;
  for (int waited = 0; Heard().size() < len && waited < bench_.patience_ms; waited += kSlice) {
    Sleep(kSlice);
  }
  return Heard().size() >= len;
}

pop3_io Rig::Read(std::string *out, size_t cap) {
  int in_vain = 0;
  for (int turn = 0; turn < kTurns; turn++) {
    const pop3_io io = subject_.Read(out, cap);
    if (!IsWant(io)) return io;
    // A transport may stop in the middle of much and ask to be called again; not for ever.
    const bool again = subject_.Pending() == 1;
    in_vain = again ? in_vain + 1 : 0;
    if (in_vain == kInVain) {
      bench_.findings->Add("PendingIsHonest",
                           "pending says 1 %d times in a row, and each time read answers %s",
                           kInVain, IoName(io));
    }
    if ((!again || in_vain >= kInVain) && !Wait(io)) return io;
  }
  return POP3_IO_WANT_READ;
}

bool Rig::ReadAll(size_t len, std::string *out, size_t cap, const char *rule) {
  for (int turn = 0; turn < kTurns && out->size() < len; turn++) {
    const pop3_io io = Read(out, cap);
    if (io == POP3_IO_DONE) continue;
    bench_.findings->Add(rule, "read answers %s after %zu of %zu octets that came: %s", IoName(io),
                         out->size(), len, subject_.error().text);
    return false;
  }
  return out->size() >= len;
}

bool Rig::WriteAll(const std::string &data, size_t piece, const char *rule) {
  size_t at = 0;
  for (int turn = 0; turn < kTurns && at < data.size(); turn++) {
    size_t put = 0;
    const pop3_io io = subject_.Write(data.substr(at, piece), &put);
    if (io == POP3_IO_DONE) {
      at += put;
    } else if (!IsWant(io) || !Wait(io)) {
      bench_.findings->Add(rule, "write answers %s after %zu of %zu octets: %s", IoName(io), at,
                           data.size(), subject_.error().text);
      return false;
    }
  }
  return at == data.size();
}

pop3_io Rig::Shutdown() {
  for (int turn = 0; turn < kTurns; turn++) {
    const pop3_io io = subject_.Shutdown();
    if (!IsWant(io) || !Wait(io)) return io;
  }
  return POP3_IO_WANT_READ;
}

void Rig::Destroy() {
  if (!subject_.alive()) return;
  const uint64_t calls = wire_ ? wire_->calls() : 0;
  subject_.Destroy();
  if (wire_ && wire_->calls() != calls) {
    bench_.findings->Add("DestroyTouchesNoNetwork",
                         "destroy reads from or writes to the layer below");
  }
}

}  // namespace pop3_conformance
