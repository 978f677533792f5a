#include "tests/testing/flaky_layer.h"

#include <pop3/spi/transport.h>

#include <cstring>

namespace pop3_testing {

namespace {

// Layer is the state of both transports.
struct Layer {
  const pop3_host *host;
  const pop3_layer *lower;
  int turns[4];  // of connect, read, write, shutdown
  int wanted;    // the last WANT was not true

  static Layer *Of(void *self) { return static_cast<Layer *>(self); }

  // Stutter answers WANT_READ, then WANT_WRITE, then DONE: go on.
  pop3_io Stutter(int which) {
    const int turn = turns[which]++ % 3;
    if (turn == 2) return POP3_IO_DONE;
    wanted = 1;
    return turn == 0 ? POP3_IO_WANT_READ : POP3_IO_WANT_WRITE;
  }

  static pop3_status Make(const pop3_host *host, const char *prefix,
                          const pop3_transport_config *config, const pop3_layer *lower,
                          void **out_self, pop3_error *err) {
    for (size_t i = 0; i < config->num_options; i++) {
      if (strncmp(config->options[i].name, prefix, strlen(prefix)) == 0) {
        return host->fail(host->ctx, err, POP3_ERR_ARGUMENT, "flaky", 0, 0, "no such option");
      }
    }
    if (lower == nullptr) {
      return host->fail(host->ctx, err, POP3_ERR_ARGUMENT, "flaky", 0, 0, "nothing below");
    }
    auto *self = static_cast<Layer *>(host->alloc(host->ctx, sizeof(Layer)));
    if (self == nullptr) {
      return host->fail(host->ctx, err, POP3_ERR_MEMORY, "flaky", 0, 0, "no memory");
    }
    *self = Layer{host, lower, {0, 0, 0, 0}, 0};
    *out_self = self;
    return POP3_OK;
  }

  static pop3_status CreateFlaky(const pop3_host *host, const pop3_transport_config *config,
                                 const pop3_layer *lower, void **out_self, pop3_error *err) {
    return Make(host, "flaky.", config, lower, out_self, err);
  }

  static pop3_status CreateTls(const pop3_host *host, const pop3_transport_config *config,
                               const pop3_layer *lower, void **out_self, pop3_error *err) {
    return Make(host, "tls.", config, lower, out_self, err);
  }

  static pop3_io Connect(void *arg, pop3_error *) { return Of(arg)->Stutter(0); }

  static pop3_io ReadOne(void *arg, uint8_t *buf, size_t, size_t *out_len, pop3_error *err) {
    Layer *self = Of(arg);
    const pop3_io io = self->Stutter(1);
    if (io != POP3_IO_DONE) return io;
    return self->lower->ops->read(self->lower->self, buf, 1, out_len, err);
  }

  static pop3_io WriteOne(void *arg, const uint8_t *data, size_t, size_t *out_len,
                          pop3_error *err) {
    Layer *self = Of(arg);
    const pop3_io io = self->Stutter(2);
    if (io != POP3_IO_DONE) return io;
    return self->lower->ops->write(self->lower->self, data, 1, out_len, err);
  }

  static pop3_io Shutdown(void *arg, pop3_error *) { return Of(arg)->Stutter(3); }

  static pop3_io ConnectAtOnce(void *, pop3_error *) { return POP3_IO_DONE; }

  static pop3_io Read(void *arg, uint8_t *buf, size_t cap, size_t *out_len, pop3_error *err) {
    const pop3_layer *lower = Of(arg)->lower;
    return lower->ops->read(lower->self, buf, cap, out_len, err);
  }

  static pop3_io Write(void *arg, const uint8_t *data, size_t len, size_t *out_len,
                       pop3_error *err) {
    const pop3_layer *lower = Of(arg)->lower;
    return lower->ops->write(lower->self, data, len, out_len, err);
  }

  static void Interest(void *arg, pop3_interest *io) {
    Layer *self = Of(arg);
    if (self->wanted != 0) {
      // Nothing to wait for, so the transport below need not be asked.
      self->wanted = 0;
      io->deadline_ms = self->host->now_ms(self->host->ctx);
      return;
    }
    self->lower->ops->interest(self->lower->self, io);
  }

  static pop3_status QueryTls(void *, uint32_t what, pop3_answer *out) {
    switch (what) {
      case POP3_QUERY_IS_ENCRYPTED:
        out->number = 1;
        return POP3_OK;
      case POP3_QUERY_TLS_VERSION:
        out->data = reinterpret_cast<const uint8_t *>("pretended");
        out->data_len = 9;
        return POP3_OK;
      default:
        return POP3_ERR_UNSUPPORTED;
    }
  }

  static void Destroy(void *arg) {
    Layer *self = Of(arg);
    self->host->release(self->host->ctx, self);
  }
};

}  // namespace

const pop3_plugin *FlakyPlugin() {
  static const pop3_transport_ops ops = {
      POP3_ABI,
      sizeof(pop3_transport_ops),
      "flaky",
      POP3_TRANSPORT_UPPER,
      0,
      Layer::CreateFlaky,
      Layer::Connect,
      Layer::ReadOne,
      Layer::WriteOne,
      Layer::Shutdown,
      Layer::Interest,
      nullptr,
      nullptr,
      Layer::Destroy,
  };
  static const pop3_transport_ops *const transports[] = {&ops};
  static const pop3_plugin plugin = {
      POP3_ABI, sizeof(pop3_plugin), "flaky", "1", transports, 1, nullptr, 0,
  };
  return &plugin;
}

const pop3_plugin *PretendTlsPlugin() {
  static const pop3_transport_ops ops = {
      POP3_ABI,
      sizeof(pop3_transport_ops),
      "tls",
      POP3_TRANSPORT_UPPER | POP3_TRANSPORT_ENCRYPTS,
      0,
      Layer::CreateTls,
      Layer::ConnectAtOnce,
      Layer::Read,
      Layer::Write,
      nullptr,
      Layer::Interest,
      nullptr,
      Layer::QueryTls,
      Layer::Destroy,
  };
  static const pop3_transport_ops *const transports[] = {&ops};
  static const pop3_plugin plugin = {
      POP3_ABI, sizeof(pop3_plugin), "pretend-tls", "1", transports, 1, nullptr, 0,
  };
  return &plugin;
}

}  // namespace pop3_testing
