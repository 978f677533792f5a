// The main() of a fuzz test that has no libFuzzer: plays its corpus.
//
//   TEST [--timeout=SECONDS] INPUT...
//
// Each INPUT is run once as it is, and cut off at a few places. It searches for nothing: that is
// for libFuzzer. When an input makes the program die or hang, it is written to a file, whose name
// is the INPUT that shows the same again.
#define _POSIX_C_SOURCE 200809L

#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

// A file is cut off behind each of so many parts.
#define PARTS 8

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerInitialize(int *argc, char ***argv) __attribute__((weak));
// What a sanitizer calls before it ends the program without a signal.
void __sanitizer_set_death_callback(void (*callback)(void)) __attribute__((weak));

static const uint8_t *current_data;
static size_t current_len;
static char found_path[4096];
static unsigned timeout_seconds = 60;

static void say(const char *text) {
  if (write(STDERR_FILENO, text, strlen(text)) < 0) return;
}

// Runs inside a signal handler: system calls only.
static void save_current(void) {
  static volatile sig_atomic_t saved;
  if (saved) return;
  saved = 1;
  const int fd = open(found_path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (fd < 0) {
    say("fuzz: cannot write the input that did it\n");
    return;
  }
  size_t done = 0;
  while (done < current_len) {
    const ssize_t n = write(fd, current_data + done, current_len - done);
    if (n <= 0) break;
    done += (size_t)n;
  }
  close(fd);
  say("fuzz: the input that did it is in ");
  say(found_path);
  say("\n");
}

static void on_signal(int number) {
  say(number == SIGALRM ? "fuzz: this input takes too long\n" : "fuzz: killed by a signal\n");
  save_current();
  signal(number, SIG_DFL);
  raise(number);
}

static void catch_death(void) {
  // Where the test's undeclared outputs end up is told by Bazel; else the current directory.
  const char *dir = getenv("TEST_UNDECLARED_OUTPUTS_DIR");
  snprintf(found_path, sizeof(found_path), "%s/fuzz-input-%ld", dir != NULL ? dir : ".",
           (long)getpid());
  if (__sanitizer_set_death_callback != NULL) __sanitizer_set_death_callback(save_current);
  static const int kSignals[] = {SIGABRT, SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGALRM};
  for (size_t i = 0; i < sizeof(kSignals) / sizeof(kSignals[0]); i++) {
    struct sigaction now;
    struct sigaction before;
    memset(&now, 0, sizeof(now));
    now.sa_handler = on_signal;
    if (sigaction(kSignals[i], NULL, &before) != 0) continue;
    // A sanitizer that handles the signal tells more, and calls save_current by itself.
    if (before.sa_handler == SIG_DFL) sigaction(kSignals[i], &now, NULL);
  }
}

// Runs a copy in a block of just that size, so that AddressSanitizer sees a read behind it.
static void run(const uint8_t *data, size_t len) {
  uint8_t *copy = malloc(len > 0 ? len : 1);
  if (copy == NULL) {
    fputs("fuzz: out of memory\n", stderr);
    exit(1);
  }
  if (len > 0) memcpy(copy, data, len);
  current_data = copy;
  current_len = len;
  alarm(timeout_seconds);
  (void)LLVMFuzzerTestOneInput(copy, len);
  alarm(0);
  free(copy);
}

// Runs the file whole, and what is left of it when it is cut off at a few places.
static int run_file(const char *path) {
  FILE *file = fopen(path, "rb");
  if (file == NULL) {
    perror(path);
    return 0;
  }
  uint8_t *data = NULL;
  size_t len = 0;
  for (size_t room = 4096;; room *= 2) {
    uint8_t *more = realloc(data, room);
    if (more == NULL) break;
    data = more;
    len += fread(data + len, 1, room - len, file);
    if (len < room) break;
  }
  const int ok = data != NULL && feof(file) && !ferror(file);
  if (ok) {
    run(data, len);
    for (size_t i = 1; i < PARTS; i++) run(data, len / PARTS * i + len % PARTS * i / PARTS);
  } else {
    fprintf(stderr, "%s: cannot be read\n", path);
  }
  free(data);
  fclose(file);
  return ok;
}

int main(int argc, char **argv) {
  static const char kTimeout[] = "--timeout=";
  if (LLVMFuzzerInitialize != NULL) LLVMFuzzerInitialize(&argc, &argv);
  int first = 1;
  if (first < argc && strncmp(argv[first], kTimeout, strlen(kTimeout)) == 0) {
    char *end = NULL;
    const unsigned long seconds = strtoul(argv[first] + strlen(kTimeout), &end, 10);
    if (seconds == 0 || seconds > 86400 || *end != '\0') {
      fprintf(stderr, "fuzz: %s wants a number of seconds\n", kTimeout);
      return 2;
    }
    timeout_seconds = (unsigned)seconds;
    first++;
  }
  if (first < argc && argv[first][0] == '-') {
    fprintf(stderr, "fuzz: unknown option %s\n", argv[first]);
    return 2;
  }
  catch_death();

  run(NULL, 0);  // the empty input belongs to every corpus
  for (int i = first; i < argc; i++) {
    if (!run_file(argv[i])) return 2;
  }
  printf("fuzz: %d files\n", argc - first);
  return 0;
}
