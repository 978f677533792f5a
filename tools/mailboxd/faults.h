// What the server does wrong on purpose, so that clients can be tested. All off unless asked for.
#ifndef TOOLS_MAILBOXD_FAULTS_H_
#define TOOLS_MAILBOXD_FAULTS_H_

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// faults says which wrongs are wanted; {0} is none.
struct faults {
  int hide_pipelining;  // --no-pipelining: not in CAPA
  int lie_pipelining;   // --lie-pipelining: what was buffered behind PASS is dropped
  int quit_fails;       // --quit-fails: QUIT deletes nothing and says so
  int stls_inject;      // --fault stls-inject: a reply in clear behind the +OK to STLS
  int stls_refuse;      // --fault stls-refuse: STLS is listed, and refused
  int stls_strip;       // --fault stls-strip: STLS is neither listed nor known
  int stls_odd;         // --fault stls-odd: the reply to STLS is neither +OK nor -ERR
  int capa_tamper;      // --fault capa-tamper: before TLS CAPA says other things
  int tls_truncate;     // --fault tls-truncate: TLS is cut in the middle of the first message
  int no_close_notify;  // --fault no-close-notify: TLS ends without saying so
  int plus_refuse;      // --fault plus-refuse: -PLUS is listed, and refused at the end
  int hashed;           // --fault hashed: CRAM-MD5 and DIGEST-MD5 are listed, and refused
  uint64_t chunk;       // --chunk: octets per write, 0 for no limit
  uint64_t delay_ms;    // --delay: before each reply
  int drops;            // --drop-after was given
  uint64_t drop_after;  // --drop-after: octets sent before the connection is cut
};

// faults_write_limit returns how many octets may be written next, |sent| having been sent before.
uint64_t faults_write_limit(const struct faults *faults, uint64_t sent);

// faults_drop_now says whether the connection is to be cut, |sent| octets having been sent.
int faults_drop_now(const struct faults *faults, uint64_t sent);

// faults_find finds the member that --fault NAME sets, or NULL.
int *faults_find(struct faults *faults, const char *name);

// faults_hides_mech says whether mechanism |name| is neither listed nor known.
int faults_hides_mech(const struct faults *faults, const char *name);

// faults_refuses_mech says whether mechanism |name| is refused, whatever the client proves.
int faults_refuses_mech(const struct faults *faults, const char *name);

// faults_loses_input says whether input that is waiting behind a login is dropped.
int faults_loses_input(const struct faults *faults);

#ifdef __cplusplus
}  // extern "C"
#endif

#endif  // TOOLS_MAILBOXD_FAULTS_H_
