// A connection that exists in memory only: the bottom transport "fake", upper transports that put a
// simple cipher on it, and the server at the other end. Everything is in one thread, and time
// passes only where somebody waits.
#ifndef POP3_TESTS_CORE_FAKE_WIRE_H_
#define POP3_TESTS_CORE_FAKE_WIRE_H_

#include <pop3/spi/transport.h>

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <string>
#include <vector>

namespace pop3_core_test {

// FakeWire is one connection and its server. It outlives the session. Give it to the transports as
// the option {"fake.wire", .object = &wire}.
struct FakeWire {
  // The clock of the session: {clock_ms, clock_arg} = {FakeWire::Clock, &wire}.
  int64_t now_ms = 1000000;
  static int64_t Clock(void *arg) { return static_cast<FakeWire *>(arg)->now_ms; }

  // The server: it says |greeting| once connected, answers a line with |replies| or else with what
  // |server| returns. An empty answer is none.
  std::string greeting = "+OK ready\r\n";
  std::map<std::string, std::string> replies;
  std::function<std::string(const std::string &line)> server;
  std::vector<std::string> lines;  // what the client sent, without CRLF
  std::string sent;                // all of it, as the server reads it
  std::string raw_sent;            // all of it, as it went over the wire

  // The octets.
  std::string incoming;           // to be read by the client (as plain text)
  bool eof = false;               // the server closed behind them
  bool read_fails = false;        // behind them
  bool write_fails = false;       // the next write
  bool write_eof = false;         // the next write answers EOF
  size_t read_most = SIZE_MAX;    // octets of one read
  size_t write_most = SIZE_MAX;   // octets of one write
  size_t write_room = SIZE_MAX;   // octets until writes answer WANT_WRITE
  bool read_wants_write = false;  // a read that has nothing answers WANT_WRITE
  std::deque<pop3_io> connects;   // answers of connect before DONE
  bool connect_never = false;
  bool has_pending = true;  // the transport has |pending|'s answer; else it says 0

  // What queries learn.
  bool local = true;
  bool encrypted = true;  // what "tls" says of itself
  bool verified = true;   // and of the peer
  bool name_verified = true;

  // Waiting. Each look at what there is to wait for, when nothing is, calls |on_wait|, or else lets
  // a quarter of a second pass; after |patience| of them in a row every read fails. |real_time|
  // does nothing of that.
  std::function<void()> on_wait;
  bool real_time = false;
  int patience = 2000;
  bool hung = false;
  uint32_t last_events = 0;  // asked of the bottom transport

  // A create of the transport of this name fails; a connect of it answers FAIL or EOF.
  std::string create_fails;
  std::string connect_fails;
  std::string connect_eof;

  // Called inside of each create.
  std::function<void(const std::string &name, const pop3_transport_config *config)> on_create;

  // The option with which a connect that fails would succeed, and what "fake" says of it.
  std::string again;
  bool only_once = false;

  // What happened: "fake.create", "tls.connect", ...
  std::vector<std::string> calls;
  // Breaches of the transport contract.
  std::vector<std::string> complaints;

  // Say has the server send |text|.
  void Say(const std::string &text) { incoming += text; }
  // Count returns how often |call| happened.
  int Count(const std::string &call) const;

  // The rest is the transports' own.
  void Take(const uint8_t *data, size_t len);
  bool Wait();
  uint8_t key = 0;  // what both ends add to each octet
  std::string partial;
  int barren = 0;
};

// FakeWirePlugin returns the plugin with the transports "fake" (bottom), "tls" and "shift" (upper).
const pop3_plugin *FakeWirePlugin();

// ShiftLayer returns an upper transport that is in no registry.
const pop3_transport_ops *ShiftLayer();

// WireOf finds the wire among the options of a transport.
FakeWire *WireOf(const pop3_option *options, size_t num_options);

}  // namespace pop3_core_test

#endif  // POP3_TESTS_CORE_FAKE_WIRE_H_
