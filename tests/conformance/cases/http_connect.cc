#include "tests/conformance/cases/proxy_end.h"

void pop3_conformance::Describe(Suite *suite) {
  const std::string start = "CONNECT mail.example:110 HTTP/1.1\r\nHost: mail.example:110\r\n";
  const std::string granted = "HTTP/1.1 200 Connection established\r\nVia: 1.1 gate\r\n\r\n";
  TransportCase open;
  open.label = "open";
  const std::vector<ProxyEnd::Step> talk = {{start + "\r\n", granted}};
  open.peer = [talk] { return std::make_unique<ProxyEnd>(talk); };
  suite->transports.push_back(open);

  TransportCase login;
  login.label = "login";
  login.options = {{"http_connect.user", "rose", 0, nullptr},
                   {"http_connect.password", "proxysecret", 0, nullptr}};
  login.secrets = {"proxysecret", "cm9zZTpwcm94eXNlY3JldA=="};
  const std::vector<ProxyEnd::Step> longer = {
      {start + "Proxy-Authorization: Basic cm9zZTpwcm94eXNlY3JldA==\r\n\r\n",
       "HTTP/1.1 100 Continue\r\n\r\n" + granted}};
  login.peer = [longer] { return std::make_unique<ProxyEnd>(longer); };
  suite->transports.push_back(login);
}
