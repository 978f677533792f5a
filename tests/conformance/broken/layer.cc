// Upper transports that are broken. In order it is one that shakes hands, flips a bit of each
// octet, and buffers both ways.
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>

#include "tests/conformance/broken/broken.h"

namespace pop3_conformance {

namespace {

enum Defect {
  kNone,
  kBlocksInRead,
  kSleepsInRead,
  kLosesOnPartialWrite,
  kIgnoresEof,
  kDoneWithNothing,
  kLeaksOnConnectFailure,
  kLeaksWithoutMemory,
  kPendingAlways,
  kPendingNever,
  kSwallowsUnknownOptions,
  kRefusesForeignOptions,
  kAnswersUnknownQueries,
  kNoErrOnFail,
  kInterestWithoutDescriptor,
  kInterestTheWrongWay,
  kHidesFailures,
  kReadsAfterFailure,
  kWritesBehindItsBuffer,
  kSharesItsState,
  kDestroysTheLower,
  kTalksInCreate,
  kTalksInDestroy,
  kReleasesTwice,
  kCrashesBeforeConnect,
  kLosesWhatComesEarly,
  kShutdownNeverEnds,
  kOffersOtherOctets,
  kAnswersNonsense,
  kAnswerChanges,
  kNoStateFromCreate,
  kAnswersOneOctetLess,
  kWrongStatusWithoutMemory,
  kEofFromNowhere
};

constexpr size_t kRoom = 700;
constexpr uint8_t kBit = 0x20;
constexpr char kHello[] = "HELLO\n";
constexpr char kHi[] = "HI\n";

struct Buffer {
  uint8_t data[kRoom];
  size_t at, end;
  bool empty() const { return at == end; }
};

// What kSharesItsState has for all connections together.
Buffer shared;

struct Layer {
  const pop3_host *host;
  const pop3_layer *lower;
  Defect defect;
  int stage;         // 0: hello to be sent, 1: an answer is due, 2: connected
  size_t taken;      // of the host's octets, in |out|
  uint8_t *scratch;  // a second allocation
  Buffer in, out;

  Buffer *In() { return defect == kSharesItsState ? &shared : &in; }
  bool Has(Defect which) const { return defect == which; }

  pop3_io Failed(pop3_io io, pop3_error *err) {
    if (io != POP3_IO_FAIL) return io;
    if (Has(kNoErrOnFail)) *err = POP3_ERROR_INIT;
    if (Has(kReadsAfterFailure)) {
      size_t len = 0;
      pop3_error ignored = POP3_ERROR_INIT;
      lower->ops->read(lower->self, in.data, 1, &len, &ignored);
    }
    return Has(kHidesFailures) ? POP3_IO_EOF : io;
  }

  pop3_io Flush(pop3_error *err) {
    while (!out.empty()) {
      size_t put = 0;
      const size_t offered =
          Has(kOffersOtherOctets) ? std::min<size_t>(3, out.end - out.at) : out.end - out.at;
      const pop3_io io = lower->ops->write(lower->self, out.data + out.at, offered, &put, err);
      if (Has(kOffersOtherOctets) && io == POP3_IO_WANT_WRITE) out.data[out.at] ^= 1;
      if (io != POP3_IO_DONE) return Failed(io, err);
      out.at += put;
      if (Has(kLosesOnPartialWrite)) out.at = out.end;
    }
    return POP3_IO_DONE;
  }

