// A session with a real server, for tests: short calls that say what they got.
#ifndef POP3_TESTS_SERVERS_REAL_SESSION_H_
#define POP3_TESTS_SERVERS_REAL_SESSION_H_

#include <pop3/pop3.h>

#include <functional>
#include <map>
#include <string>
#include <vector>

namespace pop3_testing {

// Address is where a server listens.
struct Address {
  std::string transport;  // "tcp", "tls" (on tcp) or "unix"
  std::string host;       // name, address or path
  uint32_t port = 0;
  std::string source;  // "tcp": the client's own address, or ""
};

// Filler adds plugins to a registry.
using Filler = std::function<pop3_status(pop3_registry *, pop3_error *)>;

// Plan is how a session connects and logs in. What is "" is not given.
struct Plan {
  Address address;
  std::string user;
  std::string password;
  std::string token;
  std::string mechanism;
  pop3_tls_policy tls = POP3_TLS_DEFAULT;
  std::map<std::string, std::string> options;  // of the transports: "tls.ca_file"
  Filler plugins;                              // the usual ones, if empty
};

// RealSession is a connection that is not logged in yet.
class RealSession {
 public:
  explicit RealSession(const Plan &plan);
  RealSession(const Address &address, const std::string &user, const std::string &password,
              const char *mechanism = nullptr);
  ~RealSession();
  RealSession(const RealSession &) = delete;
  RealSession &operator=(const RealSession &) = delete;

  pop3_session *get() const { return session_; }
  // error is of the last call.
  const pop3_error &error() const { return error_; }
  pop3_error *err() {
    error_ = pop3_error{};
    return &error_;
  }
  // reply is the text of the last status line.
  std::string reply() const;

  pop3_status Login() { return pop3_login(session_, err()); }
  pop3_status Stat(uint32_t *count, uint64_t *octets) {
    return pop3_stat(session_, count, octets, err());
  }
  // List and Uidl give "1 120" or "1 uid" for each message.
  pop3_status List(std::vector<std::string> *out);
  pop3_status Uidl(std::vector<std::string> *out);
  pop3_status Retr(uint32_t number, std::string *out);
  pop3_status Top(uint32_t number, uint32_t lines, std::string *out);
  pop3_status RawMulti(const char *line, std::string *out);
  pop3_status Quit(pop3_quit_outcome *outcome) { return pop3_quit(session_, outcome, err()); }
  bool Has(uint32_t capability) const;
  // Answer is what the transports say to a question; "" if nothing.
  std::string Answer(pop3_query what) const;
  bool IsEncrypted() const;

 private:
  pop3_registry *registry_ = nullptr;
  pop3_session *session_ = nullptr;
  pop3_error error_ = POP3_ERROR_INIT;
};

// StringSink appends a body to |*out|.
pop3_sink StringSink(std::string *out);

}  // namespace pop3_testing

#endif  // POP3_TESTS_SERVERS_REAL_SESSION_H_
