#include "quota/quota.h"

#include <pop3/spi/transport.h>
#include <string.h>

#define LAYER "quota"

typedef struct quota {
  const pop3_host *host;
  const pop3_layer *lower;
  int64_t used;
  int64_t most;
} quota;

static pop3_status quota_create(const pop3_host *host, const pop3_transport_config *config,
                                const pop3_layer *lower, void **out_self, pop3_error *err) {
  int64_t most = INT64_MAX;
  for (size_t i = 0; i < config->num_options; i++) {
    const pop3_option *option = &config->options[i];
    if (strncmp(option->name, "quota.", strlen("quota.")) != 0) continue;
    if (strcmp(option->name, "quota.octets") != 0) {
      return host->fail(host->ctx, err, POP3_ERR_ARGUMENT, LAYER, 0, 0,
                        "option %s: there is no such option", option->name);
    }
    if (option->text != NULL || option->object != NULL || option->number <= 0) {
      return host->fail(host->ctx, err, POP3_ERR_ARGUMENT, LAYER, 0, 0,
                        "option quota.octets: takes a number above 0");
    }
    most = option->number;
  }
  quota *self = host->alloc(host->ctx, sizeof(*self));
  if (self == NULL) {
    return host->fail(host->ctx, err, POP3_ERR_MEMORY, LAYER, 0, 0, "out of memory");
  }
  *self = (quota){host, lower, 0, most};
  *out_self = self;
  return POP3_OK;
}

static pop3_io quota_connect(void *ptr, pop3_error *err) {
  (void)ptr;
  (void)err;
  return POP3_IO_DONE;
}

// Returns how much of |wanted| may still be moved. 0: nothing, and |err| says so.
static size_t rest(const quota *self, size_t wanted, pop3_error *err) {
  const int64_t left = self->most - self->used;
  if (left == 0) {
    self->host->fail(self->host->ctx, err, POP3_ERR_LIMIT, LAYER, 0, 0,
                     "this connection may move %lld octets, and has", (long long)self->most);
  }
  return (uint64_t)left < wanted ? (size_t)left : wanted;
}

static pop3_io quota_read(void *ptr, uint8_t *buf, size_t cap, size_t *out_len, pop3_error *err) {
  quota *self = ptr;
  cap = rest(self, cap, err);
  if (cap == 0) return POP3_IO_FAIL;
  const pop3_io io = self->lower->ops->read(self->lower->self, buf, cap, out_len, err);
  if (io == POP3_IO_DONE) self->used += (int64_t)*out_len;
  return io;
}

static pop3_io quota_write(void *ptr, const uint8_t *data, size_t data_len, size_t *out_len,
                           pop3_error *err) {
  quota *self = ptr;
  data_len = rest(self, data_len, err);
  if (data_len == 0) return POP3_IO_FAIL;
  const pop3_io io = self->lower->ops->write(self->lower->self, data, data_len, out_len, err);
  if (io == POP3_IO_DONE) self->used += (int64_t)*out_len;
  return io;
}

static void quota_interest(void *ptr, pop3_interest *io) {
  const quota *self = ptr;
  self->lower->ops->interest(self->lower->self, io);
}

static pop3_status quota_query(void *ptr, uint32_t what, pop3_answer *out) {
  const quota *self = ptr;
  if (what != QUOTA_QUERY_USED) return POP3_ERR_UNSUPPORTED;
  out->number = self->used;
  return POP3_OK;
}

static void quota_destroy(void *ptr) {
  quota *self = ptr;
  self->host->release(self->host->ctx, self);
}

static const pop3_transport_ops kOps = {
    .abi = POP3_ABI,
    .size = sizeof(pop3_transport_ops),
    .name = "quota",
    .flags = POP3_TRANSPORT_UPPER,
    .create = quota_create,
    .connect = quota_connect,
    .read = quota_read,
    .write = quota_write,
    .interest = quota_interest,
    .query = quota_query,
    .destroy = quota_destroy,
};
static const pop3_transport_ops *const kList[] = {&kOps};
static const pop3_plugin kPlugin = {POP3_ABI, sizeof(kPlugin), "quota", "1.0.0", kList, 1, NULL, 0};

POP3_PLUGIN_ENTRY(quota, kPlugin)
