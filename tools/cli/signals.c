#define _POSIX_C_SOURCE 200809L
#include "tools/cli/signals.h"

#include <signal.h>
#include <stdatomic.h>
#include <string.h>

// A signal handler can be told nothing: these are the program's only globals.
static _Atomic(pop3_session *) g_session;
static volatile sig_atomic_t g_caught;
static volatile sig_atomic_t g_count;
static volatile sig_atomic_t g_spared;  // signals that do not cancel

static void on_signal(int number) {
  if (g_count > g_spared) {  // it was cancelled already
    (void)signal(number, SIG_DFL);
    (void)raise(number);
    return;
  }
  if (g_count == 0) g_caught = number;
  g_count++;
  pop3_session *session = atomic_load(&g_session);
  if (session != NULL && g_count > g_spared) pop3_session_cancel(session);
}

void cli_signals_install(void) {
  static const int kCaught[] = {SIGINT, SIGTERM, SIGHUP};
  struct sigaction action;
  memset(&action, 0, sizeof(action));
  (void)sigemptyset(&action.sa_mask);
  action.sa_handler = SIG_IGN;
  (void)sigaction(SIGPIPE, &action, NULL);
  (void)sigaction(SIGXFSZ, &action, NULL);
  // Without SA_RESTART, so that waiting ends.
  action.sa_handler = on_signal;
  for (size_t i = 0; i < sizeof(kCaught) / sizeof(kCaught[0]); ++i) {
    struct sigaction old;
    (void)sigaction(kCaught[i], NULL, &old);
    if (old.sa_handler != SIG_IGN) (void)sigaction(kCaught[i], &action, NULL);
  }
}

void cli_signals_watch(pop3_session *session) {
  atomic_store(&g_session, session);
  // It may have come before there was one.
  if (session != NULL && g_count > g_spared) pop3_session_cancel(session);
}

void cli_signals_spare(int spare) {
  g_spared = spare ? 1 : 0;
  pop3_session *session = atomic_load(&g_session);
  if (session != NULL && g_count > g_spared) pop3_session_cancel(session);
}

int cli_signals_caught(void) { return g_caught; }
