#include "auth/sasl_layer.h"

#include <string.h>

#define LAYER "sasl"

static const char kOption[] = "sasl.connection";

// The length before each frame, in network byte order.
#define HEADER 4

// Some mechanisms lengthen what they encode: frames that we send stay below what the peer takes.
#define CHUNK_MAX 16384

// From here on (triple DES, RC4 with 128 bits) one may call it encrypted.
#define ENCRYPTED_SSF 112

// handover keeps the connection between the end of the login and the layer's create.
typedef struct handover {
  const pop3_host *host;
  p3_sasl_conn *conn;  // NULL once the layer has it
  sasl_ssf_t ssf;
  pop3_option option;
} handover;

typedef struct sasl_layer {
  const pop3_host *host;
  const pop3_layer *lower;
  p3_sasl_conn *conn;
  sasl_ssf_t ssf;
  size_t chunk_max;

  // Reading: a frame, then what was in it (libsasl2's, valid until the next frame).
  uint8_t *frame;
  size_t frame_len;
  const uint8_t *plain;
  size_t plain_len;

  // Writing: a frame (likewise), and how many octets of the host's it stands for.
  const uint8_t *coded;
  size_t coded_len;
  size_t taken;
} sasl_layer;

static pop3_io fail(const sasl_layer *self, pop3_error *err, const char *what, int code) {
  (void)p3_sasl_conn_fail(self->conn, what, code, err);
  return POP3_IO_FAIL;
}

static void layer_destroy(void *ptr) {
  sasl_layer *self = ptr;
  const pop3_host *host = self->host;
  p3_sasl_conn_free(self->conn);
  if (self->frame != NULL) host->wipe(host->ctx, self->frame, HEADER + P3_SASL_FRAME_MAX);
  host->release(host->ctx, self->frame);
  host->release(host->ctx, self);
}

static handover *find_handover(const pop3_transport_config *config) {
  for (size_t i = 0; i < config->num_options; i++) {
    if (strcmp(config->options[i].name, kOption) == 0) {
      return (handover *)(uintptr_t)config->options[i].object;
    }
  }
  return NULL;
}

static pop3_status layer_create(const pop3_host *host, const pop3_transport_config *config,
                                const pop3_layer *lower, void **out_self, pop3_error *err) {
  handover *given = find_handover(config);
  if (given == NULL || given->conn == NULL || lower == NULL) {
    return host->fail(host->ctx, err, POP3_ERR_STATE, LAYER, 0, 0,
                      "a security layer comes from a login only");
  }
  sasl_layer *self = host->alloc(host->ctx, sizeof(*self));
  if (self == NULL) {
    return host->fail(host->ctx, err, POP3_ERR_MEMORY, LAYER, 0, 0, "out of memory");
  }
  memset(self, 0, sizeof(*self));
  self->host = host;
  self->lower = lower;
  self->ssf = given->ssf;
  self->frame = host->alloc(host->ctx, HEADER + P3_SASL_FRAME_MAX);
  if (self->frame == NULL) {
    layer_destroy(self);
    return host->fail(host->ctx, err, POP3_ERR_MEMORY, LAYER, 0, 0, "out of memory");
  }
  self->chunk_max = CHUNK_MAX;
  const void *value = NULL;
  if (sasl_getprop(given->conn->sasl, SASL_MAXOUTBUF, &value) == SASL_OK && value != NULL) {
    const unsigned max = *(const unsigned *)value;
    if (max > 0 && max < self->chunk_max) self->chunk_max = max;
  }
  self->conn = given->conn;
  given->conn = NULL;
  *out_self = self;
  return POP3_OK;
}

static pop3_io layer_connect(void *self, pop3_error *err) {
  (void)self;
  (void)err;
  return POP3_IO_DONE;  // both sides know since the +OK
}

// --- Reading

// Brings |self->frame_len| up to |wanted|.
static pop3_io fill(sasl_layer *self, size_t wanted, pop3_error *err) {
  while (self->frame_len < wanted) {
    size_t got = 0;
    const pop3_io io = self->lower->ops->read(self->lower->self, self->frame + self->frame_len,
                                              wanted - self->frame_len, &got, err);
    if (io == POP3_IO_EOF && self->frame_len > 0) {
      (void)self->host->fail(self->host->ctx, err, POP3_ERR_EOF, LAYER, 0, 0,
                             "the server closed the connection in the middle of a frame of the "
                             "security layer");
      return POP3_IO_FAIL;
    }
    if (io != POP3_IO_DONE) return io;
    self->frame_len += got;
  }
  return POP3_IO_DONE;
}

