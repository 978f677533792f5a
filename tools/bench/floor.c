#define _GNU_SOURCE 1
#include "tools/bench/floor.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tools/bench/raw.h"

// The longest "RETR n" with its CRLF.
#define RETR_MAX 18

// Receives |octets| octets, parsing nothing.
static int receive(int fd, uint8_t *buf, uint64_t octets, bench_sample *out) {
  while (octets > 0) {
    const size_t len = bench_raw_recv(fd, buf, BENCH_RAW_BUFFER);
    if (len == 0 || len > octets) {
      fprintf(stderr, "bench: the recv loop got %s octets than expected\n",
              len == 0 ? "fewer" : "more");
      return 0;
    }
    octets -= len;
    out->octets += len;
  }
  return 1;
}

// Sends |len| octets; in one go if the kernel takes them. If not, it may be that the server takes
// no more before we have read.
static int send_all(int fd, const char *data, size_t len, uint8_t *buf, bench_sample *out) {
  while (len > 0) {
    const ssize_t put = send(fd, data, len, MSG_DONTWAIT | MSG_NOSIGNAL);
    if (put >= 0) {
      data += put;
      len -= (size_t)put;
      continue;
    }
    struct pollfd wait = {fd, POLLIN | POLLOUT, 0};
    if ((errno != EAGAIN && errno != EINTR) || (poll(&wait, 1, -1) < 0 && errno != EINTR)) {
      fprintf(stderr, "bench: send: %s\n", strerror(errno));
      return 0;
    }
    if ((wait.revents & POLLIN) != 0) out->octets += bench_raw_recv(fd, buf, BENCH_RAW_BUFFER);
  }
  return 1;
}

static int fetch_pipelined(int fd, const bench_census *census, uint8_t *buf, bench_sample *out) {
  char *lines = malloc((size_t)census->count * RETR_MAX);
  if (lines == NULL) {
    fprintf(stderr, "bench: out of memory\n");
    return 0;
  }
  size_t len = 0;
  for (uint32_t n = 1; n <= census->count; n++) {
    len += (size_t)snprintf(lines + len, RETR_MAX + 1, "RETR %u\r\n", (unsigned)n);
  }
  const int good = send_all(fd, lines, len, buf, out) && out->octets <= census->wire_octets &&
                   receive(fd, buf, census->wire_octets - out->octets, out);
  free(lines);
  return good;
}

static int fetch_lockstep(int fd, const bench_census *census, uint8_t *buf, bench_sample *out) {
  for (uint32_t n = 1; n <= census->count; n++) {
    char line[RETR_MAX + 1];
    const int len = snprintf(line, sizeof(line), "RETR %u\r\n", (unsigned)n);
    if (!bench_raw_send(fd, line, (size_t)len) || !receive(fd, buf, census->wire_of[n - 1], out)) {
      return 0;
    }
  }
  return 1;
}

int bench_floor_run(const void *arg, bench_sample *out) {
  const bench_floor *task = arg;
  const int fd = bench_raw_open(task->url);
  uint8_t *buf = malloc(BENCH_RAW_BUFFER);
  int good = 0;
  if (fd >= 0 && buf != NULL) {
    // Room for all commands in one write.
    const int room = 512 << 10;
    (void)setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &room, sizeof(room));
    good = task->lockstep ? fetch_lockstep(fd, task->census, buf, out)
                          : fetch_pipelined(fd, task->census, buf, out);
    out->messages = task->census->count;
    good = good ? bench_raw_quit(fd) : (close(fd), 0);
  }
  free(buf);
  return good;
}
