// A security layer of SASL (RFC 5034, section 4): what follows the login is protected by the
// mechanism.
#ifndef TOOLS_MAILBOXD_CYRUS_LAYER_H_
#define TOOLS_MAILBOXD_CYRUS_LAYER_H_

#include <sasl/sasl.h>

#include "tools/mailboxd/io.h"

#ifdef __cplusplus
extern "C" {
#endif

// CYRUS_LAYER_BUFFER is how long a protected piece may be that a client sends.
#define CYRUS_LAYER_BUFFER 65536u

// cyrus_layer makes the layer that |conn|, on which a login has succeeded, has agreed on. On 1
// it owns |conn|; 0 if memory ran out or the client takes no pieces of a useful length.
int cyrus_layer(sasl_conn_t *conn, struct io_layer *out);

#ifdef __cplusplus
}  // extern "C"
#endif

#endif  // TOOLS_MAILBOXD_CYRUS_LAYER_H_
