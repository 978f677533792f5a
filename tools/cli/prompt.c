#define _GNU_SOURCE 1  // ppoll
#include "tools/cli/prompt.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "tools/cli/fd_writer.h"

#define LAYER "cli"

// The longest answer.
#define ANSWER_MAX 4096

// The signals that would leave the terminal without echo.
static const int kSignals[] = {SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGTSTP, SIGTTIN, SIGTTOU};
#define NUM_SIGNALS (sizeof(kSignals) / sizeof(kSignals[0]))

static volatile sig_atomic_t g_signal;

static void note_signal(int number) { g_signal = number; }

// Installs note_signal for all of kSignals, keeping what was there. Without SA_RESTART, so that the
// read ends.
static void catch_signals(struct sigaction old[NUM_SIGNALS]) {
  struct sigaction action;
  memset(&action, 0, sizeof(action));
  action.sa_handler = note_signal;
  (void)sigemptyset(&action.sa_mask);
  g_signal = 0;
  for (size_t i = 0; i < NUM_SIGNALS; ++i) {
    (void)sigaction(kSignals[i], NULL, &old[i]);
    if (old[i].sa_handler != SIG_IGN) (void)sigaction(kSignals[i], &action, NULL);
  }
}

static void restore_signals(const struct sigaction old[NUM_SIGNALS]) {
  for (size_t i = 0; i < NUM_SIGNALS; ++i) (void)sigaction(kSignals[i], &old[i], NULL);
}

static int is_stop(int number) {
  return number == SIGTSTP || number == SIGTTIN || number == SIGTTOU;
}

// Reads a line. Returns its length, or -1 at the end of input, after a signal, if it is too long or
// |patience| is over. Signals are let in only while it waits, so that none slips in between the
// look at g_signal and the read. (SIGTTIN and SIGTTOU come from our own reads and writes: blocking
// would undo them.)
static ssize_t read_line(int fd, char *line, size_t cap, const cli_patience *patience) {
  sigset_t blocked;
  sigset_t before;
  (void)sigemptyset(&blocked);
  for (size_t i = 0; i < NUM_SIGNALS; ++i) {
    if (kSignals[i] != SIGTTIN && kSignals[i] != SIGTTOU) (void)sigaddset(&blocked, kSignals[i]);
  }
  (void)sigprocmask(SIG_BLOCK, &blocked, &before);
  ssize_t answer = -1;
  size_t len = 0;
  while (g_signal == 0 && cli_patience_check(patience, "", NULL) == POP3_OK) {
    struct pollfd wait = {fd, POLLIN, 0};
    int ms = cli_patience_slice(patience, CLI_PATIENCE_SLICE_MS);
    const struct timespec slice = {0, (long)ms * 1000000};
    if (ppoll(&wait, 1, &slice, &before) <= 0) continue;
    char c;
    ssize_t n = read(fd, &c, 1);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0 || len == cap) break;
    if (c == '\n' || c == '\r') {
      answer = (ssize_t)len;
      break;
    }
    line[len++] = c;
  }
  (void)sigprocmask(SIG_SETMASK, &before, NULL);
  return answer;
}

// Asks once. A signal that arrived is in g_signal and has not had its effect yet.
static ssize_t ask(int tty, const char *question, int echo, char *line, size_t cap,
                   const cli_patience *patience) {
  struct termios before;
  struct sigaction old[NUM_SIGNALS];
  catch_signals(old);
  int changed = 0;
  if (!echo && tcgetattr(tty, &before) == 0) {
    struct termios quiet = before;
    quiet.c_lflag &= ~(tcflag_t)(ECHO | ECHONL);
    quiet.c_lflag |= ICANON | ISIG;
    changed = tcsetattr(tty, TCSAFLUSH, &quiet) == 0;
  }
  // A terminal that would show the password is not asked.
  ssize_t len = -1;
  if (echo || changed) {
    (void)cli_write_all(tty, (const uint8_t *)question, strlen(question));
    len = read_line(tty, line, cap, patience);
  }
  if (changed) {
    (void)cli_write_all(tty, (const uint8_t *)"\n", 1);
    while (tcsetattr(tty, TCSAFLUSH, &before) != 0 && errno == EINTR) continue;
  }
  restore_signals(old);
  return len;
}

int cli_prompt_possible(void) {
  int tty = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
  if (tty >= 0) (void)close(tty);
  return tty >= 0;
}

pop3_status cli_prompt(pop3_secret *out, const char *question, int echo,
                       const cli_patience *patience, pop3_error *err) {
  int tty = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
  if (tty < 0) {
    return pop3_error_set(err, POP3_ERR_NO_CREDENTIALS, LAYER, errno,
                          "there is no terminal to ask on");
  }
  char line[ANSWER_MAX];
  ssize_t len;
  int number;
  do {
    len = ask(tty, question, echo, line, sizeof(line), patience);
    number = g_signal;
    // Now that the terminal is as it was, the signal may do what it does; after a stop, ask again.
    if (number != 0) (void)raise(number);
  } while (is_stop(number));
  (void)close(tty);
  pop3_status status = POP3_OK;
  if (number != 0) {
    status = pop3_error_set(err, POP3_ERR_CANCELLED, LAYER, 0, "interrupted by signal %d", number);
  } else if (len < 0) {
    status = cli_patience_check(patience, "nothing was typed", err);
    if (status == POP3_OK) {
      status = pop3_error_set(err, POP3_ERR_NO_CREDENTIALS, LAYER, 0, "nothing was typed");
    }
  } else if (!pop3_secret_set(out, line, (size_t)len)) {
    status = pop3_error_set(err, POP3_ERR_MEMORY, LAYER, 0, "no memory for the answer");
  }
  pop3_wipe(line, sizeof(line));
  return status;
}
