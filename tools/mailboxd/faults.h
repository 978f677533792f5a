// What the server does wrong on purpose, so that clients can be tested. All off unless asked for.
#ifndef TOOLS_MAILBOXD_FAULTS_H_
#define TOOLS_MAILBOXD_FAULTS_H_

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// faults says which wrongs are wanted; {0} is none.
struct faults {
  bool hide_pipelining;  // --no-pipelining: not in CAPA
  bool lie_pipelining;   // --lie-pipelining: what was buffered behind PASS is dropped
  bool quit_fails;       // --quit-fails: QUIT deletes nothing and says so
  bool stls_inject;      // --fault stls-inject: a reply in clear behind the +OK to STLS
  bool stls_refuse;      // --fault stls-refuse: STLS is listed, and refused
  bool stls_strip;       // --fault stls-strip: STLS is neither listed nor known
  bool stls_odd;         // --fault stls-odd: the reply to STLS is neither +OK nor -ERR
  bool capa_tamper;      // --fault capa-tamper: before TLS CAPA says other things
  bool tls_truncate;     // --fault tls-truncate: TLS is cut in the middle of the first message
  bool no_close_notify;  // --fault no-close-notify: TLS ends without saying so
  bool plus_refuse;      // --fault plus-refuse: -PLUS is listed, and refused at the end
  bool hashed;           // --fault hashed: CRAM-MD5 and DIGEST-MD5 are listed, and refused
  uint64_t chunk;        // --chunk: octets per write, 0 for no limit
  uint64_t delay_ms;     // --delay: before each reply
  bool drops;            // --drop-after was given
  uint64_t drop_after;   // --drop-after: octets sent before the connection is cut
};

// faults_write_limit returns how many octets may be written next, |sent| having been sent before.
uint64_t faults_write_limit(const struct faults *faults, uint64_t sent);

// faults_drop_now says whether the connection is to be cut, |sent| octets having been sent.
bool faults_drop_now(const struct faults *faults, uint64_t sent);

// faults_find finds the member that --fault NAME sets, or NULL.
bool *faults_find(struct faults *faults, const char *name);

// faults_hides_mech says whether mechanism |name| is neither listed nor known.
bool faults_hides_mech(const struct faults *faults, const char *name);

// faults_refuses_mech says whether mechanism |name| is refused, whatever the client proves.
bool faults_refuses_mech(const struct faults *faults, const char *name);

// faults_loses_input says whether input that is waiting behind a login is dropped.
bool faults_loses_input(const struct faults *faults);

#ifdef __cplusplus
}  // extern "C"
#endif

#endif  // TOOLS_MAILBOXD_FAULTS_H_
