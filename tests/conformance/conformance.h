// The conformance suite for plugins: what a plugin's own test says about it. The suite does the
// rest.
//
//   #include "tests/conformance/conformance.h"
//
//   void pop3_conformance::Describe(Suite *suite) {
//     TransportCase pigeon;
//     pigeon.endpoint = [] { return std::make_unique<TcpEndpoint>(); };
//     suite->transports.push_back(pigeon);
//   }
//
// and pop3_plugin_test in BUILD makes two tests of it: one with the plugin linked statically, one
// with the loadable object. Each rule is a GoogleTest test whose name is the rule's; every rule
// runs in a process of its own, so that a plugin that hangs or crashes fails that rule alone. The
// rules and what they mean are in docs/conformance.md.
#ifndef POP3_TESTS_CONFORMANCE_CONFORMANCE_H_
#define POP3_TESTS_CONFORMANCE_CONFORMANCE_H_

#include <pop3/spi/auth.h>
#include <pop3/spi/plugin.h>
#include <pop3/spi/transport.h>

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace pop3_conformance {

// Peer is what an upper transport talks to through the transport below it: it speaks the plugin's
// protocol. No I/O and no time: it is told what came and appends what it answers.
class Peer {
 public:
  virtual ~Peer() = default;
  // Hear takes octets that the plugin sent. Append what they mean to |heard| and answers to
  // |to_plugin|.
  virtual void Hear(const std::string &octets) = 0;
  // Say sends |text| to the plugin's user. Before the handshake is over it waits, and then goes
  // out right behind it, as the greeting of a POP3 server does.
  virtual void Say(const std::string &text) = 0;
  // Finish ends the stream behind all that was said, as the protocol has it.
  virtual void Finish() { closed = true; }

  std::string to_plugin;  // what goes out; the suite takes it from here
  std::string heard;      // what the plugin's user wrote, in plain
  bool closed = false;    // behind |to_plugin| the connection has ended
};

// PassThroughPeer is the peer of a transport that changes nothing.
class PassThroughPeer : public Peer {
 public:
  void Hear(const std::string &octets) override { heard += octets; }
  void Say(const std::string &text) override { to_plugin += text; }
};

// FarEnd is the other end of one connection of a bottom transport. None of its functions waits.
class FarEnd {
 public:
  virtual ~FarEnd() = default;
  // Say sends |text|; what cannot be sent yet is kept and sent in later calls.
  virtual void Say(const std::string &text) = 0;
  // Hear appends what has come since the last call. False once the plugin has ended the stream.
  virtual bool Hear(std::string *out) = 0;
  // Close ends the connection in order, behind all that was said.
  virtual void Close() = 0;
  // Reset breaks it off. False if there is no such thing here.
  virtual bool Reset() { return false; }
};

// Endpoint is something that a bottom transport can connect to.
class Endpoint {
 public:
  virtual ~Endpoint() = default;
  // Accept returns the other end of the connection that has just answered DONE, or NULL if none
  // came.
  virtual std::unique_ptr<FarEnd> Accept() = 0;

  std::string host;                  // for pop3_transport_config
  uint32_t port = 0;                 // likewise
  std::vector<pop3_option> options;  // in addition to the case's
};

// SocketEnd is a FarEnd over a connected stream socket, which it owns.
class SocketEnd : public FarEnd {
 public:
  explicit SocketEnd(int fd);
  ~SocketEnd() override;
  SocketEnd(const SocketEnd &) = delete;
  SocketEnd &operator=(const SocketEnd &) = delete;
  void Say(const std::string &text) override;
  bool Hear(std::string *out) override;
  void Close() override;
  bool Reset() override;

 private:
  void Flush();

  int fd_;
  std::string unsent_;
  bool closing_ = false;
  bool ended_ = false;
};

// TcpEndpoint listens on a free port of 127.0.0.1; |host| and |port| say so.
class TcpEndpoint : public Endpoint {
 public:
  TcpEndpoint();
  ~TcpEndpoint() override;
  TcpEndpoint(const TcpEndpoint &) = delete;
  TcpEndpoint &operator=(const TcpEndpoint &) = delete;
  std::unique_ptr<FarEnd> Accept() override;

 private:
  int fd_ = -1;
};

// UnixEndpoint listens on a Unix socket in a folder of its own; |host| is its path.
class UnixEndpoint : public Endpoint {
 public:
  UnixEndpoint();
  ~UnixEndpoint() override;
  UnixEndpoint(const UnixEndpoint &) = delete;
  UnixEndpoint &operator=(const UnixEndpoint &) = delete;
  std::unique_ptr<FarEnd> Accept() override;

 private:
  int fd_ = -1;
  std::string folder_;
};

// Nowhere is an endpoint at which nobody answers, for TransportCase::nowhere.
class Nowhere : public Endpoint {
 public:
  Nowhere(std::string where, uint32_t port_number) {
    host = std::move(where);
    port = port_number;
  }
  std::unique_ptr<FarEnd> Accept() override { return nullptr; }
};

// TransportCase says how to use a transport. The strings that options point to must last as long as
// the program.
struct TransportCase {
  std::string transport;             // its name; may be left out if the plugin has only one
  std::string label;                 // tells cases of one transport apart, in the tests' names
  std::string option_prefix;         // of its options, if that is not its name
  std::vector<pop3_option> options;  // what it needs to be created
  std::vector<std::string> secrets;  // what may not be left in memory, notes or errors
  // A bottom transport has something to connect to, and, if there is such a thing, something where
  // connecting must fail.
  std::function<std::unique_ptr<Endpoint>()> endpoint;
  std::function<std::unique_ptr<Endpoint>()> nowhere;
  // An upper transport has the host and port that it is created with, and a peer.
  std::string host = "mail.example";
  uint32_t port = 110;
  std::function<std::unique_ptr<Peer>()> peer = [] { return std::make_unique<PassThroughPeer>(); };
};

// AuthServer is the server of one login attempt.
class AuthServer {
 public:
  virtual ~AuthServer() = default;
  // Answer takes a line of the client without CRLF and returns the server's: "+OK text",
  // "-ERR text" or "+ base64". What is wrong with the line goes into |complaint|.
  virtual std::string Answer(const std::string &line) = 0;

  std::string complaint;
  bool over = false;  // the answer that it gave last is the last: the client is logged in or out
};

// Turn is a line that a client must send and the server's answer.
struct Turn {
  std::string client;
  std::string server;
};

// Script returns what makes a server that expects exactly these lines.
std::function<std::unique_ptr<AuthServer>()> Script(std::vector<Turn> turns);

// AuthCase is one way to use a mechanism: what the session knows, and a server.
struct AuthCase {
  std::string name;       // of the function table; may be left out if the plugin has only one
  std::string label;      // tells cases of one mechanism apart, in the tests' names
  std::string mechanism;  // what the caller asked for, in upper case: what a family plays
  std::map<pop3_credential, std::string> credentials;
  std::map<std::string, std::string> capabilities;  // keyword to arguments
  std::string timestamp;                            // of the greeting, with angle brackets
  std::string host = "mail.example";
  std::map<uint32_t, std::string> queries;  // pop3_query to data: channel bindings
  bool prefers_two_step = false;            // what the session says in its context
  std::function<std::unique_ptr<AuthServer>()> server;
  bool logs_in = true;  // whether the attempt succeeds with this server
  // Whether it may go on after a "-ERR" without a credential that is new: to send the same without
  // an initial response, for example.
  bool may_retry = false;
};

// Suite is everything that a plugin's test says. Each transport and mechanism needs a case.
struct Suite {
  std::vector<TransportCase> transports;
  std::vector<AuthCase> auths;
};

// Describe is written by the plugin's test.
void Describe(Suite *suite);

}  // namespace pop3_conformance

#endif  // POP3_TESTS_CONFORMANCE_CONFORMANCE_H_
