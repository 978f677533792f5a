// Text that grows in the host's memory, and files read into it.
#ifndef POP3_TRANSPORTS_TLS_TEXT_H_
#define POP3_TRANSPORTS_TLS_TEXT_H_

#include <pop3/spi/plugin.h>

#ifdef __cplusplus
extern "C" {
#endif
#pragma GCC visibility push(hidden)

// p3_tls_text is a growing piece of memory. |data| has a NUL behind |len| octets, or is NULL.
typedef struct p3_tls_text {
  const pop3_host *host;
  char *data;
  size_t len;
  size_t cap;
  int failed;  // memory ran out: nothing is added any more
} p3_tls_text;

// p3_tls_text_init makes |text| empty.
void p3_tls_text_init(p3_tls_text *text, const pop3_host *host);

// p3_tls_text_reset empties |text|, wiping it, and keeps the memory.
void p3_tls_text_reset(p3_tls_text *text);

// p3_tls_text_free wipes and frees.
void p3_tls_text_free(p3_tls_text *text);

// p3_tls_text_room makes room for |len| octets and a NUL behind what is there, and returns where
// they go; NULL if memory ran out. The caller adds to |len|.
char *p3_tls_text_room(p3_tls_text *text, size_t len);

// p3_tls_text_add appends octets as they are.
void p3_tls_text_add(p3_tls_text *text, const void *data, size_t len);

// p3_tls_text_say appends a string.
void p3_tls_text_say(p3_tls_text *text, const char *string);

// p3_tls_text_clean appends what a stranger wrote: everything but printable ASCII as \xNN.
void p3_tls_text_clean(p3_tls_text *text, const void *data, size_t len);

// p3_tls_text_file appends the contents of the file |path|, which the option |option| names, and
// leaves no other copy in memory. POP3_ERR_LOCAL_IO if it cannot be read, is larger than a megabyte
// (16 with |large|) or is no file.
pop3_status p3_tls_text_file(p3_tls_text *text, const char *path, const char *option, int large,
                             pop3_error *err);

// p3_tls_no_memory fills |err|.
pop3_status p3_tls_no_memory(const pop3_host *host, pop3_error *err);

#pragma GCC visibility pop
#ifdef __cplusplus
}
#endif

#endif  // POP3_TRANSPORTS_TLS_TEXT_H_
