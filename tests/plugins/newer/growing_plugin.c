// A mechanism that tells the server which members of the host's structs it has found. The newer one
// has tables with a member more, and asks for the host's new members as plugins should: by size.
#include <pop3/spi/auth.h>

#define LAYER "growing"

typedef struct growing {
  const pop3_host *host;
  char line[32];
} growing;

static int growing_score(const pop3_host *host, const pop3_auth_context *context, char *why,
                         size_t why_cap) {
  (void)host;
  (void)context;
  if (why_cap > 0) why[0] = '\0';
  return 1;
}

static pop3_status growing_begin(const pop3_host *host, const pop3_auth_context *context,
                                 void **out_self, pop3_error *err) {
  growing *self = host->alloc(host->ctx, sizeof(*self));
  if (self == NULL) {
    return host->fail(host->ctx, err, POP3_ERR_MEMORY, LAYER, 0, 0, "out of memory");
  }
  static const char kLine[] = "X-GROWN --";
  self->host = host;
  for (size_t i = 0; i < sizeof(kLine); i++) self->line[i] = kLine[i];
#ifdef GROWING_IS_NEWER
  if (POP3_HAS_MEMBER(pop3_host, host, later)) self->line[8] = 'H';
  if (POP3_HAS_MEMBER(pop3_auth_context, context, later)) self->line[9] = 'C';
#else
  (void)context;
#endif
  *out_self = self;
  return POP3_OK;
}

static pop3_auth_verdict growing_step(void *ptr, const pop3_auth_input *in, pop3_auth_output *out,
                                      pop3_error *err) {
  growing *self = ptr;
  if (in->event == POP3_AUTH_POSITIVE) return POP3_AUTH_DONE;
  if (in->event != POP3_AUTH_START) {
    self->host->fail(self->host->ctx, err, POP3_ERR_AUTH, LAYER, 0, 0, "refused");
    return POP3_AUTH_FAIL;
  }
  out->is_command = 1;
  out->line = (const uint8_t *)self->line;
  out->line_len = 10;
  out->secret_offset = out->line_len;
#ifdef GROWING_IS_NEWER
  if (POP3_HAS_MEMBER(pop3_auth_output, out, later)) out->later = 1;
#endif
  return POP3_AUTH_SEND;
}

static void growing_end(void *ptr) {
  growing *self = ptr;
  if (self != NULL) self->host->release(self->host->ctx, self);
}

#ifdef GROWING_IS_NEWER
static int growing_later(void *self) { return self == NULL; }
#endif

static const pop3_auth_ops kGrowingOps = {
    .abi = POP3_ABI,
    .size = sizeof(pop3_auth_ops),
    .name = "x-growing",
    .flags = POP3_AUTH_ONLY_IF_ASKED,
    .score = growing_score,
    .begin = growing_begin,
    .step = growing_step,
    .end = growing_end,
#ifdef GROWING_IS_NEWER
    .later = growing_later,
#endif
};

static const pop3_auth_ops *const kAuths[] = {&kGrowingOps};

static const pop3_plugin kPlugin = {
    .abi = POP3_ABI,
    .size = sizeof(pop3_plugin),
    .name = "x_growing",
    .version = "1.0.0",
    .auths = kAuths,
    .num_auths = 1,
#ifdef GROWING_IS_NEWER
    .later = "a member of a later day",
#endif
};

POP3_PLUGIN_ENTRY(x_growing, kPlugin)
