#define _GNU_SOURCE 1  // MAP_ANONYMOUS
#include "tools/bench/census.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "tools/bench/child.h"
#include "tools/bench/raw.h"

// Where in a reply to RETR the reader stands.
enum place { IN_STATUS, AT_START, IN_LINE, BEHIND_CR, BEHIND_DOT, BEHIND_DOT_CR, AT_END };

// Takes one octet; what is part of the message is counted in |body|. RFC 1939 section 3 as it is
// written, with nothing clever.
static enum place step(enum place place, uint8_t c, uint64_t *body) {
  switch (place) {
    case IN_STATUS:
      return c == '\n' ? AT_START : IN_STATUS;
    case AT_START:
      if (c == '.') return BEHIND_DOT;
      break;
    case BEHIND_CR:
      if (c != '\n') break;
      (*body)++;
      return AT_START;
    case BEHIND_DOT:
      if (c == '\r') return BEHIND_DOT_CR;
      break;
    case BEHIND_DOT_CR:
      if (c == '\n') return AT_END;
      (*body)++;  // the CR was text
      break;
    case IN_LINE:
    case AT_END:
      break;
  }
  (*body)++;
  return c == '\r' ? BEHIND_CR : IN_LINE;
}

static int read_message(int fd, uint8_t *buf, size_t cap, uint64_t *wire, uint64_t *body) {
  enum place place = IN_STATUS;
  while (place != AT_END) {
    const size_t len = bench_raw_recv(fd, buf, cap);
    if (len == 0 || (*wire == 0 && buf[0] != '+')) return 0;
    for (size_t i = 0; i < len; i++) {
      if (place == AT_END) return 0;  // more than was asked for
      place = step(place, buf[i], body);
    }
    *wire += len;
  }
  return 1;
}

static int read_all(int fd, bench_census *census) {
  static uint8_t buf[BENCH_RAW_BUFFER];
  for (uint32_t n = 1; n <= census->count; n++) {
    char command[32];
    const int len = snprintf(command, sizeof(command), "RETR %u\r\n", (unsigned)n);
    uint64_t *wire = &census->wire_of[n - 1];
    *wire = 0;
    if (!bench_raw_send(fd, command, (size_t)len) ||
        !read_message(fd, buf, sizeof(buf), wire, &census->body_octets)) {
      fprintf(stderr, "bench: the reply to RETR %u is not understood\n", (unsigned)n);
      return 0;
    }
    census->wire_octets += *wire;
  }
  return 1;
}

// What the child process gets: |census| lies in memory that it shares.
struct task {
  const pop3_url *url;
  bench_census *census;
};

static int take(const void *arg, bench_sample *out) {
  const struct task *task = arg;
  (void)out;
  const int fd = bench_raw_open(task->url);
  if (fd < 0) return 0;
  return read_all(fd, task->census) && bench_raw_quit(fd);
}

static uint32_t count_messages(const pop3_url *url) {
  char line[BENCH_RAW_LINE];
  unsigned long count = 0;
  const int fd = bench_raw_open(url);
  if (fd < 0) return 0;
  if (bench_raw_command(fd, "STAT\r\n", line) && line[3] == ' ') {
    count = strtoul(line + 4, NULL, 10);
  }
  if (count == 0 || count > INT32_MAX) {
    fprintf(stderr, "bench: there is nothing to fetch\n");
    count = 0;
  }
  return bench_raw_quit(fd) ? (uint32_t)count : 0;
}

static size_t octets_for(uint32_t count) {
  return sizeof(bench_census) + count * sizeof(((bench_census *)NULL)->wire_of[0]);
}

bench_census *bench_census_take(const pop3_url *url) {
  const uint32_t count = count_messages(url);
  if (count == 0) return NULL;
  bench_census *census =
      mmap(NULL, octets_for(count), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (census == MAP_FAILED) {
    fprintf(stderr, "bench: mmap: %s\n", strerror(errno));
    return NULL;
  }
  census->count = count;
  const struct task task = {url, census};
  bench_sample sample;
  // In a child: what it touches must not be counted as the memory of the clients that follow.
  if (bench_child_run(BENCH_PIN_NONE, take, &task, &sample)) return census;
  bench_census_free(census);
  return NULL;
}

void bench_census_free(bench_census *census) {
  if (census != NULL) (void)munmap(census, octets_for(census->count));
}
