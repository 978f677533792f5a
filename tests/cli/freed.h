// What is freed while a secret is in it: a program that links this looks at all that goes through
// its free and realloc.
#ifndef POP3_TESTS_CLI_FREED_H_
#define POP3_TESTS_CLI_FREED_H_

// Freed is all static: there is one process.
struct Freed {
  // Watch begins to look for |secret|, of 63 octets at the most.
  static void Watch(const char *secret);
  // Stop ends that, and returns how often it was freed.
  static int Stop();
};

#endif  // POP3_TESTS_CLI_FREED_H_
