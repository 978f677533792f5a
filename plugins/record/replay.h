// The transport "replay", which plugins/record/record.h describes.
#ifndef POP3_PLUGINS_RECORD_REPLAY_H_
#define POP3_PLUGINS_RECORD_REPLAY_H_

#include <pop3/spi/transport.h>

#ifdef __cplusplus
extern "C" {
#endif
#pragma GCC visibility push(hidden)

// p3_replay_ops is its table.
extern const pop3_transport_ops p3_replay_ops;

#pragma GCC visibility pop
#ifdef __cplusplus
}
#endif

#endif  // POP3_PLUGINS_RECORD_REPLAY_H_
