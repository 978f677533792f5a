// What the caller demands of the channel before a login crosses it.
#ifndef POP3_POLICY_H_
#define POP3_POLICY_H_

#ifdef __cplusplus
extern "C" {
#endif

// pop3_tls_policy says whether an unencrypted connection must become an encrypted one (STLS, RFC
// 2595) before anything of a login is sent. A transport "tls" below the session satisfies all.
typedef enum pop3_tls_policy {
  POP3_TLS_DEFAULT = 0,  // required, except on loopback and Unix sockets
  POP3_TLS_REQUIRED,     // pop3_login issues STLS; no login command goes out in the clear
  POP3_TLS_IF_OFFERED,  // pop3_login issues STLS if CAPA has it. An attacker on the path can remove
                        // it from CAPA: see pop3_session_security
  POP3_TLS_NEVER        // STLS only by pop3_stls
} pop3_tls_policy;

// pop3_channel_binding is the caller's policy for binding a login to the TLS channel that it
// crosses (RFC 5056), which the -PLUS mechanisms do.
typedef enum pop3_channel_binding {
  POP3_CHANNEL_BINDING_PREFER = 0,  // bind where both sides can. If the server refuses that, and
                                    // its certificate was verified or pinned, the same mechanism is
                                    // used once more without
  POP3_CHANNEL_BINDING_REQUIRE,     // no mechanism that does not bind is used
  POP3_CHANNEL_BINDING_NEVER        // none that binds; the server is not told that one could
} pop3_channel_binding;

// POP3_STRENGTH_READABLE and more is what a score means (see pop3_auth_ops.score): the password in
// clear; from POP3_STRENGTH_DIGEST on a digest of a secret that both sides keep readable; from
// POP3_STRENGTH_SALTED on salted challenge-response, tokens, certificates; from POP3_STRENGTH_BOUND
// on bound to the TLS channel.
#define POP3_STRENGTH_READABLE 100
#define POP3_STRENGTH_DIGEST 200
#define POP3_STRENGTH_SALTED 300
#define POP3_STRENGTH_BOUND 400

#ifdef __cplusplus
}
#endif

#endif  // POP3_POLICY_H_
