// A mechanism of libsasl2's client, X-PROBE, that keeps what it was told and does what a test
// wants.
#ifndef POP3_TESTS_AUTH_SASL_PROBE_H_
#define POP3_TESTS_AUTH_SASL_PROBE_H_

#include <sasl/sasl.h>

#include <string>

namespace pop3_testing {

// SaslProbe is all static, as libsasl2 is. X-PROBE says one thing, "hello", and is done. Its
// security layer puts a length of four octets before what it carries, and nothing else.
struct SaslProbe {
  // Use makes it known to libsasl2, and all below as it is at first.
  static void Use();
  // Mutexes are what libsasl2 gave its mechanisms to lock with.
  struct Mutexes {
    sasl_mutex_alloc_t *alloc;
    sasl_mutex_lock_t *lock;
    sasl_mutex_unlock_t *unlock;
    sasl_mutex_free_t *free;
  };
  static Mutexes mutexes();
  // How often somebody has told libsasl2 what to lock with, and whether who set up its client last
  // has a say in what it logs: a program that links this has its own sasl_set_mutex and
  // sasl_client_init, which pass on.
  static int mutexes_told;
  static bool takes_the_log;

  // Claim says what it protects against (SASL_SEC_*); at first it claims to hide the password and
  // to log in somebody.
  static void Claim(unsigned security_flags);

  // What it does: the strength of its layer (0: none), how much the layer takes at most (0: what
  // libsasl2 says), and how encoding ends.
  static unsigned ssf;
  static unsigned max_out;
  static int encode_code;

  // What it was told of the channel, and the longest text that its layer had to encode at once.
  static sasl_security_properties_t wanted;
  static unsigned external_ssf;
  static unsigned longest;

  // Frame returns |text| as the layer sends it.
  static std::string Frame(const std::string &text);
};

}  // namespace pop3_testing

#endif  // POP3_TESTS_AUTH_SASL_PROBE_H_
