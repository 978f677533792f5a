// What tcp and unix have in common once there is a socket: reading, writing, shutting down, what to
// wait for, and errno in words. Nothing here ever blocks, whatever the socket's own mode.
#ifndef POP3_TRANSPORTS_SOCKIO_H_
#define POP3_TRANSPORTS_SOCKIO_H_

#include <pop3/spi/transport.h>

#ifdef __cplusplus
extern "C" {
#endif
#pragma GCC visibility push(hidden)

// P3_SOCK_WORDS_MAX is the room that p3_sock_words wants.
#define P3_SOCK_WORDS_MAX 80

// p3_sock_words says in a few words what |sys_errno| means for a connection ("refused"). Returns
// |buf| or a static string.
const char *p3_sock_words(int sys_errno, char *buf, size_t buf_cap);

// p3_sock_read, p3_sock_write and p3_sock_shutdown are the operations of the same names in
// pop3_transport_ops on a stream socket. |layer| is the transport's name for |err|.
pop3_io p3_sock_read(const pop3_host *host, const char *layer, int fd, uint8_t *buf, size_t cap,
                     size_t *out_len, pop3_error *err);
pop3_io p3_sock_write(const pop3_host *host, const char *layer, int fd, const uint8_t *data,
                      size_t data_len, size_t *out_len, pop3_error *err);
pop3_io p3_sock_shutdown(const pop3_host *host, const char *layer, int fd, pop3_error *err);

// p3_sock_wait adds a descriptor to |io|; nothing if |events| is 0 or there is no room.
void p3_sock_wait(pop3_interest *io, int fd, uint32_t events);

// p3_sock_call_at lowers the deadline of |io| to |deadline_ms|.
void p3_sock_call_at(pop3_interest *io, int64_t deadline_ms);

// p3_sock_answer answers a query with a text.
pop3_status p3_sock_answer(pop3_answer *out, const char *text);

// p3_sock_close closes |*fd| unless it is -1, and makes it -1.
void p3_sock_close(int *fd);

#pragma GCC visibility pop
#ifdef __cplusplus
}
#endif

#endif  // POP3_TRANSPORTS_SOCKIO_H_
