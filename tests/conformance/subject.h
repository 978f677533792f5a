// One transport under test: each call is watched, and its answer checked for what holds always.
#ifndef POP3_TESTS_CONFORMANCE_SUBJECT_H_
#define POP3_TESTS_CONFORMANCE_SUBJECT_H_

#include <pop3/spi/transport.h>

#include <string>

#include "tests/conformance/findings.h"
#include "tests/testing/plugin_host.h"

namespace pop3_conformance {

using pop3_testing::PluginHost;

// IoName returns "DONE", "WANT_READ", ...
const char *IoName(pop3_io io);

// Subject calls the functions of one transport.
class Subject {
 public:
  Subject(PluginHost *host, Findings *findings, const pop3_transport_ops *ops)
      : host_(host), findings_(findings), ops_(ops) {}
  Subject(const Subject &) = delete;
  Subject &operator=(const Subject &) = delete;

  pop3_status Create(const pop3_transport_config &config, const pop3_layer *lower);
  pop3_io Connect();
  // Read appends to |*out|.
  pop3_io Read(std::string *out, size_t cap);
  pop3_io Write(const std::string &data, size_t *out_len);
  pop3_io Shutdown();
  pop3_interest Interest(uint32_t events);
  int Pending();
  pop3_status Query(uint32_t what, pop3_answer *out);
  void Destroy();

  // layer is the transport as another one on top of it would see it.
  pop3_layer layer() const { return {ops_, self_}; }
  bool alive() const { return self_ != nullptr; }
  bool failed() const { return failed_; }
  const pop3_error &error() const { return error_; }
  const pop3_transport_ops *ops() const { return ops_; }

 private:
  pop3_io Check(const char *what, pop3_io io, unsigned allowed);
  void CheckFilled(const char *what, int status);

  PluginHost *host_;
  Findings *findings_;
  const pop3_transport_ops *ops_;
  void *self_ = nullptr;
  bool failed_ = false;
  pop3_error error_ = POP3_ERROR_INIT;
};

}  // namespace pop3_conformance

#endif  // POP3_TESTS_CONFORMANCE_SUBJECT_H_
