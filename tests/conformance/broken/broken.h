// Plugins that are broken on purpose, each in one way, and the rule of the suite that must say so.
#ifndef POP3_TESTS_CONFORMANCE_BROKEN_BROKEN_H_
#define POP3_TESTS_CONFORMANCE_BROKEN_BROKEN_H_

#include <ostream>
#include <string>
#include <vector>

#include "tests/conformance/conformance.h"

namespace pop3_conformance {

// Broken is one of them.
struct Broken {
  std::string name;  // what it does wrong
  std::string rule;  // what the suite must call it; "" for the one that is in order
  pop3_plugin_entry_fn entry;
  Suite suite;
};

// PrintTo lets GoogleTest say which one.
inline void PrintTo(const Broken &broken, std::ostream *out) { *out << broken.name; }

// BrokenLayers are upper transports, BrokenSockets bottom ones, BrokenMechanisms ways to log in,
// and BrokenDescriptors plugins that no host should take. The first of the others is in order.
std::vector<Broken> BrokenLayers();
std::vector<Broken> BrokenSockets();
std::vector<Broken> BrokenMechanisms();
std::vector<Broken> BrokenDescriptors();

// One descriptor for a plugin with one transport or mechanism.
template <class Tag>
const pop3_plugin *OneTransport(const pop3_transport_ops *ops, uint32_t host_abi) {
  static const pop3_transport_ops *const transports[] = {ops};
  static const pop3_plugin plugin = {
      POP3_ABI, sizeof(pop3_plugin), "broken", "1", transports, 1, nullptr, 0};
  return POP3_ABI_MAJOR(host_abi) == POP3_ABI_MAJOR(POP3_ABI) ? &plugin : nullptr;
}

template <class Tag>
const pop3_plugin *OneMechanism(const pop3_auth_ops *ops, uint32_t host_abi) {
  static const pop3_auth_ops *const auths[] = {ops};
  static const pop3_plugin plugin = {
      POP3_ABI, sizeof(pop3_plugin), "broken", "1", nullptr, 0, auths, 1};
  return POP3_ABI_MAJOR(host_abi) == POP3_ABI_MAJOR(POP3_ABI) ? &plugin : nullptr;
}

}  // namespace pop3_conformance

#endif  // POP3_TESTS_CONFORMANCE_BROKEN_BROKEN_H_
