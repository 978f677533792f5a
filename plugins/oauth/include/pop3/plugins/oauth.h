// The mechanisms "oauthbearer" (RFC 7628) and "xoauth2" (Google's and Microsoft's, before that):
// login with an OAuth 2 access token, POP3_CREDENTIAL_TOKEN.
//
// The user name goes along; oauthbearer takes POP3_CREDENTIAL_AUTHZID instead if there is one. A
// token may be of any length. It can be read from what is sent, so that the channel has to be
// encrypted.
//
// What the server says about a token that it refuses (JSON) is handed to the session as the detail
// of the attempt. The caller is then asked once for a fresh token, and if it gives another one,
// that is tried in its place; a server that refuses with a response code other than [AUTH] does not
// mean the token. The error text of a final refusal has the status of the JSON.
#ifndef POP3_PLUGINS_OAUTH_OAUTH_H_
#define POP3_PLUGINS_OAUTH_OAUTH_H_

#include <pop3/spi/plugin.h>

#ifdef __cplusplus
extern "C" {
#endif

// pop3_plugin_oauth returns the plugin with the mechanisms "oauthbearer" and "xoauth2", for
// pop3_registry_add; NULL if it cannot work with a host of |host_abi|. The descriptor is static.
const pop3_plugin *pop3_plugin_oauth(uint32_t host_abi);

#ifdef __cplusplus
}
#endif

#endif  // POP3_PLUGINS_OAUTH_OAUTH_H_
