// Under Bazel, libFuzzer's finding would be lost with the sandbox that the test runs in: it goes to
// the test's undeclared outputs. Weak, so that a fuzz test may have an initialisation of its own.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerInitialize(int *argc, char ***argv);

__attribute__((weak)) int LLVMFuzzerInitialize(int *argc, char ***argv) {
  static char option[4096];
  const char *dir = getenv("TEST_UNDECLARED_OUTPUTS_DIR");
  if (dir == NULL) return 0;
  const int len = snprintf(option, sizeof(option), "-artifact_prefix=%s/", dir);
  char **more = malloc(((size_t)*argc + 2) * sizeof(*more));
  if (more == NULL || len < 0 || (size_t)len >= sizeof(option)) {
    free(more);
    return 0;
  }
  // Second, so that the same option on the command line has the last word. Lives as long as argv.
  more[0] = (*argv)[0];
  more[1] = option;
  memcpy(more + 2, *argv + 1, (size_t)*argc * sizeof(*more));
  *argc += 1;
  *argv = more;
  return 0;
}
