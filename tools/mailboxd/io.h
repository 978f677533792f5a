// How a connection's octets travel: the place where TLS goes between a connection and its socket.
#ifndef TOOLS_MAILBOXD_IO_H_
#define TOOLS_MAILBOXD_IO_H_

#include <stddef.h>
#include <stdint.h>
#include <sys/uio.h>

#ifdef __cplusplus
extern "C" {
#endif

enum io_result {
  IO_DONE,
  IO_WANT_READ,   // nothing moved: try again when the socket is readable
  IO_WANT_WRITE,  // nothing moved: try again when it is writable
  IO_EOF,         // the peer has ended its side
  IO_FAILED       // the connection is gone
};

// io_ops moves octets over a non-blocking socket. |state| is the layer's own.
//
// A layer that reads the octets of `write` itself, as encryption does, must not be given blobs that
// are mapped from files (blob.h).
struct io_ops {
  // handshake is called until IO_DONE, before all others. NULL if there is none. After IO_FAILED
  // the client may still read why, in the layer's own language.
  enum io_result (*handshake)(void *state, int fd);
  enum io_result (*read)(void *state, int fd, uint8_t *out, size_t cap, size_t *out_len);
  // pending says that read would return something although the socket is not readable. NULL: never.
  int (*pending)(const void *state);
  enum io_result (*write)(void *state, int fd, const struct iovec *iov, size_t iov_len,
                          size_t *out_len);
  // end tells the peer that nothing more will be written: IO_DONE, IO_WANT_WRITE or IO_FAILED. NULL
  // if the socket's own end says it.
  enum io_result (*end)(void *state, int fd);
  void (*free)(void *state);  // may be NULL
};

// io_layer is a layer that goes on top of what a connection uses so far. {0} is none.
struct io_layer {
  const struct io_ops *ops;
  void *state;
  // push puts it there; it owns what lies below from then on.
  void (*push)(void *state, const struct io_ops *lower, void *lower_state);
};

// io_plain is the socket itself; its state is NULL.
extern const struct io_ops io_plain;

#ifdef __cplusplus
}  // extern "C"
#endif

#endif  // TOOLS_MAILBOXD_IO_H_
