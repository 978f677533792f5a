#define _POSIX_C_SOURCE 200809L

#include "auth/sasl_client.h"

#include <pthread.h>
#include <stdlib.h>

int p3_sasl_quiet(void *context, int level, const char *message) {
  (void)context;
  (void)level;
  (void)message;
  return SASL_OK;
}

// libsasl2 keeps the pointer.
static const sasl_callback_t kCallbacks[] = {
    {SASL_CB_LOG, P3_SASL_CALLBACK(p3_sasl_quiet), NULL},
    {SASL_CB_LIST_END, NULL, NULL},
};

// By default the mutexes of libsasl2 do nothing, but some mechanisms have a cache that all
// connections share (DIGEST-MD5).
static void *mutex_new(void) {
  pthread_mutex_t *mutex = malloc(sizeof(pthread_mutex_t));
  if (mutex != NULL && pthread_mutex_init(mutex, NULL) != 0) {
    free(mutex);
    return NULL;
  }
  return mutex;
}

static int mutex_lock(void *mutex) {
  return mutex != NULL && pthread_mutex_lock(mutex) == 0 ? SASL_OK : SASL_FAIL;
}

static int mutex_unlock(void *mutex) {
  return mutex != NULL && pthread_mutex_unlock(mutex) == 0 ? SASL_OK : SASL_FAIL;
}

static void mutex_free(void *mutex) {
  if (mutex == NULL) return;
  (void)pthread_mutex_destroy(mutex);
  free(mutex);
}

static pthread_once_t once = PTHREAD_ONCE_INIT;
static int result = SASL_NOTINIT;

static void set_up(void) {
  // A list is there as soon as anybody has set up either side of the library.
  if (sasl_global_listmech() == NULL) {
    sasl_set_mutex(mutex_new, mutex_lock, mutex_unlock, mutex_free);
  }
  // Where the program did so before, this only counts one user more, and its callbacks stay.
  result = sasl_client_init(kCallbacks);
}

int p3_sasl_set_up(void) { return pthread_once(&once, set_up) == 0 ? result : SASL_FAIL; }