static pop3_io read_frame(sasl_layer *self, pop3_error *err) {
  pop3_io io = fill(self, HEADER, err);
  if (io != POP3_IO_DONE) return io;
  size_t len = 0;
  for (size_t i = 0; i < HEADER; i++) len = len << 8 | self->frame[i];
  if (len > P3_SASL_FRAME_MAX) {
    (void)self->host->fail(self->host->ctx, err, POP3_ERR_LIMIT, LAYER, 0, 0,
                           "the server sent a frame of %zu octets in the security layer, where %d "
                           "were agreed on",
                           len, P3_SASL_FRAME_MAX);
    return POP3_IO_FAIL;
  }
  io = fill(self, HEADER + len, err);
  if (io != POP3_IO_DONE) return io;
  const char *plain = NULL;
  unsigned plain_len = 0;
  const int code = sasl_decode(self->conn->sasl, (const char *)self->frame,
                               (unsigned)self->frame_len, &plain, &plain_len);
  self->frame_len = 0;
  if (code != SASL_OK) return fail(self, err, "the security layer cannot be read", code);
  self->plain = (const uint8_t *)plain;
  self->plain_len = plain_len;
  return POP3_IO_DONE;
}

static pop3_io layer_read(void *ptr, uint8_t *buf, size_t cap, size_t *out_len, pop3_error *err) {
  sasl_layer *self = ptr;
  while (self->plain_len == 0) {  // a frame may be empty
    const pop3_io io = read_frame(self, err);
    if (io != POP3_IO_DONE) return io;
  }
  const size_t len = self->plain_len < cap ? self->plain_len : cap;
  memcpy(buf, self->plain, len);
  self->plain += len;
  self->plain_len -= len;
  *out_len = len;
  return POP3_IO_DONE;
}

static int layer_pending(void *ptr) {
  const sasl_layer *self = ptr;
  return self->plain_len > 0;
}

// --- Writing

// What has been encoded has to be sent before anything else, and is reported when it is: a frame
// that was begun cannot be taken back.
static pop3_io layer_write(void *ptr, const uint8_t *data, size_t data_len, size_t *out_len,
                           pop3_error *err) {
  sasl_layer *self = ptr;
  if (self->coded_len == 0) {
    const size_t len = data_len < self->chunk_max ? data_len : self->chunk_max;
    const char *coded = NULL;
    unsigned coded_len = 0;
    const int code =
        sasl_encode(self->conn->sasl, (const char *)data, (unsigned)len, &coded, &coded_len);
    if (code != SASL_OK) return fail(self, err, "the security layer cannot be written", code);
    self->coded = (const uint8_t *)coded;
    self->coded_len = coded_len;
    self->taken = len;
  }
  while (self->coded_len > 0) {
    size_t sent = 0;
    const pop3_io io =
        self->lower->ops->write(self->lower->self, self->coded, self->coded_len, &sent, err);
    if (io != POP3_IO_DONE) return io;
    self->coded += sent;
    self->coded_len -= sent;
  }
  *out_len = self->taken;
  return POP3_IO_DONE;
}

// --- The rest

static void layer_interest(void *ptr, pop3_interest *io) {
  const sasl_layer *self = ptr;
  self->lower->ops->interest(self->lower->self, io);
}

static pop3_status layer_query(void *ptr, uint32_t what, pop3_answer *out) {
  const sasl_layer *self = ptr;
  if (what != POP3_QUERY_IS_ENCRYPTED || self->ssf < ENCRYPTED_SSF) return POP3_ERR_UNSUPPORTED;
  out->number = 1;
  return POP3_OK;
}

static const pop3_transport_ops kLayerOps = {
    .abi = POP3_ABI,
    .size = sizeof(pop3_transport_ops),
    .name = "sasl",
    .flags = POP3_TRANSPORT_UPPER,
    .create = layer_create,
    .connect = layer_connect,
    .read = layer_read,
    .write = layer_write,
    .interest = layer_interest,
    .pending = layer_pending,
    .query = layer_query,
    .destroy = layer_destroy,
};

static void release_handover(const pop3_option *options, size_t num_options) {
  if (num_options == 0) return;
  handover *given = (handover *)(uintptr_t)options[0].object;
  const pop3_host *host = given->host;
  p3_sasl_conn_free(given->conn);
  host->release(host->ctx, given);
}

pop3_status p3_sasl_layer_offer(p3_sasl_conn *conn, sasl_ssf_t ssf, pop3_auth_output *out,
                                pop3_error *err) {
  const pop3_host *host = conn->host;
  if (!POP3_HAS_MEMBER(pop3_auth_output, out, release_layer)) {
    return host->fail(host->ctx, err, POP3_ERR_UNSUPPORTED, LAYER, 0, 0,
                      "this libpop3 cannot take a security layer");
  }
  handover *given = host->alloc(host->ctx, sizeof(*given));
  if (given == NULL) {
    return host->fail(host->ctx, err, POP3_ERR_MEMORY, LAYER, 0, 0, "out of memory");
  }
  memset(given, 0, sizeof(*given));
  given->host = host;
  given->conn = conn;
  given->ssf = ssf;
  given->option.name = kOption;
  given->option.object = given;
  out->layer = &kLayerOps;
  out->layer_options = &given->option;
  out->num_layer_options = 1;
  out->release_layer = release_handover;
  return POP3_OK;
}
