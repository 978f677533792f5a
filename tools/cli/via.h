// The way to the server that --via and --record describe.
#ifndef POP3_TOOLS_CLI_VIA_H_
#define POP3_TOOLS_CLI_VIA_H_

#include <pop3/registry.h>
#include <pop3/session.h>
#include <pop3/url.h>

#ifdef __cplusplus
extern "C" {
#endif

// cli_via_session makes a session as pop3_session_new_url does, but for what |via| and |record| say
// (either may be NULL): the transports that they need are put into |registry| unless it has them,
// between the others of |url|, with their options. |via| is
// "socks5://[USER[:PASSWORD]@]HOST[:PORT]", "http://[USER[:PASSWORD]@]HOST:PORT", "exec:COMMAND" or
// "replay:FILE"; |record| is a file. Fails with POP3_ERR_ARGUMENT if they make no sense, or as
// pop3_session_new does. Errors never show a password.
pop3_status cli_via_session(pop3_session **out, pop3_registry *registry, const pop3_url *url,
                            const pop3_session_options *options, const char *via,
                            const char *record, pop3_error *err);

#ifdef __cplusplus
}
#endif

#endif  // POP3_TOOLS_CLI_VIA_H_
