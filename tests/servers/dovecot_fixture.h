// The one Dovecot of the tests in this program.
#ifndef POP3_TESTS_SERVERS_DOVECOT_FIXTURE_H_
#define POP3_TESTS_SERVERS_DOVECOT_FIXTURE_H_

#include <gtest/gtest.h>

#include <cstdlib>
#include <map>
#include <string>

#include "tests/servers/real_session.h"
#include "tests/servers/server_process.h"

namespace pop3_testing {

constexpr uint32_t kMessages = 20;  // of alice

// Dovecot returns the server, started when it is first asked for.
inline const ServerProcess &Dovecot() {
  static ServerProcess server("tests/servers/dovecot.sh");
  return server;
}

// DovecotTest fails, and says why, where no Dovecot can be run.
class DovecotTest : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(Dovecot().ready()) << "no Dovecot could be started; the script said why above";
  }

  static Address Tcp() {
    const std::string port = Dovecot().fact("port");
    return {"tcp", "127.0.0.1", static_cast<uint32_t>(strtoul(port.c_str(), nullptr, 10)), ""};
  }

  static Address Unix() { return {"unix", Dovecot().fact("socket"), 0, ""}; }

  // Wire is what RETR |number| must give to alice.
  static const std::string &Wire(uint32_t number) {
    static std::map<uint32_t, std::string> read;
    std::string &octets = read[number];
    if (octets.empty()) {
      octets = ReadFile(Dovecot().fact("dir") + "/wire/" + std::to_string(number) + ".eml");
    }
    return octets;
  }

  // Top is what TOP must give: the header, the empty line if there is one, and |lines| lines.
  static std::string TopOf(uint32_t number, uint32_t lines) {
    const std::string &whole = Wire(number);
    size_t end = whole.find("\r\n\r\n");
    if (end == std::string::npos) return whole;
    end += 4;
    for (uint32_t i = 0; i < lines && end < whole.size(); i++) {
      end = whole.find("\r\n", end) + 2;
    }
    return whole.substr(0, end);
  }

  // Refill gives |user| a mailbox with |count| messages again.
  static void Refill(const std::string &user, int count) {
    const std::string folder = Dovecot().fact("dir") + "/mail/" + user + "/Maildir";
    std::string output;
    ASSERT_EQ(RunProgram({"/usr/bin/python3", RunfilePath("tests/servers/mailbox.py"), "maildir",
                          folder, std::to_string(count)},
                         &output),
              0);
    ASSERT_EQ(RunProgram({"/bin/chown", "-R", "5000:5000", folder}, &output), 0);
  }
};

// EveryWay is for tests that run over TCP and over the Unix socket.
class DovecotEveryWay : public DovecotTest, public testing::WithParamInterface<const char *> {
 protected:
  static Address Here() { return std::string(GetParam()) == "tcp" ? Tcp() : Unix(); }
};

}  // namespace pop3_testing

#endif  // POP3_TESTS_SERVERS_DOVECOT_FIXTURE_H_
