// The engine's inside, for the files of this folder.
#ifndef POP3_CORE_ENGINE_ENGINE_STATE_H_
#define POP3_CORE_ENGINE_ENGINE_STATE_H_

#include <pop3/engine.h>

#include "core/codec/dot.h"
#include "core/engine/auth_response.h"
#include "core/engine/op.h"

#ifdef __cplusplus
extern "C" {
#endif

// p3_engine_mode is what the octets that come next belong to.
typedef enum p3_engine_mode {
  P3_MODE_GREETING = 0,
  P3_MODE_STATUS,     // a status line, if a command is in flight
  P3_MODE_LINES,      // the lines of a listing
  P3_MODE_BODY,       // a message
  P3_MODE_CHALLENGED  // AUTH: our turn to speak
} p3_engine_mode;

// p3_engine_phase says whether octets are taken and given at all.
typedef enum p3_engine_phase {
  P3_ENGINE_OPEN = 0,
  P3_ENGINE_ANSWERED,   // a command with P3_OP_HOLDS was answered
  P3_ENGINE_UPGRADING,  // behind the +OK to STLS, or a security layer is to be pushed
  P3_ENGINE_CLOSED,     // QUIT was answered, or the server hung up in order
  P3_ENGINE_FAILED      // |error| is sticky
} p3_engine_phase;

// p3_engine_input is the receive buffer.
typedef struct p3_engine_input {
  uint8_t *octets;  // limits.recv_buffer of them, or NULL; received are [at, end)
  size_t at;
  size_t end;
  size_t scanned;  // of these, how many behind |at| hold no LF
  size_t high;     // the largest that |end| ever was: behind it nothing was written
} p3_engine_input;

// p3_engine_output is the send buffer.
typedef struct p3_engine_output {
  uint8_t *octets;  // limits.send_buffer of them, or NULL; to be sent are [at, end)
  size_t at;
  size_t end;
  int has_secret;  // some of them are secret
  int had_secret;  // some that were sent before were
  int refilling;   // between the low and the high mark of the pipeline
} p3_engine_output;

// p3_engine_reading is the reply that is being read.
typedef struct p3_engine_reading {
  p3_dot dot;
  pop3_reply reply;
  char *text;  // the line of |reply|, and behind it a unique-id; or NULL
  size_t text_cap;
  uint64_t octets;      // of the body, so far
  uint32_t items;       // lines of the listing, so far
  pop3_item last_item;  // LIST n, UIDL n answered in several lines
  pop3_capabilities building;
  uint32_t auth_rounds;
} p3_engine_reading;

// p3_engine_server is what is known of the server.
typedef struct p3_engine_server {
  pop3_reply greeting;
  char *greeting_text;        // its line
  char *first_greeting_text;  // of the connection before p3_engine_restart, or NULL
  const char *timestamp;      // inside |greeting_text|
  size_t timestamp_len;
  pop3_capabilities capabilities;
  int has_capabilities;
  int refused_capa;   // in the present state: it is not asked again
  int authenticated;  // a login command succeeded
} p3_engine_server;

struct pop3_engine {
  pop3_allocator allocator;
  pop3_limits limits;
  pop3_quirks quirks;
  pop3_engine_options options;
  p3_op_queue queue;
  pop3_op_id last_id;
  p3_engine_phase phase;
  p3_engine_mode mode;
  int depth;   // > 0 inside a callback or a call that runs them
  int paused;  // by the sink of the first operation
  int ended;   // no more octets will come
  pop3_error error;
  p3_engine_input recv;
  p3_engine_output send;
  p3_engine_reading reading;
  p3_auth_response response;
  p3_engine_server server;
};

#ifdef __cplusplus
}
#endif

#endif  // POP3_CORE_ENGINE_ENGINE_STATE_H_
