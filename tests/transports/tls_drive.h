// Drives the transport "tls" over a peer in the same process, through the function tables.
#ifndef POP3_TESTS_TRANSPORTS_TLS_DRIVE_H_
#define POP3_TESTS_TRANSPORTS_TLS_DRIVE_H_

#include <pop3/spi/transport.h>

#include <memory>
#include <string>
#include <vector>

#include "tests/testing/certificates.h"
#include "tests/testing/memory_transport.h"
#include "tests/testing/test_host.h"
#include "tests/testing/tls_peer.h"

namespace pop3_testing {

// World is what most tests need: an authority, and a server "mail.example.org" of it.
struct World {
  World();
  Identity Issue(const CertificateSpec &spec) const { return Identity(spec, &root); }

  Identity root;
  std::string root_pem;
  Identity mail;
};

// TheWorld is made once for each process.
const World &TheWorld();

// Variable sets an environment variable while it lives; null unsets it.
class Variable {
 public:
  Variable(const char *name, const char *value);
  ~Variable();
  Variable(const Variable &) = delete;
  Variable &operator=(const Variable &) = delete;

 private:
  const char *name_;
  bool was_set_;
  std::string before_;
};

// HashedDir is a folder with one certificate under its hashed name, or with none.
class HashedDir {
 public:
  explicit HashedDir(const Identity *identity);
  ~HashedDir();
  HashedDir(const HashedDir &) = delete;
  HashedDir &operator=(const HashedDir &) = delete;
  const char *path() const { return path_.c_str(); }

 private:
  std::string path_;
  std::string file_;
};

// EchoPeer says a greeting and then what it is told; "QUIT\r\n" makes it close.
class EchoPeer : public Peer {
 public:
  explicit EchoPeer(std::string greeting = "+OK ready\r\n") : to_say_(std::move(greeting)) {}
  void Receive(const uint8_t *data, size_t len) override;
  PeerState Turn(int64_t now_ms, std::string *out) override;
  const std::string &heard() const { return heard_; }

 private:
  std::string to_say_;
  std::string heard_;
  bool closed_ = false;
};

// Options makes pop3_option structs that live as long as it does.
class Options {
 public:
  Options &Text(const char *name, const std::string &text);
  Options &Number(const char *name, int64_t number);
  Options &Object(const char *name, const void *object);
  const std::vector<pop3_option> &get() const { return options_; }

 private:
  std::vector<std::unique_ptr<std::string>> texts_;
  std::vector<pop3_option> options_;
};

// TlsChain is memory, perhaps "flaky", and tls on top.
class TlsChain {
 public:
  TlsChain(TestHost *host, Peer *peer, const WireFaults &faults = WireFaults(), bool flaky = false);
  ~TlsChain();
  TlsChain(const TlsChain &) = delete;
  TlsChain &operator=(const TlsChain &) = delete;

  pop3_status Create(const Options &options, const char *name = "mail.example.org",
                     uint32_t port = 995);
  // Connect, Send, Receive and Read go on until the answer is no WANT, or the peer says nothing any
  // more; Receive until |len| octets are there.
  pop3_io Connect();
  pop3_io Send(const std::string &data);
  pop3_io Receive(size_t len, std::string *out);
  pop3_io Read(std::string *out, size_t cap = 4096);
  pop3_io Shutdown();
  void Destroy();

  std::string AskText(uint32_t what);  // "?" if there is no answer
  int64_t AskNumber(uint32_t what);    // -1 likewise
  const pop3_error &error() const { return error_; }
  std::string text() const { return error_.text; }
  const pop3_layer &tls() const { return layers_.back(); }
  MemoryWire *wire() { return &wire_; }
  FakeClock *clock() { return &clock_; }

 private:
  bool Again(pop3_io io);
  void Push(const pop3_plugin *plugin, const pop3_transport_config &config);

  TestHost *host_;
  FakeClock clock_;
  MemoryWire wire_;
  bool flaky_;
  std::vector<pop3_layer> layers_;
  pop3_error error_ = POP3_ERROR_INIT;
};

// Meeting is how a client and a server got on with each other.
struct Meeting {
  pop3_status status = POP3_OK;  // POP3_OK: the greeting was read
  std::string text;              // of the error
  pop3_error error = POP3_ERROR_INIT;
  std::string verified;  // POP3_QUERY_TLS_VERIFIED
  int64_t proven = -1;   // its number
  int64_t name_verified = -1;
  std::string weakness;      // POP3_QUERY_TLS_WEAKNESS, "?" if there is none
  std::string alpn_refused;  // POP3_QUERY_TLS_ALPN_REFUSED, likewise
  std::string server_error;  // what the server's BoringSSL complained about
  std::string server_name;   // as the server heard it
  bool resumed = false;      // says the server
  int64_t client_certificate = -1;
};

// Meet makes a connection, reads the greeting and ends in order.
Meeting Meet(const TlsServer &server, const Options &options, const char *name = "mail.example.org",
             const TlsFaults &faults = TlsFaults(), uint32_t port = 995);

}  // namespace pop3_testing

#endif  // POP3_TESTS_TRANSPORTS_TLS_DRIVE_H_
