// The authentication interface: a way to log in, as an exchange of lines.
#ifndef POP3_SPI_AUTH_H_
#define POP3_SPI_AUTH_H_

#include <pop3/credential.h>
#include <pop3/policy.h>
#include <pop3/spi/plugin.h>

#ifdef __cplusplus
extern "C" {
#endif

struct pop3_transport_ops;

// POP3_CHANNEL_PRIVATE: nobody can read along: loopback, a Unix socket, or encrypted with the peer
// verified.
#define POP3_CHANNEL_PRIVATE UINT32_C(1)
// POP3_CHANNEL_CLEARTEXT_ALLOWED: the caller allowed readable credentials on any channel.
#define POP3_CHANNEL_CLEARTEXT_ALLOWED UINT32_C(2)

// pop3_auth_context is what a mechanism may know and ask. The functions take |session| first.
// Everything is valid from begin (or for the time of score) until end.
typedef struct pop3_auth_context {
  uint32_t size;
  uint32_t channel;  // POP3_CHANNEL_*
  void *session;
  const char *mechanism;  // the one asked for by name, upper case, or NULL for any
  const char *host;       // the server's name as the caller gave it
  const char *timestamp;  // the greeting's APOP timestamp with its angle brackets (a checked msg-id
                          // of RFC 822), or NULL
  size_t timestamp_len;
  // capability returns the arguments of a CAPA line, "" if it has none, NULL if the server does not
  // have it or was not asked: |knows_capabilities| tells these two apart.
  const char *(*capability)(void *session, const char *keyword);
  // credential fetches a credential. The octets are the session's, followed by a NUL that does not
  // count, valid until end, and wiped then. POP3_ERR_NO_CREDENTIALS if there is none.
  pop3_status (*credential)(void *session, pop3_credential what, const uint8_t **out_data,
                            size_t *out_len, pop3_error *err);
  // has_credential says whether a credential is likely to be available, without asking anybody. For
  // POP3_CREDENTIAL_AUTHZID it is certain: the host has asked, and says no if that is the user
  // himself.
  int (*has_credential)(void *session, pop3_credential what);
  // query asks the transports (see pop3_query).
  pop3_status (*query)(void *session, uint32_t what, pop3_answer *out);
  // offer is for a POP3_AUTH_FAMILY, from inside its score when |mechanism| is NULL: one call for
  // each mechanism that it could play, in upper case, with its strength or, if that is 0 or less,
  // why not. The session picks among them by the caller's policy and names its choice in
  // |mechanism| at begin. The strings are copied.
  void (*offer)(void *session, const char *mechanism, int strength, const char *why);
  // renew fetches a new credential after the server refused the first. The caller is asked for it,
  // and the old octets are wiped. POP3_ERR_NO_CREDENTIALS if no callback can give another.
  pop3_status (*renew)(void *session, pop3_credential what, const uint8_t **out_data,
                       size_t *out_len, pop3_error *err);
  // detail keeps what the server said about the attempt beyond its reply, for the caller: the error
  // JSON of RFC 7628, for example. Copied; replaces an earlier one. No secrets.
  void (*detail)(void *session, const char *text, size_t text_len);
  // prefers_two_step is 1 if an initial response shall not stand in the AUTH command but follow
  // upon the server's empty challenge, for servers that know RFC 1734 only.
  uint32_t prefers_two_step;
  uint32_t reserved;
  const char *timestamp_problem;  // why |timestamp| is NULL, in words; else NULL
  // channel_binding is a pop3_channel_binding. The host looks after it by strength; a mechanism
  // must not claim that it could have bound the channel where this is POP3_CHANNEL_BINDING_NEVER.
  uint32_t channel_binding;
  // knows_capabilities is 1 if the server answered CAPA and all of that could be read: then what
  // |capability| does not find is not there. 0: it may be.
  uint32_t knows_capabilities;
  // is_given says whether a credential was given in advance: credential then asks nobody for it.
  int (*is_given)(void *session, pop3_credential what);
} pop3_auth_context;

// pop3_auth_event is what the server just did.
typedef enum pop3_auth_event {
  POP3_AUTH_START = 0,  // nothing yet: produce the first line
  POP3_AUTH_POSITIVE,   // +OK; |data| is its text
  POP3_AUTH_NEGATIVE,   // -ERR; |data| is its text
  POP3_AUTH_CHALLENGE   // "+ "; |data| is what follows, still in base64
} pop3_auth_event;

// pop3_auth_input is handed to step.
typedef struct pop3_auth_input {
  uint32_t size;
  pop3_auth_event event;
  const char *data;  // not NUL-terminated
  size_t data_len;
} pop3_auth_input;

// pop3_auth_verdict is step's answer.
typedef enum pop3_auth_verdict {
  POP3_AUTH_SEND = 0,  // send the line in |out|
  POP3_AUTH_DONE,      // logged in (only in answer to POP3_AUTH_POSITIVE)
  POP3_AUTH_FAIL  // give up. After POP3_AUTH_NEGATIVE the host reports the server's refusal; else
                  // |err| is filled. After POP3_AUTH_CHALLENGE the host cancels with "*"
} pop3_auth_verdict;

// pop3_auth_output is filled by step.
typedef struct pop3_auth_output {
  uint32_t size;
  uint32_t is_command;  // 1: |line| is a command (START, POSITIVE, NEGATIVE); 0: it answers a
                        // challenge
  const uint8_t *line;  // without CRLF; the plugin's, valid until the next call into it
  size_t line_len;
  size_t secret_offset;  // from here on it must not be shown; line_len if all may be
  // With POP3_AUTH_DONE a security layer may be pushed: the host creates it on the present chain.
  const struct pop3_transport_ops *layer;
  const pop3_option *layer_options;
  size_t num_layer_options;
  // release_layer, if not NULL, is called exactly once when |layer_options| are no longer needed:
  // after the layer's create, whatever that returned, or instead of it if the session ends before.
  // end may have been called by then.
  void (*release_layer)(const pop3_option *layer_options, size_t num_layer_options);
} pop3_auth_output;

// POP3_AUTH_CLEARTEXT: the password or token can be read from what is sent. Never used on a channel
// that is not private unless the caller allowed it.
#define POP3_AUTH_CLEARTEXT UINT32_C(1)
// POP3_AUTH_ONLY_IF_ASKED: never chosen by itself, only by name.
#define POP3_AUTH_ONLY_IF_ASKED UINT32_C(2)

// POP3_AUTH_FAMILY: plays several mechanisms under their own names (SASL). It is asked for every
// name that no other plugin has, finds it in context->mechanism, and looks after context->channel
// itself: a mechanism that sends something readable must score 0 on a channel that is neither
// private nor allowed. Where context->mechanism is NULL, score calls context->offer for each.
#define POP3_AUTH_FAMILY UINT32_C(4)
// POP3_AUTH_AUTHZID: tells the server POP3_CREDENTIAL_AUTHZID. A mechanism without it is left out
// where the caller wants to act for somebody else. A family that has it looks after each of its
// mechanisms itself: one that cannot must score 0 where has_credential has that.
#define POP3_AUTH_AUTHZID UINT32_C(8)
// POP3_AUTH_NO_CAPABILITIES: asked for by name, neither its score nor its exchange depends on what
// the server says that it can. CAPA is then not sent for it, unless it is needed for STLS.
#define POP3_AUTH_NO_CAPABILITIES UINT32_C(16)

typedef struct pop3_auth_ops pop3_auth_ops;

// pop3_auth_ops is an authentication plugin's function table.
//
// Contract. score may be called at any time after the greeting, in any order, without begin. An
// attempt is: begin once; step with POP3_AUTH_START; step again with each answer of the server
// until a verdict other than POP3_AUTH_SEND; end exactly once after a begin that returned POP3_OK,
// also in the middle of an exchange. Every call returns at once.
struct pop3_auth_ops {
  uint32_t abi;      // POP3_ABI
  uint32_t size;     // sizeof(pop3_auth_ops)
  const char *name;  // the name to ask for: "user", "apop", "rpop", or lower-case SASL names; at
                     // most 20 octets of [a-z0-9_-]
  uint32_t flags;    // POP3_AUTH_*
  uint32_t reserved;

  // score says how good this mechanism is here: 0 or less: unusable, with the reason as a
  // NUL-terminated line in |why|; more is stronger (see POP3_STRENGTH_*). Where TLS has verified
  // the server and the caller named nothing, the host ranks a readable password above a digest of a
  // shared secret: a server that keeps passwords hashed can check only the former. Required.
  int (*score)(const pop3_host *host, const pop3_auth_context *context, char *why, size_t why_cap);

  // begin makes the state of one attempt. Required.
  pop3_status (*begin)(const pop3_host *host, const pop3_auth_context *context, void **out_self,
                       pop3_error *err);

  // step takes what the server did and says what to do. Required.
  pop3_auth_verdict (*step)(void *self, const pop3_auth_input *in, pop3_auth_output *out,
                            pop3_error *err);

  // end frees the attempt, wiping secrets. Required.
  void (*end)(void *self);
};

#ifdef __cplusplus
}
#endif

#endif  // POP3_SPI_AUTH_H_
