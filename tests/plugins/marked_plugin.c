// A mechanism that does nothing, in a file that leaves a mark when it is run: its constructor makes
// the file that $POP3_TEST_MARKER names. Each MARKED_... that is defined breaks one rule.
#define _GNU_SOURCE 1  // secure_getenv
#include <fcntl.h>
#include <pop3/spi/auth.h>
#include <stdlib.h>
#include <unistd.h>

#ifndef MARKED_ABI
#define MARKED_ABI POP3_ABI
#endif
#ifndef MARKED_NAME
#define MARKED_NAME "marked"
#endif
#ifndef MARKED_SIZE
#define MARKED_SIZE sizeof(pop3_plugin)
#endif
#ifndef MARKED_OPS_ABI
#define MARKED_OPS_ABI POP3_ABI
#endif
#ifndef MARKED_OPS_SIZE
#define MARKED_OPS_SIZE sizeof(pop3_auth_ops)
#endif

__attribute__((constructor)) static void leave_mark(void) {
  const char *path = secure_getenv("POP3_TEST_MARKER");
  const int fd = path == NULL ? -1 : open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
  if (fd >= 0) close(fd);
#ifdef MARKED_VANISHES
  const char *own = secure_getenv("POP3_TEST_VANISH");
  if (own != NULL) unlink(own);
#endif
}

#ifdef MARKED_UNRESOLVED_CALL
// Calls a function that nobody has.
void pop3_nobody_has_this(void);
#endif

static int marked_score(const pop3_host *host, const pop3_auth_context *context, char *why,
                        size_t why_cap) {
  (void)host;
  (void)context;
  if (why_cap > 0) why[0] = '\0';
  return 0;
}

static pop3_status marked_begin(const pop3_host *host, const pop3_auth_context *context,
                                void **out_self, pop3_error *err) {
  (void)context;
  (void)out_self;
  return host->fail(host->ctx, err, POP3_ERR_UNSUPPORTED, "marked", 0, 0, "only for tests");
}

#ifndef MARKED_NULL_STEP
static pop3_auth_verdict marked_step(void *self, const pop3_auth_input *in, pop3_auth_output *out,
                                     pop3_error *err) {
  (void)self;
  (void)in;
  (void)out;
  (void)err;
  return POP3_AUTH_FAIL;
}
#endif

static void marked_end(void *self) {
  (void)self;
#ifdef MARKED_UNRESOLVED_CALL
  pop3_nobody_has_this();
#endif
}

static const pop3_auth_ops kMarkedOps = {
    .abi = MARKED_OPS_ABI,
    .size = MARKED_OPS_SIZE,
    .name = "x-marked",
    .flags = POP3_AUTH_ONLY_IF_ASKED,
    .score = marked_score,
    .begin = marked_begin,
#ifndef MARKED_NULL_STEP
    .step = marked_step,
#endif
    .end = marked_end,
};

static const pop3_auth_ops *const kAuths[] = {
#ifdef MARKED_NULL_TABLE
    NULL,
#endif
    &kMarkedOps,
};

static const pop3_plugin kPlugin = {
    .abi = MARKED_ABI,
    .size = MARKED_SIZE,
    .name = MARKED_NAME,
#ifndef MARKED_NO_VERSION
    .version = "1.2.3",
#endif
    .auths = kAuths,
    .num_auths = sizeof(kAuths) / sizeof(kAuths[0]),
};

#if defined(MARKED_NO_ENTRY)
// As in any other shared library: something else is exported.
__attribute__((visibility("default"))) const pop3_plugin *marked_other_entry(uint32_t host_abi);
const pop3_plugin *marked_other_entry(uint32_t host_abi) {
  return host_abi == POP3_ABI ? &kPlugin : NULL;
}
#elif defined(MARKED_DATA_ENTRY)
// The name is exported, but is no function.
extern const pop3_plugin *const pop3_plugin_entry;
__attribute__((visibility("default"))) const pop3_plugin *const pop3_plugin_entry = &kPlugin;
#elif defined(MARKED_REFUSES)
__attribute__((visibility("default"))) const pop3_plugin *pop3_plugin_entry(uint32_t host_abi);
const pop3_plugin *pop3_plugin_entry(uint32_t host_abi) { return host_abi == 0 ? &kPlugin : NULL; }
#else
POP3_PLUGIN_ENTRY(marked, kPlugin)
#endif

#ifdef MARKED_UNRESOLVED
// Wants a function that nobody has.
void pop3_nobody_has_this(void);
extern void (*const marked_wants)(void);
__attribute__((visibility("default"))) void (*const marked_wants)(void) = pop3_nobody_has_this;
#endif
