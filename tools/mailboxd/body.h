// A message on its way to a client.
#ifndef TOOLS_MAILBOXD_BODY_H_
#define TOOLS_MAILBOXD_BODY_H_

#include <stddef.h>
#include <stdint.h>

#include "tools/mailboxd/blob.h"
#include "tools/mailboxd/outq.h"
#include "tools/mailboxd/wire.h"

#ifdef __cplusplus
extern "C" {
#endif

// BODY_PREFIX_MAX is how long the text before the parts may be.
#define BODY_PREFIX_MAX 320u
// BODY_MAX_PARTS is how many runs of shared octets a body may consist of.
#define BODY_MAX_PARTS 3u

// body_part is a run of octets in wire form, sent |times| times.
struct body_part {
  struct blob *blob;
  const uint8_t *data;
  size_t len;
  uint64_t times;
};

// body is what to send after the status line of RETR or TOP: a prefix, then the parts, then what is
// read from a file and converted on the way; then the final dot.
struct body {
  int no_map;  // set by who opens a message: the octets will be read, so none may be mapped
               // (blob.h)
  size_t prefix_len;
  struct body_part parts[BODY_MAX_PARTS];
  uint32_t num_parts, part;  // parts, and the first that is not done
  // The file: octets stream_at to stream_end of stream_fd. The descriptor is closed by
  // body_cleanup.
  int streaming;
  int stream_fd;
  uint64_t stream_at, stream_end;
  struct wire stream_wire;
  char prefix[BODY_PREFIX_MAX];
};

enum body_result {
  BODY_MORE,   // the queue is full: call again when something was sent
  BODY_DONE,   // all is queued, the final dot included
  BODY_FAILED  // the file can no longer be read: the connection must be closed
};

// body_init makes |body| an empty one.
void body_init(struct body *body);

// body_add_part appends a run; a reference to |blob| (may be NULL) is taken. Nothing happens if
// |len| or |times| is 0.
void body_add_part(struct body *body, struct blob *blob, const uint8_t *data, size_t len,
                   uint64_t times);

// body_fill adds to |q| until it is full or the body is done.
enum body_result body_fill(struct body *body, struct outq *q);

// body_cleanup gives back references and the descriptor; |body| is then as good as uninitialised.
void body_cleanup(struct body *body);

#ifdef __cplusplus
}  // extern "C"
#endif

#endif  // TOOLS_MAILBOXD_BODY_H_
