// The main() of a fuzz test that has no libFuzzer: runs the corpus, then mutations of it.
//
//   TEST [--runs=N] [--max-len=N] [--seed=N] [--timeout=SECONDS] [--dictionary=FILE] INPUT...
//
// When an input makes the program die or hang, it is written to a file, whose name is the INPUT
// that shows the same again.
#define _POSIX_C_SOURCE 200809L

#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tools/bazel/fuzz/mutate.h"

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
  static const int signals[] = {SIGABRT, SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGALRM};
  for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++) {
    struct sigaction now;
    struct sigaction before;
    memset(&now, 0, sizeof(now));
    now.sa_handler = on_signal;
    if (sigaction(signals[i], NULL, &before) != 0) continue;
    // A sanitizer that handles the signal tells more, and calls save_current by itself.
    if (before.sa_handler == SIG_DFL) sigaction(signals[i], &now, NULL);
  }
}

static void run_one(const uint8_t *data, size_t len) {
  current_data = data;
  current_len = len;
  alarm(timeout_seconds);
  (void)LLVMFuzzerTestOneInput(data, len);
  alarm(0);
}

static int read_file(const char *path, fuzz_list *list) {
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
    fuzz_list_add(list, data, len);
  } else {
    fprintf(stderr, "%s: cannot be read\n", path);
  }
  free(data);
  fclose(file);
  return ok;
}

static int read_dictionary(const char *path, fuzz_list *words) {
  fuzz_list file = {NULL, 0};
  int ok = read_file(path, &file);
  if (ok && !fuzz_list_add_dictionary(words, (const char *)file.items[0].data, file.items[0].len)) {
    fprintf(stderr, "%s: not a dictionary as libFuzzer reads it\n", path);
    ok = 0;
  }
  fuzz_list_free(&file);
  return ok;
}

// Returns whether |arg| is |name| with a value behind it, which is a number.
static int number_option(const char *arg, const char *name, uint64_t *out_value) {
  const size_t len = strlen(name);
  if (strncmp(arg, name, len) != 0) return 0;
  char *end = NULL;
  *out_value = strtoull(arg + len, &end, 0);
  if (end == arg + len || *end != '\0') {
    fprintf(stderr, "fuzz: %s wants a number\n", name);
    exit(2);
  }
  return 1;
}

int main(int argc, char **argv) {
  static const char dictionary[] = "--dictionary=";
  uint64_t runs = 0;
  uint64_t max_len = 4096;
  uint64_t seed = 1;
  uint64_t seconds = timeout_seconds;
  fuzz_list inputs = {NULL, 0};
  fuzz_list words = {NULL, 0};
  if (LLVMFuzzerInitialize != NULL) LLVMFuzzerInitialize(&argc, &argv);
  for (int i = 1; i < argc; i++) {
    const char *arg = argv[i];
    if (number_option(arg, "--runs=", &runs) || number_option(arg, "--max-len=", &max_len) ||
        number_option(arg, "--seed=", &seed) || number_option(arg, "--timeout=", &seconds)) {
      continue;
    }
    if (strncmp(arg, dictionary, strlen(dictionary)) == 0) {
      if (!read_dictionary(arg + strlen(dictionary), &words)) return 2;
    } else if (arg[0] == '-') {
      fprintf(stderr, "fuzz: unknown option %s\n", arg);
      return 2;
    } else if (!read_file(arg, &inputs)) {
      return 2;
    }
  }
  timeout_seconds = (unsigned)seconds;
  catch_death();

  const size_t files = inputs.count;
  fuzz_list_add(&inputs, NULL, 0);  // the empty input belongs to every corpus
  for (size_t i = 0; i < inputs.count; i++) run_one(inputs.items[i].data, inputs.items[i].len);
  for (uint64_t i = 0; i < runs; i++) {
    fuzz_bytes input = fuzz_mutate(&inputs, &words, (size_t)max_len, &seed);
    run_one(input.data, input.len);
    free(input.data);
  }
  printf("fuzz: %zu files and %llu mutations of them\n", files, (unsigned long long)runs);
  fuzz_list_free(&inputs);
  fuzz_list_free(&words);
  return 0;
}
