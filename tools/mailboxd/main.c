// mailboxd: a POP3 server for the demo, the tests and the benchmarks of libpop3, which it does not
// use.
#define _GNU_SOURCE 1

#include <errno.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "tools/mailboxd/accounts.h"
#include "tools/mailboxd/cache.h"
#include "tools/mailboxd/certificate.h"
#include "tools/mailboxd/conn.h"
#include "tools/mailboxd/cyrus.h"
#include "tools/mailboxd/listener.h"
#include "tools/mailboxd/log.h"
#include "tools/mailboxd/loop.h"
#include "tools/mailboxd/oauth.h"
#include "tools/mailboxd/options.h"
#include "tools/mailboxd/tls_server.h"

// Descriptors that are not connections: standard ones, epoll, listeners, files being read.
#define OTHER_DESCRIPTORS ((rlim_t)64)

struct program {
  struct options options;
  struct loop loop;
  struct loop_watch signals;
  struct loop_watch parent;
  struct cache *cache;
  struct mailboxes boxes;
  struct users users;
  struct conns conns;
  const struct auth_mech *mechs[CYRUS_MECHS + OAUTH_MECHS];
  struct certificate certificate;
  struct tls_server *tls;
  struct listener *listeners;
  size_t num_listeners;
};

static int fail(const char *what, const char *why) {
  fprintf(stderr, "mailboxd: %s: %s\n", what, why);
  return 1;
}

static struct program *program_of(struct loop_watch *watch, size_t offset) {
  return (struct program *)(void *)((char *)watch - offset);
}

static void on_signal(struct loop_watch *watch, uint32_t events) {
  (void)events;
  program_of(watch, offsetof(struct program, signals))->loop.stop = 1;
}

static int watch_signals(struct program *program, const sigset_t *set) {
  program->signals.on_event = on_signal;
  program->signals.fd = signalfd(-1, set, SFD_CLOEXEC | SFD_NONBLOCK);
  return program->signals.fd >= 0 && loop_watch_set(&program->loop, &program->signals, EPOLLIN);
}

static void on_parent(struct loop_watch *watch, uint32_t events) {
  (void)events;
  program_of(watch, offsetof(struct program, parent))->loop.stop = 1;
}

// A server that outlives the test that started it would be in the way for ever. PR_SET_PDEATHSIG
// looks simpler, but means the thread that started us, not the process: it is the second choice,
// for old kernels.
static int watch_parent(struct program *program) {
  pid_t parent = getppid();
  program->parent.on_event = on_parent;
  program->parent.fd = (int)syscall(SYS_pidfd_open, parent, 0);
  if (program->parent.fd < 0 && prctl(PR_SET_PDEATHSIG, SIGTERM) != 0) {
    return 0;
  }
  if (program->parent.fd >= 0 && !loop_watch_set(&program->loop, &program->parent, EPOLLIN)) {
    return 0;
  }
  program->loop.stop = getppid() != parent;  // it was faster
  return 1;
}

// Raises the limit on descriptors as far as allowed, and says how many connections that makes.
static uint32_t raise_descriptor_limit(void) {
  struct rlimit limit;
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) {
    return 1;
  }
  limit.rlim_cur = limit.rlim_max;
  if (setrlimit(RLIMIT_NOFILE, &limit) != 0) {
    (void)getrlimit(RLIMIT_NOFILE, &limit);
  }
  rlim_t rest = limit.rlim_cur > 2 * OTHER_DESCRIPTORS ? limit.rlim_cur - OTHER_DESCRIPTORS
                                                       : limit.rlim_cur / 2;
  return rest > INT32_MAX ? INT32_MAX : (uint32_t)rest;
}

static int open_listeners(struct program *program) {
  const struct options *options = &program->options;
  program->listeners = calloc(options->num_listens, sizeof(*program->listeners));
  if (program->listeners == NULL) {
    return fail("start", strerror(errno));
  }
  for (size_t i = 0; i < options->num_listens; i++) {
    const struct options_listen *listen = &options->listens[i];
    struct listener *listener = &program->listeners[program->num_listeners];
    char why[256], what[512];
    int good = listen->is_unix
                   ? listener_unix(listener, listen->spec, why, sizeof(why))
                   : listener_tcp(listener, listen->spec, listen->tls, options->allow_remote,
                                  options->send_buffer, why, sizeof(why));
    if (!good) {
      snprintf(what, sizeof(what), "--%s %s",
               listen->is_unix ? "unix"
               : listen->tls   ? "tls-listen"
                               : "listen",
               listen->spec);
      return fail(what, why);
    }
    program->num_listeners++;
  }
  for (size_t i = 0; i < program->num_listeners; i++) {
    if (!listener_start(&program->listeners[i], &program->conns)) {
      return fail("listen", strerror(errno));
    }
  }
  return 0;
}

