// Where clients come from: TCP and Unix sockets.
#ifndef TOOLS_MAILBOXD_LISTENER_H_
#define TOOLS_MAILBOXD_LISTENER_H_

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "tools/mailboxd/conn.h"
#include "tools/mailboxd/loop.h"

#ifdef __cplusplus
extern "C" {
#endif

// listener is one listening socket.
struct listener {
  struct loop_watch watch;
  struct conns *conns;
  int is_unix;
  int tls;       // clients begin with TLS
  char *name;    // "tcp HOST PORT", "tls HOST PORT" or "unix PATH": a line of the port file
  char *path;    // a socket file that is ours to remove, or NULL
  int spare_fd;  // given up for a moment to refuse a client when descriptors run out
};

// listener_tcp listens at HOST:PORT (as 127.0.0.1:0, [::1]:110, localhost:0), for TLS from the
// first octet if |tls|. An address that is
// not loopback needs |allow_remote|. |send_buffer| octets of a connection wait in the kernel at
// most, 0 for what the kernel thinks best: it lets them grow to megabytes, which then have left the
// processor's caches by the time that a client on the same machine reads them, and that is several
// times slower. 0 if it could not: |why| says so in words.
int listener_tcp(struct listener *out, const char *spec, int tls, int allow_remote,
                 uint32_t send_buffer, char *why, size_t why_size);

// listener_unix listens at a path, or at an abstract name if it begins with '@'. A socket file that
// is there already is replaced if nobody answers on it.
int listener_unix(struct listener *out, const char *path, char *why, size_t why_size);

// listener_start begins to accept clients for |conns|; 0 if the system refuses.
int listener_start(struct listener *listener, struct conns *conns);

// listener_cleanup closes it and removes its socket file.
void listener_cleanup(struct listener *listener);

#ifdef __cplusplus
}  // extern "C"
#endif

#endif  // TOOLS_MAILBOXD_LISTENER_H_
