#include "tests/transports/net_calls.h"

#include <arpa/inet.h>
#include <dlfcn.h>
#include <netdb.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>

namespace pop3_testing {

std::string NetCalls::peer;
std::string NetCalls::name;
std::vector<std::string> NetCalls::addresses;

void NetCalls::Reset() {
  peer.clear();
  name.clear();
  addresses.clear();
}

namespace {

constexpr uint16_t kPort = 110;

// Writes the address of |text| to |*out|. Returns its length, 0 if it is none.
socklen_t Parse(const std::string &text, sockaddr_storage *out) {
  std::memset(out, 0, sizeof(*out));
  auto *v4 = reinterpret_cast<sockaddr_in *>(out);
  auto *v6 = reinterpret_cast<sockaddr_in6 *>(out);
  if (inet_pton(AF_INET, text.c_str(), &v4->sin_addr) == 1) {
    v4->sin_family = AF_INET;
    v4->sin_port = htons(kPort);
    return sizeof(*v4);
  }
  if (inet_pton(AF_INET6, text.c_str(), &v6->sin6_addr) != 1) return 0;
  v6->sin6_family = AF_INET6;
  v6->sin6_port = htons(kPort);
  return sizeof(*v6);
}

using LookUp = int (*)(const char *, const char *, const addrinfo *, addrinfo **);

int LookUpEach(LookUp real, const char *service, const addrinfo *hints, addrinfo **out) {
  addrinfo numeric = *hints;
  numeric.ai_flags |= AI_NUMERICHOST;
  *out = nullptr;
  for (auto it = NetCalls::addresses.rbegin(); it != NetCalls::addresses.rend(); ++it) {
    addrinfo *one = nullptr;
    const int code = real(it->c_str(), service, &numeric, &one);
    if (code != 0) return code;
    one->ai_next = *out;  // each has a block of its own
    *out = one;
  }
  return 0;
}

}  // namespace
}  // namespace pop3_testing

extern "C" {

int getpeername(int fd, struct sockaddr *out, socklen_t *len) noexcept {
  using pop3_testing::NetCalls;
  const socklen_t room = *len;
  const int result = static_cast<int>(syscall(SYS_getpeername, fd, out, len));
  if (result != 0 || NetCalls::peer.empty() || out->sa_family == AF_UNIX) return result;
  sockaddr_storage told;
  *len = pop3_testing::Parse(NetCalls::peer, &told);
  std::memcpy(out, &told, std::min(*len, room));
  return 0;
}

int getaddrinfo(const char *node, const char *service, const struct addrinfo *hints,
                struct addrinfo **out) {
  using pop3_testing::NetCalls;
  static const auto real = reinterpret_cast<pop3_testing::LookUp>(dlsym(RTLD_NEXT, "getaddrinfo"));
  const bool is_numeric = hints != nullptr && (hints->ai_flags & AI_NUMERICHOST) != 0;
  if (node != nullptr && !is_numeric && !NetCalls::name.empty() && NetCalls::name == node) {
    return pop3_testing::LookUpEach(real, service, hints, out);
  }
  return real(node, service, hints, out);
}

}  // extern "C"
