// What the command line says about TLS, as options of the transport "tls".
#ifndef POP3_TOOLS_CLI_TLS_OPTIONS_H_
#define POP3_TOOLS_CLI_TLS_OPTIONS_H_

#include <pop3/plugins/tls.h>
#include <pop3/spi/plugin.h>
#include <stddef.h>

#include "tools/cli/options.h"
#include "tools/cli/patience.h"

#ifdef __cplusplus
extern "C" {
#endif

// CLI_TLS_OPTIONS_MAX is how many there can be.
#define CLI_TLS_OPTIONS_MAX 13

// cli_passphrase is how the key's passphrase is found.
typedef struct cli_passphrase {
  pop3_tls_passphrase ask;
  const cli_options *options;
  const cli_patience *patience;  // of the person who is asked
} cli_passphrase;

// cli_tls_options writes them to |out| and returns how many there are. |passphrase| is filled; it
// asks on the terminal, unless --no-prompt is given, and must stay valid as long as the session.
size_t cli_tls_options(pop3_option out[CLI_TLS_OPTIONS_MAX], cli_passphrase *passphrase,
                       const cli_options *options, const cli_patience *patience);

#ifdef __cplusplus
}
#endif

#endif  // POP3_TOOLS_CLI_TLS_OPTIONS_H_
