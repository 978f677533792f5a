#define _GNU_SOURCE 1
#include "tools/bench/tls_floor.h"

#include <openssl/ssl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tools/bench/raw.h"

// The longest "RETR n" with its CRLF.
#define RETR_MAX 18

static int fail(const char *what) {
  fprintf(stderr, "bench: the SSL_read loop: %s\n", what);
  return 0;
}

static int send_all(SSL *ssl, const char *data, size_t len) {
  return SSL_write(ssl, data, (int)len) == (int)len ? 1 : fail("SSL_write");
}

// Reads one line, behind which nothing follows yet.
static int read_line(SSL *ssl, char line[BENCH_RAW_LINE]) {
  size_t len = 0;
  while (len == 0 || line[len - 1] != '\n') {
    const int got =
        len < BENCH_RAW_LINE ? SSL_read(ssl, line + len, (int)(BENCH_RAW_LINE - len)) : 0;
    if (got <= 0) return fail("no line");
    len += (size_t)got;
  }
  return len > 3 && memcmp(line, "+OK", 3) == 0 ? 1 : fail("the server refuses");
}

static int login(SSL *ssl, const pop3_url *url) {
  char lines[2 * BENCH_RAW_LINE];
  char line[BENCH_RAW_LINE];
  const size_t len = bench_raw_login(lines, sizeof(lines), url);
  if (len == 0) return 0;
  const size_t user = (size_t)(strchr(lines, '\n') + 1 - lines);
  return read_line(ssl, line) && send_all(ssl, lines, user) && read_line(ssl, line) &&
         send_all(ssl, lines + user, len - user) && read_line(ssl, line);
}

static int fetch(SSL *ssl, const bench_census *census, uint8_t *buf, bench_sample *out) {
  char *lines = malloc((size_t)census->count * RETR_MAX + 1);
  if (lines == NULL) return fail("out of memory");
  size_t len = 0;
  for (uint32_t n = 1; n <= census->count; n++) {
    len += (size_t)snprintf(lines + len, RETR_MAX + 1, "RETR %u\r\n", (unsigned)n);
  }
  int good = send_all(ssl, lines, len);
  free(lines);
  while (good && out->octets < census->wire_octets) {
    const int got = SSL_read(ssl, buf, (int)BENCH_RAW_BUFFER);
    good = got > 0 && out->octets + (uint64_t)got <= census->wire_octets
               ? 1
               : fail("more or fewer octets than expected");
    if (good) out->octets += (uint64_t)got;
  }
  return good;
}

static int run(SSL_CTX *context, const bench_tls_floor *task, int fd, uint8_t *buf,
               bench_sample *out) {
  char line[BENCH_RAW_LINE];
  SSL *ssl = SSL_new(context);
  if (ssl == NULL || SSL_set_fd(ssl, fd) != 1) {
    SSL_free(ssl);
    return fail("no SSL");
  }
  SSL_set_verify(ssl, SSL_VERIFY_PEER, NULL);
  int good = SSL_connect(ssl) == 1 ? 1 : fail("SSL_connect");
  good = good && login(ssl, task->url) && fetch(ssl, task->census, buf, out) &&
         send_all(ssl, "QUIT\r\n", 6) && read_line(ssl, line);
  out->messages = task->census->count;
  if (good) (void)SSL_shutdown(ssl);
  SSL_free(ssl);
  return good;
}

int bench_tls_floor_run(const void *arg, bench_sample *out) {
  const bench_tls_floor *task = arg;
  const int fd = bench_raw_connect(task->url);
  uint8_t *buf = malloc(BENCH_RAW_BUFFER);
  SSL_CTX *context = SSL_CTX_new(TLS_method());
  int good = 0;
  if (fd >= 0 && buf != NULL && context != NULL) {
    good = SSL_CTX_load_verify_locations(context, task->ca_file, NULL) == 1
               ? run(context, task, fd, buf, out)
               : fail(task->ca_file);
  }
  SSL_CTX_free(context);
  free(buf);
  if (fd >= 0) close(fd);
  return good;
}
