#define _POSIX_C_SOURCE 200809L
#include "transports/resolve.h"

#include <errno.h>
#include <netdb.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "transports/sockio.h"

#define LAYER "tcp"

// What caller and thread share; the last of the two frees it. It may outlive the session and its
// allocator, which may be used from the session's thread only: so this one block is the C
// library's, as everything inside getaddrinfo is.
typedef struct lookup_job {
  pthread_mutex_t mutex;  // guards all that follows up to |fns|
  int wake_fd;            // an eventfd, written when done; -1 once the caller has gone
  int done;
  int gai_code;
  int sys_errno;
  struct addrinfo *found;
  const p3_lookup_fns *fns;  // from here on constant
  int family;
  char port[8];
  char name[];
} lookup_job;

struct p3_lookup {
  const pop3_host *host;
  lookup_job *job;
  int wake_fd;  // the caller's copy: closed by nobody else
};

static const p3_lookup_fns kLibcFns = {getaddrinfo, freeaddrinfo};

static void free_job(lookup_job *job) {
  if (job->found != NULL) job->fns->freeaddrinfo(job->found);
  pthread_mutex_destroy(&job->mutex);
  free(job);
}

static void *lookup_thread(void *arg) {
  lookup_job *job = arg;
  struct addrinfo hints;
  memset(&hints, 0, sizeof(hints));
  hints.ai_family = job->family;
  hints.ai_socktype = SOCK_STREAM;
  // Without AI_ADDRCONFIG: the race sorts out addresses of a family that is not connected, at once
  // and by trying.
  hints.ai_flags = AI_NUMERICSERV;
  struct addrinfo *found = NULL;
  errno = 0;
  int code = job->fns->getaddrinfo(job->name, job->port, &hints, &found);
  int sys_errno = code == EAI_SYSTEM ? errno : 0;

  pthread_mutex_lock(&job->mutex);
  job->done = 1;
  job->gai_code = code;
  job->sys_errno = sys_errno;
  job->found = code == 0 ? found : NULL;
  int alone = job->wake_fd < 0;
  if (!alone) {
    uint64_t one = 1;
    ssize_t ignored = write(job->wake_fd, &one, sizeof(one));
    (void)ignored;  // a new eventfd always takes a 1
  }
  pthread_mutex_unlock(&job->mutex);
  if (alone) free_job(job);
  return NULL;
}

// Detached, and deaf to signals: they are the program's own threads' business.
static int start_thread(lookup_job *job) {
  pthread_attr_t attr;
  int code = pthread_attr_init(&attr);
  if (code != 0) return code;
  code = pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
  if (code == 0) {
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    pthread_t thread;
    code = pthread_create(&thread, &attr, lookup_thread, job);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
  }
  pthread_attr_destroy(&attr);
  return code;
}

static pop3_status no_memory(const pop3_host *host, pop3_error *err) {
  return host->fail(host->ctx, err, POP3_ERR_MEMORY, LAYER, 0, 0, "out of memory");
}

static lookup_job *new_job(const char *name, uint32_t port, int family, const p3_lookup_fns *fns) {
  size_t name_len = strlen(name);
  lookup_job *job = calloc(1, sizeof(*job) + name_len + 1);
  if (job == NULL) return NULL;
  if (pthread_mutex_init(&job->mutex, NULL) != 0) {
    free(job);
    return NULL;
  }
  job->wake_fd = -1;
  job->family = family;
  job->fns = fns != NULL ? fns : &kLibcFns;
  snprintf(job->port, sizeof(job->port), "%u", (unsigned)(port & UINT16_MAX));
  memcpy(job->name, name, name_len + 1);
  return job;
}

pop3_status p3_lookup_start(p3_lookup **out, const pop3_host *host, const char *name, uint32_t port,
                            int family, const p3_lookup_fns *fns, pop3_error *err) {
  p3_lookup *lookup = host->alloc(host->ctx, sizeof(*lookup));
  if (lookup == NULL) return no_memory(host, err);
  lookup_job *job = new_job(name, port, family, fns);
  if (job == NULL) {
    host->release(host->ctx, lookup);
    return no_memory(host, err);
  }
  const char *doing = "making an eventfd";
  int code = 0;
  job->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  lookup->host = host;
  lookup->job = job;
  lookup->wake_fd = job->wake_fd;
  if (job->wake_fd < 0) {
    code = errno;
  } else {
    doing = "starting a thread";
    code = start_thread(job);
  }
  if (code != 0) {
    char buf[P3_SOCK_WORDS_MAX];
    p3_sock_close(&lookup->wake_fd);
    free_job(job);
    host->release(host->ctx, lookup);
    return host->fail(host->ctx, err, POP3_ERR_SYSTEM, LAYER, code, 0,
                      "cannot look up \"%s\": %s failed: %s", name, doing,
                      p3_sock_words(code, buf, sizeof(buf)));
  }
  *out = lookup;
  return POP3_OK;
}

static pop3_io lookup_failed(const p3_lookup *lookup, int code, int sys_errno, pop3_error *err) {
  const pop3_host *host = lookup->host;
  char buf[P3_SOCK_WORDS_MAX];
  const char *words = gai_strerror(code);
  pop3_status status = POP3_ERR_RESOLVE;
  switch (code) {
    case EAI_SYSTEM:
      words = p3_sock_words(sys_errno, buf, sizeof(buf));
      break;
    case EAI_NONAME:
      words = "there is no such name, or it has no address";
      break;
    case EAI_AGAIN:
      words = "the name servers gave no answer; it may work later";
      break;
    case EAI_MEMORY:
      status = POP3_ERR_MEMORY;
      break;
    default:
      break;
  }
  host->fail(host->ctx, err, status, LAYER, sys_errno, code, "cannot look up \"%s\": %s",
             lookup->job->name, words);
  return POP3_IO_FAIL;
}

pop3_io p3_lookup_step(p3_lookup *lookup, p3_address_list *out, pop3_error *err) {
  lookup_job *job = lookup->job;
  pthread_mutex_lock(&job->mutex);
  int done = job->done;
  pthread_mutex_unlock(&job->mutex);
  if (!done) return POP3_IO_WANT_READ;
  // From here on the thread does not touch the job any more.
  if (job->gai_code != 0) return lookup_failed(lookup, job->gai_code, job->sys_errno, err);
  out->count = 0;
  p3_address_add_all(out, job->found, job->family);
  if (out->count == 0) return lookup_failed(lookup, EAI_NONAME, 0, err);
  return POP3_IO_DONE;
}

void p3_lookup_interest(const p3_lookup *lookup, pop3_interest *io) {
  p3_sock_wait(io, lookup->wake_fd, POP3_WAIT_READ);
}

void p3_lookup_drop(p3_lookup *lookup) {
  if (lookup == NULL) return;
  lookup_job *job = lookup->job;
  pthread_mutex_lock(&job->mutex);
  int done = job->done;
  job->wake_fd = -1;
  p3_sock_close(&lookup->wake_fd);
  pthread_mutex_unlock(&job->mutex);
  if (done) free_job(job);
  lookup->host->release(lookup->host->ctx, lookup);
}
