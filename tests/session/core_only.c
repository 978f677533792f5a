// The smallest client: //core and a transport that fails. For link_test.sh, which looks at what it
// was linked with.
#include <pop3/pop3.h>
#include <pop3/spi/auth.h>
#include <pop3/spi/plugin.h>
#include <pop3/spi/transport.h>
#include <stdio.h>

static pop3_status no_create(const pop3_host *host, const pop3_transport_config *config,
                             const pop3_layer *lower, void **out_self, pop3_error *err) {
  (void)config;
  (void)lower;
  *out_self = NULL;
  return host->fail(host->ctx, err, POP3_ERR_CONNECT, "none", 0, 0, "this is only a test");
}

static pop3_io no_connect(void *self, pop3_error *err) {
  (void)self;
  (void)err;
  return POP3_IO_FAIL;
}

static pop3_io no_read(void *self, uint8_t *buf, size_t cap, size_t *out_len, pop3_error *err) {
  (void)self;
  (void)err;
  if (cap > 0) buf[0] = 0;
  *out_len = 0;
  return POP3_IO_FAIL;
}

static pop3_io no_write(void *self, const uint8_t *data, size_t data_len, size_t *out_len,
                        pop3_error *err) {
  (void)self;
  (void)data;
  (void)data_len;
  (void)err;
  *out_len = 0;
  return POP3_IO_FAIL;
}

static void no_interest(void *self, pop3_interest *io) {
  (void)self;
  (void)io;
}

static void no_destroy(void *self) { (void)self; }

static const pop3_transport_ops kOps = {
    .abi = POP3_ABI,
    .size = sizeof(pop3_transport_ops),
    .name = "none",
    .flags = POP3_TRANSPORT_BOTTOM,
    .create = no_create,
    .connect = no_connect,
    .read = no_read,
    .write = no_write,
    .interest = no_interest,
    .destroy = no_destroy,
};

static const pop3_transport_ops *const kTransports[] = {&kOps};

static const pop3_plugin kPlugin = {
    .abi = POP3_ABI,
    .size = sizeof(pop3_plugin),
    .name = "none",
    .version = "1",
    .transports = kTransports,
    .num_transports = 1,
};

int main(void) {
  const char *const transports[] = {"none"};
  pop3_error error = POP3_ERROR_INIT;
  pop3_registry *registry = NULL;
  pop3_session *session = NULL;
  pop3_session_options options = POP3_SESSION_OPTIONS_INIT;
  options.transports = transports;
  options.num_transports = 1;
  pop3_status status = pop3_registry_new(&registry, NULL, &error);
  if (status == POP3_OK) status = pop3_registry_add(registry, &kPlugin, &error);
  if (status == POP3_OK) status = pop3_session_new(&session, registry, &options, &error);
  if (status == POP3_OK) status = pop3_stat(session, NULL, NULL, &error);
  printf("%s: %s\n", pop3_status_name(status), error.text);
  pop3_session_free(session);
  pop3_registry_free(registry);
  return status == POP3_ERR_CONNECT ? 0 : 1;
}