  pop3_io Fill(pop3_error *err) {
    Buffer *buffer = In();
    size_t got = 0;
    pop3_io io = lower->ops->read(lower->self, buffer->data, kRoom, &got, err);
    if (Has(kSleepsInRead) && io == POP3_IO_WANT_READ) {
      const struct timespec moment = {0, 1000000};
      nanosleep(&moment, nullptr);
    }
    while (Has(kBlocksInRead) && io == POP3_IO_WANT_READ) {
      pause();
      io = lower->ops->read(lower->self, buffer->data, kRoom, &got, err);
    }
    if (io == POP3_IO_EOF && Has(kIgnoresEof)) return POP3_IO_WANT_READ;
    if (io == POP3_IO_WANT_READ && Has(kEofFromNowhere) && stage == 2) return POP3_IO_EOF;
    if (io != POP3_IO_DONE) return Failed(io, err);
    buffer->at = 0;
    buffer->end = got;
    return POP3_IO_DONE;
  }
};

Layer *Of(void *self) { return static_cast<Layer *>(self); }

pop3_status CheckOptions(const pop3_host *host, Defect defect, const pop3_transport_config *config,
                         pop3_error *err) {
  for (size_t i = 0; i < config->num_options; i++) {
    const char *name = config->options[i].name;
    const bool own = std::strncmp(name, "broken.", 7) == 0;
    if (own ? defect == kSwallowsUnknownOptions : defect != kRefusesForeignOptions) continue;
    return host->fail(host->ctx, err, POP3_ERR_ARGUMENT, "broken", 0, 0, "there is no option %s",
                      name);
  }
  return POP3_OK;
}

pop3_status Create(Defect defect, const pop3_host *host, const pop3_transport_config *config,
                   const pop3_layer *lower, void **out_self, pop3_error *err) {
  const pop3_status status = CheckOptions(host, defect, config, err);
  if (status != POP3_OK) return status;
  const pop3_status no_memory =
      defect == kWrongStatusWithoutMemory ? POP3_ERR_SYSTEM : POP3_ERR_MEMORY;
  auto *self = static_cast<Layer *>(host->alloc(host->ctx, sizeof(Layer)));
  if (self == nullptr) {
    return host->fail(host->ctx, err, no_memory, "broken", 0, 0, "out of memory");
  }
  std::memset(self, 0, sizeof(*self));
  self->host = host;
  self->lower = lower;
  self->defect = defect;
  self->scratch = static_cast<uint8_t *>(host->alloc(host->ctx, 16));
  if (self->scratch == nullptr) {
    if (defect != kLeaksWithoutMemory) host->release(host->ctx, self);
    return host->fail(host->ctx, err, no_memory, "broken", 0, 0, "out of memory");
  }
  std::memcpy(self->out.data, kHello, sizeof(kHello) - 1);
  self->out.end = sizeof(kHello) - 1;
  if (defect == kTalksInCreate) self->Flush(err);
  if (defect == kSharesItsState) shared = Buffer();
  if (defect != kNoStateFromCreate) {
    *out_self = self;
  } else {
    host->release(host->ctx, self->scratch);
    host->release(host->ctx, self);
  }
  return POP3_OK;
}

pop3_io Connect(void *ptr, pop3_error *err) {
  Layer *self = Of(ptr);
  if (self->stage == 0) {
    const pop3_io io = self->Flush(err);
    if (io == POP3_IO_FAIL && self->Has(kLeaksOnConnectFailure)) {
      (void)self->host->alloc(self->host->ctx, 100);
    }
    if (io != POP3_IO_DONE) return io;
    self->stage = 1;
  }
  while (self->stage == 1) {
    Buffer *in = self->In();
    // One octet at a time goes into the scratch, until the line is whole.
    while (!in->empty() && self->taken < sizeof(kHi) - 1) {
      self->scratch[self->taken++] = in->data[in->at++];
    }
    if (self->taken == sizeof(kHi) - 1) {
      self->stage = 2;
      self->taken = 0;
      if (self->Has(kLosesWhatComesEarly)) in->at = in->end;
      break;
    }
    const pop3_io io = self->Fill(err);
    if (io != POP3_IO_DONE) return io;
  }
  return POP3_IO_DONE;
}

pop3_io Read(void *ptr, uint8_t *buf, size_t cap, size_t *out_len, pop3_error *err) {
  Layer *self = Of(ptr);
  Buffer *in = self->In();
  if (in->empty()) {
    const pop3_io io = self->Fill(err);
    if (io == POP3_IO_WANT_READ && self->Has(kDoneWithNothing)) return POP3_IO_DONE;
    if (io == POP3_IO_WANT_READ && self->Has(kAnswersNonsense)) return static_cast<pop3_io>(7);
    if (io != POP3_IO_DONE) return io;
  }
  const size_t len = std::min(cap, in->end - in->at);
  for (size_t i = 0; i < len; i++) buf[i] = in->data[in->at + i] ^ kBit;
  if (self->Has(kWritesBehindItsBuffer)) buf[cap] = 'X';
  in->at += len;
  *out_len = self->Has(kAnswersOneOctetLess) && len > 1 ? len - 1 : len;
  return POP3_IO_DONE;
}

pop3_io Write(void *ptr, const uint8_t *data, size_t data_len, size_t *out_len, pop3_error *err) {
  Layer *self = Of(ptr);
  if (self->out.empty() && self->taken == 0) {
    self->taken = std::min(kRoom, data_len);
    self->out.at = 0;
    self->out.end = self->taken;
    for (size_t i = 0; i < self->taken; i++) self->out.data[i] = data[i] ^ kBit;
  }
  const pop3_io io = self->Flush(err);
  if (io != POP3_IO_DONE) return io;
  *out_len = self->taken;
  self->taken = 0;
  return POP3_IO_DONE;
}

pop3_io Shutdown(void *ptr, pop3_error *err) {
  Layer *self = Of(ptr);
  if (self->Has(kShutdownNeverEnds)) return POP3_IO_WANT_WRITE;
  return self->Flush(err);
}

void Interest(void *ptr, pop3_interest *io) {
  Layer *self = Of(ptr);
  if (self->Has(kInterestWithoutDescriptor)) return;
  if (self->Has(kInterestTheWrongWay)) io->events = POP3_WAIT_WRITE;
  self->lower->ops->interest(self->lower->self, io);
}

int Pending(void *ptr) {
  Layer *self = Of(ptr);
  if (self->Has(kPendingAlways)) return 1;
  if (self->Has(kPendingNever)) return 0;
  return self->In()->empty() ? 0 : 1;
}

pop3_status Query(void *ptr, uint32_t what, pop3_answer *out) {
  static int64_t count;
  if (what == POP3_QUERY_TLS_VERSION) {
    out->data = reinterpret_cast<const uint8_t *>("none");
    out->data_len = 4;
    if (Of(ptr)->Has(kAnswerChanges)) out->number = count++;
    return POP3_OK;
  }
  return Of(ptr)->Has(kAnswersUnknownQueries) ? POP3_OK : POP3_ERR_UNSUPPORTED;
}

void Destroy(void *ptr) {
  Layer *self = Of(ptr);
  const pop3_host *host = self->host;
  if (self->Has(kCrashesBeforeConnect) && self->stage == 0) abort();
  if (self->Has(kDestroysTheLower)) self->lower->ops->destroy(self->lower->self);
  if (self->Has(kTalksInDestroy)) {
    size_t put = 0;
    pop3_error ignored = POP3_ERROR_INIT;
    self->lower->ops->write(self->lower->self, self->out.data, 1, &put, &ignored);
  }
  host->release(host->ctx, self->scratch);
  if (self->Has(kReleasesTwice)) host->release(host->ctx, self->scratch);
  host->release(host->ctx, self);
}

template <Defect defect>
struct Tables {
  static pop3_status CreateIt(const pop3_host *host, const pop3_transport_config *config,
                              const pop3_layer *lower, void **out_self, pop3_error *err) {
    return Create(defect, host, config, lower, out_self, err);
  }
  static const pop3_plugin *Entry(uint32_t host_abi) {
    static const pop3_transport_ops ops = {POP3_ABI, sizeof(pop3_transport_ops),
                                           "broken", POP3_TRANSPORT_UPPER,
                                           0,        CreateIt,
                                           Connect,  Read,
                                           Write,    Shutdown,
                                           Interest, Pending,
                                           Query,    Destroy};
    return OneTransport<Tables>(&ops, host_abi);
  }
};

// Speaks the layer's protocol.
class HelloPeer : public Peer {
 public:
  void Hear(const std::string &octets) override {
    for (const char c : octets) {
      if (greeted_ < sizeof(kHello) - 1) {
        greeted_++;
        if (greeted_ == sizeof(kHello) - 1) to_plugin += kHi + unsaid_;
      } else {
        heard.push_back(static_cast<char>(static_cast<uint8_t>(c) ^ kBit));
      }
    }
  }
  void Say(const std::string &text) override {
    std::string flipped = text;
    for (char &c : flipped) c = static_cast<char>(static_cast<uint8_t>(c) ^ kBit);
    (greeted_ < sizeof(kHello) - 1 ? unsaid_ : to_plugin) += flipped;
  }