// Finds out which mechanisms AUTH can offer.
static int open_mechs(struct program *program) {
  struct session_config *session = &program->options.session;
  size_t count = 0;
  if (program->options.num_oauth > 0) {
    count = oauth_mechs(program->mechs);
  }
  if ((session->disabled >> COMMAND_AUTH & 1u) == 0) {
    char why[256];
    if (!cyrus_start(&program->users, program->mechs + count, &count, why, sizeof(why))) {
      return fail("SASL", why);
    }
  }
  session->mechs = program->mechs;
  session->num_mechs = count;
  return 0;
}

// Reads, or makes, what TLS needs.
static int open_tls(struct program *program) {
  struct options *options = &program->options;
  char why[512];
  if (options->self_signed != NULL) {
    if (!certificate_get(&program->certificate, options->self_signed, why, sizeof(why))) {
      return fail("--self-signed", why);
    }
    options->tls.cert = program->certificate.cert;
    options->tls.key = program->certificate.key;
  }
  if (options->tls.cert == NULL) {
    return 0;
  }
  program->tls = tls_server_new(&options->tls, why, sizeof(why));
  if (program->tls == NULL) {
    return fail("TLS", why);
  }
  program->conns.tls = program->tls;
  options->session.has_tls = 1;
  return 0;
}

static int print_names(const struct program *program, FILE *file) {
  for (size_t i = 0; i < program->num_listeners; i++) {
    fprintf(file, "%s\n", program->listeners[i].name);
  }
  return fflush(file) == 0 && !ferror(file);
}

// The port file appears complete or not at all: whoever waits for it may read it at once.
static int write_port_file(const struct program *program, const char *path) {
  char *temporary;
  if (asprintf(&temporary, "%s.%ld", path, (long)getpid()) < 0) {
    return 0;
  }
  FILE *file = fopen(temporary, "we");
  int good = file != NULL && print_names(program, file);
  if (file != NULL && fclose(file) != 0) {
    good = 0;
  }
  good = good && rename(temporary, path) == 0;
  if (!good) {
    int error = errno;
    (void)unlink(temporary);
    errno = error;
  }
  free(temporary);
  return good;
}

static int run(struct program *program, const sigset_t *signals) {
  struct options *options = &program->options;
  char why[512];
  uint32_t max = raise_descriptor_limit();
  if (options->max_connections > 0 && options->max_connections < max) {
    max = options->max_connections;
  }
  options->session.users = &program->users;
  options->session.now_ms = &program->loop.now_ms;
  program->cache = cache_new(options->cache_octets);
  program->boxes = (struct mailboxes){.cache = program->cache, .shared = options->shared};
  if (program->cache == NULL || !loop_init(&program->loop) || !watch_signals(program, signals) ||
      !conns_init(&program->conns, &program->loop, &options->session, max,
                  (int64_t)options->idle_s * 1000)) {
    return fail("start", strerror(errno));
  }
  if (options->exit_with_parent && !watch_parent(program)) {
    return fail("--exit-with-parent", strerror(errno));
  }
  if (!accounts_load(&program->users, &program->boxes, options, why, sizeof(why))) {
    fprintf(stderr, "mailboxd: %s\n", why);
    return 2;
  }
  int status = open_mechs(program);
  if (status == 0) {
    status = open_tls(program);
  }
  if (status == 0) {
    status = open_listeners(program);
  }
  if (status != 0) {
    return status;
  }
  if (options->port_file != NULL && !write_port_file(program, options->port_file)) {
    return fail(options->port_file, strerror(errno));
  }
  if (options->print_ready && !print_names(program, stdout)) {
    return fail("standard output", strerror(errno));
  }
  log_write(LOG_LEVEL_INFO, "ready: %zu users, at most %u connections", program->users.count, max);
  return loop_run(&program->loop) ? 0 : fail("epoll_wait", strerror(errno));
}

static void cleanup(struct program *program) {
  conns_cleanup(&program->conns);
  for (size_t i = 0; i < program->num_listeners; i++) {
    listener_cleanup(&program->listeners[i]);
  }
  free(program->listeners);
  tls_server_free(program->tls);
  certificate_cleanup(&program->certificate);
  cyrus_stop();
  mailboxes_cleanup(&program->boxes);
  users_cleanup(&program->users);
  cache_free(program->cache);
  if (program->signals.fd >= 0) {
    close(program->signals.fd);
  }
  if (program->parent.fd >= 0) {
    close(program->parent.fd);
  }
  loop_cleanup(&program->loop);
  options_cleanup(&program->options);
}

int main(int argc, char **argv) {
  struct program program = {.loop = {.epoll_fd = -1}, .signals = {.fd = -1}, .parent = {.fd = -1}};
  int status = 2;
  switch (options_parse(&program.options, argc, argv)) {
    case OPTIONS_DONE:
      status = fflush(stdout) == 0 ? 0 : 1;
      break;
    case OPTIONS_WRONG:
      break;
    case OPTIONS_RUN: {
      log_set_level(program.options.log_level);
      sigset_t signals;
      sigemptyset(&signals);
      sigaddset(&signals, SIGTERM);
      sigaddset(&signals, SIGINT);
      sigprocmask(SIG_BLOCK, &signals, NULL);
      status = run(&program, &signals);
      break;
    }
  }
  cleanup(&program);
  return status;
}
