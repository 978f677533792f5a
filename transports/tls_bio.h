// A BIO over the transport below, with a buffer of its own: BoringSSL reads a record's five octets
// of header and then its body, and neither should cost a call into the kernel.
#ifndef POP3_TRANSPORTS_TLS_BIO_H_
#define POP3_TRANSPORTS_TLS_BIO_H_

#include <openssl/bio.h>
#include <pop3/spi/transport.h>

#ifdef __cplusplus
extern "C" {
#endif
#pragma GCC visibility push(hidden)

// P3_TLS_FIRST_MAX is how many of the peer's first octets are kept, to tell what it speaks.
#define P3_TLS_FIRST_MAX 64

// p3_tls_bio is the state. It is placed inside the transport.
typedef struct p3_tls_bio {
  const pop3_host *host;
  const pop3_layer *lower;
  void *owner;  // see p3_tls_bio_owner
  BIO_METHOD *method;
  BIO *bio;  // belongs to the SSL once that has been told of it
  uint8_t *buf;
  size_t start;
  size_t end;
  pop3_io want;        // what the transport below last waited for
  int exhausted;       // the budget was used up: nothing to wait for, call again at once
  unsigned budget;     // how often the transport below may still be read
  int eof;             // the transport below has ended
  int read_failed;     // it has failed, as |error| says
  int write_failed;    // likewise
  pop3_error error;    // of the first failure
  uint64_t octets_in;  // from the transport below
  uint8_t first[P3_TLS_FIRST_MAX];
  size_t first_len;
} p3_tls_bio;

// p3_tls_bio_init makes |self| over |lower|. POP3_ERR_MEMORY is its only failure; clean up in any
// case.
pop3_status p3_tls_bio_init(p3_tls_bio *self, const pop3_host *host, const pop3_layer *lower,
                            void *owner, pop3_error *err);

// p3_tls_bio_cleanup frees everything but |bio|, which must be gone, and its own BIO if that was
// never given away (|bio| is not NULL then).
void p3_tls_bio_cleanup(p3_tls_bio *self);

// p3_tls_bio_owner returns the |owner| given to init for |bio|.
void *p3_tls_bio_owner(BIO *bio);

// p3_tls_bio_start is called at the start of each of the transport's operations: it bounds how
// long the peer can hold on to one.
void p3_tls_bio_start(p3_tls_bio *self);

// p3_tls_bio_has_record says whether a whole record waits in the buffer.
int p3_tls_bio_has_record(const p3_tls_bio *self);

#pragma GCC visibility pop
#ifdef __cplusplus
}
#endif

#endif  // POP3_TRANSPORTS_TLS_BIO_H_
