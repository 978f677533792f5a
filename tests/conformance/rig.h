// A transport under test with everything around it: a host, options, and something at the far end.
#ifndef POP3_TESTS_CONFORMANCE_RIG_H_
#define POP3_TESTS_CONFORMANCE_RIG_H_

#include <memory>
#include <string>
#include <vector>

#include "tests/conformance/conformance.h"
#include "tests/conformance/findings.h"
#include "tests/conformance/subject.h"
#include "tests/conformance/wire.h"
#include "tests/testing/plugin_host.h"

namespace pop3_conformance {

using pop3_testing::PluginHost;

// Bench is what a rule works with.
struct Bench {
  const pop3_transport_ops *ops;  // at full size
  const TransportCase *what;
  Findings *findings;
  int patience_ms;  // how long to wait for something that must happen

  bool is_upper() const { return (ops->flags & POP3_TRANSPORT_UPPER) != 0; }
  std::string prefix() const {
    return (what->option_prefix.empty() ? ops->name : what->option_prefix) + ".";
  }
};

// Whether the answer says to wait.
inline bool IsWant(pop3_io io) { return io == POP3_IO_WANT_READ || io == POP3_IO_WANT_WRITE; }

// Rig is one connection. When it goes, everything must be given back.
class Rig {
 public:
  explicit Rig(const Bench &bench, const WireFaults &faults = WireFaults());
  // On |endpoint| instead of the case's.
  Rig(const Bench &bench, std::unique_ptr<Endpoint> endpoint);
  ~Rig();
  Rig(const Rig &) = delete;
  Rig &operator=(const Rig &) = delete;

  pop3_status Create(const std::vector<pop3_option> &more_options = {});
  // ConnectAll calls connect until it no longer WANTs, waiting in between.
  pop3_io ConnectAll();
  // Establish does both and finds the far end. False, with a finding, if that does not work.
  bool Establish();

  // Say and Heard are the far end's.
  void Say(const std::string &text);
  const std::string &Heard();
  void Finish();
  // Hears waits until the far end has heard |len| octets; false if they do not come.
  bool Hears(size_t len);

  // Read calls until the answer is no WANT that will pass.
  pop3_io Read(std::string *out, size_t cap = 4096);
  // ReadAll reads until |*out| has |len| octets; a finding of |rule| if they do not come.
  bool ReadAll(size_t len, std::string *out, size_t cap, const char *rule);
  // WriteAll writes all of |data|, offering |piece| octets at a time.
  bool WriteAll(const std::string &data, size_t piece, const char *rule);
  pop3_io Shutdown();

  // Wait asks for the interest behind the answer |want| and waits for it. False if nothing came.
  bool Wait(pop3_io want);
  // WaitFor waits for what interest said, after ForgetInterest of the wire.
  bool WaitFor(const pop3_interest &io, pop3_io want);

  // Destroy ends the transport, which must have no effect on the network.
  void Destroy();

  Subject &subject() { return subject_; }
  PluginHost &host() { return host_; }
  Wire *wire() { return wire_.get(); }
  FarEnd *far_end() { return far_end_.get(); }

 private:
  bool CanWait(const pop3_interest &io, pop3_io want);
  bool WaitForDescriptors(const pop3_interest &io);
  void CheckSecrets();

  int fds_before_;
  const Bench &bench_;
  PluginHost host_;
  Subject subject_;
  std::unique_ptr<Peer> peer_;
  std::unique_ptr<Wire> wire_;
  std::unique_ptr<Endpoint> endpoint_;
  std::unique_ptr<FarEnd> far_end_;
  std::string heard_;
};

// Pattern returns |len| octets of every value that do not repeat soon, other ones for each |seed|.
std::string Pattern(size_t len, unsigned seed = 1);

}  // namespace pop3_conformance

#endif  // POP3_TESTS_CONFORMANCE_RIG_H_
