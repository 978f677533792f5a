#include "tests/conformance/cases/proxy_end.h"

namespace {

std::string Octets(const std::vector<int> &octets) { return {octets.begin(), octets.end()}; }

}  // namespace

void pop3_conformance::Describe(Suite *suite) {
  const ProxyEnd::Step request = {Octets({5, 1, 0, 3, 12}) + "mail.example" + Octets({0, 110}),
                                  Octets({5, 0, 0, 1, 127, 0, 0, 1, 4, 56})};
  TransportCase open;
  open.label = "open";
  const std::vector<ProxyEnd::Step> talk = {{Octets({5, 1, 0}), Octets({5, 0})}, request};
  open.peer = [talk] { return std::make_unique<ProxyEnd>(talk); };
  suite->transports.push_back(open);

  TransportCase login;
  login.label = "login";
  login.options = {{"socks5.user", "rose", 0, nullptr},
                   {"socks5.password", "proxysecret", 0, nullptr}};
  login.secrets = {"proxysecret"};
  const std::vector<ProxyEnd::Step> longer = {
      {Octets({5, 2, 0, 2}), Octets({5, 2})},
      {Octets({1, 4}) + "rose" + Octets({11}) + "proxysecret", Octets({1, 0})},
      request};
  login.peer = [longer] { return std::make_unique<ProxyEnd>(longer); };
  suite->transports.push_back(login);
}
