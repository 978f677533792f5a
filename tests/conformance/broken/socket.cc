// Bottom transports that are broken. In order it is one that connects to a Unix socket.
#include <errno.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstring>

#include "tests/conformance/broken/broken.h"

namespace pop3_conformance {

namespace {

enum Defect {
  kNone,
  kBlocks,
  kLeaksDescriptors,
  kLeaksOnConnectFailure,
  kDescriptorsOutliveExec,
  kInterestWithoutDescriptor,
  kInterestInNothingOpen,
  kDiesOfSigpipe,
  kClaimsMoreThanItSent,
  kIgnoresReset,
  kConnectedToNobody,
  kHangsWithoutDescriptors
};

struct Socket {
  const pop3_host *host;
  Defect defect;
  int fd;
  struct sockaddr_un address;

  bool Has(Defect which) const { return defect == which; }
  pop3_io Fail(pop3_error *err, pop3_status status, const char *what) const {
    host->fail(host->ctx, err, status, "broken", errno, 0, "%s failed", what);
    return POP3_IO_FAIL;
  }
};

Socket *Of(void *self) { return static_cast<Socket *>(self); }

pop3_status Create(Defect defect, const pop3_host *host, const pop3_transport_config *config,
                   void **out_self, pop3_error *err) {
  for (size_t i = 0; i < config->num_options; i++) {
    if (std::strncmp(config->options[i].name, "broken.", 7) != 0) continue;
    return host->fail(host->ctx, err, POP3_ERR_ARGUMENT, "broken", 0, 0, "there is no option %s",
                      config->options[i].name);
  }
  auto *self = static_cast<Socket *>(host->alloc(host->ctx, sizeof(Socket)));
  if (self == nullptr) {
    return host->fail(host->ctx, err, POP3_ERR_MEMORY, "broken", 0, 0, "out of memory");
  }
  std::memset(self, 0, sizeof(*self));
  self->host = host;
  self->defect = defect;
  self->fd = -1;
  self->address.sun_family = AF_UNIX;
  std::strncpy(self->address.sun_path, config->host, sizeof(self->address.sun_path) - 1);
  *out_self = self;
  return POP3_OK;
}

pop3_io Connect(void *ptr, pop3_error *err) {
  Socket *self = Of(ptr);
  const int flags = (self->Has(kBlocks) ? 0 : SOCK_NONBLOCK) |
                    (self->Has(kDescriptorsOutliveExec) ? 0 : SOCK_CLOEXEC);
  self->fd = socket(AF_UNIX, SOCK_STREAM | flags, 0);
  if (self->fd < 0) {
    return self->Has(kHangsWithoutDescriptors) ? POP3_IO_WANT_WRITE
                                               : self->Fail(err, POP3_ERR_CONNECT, "socket");
  }
  if (connect(self->fd, reinterpret_cast<sockaddr *>(&self->address), sizeof(self->address)) == 0 ||
      self->Has(kConnectedToNobody)) {
    return POP3_IO_DONE;
  }
  if (self->Has(kLeaksOnConnectFailure)) self->fd = -1;
  return self->Fail(err, POP3_ERR_CONNECT, "connect");
}

pop3_io Read(void *ptr, uint8_t *buf, size_t cap, size_t *out_len, pop3_error *err) {
  Socket *self = Of(ptr);
  const ssize_t got = recv(self->fd, buf, cap, 0);
  if (got == 0) return self->Has(kIgnoresReset) ? POP3_IO_WANT_READ : POP3_IO_EOF;
  if (got < 0) {
    if (errno == EAGAIN || self->Has(kIgnoresReset)) return POP3_IO_WANT_READ;
    return self->Fail(err, POP3_ERR_IO, "reading");
  }
  *out_len = static_cast<size_t>(got);
  return POP3_IO_DONE;
}

pop3_io Write(void *ptr, const uint8_t *data, size_t data_len, size_t *out_len, pop3_error *err) {
  Socket *self = Of(ptr);
  const ssize_t put = send(self->fd, data, data_len, self->Has(kDiesOfSigpipe) ? 0 : MSG_NOSIGNAL);
  if (put < 0 && errno == EAGAIN) return POP3_IO_WANT_WRITE;
  if (put < 0) return self->Fail(err, POP3_ERR_IO, "writing");
  *out_len = self->Has(kClaimsMoreThanItSent) ? data_len : static_cast<size_t>(put);
  return POP3_IO_DONE;
}

pop3_io Shutdown(void *ptr, pop3_error *) {
  shutdown(Of(ptr)->fd, SHUT_WR);
  return POP3_IO_DONE;
}

void Interest(void *ptr, pop3_interest *io) {
  const Socket *self = Of(ptr);
  if (self->Has(kInterestWithoutDescriptor)) return;
  io->fds[0].fd = self->Has(kInterestInNothingOpen) ? 9999 : self->fd;
  io->fds[0].events = io->events;
  io->num_fds = 1;
}

void Destroy(void *ptr) {
  Socket *self = Of(ptr);
  if (self->fd >= 0 && !self->Has(kLeaksDescriptors)) close(self->fd);
  self->host->release(self->host->ctx, self);
}

template <Defect defect>
struct Tables {
  static pop3_status CreateIt(const pop3_host *host, const pop3_transport_config *config,
                              const pop3_layer *, void **out_self, pop3_error *err) {
    return Create(defect, host, config, out_self, err);
  }
  static const pop3_plugin *Entry(uint32_t host_abi) {
    static const pop3_transport_ops ops = {POP3_ABI, sizeof(pop3_transport_ops),
                                           "broken", POP3_TRANSPORT_BOTTOM,
                                           0,        CreateIt,
                                           Connect,  Read,
                                           Write,    Shutdown,
                                           Interest, nullptr,
                                           nullptr,  Destroy};
    return OneTransport<Tables>(&ops, host_abi);
  }
};

template <Defect defect>
void Add(const char *name, const char *rule, std::vector<Broken> *out) {
  TransportCase what;
  what.endpoint = [] { return std::make_unique<UnixEndpoint>(); };
  what.nowhere = [] { return std::make_unique<Nowhere>("/nowhere/pop3", 0); };
  Suite suite;
  suite.transports.push_back(what);
  out->push_back({name, rule, Tables<defect>::Entry, suite});
}

}  // namespace

std::vector<Broken> BrokenSockets() {
  std::vector<Broken> all;
  Add<kNone>("SocketInOrder", "", &all);
  Add<kBlocks>("SocketBlocks", "NeverBlocks", &all);
  Add<kLeaksDescriptors>("SocketLeaksDescriptors", "LeaksNothing", &all);
  Add<kLeaksOnConnectFailure>("SocketLeaksOnConnectFailure", "LeaksNothing", &all);
  Add<kDescriptorsOutliveExec>("SocketOutlivesExec", "DescriptorsStayHere", &all);
  Add<kInterestWithoutDescriptor>("SocketInterestWithoutDescriptor", "SaysWhatToWaitFor", &all);
  Add<kInterestInNothingOpen>("SocketInterestInNothingOpen", "SaysWhatToWaitFor", &all);
  Add<kDiesOfSigpipe>("SocketDiesOfSigpipe", "SurvivesIt", &all);
  Add<kClaimsMoreThanItSent>("SocketClaimsMoreThanItSent", "LosesNothingWhenFull", &all);
  Add<kIgnoresReset>("SocketIgnoresReset", "SurvivesAReset", &all);
  Add<kConnectedToNobody>("SocketConnectedToNobody", "SaysWhyItCannotConnect", &all);
  Add<kHangsWithoutDescriptors>("SocketHangsWithoutDescriptors", "SurvivesWithoutDescriptors",
                                &all);
  return all;
}

}  // namespace pop3_conformance
