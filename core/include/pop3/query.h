// Questions to the transports, and their answers.
#ifndef POP3_QUERY_H_
#define POP3_QUERY_H_

#include <pop3/size.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// pop3_query is a question that goes down the chain of transports until one answers it.
typedef enum pop3_query {
  POP3_QUERY_FD = 1,           // number: the descriptor of the lowest transport
  POP3_QUERY_PEER_NAME,        // data: "192.0.2.1:110" or a path
  POP3_QUERY_LOCAL_NAME,       // data: likewise
  POP3_QUERY_IS_LOCAL,         // number: 1 if the octets do not leave this machine (loopback, Unix)
  POP3_QUERY_IS_ENCRYPTED,     // number: 1 if the octets are encrypted and the peer was verified as
                               // the caller demanded
  POP3_QUERY_TLS_VERSION,      // data: "TLSv1.3"
  POP3_QUERY_TLS_CIPHER,       // data
  POP3_QUERY_TLS_ALPN,         // data
  POP3_QUERY_TLS_RESUMED,      // number
  POP3_QUERY_TLS_VERIFIED,     // data: how the peer was verified, in words; number: 1 if chain and
                               // name, or a pin, prove who it is
  POP3_QUERY_TLS_PEER_CHAIN,   // data: PEM
  POP3_QUERY_CB_TLS_EXPORTER,  // data: channel binding of RFC 9266
  POP3_QUERY_CB_TLS_UNIQUE,    // data: channel binding of RFC 5929
  POP3_QUERY_CB_TLS_SERVER_END_POINT,  // data: channel binding of RFC 5929
  POP3_QUERY_TLS_SUBJECT,              // data: the peer certificate's subject
  POP3_QUERY_TLS_ISSUER,               // data: its issuer
  POP3_QUERY_TLS_NAMES,                // data: the names it is for, separated by ", "
  POP3_QUERY_TLS_EXPIRES,              // number: the last second it is valid, since 1970
  POP3_QUERY_TLS_SPKI_SHA256,          // data: SHA-256 of its public key info, in base64
  POP3_QUERY_TLS_CLIENT_CERT,          // number: 1 if the peer asked for a certificate and got one
  POP3_QUERY_TLS_WEAKNESS,      // data: what is weak about the certificates, in words, though
                                // they were accepted; no answer if nothing is
  POP3_QUERY_TLS_ALPN_REFUSED,  // data: the protocol name that the server refused, so that
                                // the connection was made anew without it
  POP3_QUERY_AGAIN,  // data: of a transport whose connect has failed: the name of an option, with
                     // its |number|, with which one new connection may succeed. Asked of that
                     // transport alone, once in a session
  POP3_QUERY_ONLY_ONCE,  // number: 1 if the connection cannot be made anew from the same options (a
                         // descriptor of the caller's)
  POP3_QUERY_TLS_NAME_VERIFIED,  // number: 1 if the certificate is for the server's name; 0 if
                                 // nobody looked (tls.check_name), or the program accepted it for
                                 // all that
  POP3_QUERY_PLUGIN = 0x10000    // from here on: questions that plugins agree on among themselves
} pop3_query;

// pop3_answer holds the answer. |data| belongs to the transport and is valid until the next call
// into it.
typedef struct pop3_answer {
  uint32_t size;  // sizeof(pop3_answer)
  uint32_t reserved;
  int64_t number;
  const uint8_t *data;
  size_t data_len;
} pop3_answer;

// POP3_ANSWER_INIT is an empty pop3_answer.
#define POP3_ANSWER_INIT \
  { POP3_SIZEOF(pop3_answer), 0, 0, NULL, 0 }

#ifdef __cplusplus
}
#endif

#endif  // POP3_QUERY_H_