 private:
  size_t greeted_ = 0;
  std::string unsaid_;
};

template <Defect defect>
void Add(const char *name, const char *rule, std::vector<Broken> *out) {
  TransportCase what;
  what.peer = [] { return std::make_unique<HelloPeer>(); };
  Suite suite;
  suite.transports.push_back(what);
  out->push_back({name, rule, Tables<defect>::Entry, suite});
}

}  // namespace

std::vector<Broken> BrokenLayers() {
  std::vector<Broken> all;
  Add<kNone>("LayerInOrder", "", &all);
  Add<kBlocksInRead>("LayerBlocksInRead", "NeverBlocks", &all);
  Add<kSleepsInRead>("LayerSleepsInRead", "NeverBlocks", &all);
  Add<kLosesOnPartialWrite>("LayerLosesOnPartialWrite", "LosesNothingOnPartialWrites", &all);
  Add<kIgnoresEof>("LayerIgnoresEof", "EndsWithEof", &all);
  Add<kDoneWithNothing>("LayerDoneWithNothing", "DoneMeansOctets", &all);
  Add<kLeaksOnConnectFailure>("LayerLeaksOnConnectFailure", "LeaksNothing", &all);
  Add<kLeaksWithoutMemory>("LayerLeaksWithoutMemory", "LeaksNothing", &all);
  Add<kPendingAlways>("LayerPendingAlways", "PendingIsHonest", &all);
  Add<kPendingNever>("LayerPendingNever", "PendingIsHonest", &all);
  Add<kSwallowsUnknownOptions>("LayerSwallowsUnknownOptions", "RefusesUnknownOptions", &all);
  Add<kRefusesForeignOptions>("LayerRefusesForeignOptions", "IgnoresForeignOptions", &all);
  Add<kAnswersUnknownQueries>("LayerAnswersUnknownQueries", "QueriesFallThrough", &all);
  Add<kNoErrOnFail>("LayerNoErrOnFail", "FailFillsErr", &all);
  Add<kInterestWithoutDescriptor>("LayerInterestWithoutDescriptor", "SaysWhatToWaitFor", &all);
  Add<kInterestTheWrongWay>("LayerInterestTheWrongWay", "PassesInterestOn", &all);
  Add<kHidesFailures>("LayerHidesFailures", "TellsFailures", &all);
  Add<kReadsAfterFailure>("LayerReadsAfterFailure", "NothingAfterFailure", &all);
  Add<kWritesBehindItsBuffer>("LayerWritesBehindItsBuffer", "StaysInItsBuffer", &all);
  Add<kSharesItsState>("LayerSharesItsState", "StandsBesideAnother", &all);
  Add<kDestroysTheLower>("LayerDestroysTheLower", "UsesTheLowerByTheRules", &all);
  Add<kTalksInCreate>("LayerTalksInCreate", "CreateTouchesNoNetwork", &all);
  Add<kTalksInDestroy>("LayerTalksInDestroy", "DestroyTouchesNoNetwork", &all);
  Add<kReleasesTwice>("LayerReleasesTwice", "UsesMemoryByTheRules", &all);
  Add<kCrashesBeforeConnect>("LayerCrashesBeforeConnect", "SurvivesIt", &all);
  Add<kLosesWhatComesEarly>("LayerLosesWhatComesEarly", "KeepsWhatComesEarly", &all);
  Add<kShutdownNeverEnds>("LayerShutdownNeverEnds", "ShutsDown", &all);
  Add<kOffersOtherOctets>("LayerOffersOtherOctets", "UsesTheLowerByTheRules", &all);
  Add<kAnswersNonsense>("LayerAnswersNonsense", "AnswersWhatItMay", &all);
  Add<kAnswerChanges>("LayerAnswerChanges", "AnswersLast", &all);
  Add<kNoStateFromCreate>("LayerNoStateFromCreate", "CreateMakesAState", &all);
  Add<kAnswersOneOctetLess>("LayerAnswersOneOctetLess", "MovesOctets", &all);
  Add<kWrongStatusWithoutMemory>("LayerWrongStatusWithoutMemory", "SurvivesWithoutMemory", &all);
  Add<kEofFromNowhere>("LayerEofFromNowhere", "WorksOnAFlakyLayer", &all);
  return all;
}

}  // namespace pop3_conformance
