// The rule about what a plugin's entry hands out.
#include <algorithm>
#include <cstring>
#include <set>

#include "tests/conformance/rules.h"

namespace pop3_conformance {

namespace {

constexpr char kRule[] = "Descriptor";

bool IsName(const char *name, size_t most) {
  if (name == nullptr) return false;
  const size_t len = strnlen(name, most + 1);
  return len > 0 && len <= most &&
         strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_-") == std::strlen(name);
}

template <class Ops>
bool CheckTable(const Ops *ops, const char *kind, size_t least, size_t name_most,
                Findings *findings) {
  if (ops == nullptr) {
    findings->Add(kRule, "a table of a %s is NULL", kind);
    return false;
  }
  if (POP3_ABI_MAJOR(ops->abi) != POP3_ABI_MAJOR(POP3_ABI)) {
    findings->Add(kRule, "a %s is built for version %u of the interface; this is %u", kind,
                  POP3_ABI_MAJOR(ops->abi), POP3_ABI_MAJOR(POP3_ABI));
    return false;
  }
  if (ops->size < least) {
    findings->Add(kRule, "the table of a %s has the size %u; it needs %zu", kind, ops->size, least);
    return false;
  }
  if (!IsName(ops->name, name_most)) {
    findings->Add(kRule, "the name of a %s is not 1 to %zu of a-z 0-9 - _", kind, name_most);
    return false;
  }
  return true;
}

void CheckMember(bool is_there, const char *name, const char *member, Findings *findings) {
  if (!is_there) findings->Add(kRule, "%s has no %s, which is required", name, member);
}

void CheckTransport(const pop3_transport_ops *ops, Findings *findings) {
  if (!CheckTable(ops, "transport", offsetof(pop3_transport_ops, destroy) + sizeof(ops->destroy),
                  15, findings)) {
    return;
  }
  const uint32_t place = ops->flags & (POP3_TRANSPORT_BOTTOM | POP3_TRANSPORT_UPPER);
  if (place != POP3_TRANSPORT_BOTTOM && place != POP3_TRANSPORT_UPPER) {
    findings->Add(kRule, "the flags of transport %s say neither bottom nor upper, or both",
                  ops->name);
  }
  const bool encrypts = (ops->flags & POP3_TRANSPORT_ENCRYPTS) != 0;
  if (encrypts && place != POP3_TRANSPORT_UPPER) {
    findings->Add(kRule, "transport %s encrypts, but does not stand on another one", ops->name);
  }
  if ((ops->flags & ~(place | POP3_TRANSPORT_ENCRYPTS)) != 0) {
    findings->Add(kRule, "the flags of transport %s have unknown bits", ops->name);
  }
  CheckMember(ops->create != nullptr, ops->name, "create", findings);
  CheckMember(ops->connect != nullptr, ops->name, "connect", findings);
  CheckMember(ops->read != nullptr, ops->name, "read", findings);
  CheckMember(ops->write != nullptr, ops->name, "write", findings);
  CheckMember(ops->interest != nullptr, ops->name, "interest", findings);
  CheckMember(ops->destroy != nullptr, ops->name, "destroy", findings);
}

void CheckAuth(const pop3_auth_ops *ops, Findings *findings) {
  if (!CheckTable(ops, "mechanism", offsetof(pop3_auth_ops, end) + sizeof(ops->end), 20,
                  findings)) {
    return;
  }
  constexpr uint32_t kKnown = POP3_AUTH_CLEARTEXT | POP3_AUTH_ONLY_IF_ASKED | POP3_AUTH_FAMILY |
                              POP3_AUTH_AUTHZID | POP3_AUTH_NO_CAPABILITIES;
  if ((ops->flags & ~kKnown) != 0) {
    findings->Add(kRule, "mechanism %s has flags that do not exist", ops->name);
  }
  CheckMember(ops->score != nullptr, ops->name, "score", findings);
  CheckMember(ops->begin != nullptr, ops->name, "begin", findings);
  CheckMember(ops->step != nullptr, ops->name, "step", findings);
  CheckMember(ops->end != nullptr, ops->name, "end", findings);
}

// Each of a list has a name of its own, and a case.
template <class Ops, class Cases, class Member>
void CheckCovered(const Ops *const *list, size_t count, const Cases &cases, Member member,
                  const char *kind, Findings *findings) {
  std::set<std::string> names;
  for (size_t i = 0; i < count; i++) {
    if (list[i] == nullptr || list[i]->name == nullptr) continue;
    const std::string name = list[i]->name;
    if (!names.insert(name).second) {
      findings->Add(kRule, "two %ss are called %s", kind, name.c_str());
    }
    const bool is_covered = std::any_of(cases.begin(), cases.end(), [&](const auto &entry) {
      return entry.*member == name || (count == 1 && (entry.*member).empty());
    });
    if (!is_covered) findings->Add(kRule, "the test has no case for %s %s", kind, name.c_str());
  }
  for (const auto &entry : cases) {
    const std::string &name = entry.*member;
    if (name.empty() ? count != 1 : names.count(name) == 0) {
      findings->Add(kRule, "the test has a case for %s \"%s\", which the plugin does not have",
                    kind, name.c_str());
    }
  }
}

}  // namespace

void CheckDescriptor(pop3_plugin_entry_fn entry, const Suite &suite, Findings *findings) {
  constexpr uint32_t kMajor = UINT32_C(1) << 16;
  if (entry(POP3_ABI + kMajor) != nullptr || entry(POP3_ABI - kMajor) != nullptr) {
    findings->Add(kRule, "the entry does not return NULL to a host of another major version");
  }
  const pop3_plugin *plugin = entry(POP3_ABI);
  if (plugin == nullptr) {
    findings->Add(kRule, "the entry returns NULL to this host");
    return;
  }
  if (entry(POP3_ABI) != plugin || entry(POP3_ABI + 1) != plugin) {
    findings->Add(kRule,
                  "the entry returns another descriptor each time, or none to a host that is "
                  "newer by a minor version");
  }
  if (POP3_ABI_MAJOR(plugin->abi) != POP3_ABI_MAJOR(POP3_ABI)) {
    findings->Add(kRule, "the descriptor is of version %u of the interface; this is %u",
                  POP3_ABI_MAJOR(plugin->abi), POP3_ABI_MAJOR(POP3_ABI));
    return;
  }
  if (!POP3_HAS_MEMBER(pop3_plugin, plugin, num_auths)) {
    findings->Add(kRule, "the descriptor has the size %u; it needs %zu", plugin->size,
                  sizeof(pop3_plugin));
    return;
  }
  if (!IsName(plugin->name, 15)) {
    findings->Add(kRule, "the plugin's name is not 1 to 15 of a-z 0-9 - _");
  }
  if (plugin->version == nullptr || plugin->version[0] == '\0') {
    findings->Add(kRule, "the plugin has no version");
  }
  const size_t num_transports = plugin->transports != nullptr ? plugin->num_transports : 0;
  const size_t num_auths = plugin->auths != nullptr ? plugin->num_auths : 0;
  if (num_transports != plugin->num_transports || num_auths != plugin->num_auths ||
      num_transports + num_auths == 0) {
    findings->Add(kRule, "the plugin offers nothing, or a list of it is NULL");
  }
  for (size_t i = 0; i < num_transports; i++) CheckTransport(plugin->transports[i], findings);
  for (size_t i = 0; i < num_auths; i++) CheckAuth(plugin->auths[i], findings);
  CheckCovered(plugin->transports, num_transports, suite.transports, &TransportCase::transport,
               "transport", findings);
  CheckCovered(plugin->auths, num_auths, suite.auths, &AuthCase::name, "mechanism", findings);
}

}  // namespace pop3_conformance
