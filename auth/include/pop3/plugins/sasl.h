// The mechanisms of SASL (RFC 4422) over POP3 (RFC 5034), played by Cyrus libsasl2: the family
// "sasl". What is installed as a module of libsasl2 can be used: PLAIN, LOGIN, CRAM-MD5,
// DIGEST-MD5, SCRAM-SHA-1 to -512 and their -PLUS (channel binding), EXTERNAL; ANONYMOUS, GSSAPI
// and whatever else there is only when asked for by name.
//
// PLAIN, DIGEST-MD5, SCRAM, EXTERNAL and GSSAPI can act for somebody else (pop3_identity.authzid),
// the others cannot. EXTERNAL sends that name, or else the user name if it was given in advance, or
// else none: the server then takes the one that the certificate says.
//
// A mechanism by which the server, too, proves that it knows the password (SCRAM, DIGEST-MD5) fails
// if the server says +OK without that proof.
//
// Channel binding is what the transport gives: "tls-exporter" (RFC 9266) on TLS 1.3, "tls-unique"
// on earlier versions, else "tls-server-end-point" (RFC 5929). A transport that is to use another
// one does not answer the query for the first. A server that lists -PLUS on TLS 1.3 but knows only
// "tls-unique" (which TLS 1.3 does not have) refuses: ask for the mechanism without -PLUS by name.
// Where the server does not list -PLUS although the channel could be bound, SCRAM tells it so, and
// a server whose list was tampered with refuses.
//
// On a channel that is not encrypted, DIGEST-MD5 and GSSAPI may bring a security layer, behind
// which all else is encrypted or at least protected; on TLS they are told not to.
//
// libsasl2 is set up once for the whole process, and never shut down. A program that uses libsasl2
// itself calls sasl_client_init (and sasl_set_mutex, sasl_set_alloc) before its first login; it
// then finds nothing changed. Otherwise sasl_set_mutex is called with POSIX mutexes, and messages
// of libsasl2 are not logged.
#ifndef POP3_AUTH_SASL_H_
#define POP3_AUTH_SASL_H_

#include <pop3/spi/plugin.h>

#ifdef __cplusplus
extern "C" {
#endif

// pop3_plugin_sasl returns the plugin with the mechanisms "sasl", for pop3_registry_add; NULL if it
// cannot work with a host of |host_abi|. The descriptor is static.
const pop3_plugin *pop3_plugin_sasl(uint32_t host_abi);

#ifdef __cplusplus
}
#endif

#endif  // POP3_AUTH_SASL_H_
