
#include <gtest/gtest.h>
#include <pop3/plugins/socks5.h>

#include <string>
#include <vector>

#include "tests/plugins/mail_run.h"
#include "tests/plugins/scripted_lower.h"
#include "tests/testing/failing_allocator.h"
#include "tests/testing/fake_clock.h"
#include "tests/testing/socket_server.h"
#include "tests/testing/test_host.h"
#include "tests/transports/drive.h"

namespace pop3_testing {
namespace socks5_test {
namespace {

using Step = MailPeer::Step;

std::string Octets(const std::vector<int> &octets) { return {octets.begin(), octets.end()}; }

// What a client sends for mail.example, port 110.
const std::string kRequest = Octets({5, 1, 0, 3, 12}) + "mail.example" + Octets({0, 110});
const std::string kGranted = Octets({5, 0, 0, 1, 127, 0, 0, 1, 4, 56});

std::vector<Step> Plain(const std::string &reply = kGranted) {
  return {{Octets({5, 1, 0}), Octets({5, 0})}, {kRequest, reply}};
}

std::vector<Step> WithLogin(const std::string &answer = Octets({1, 0})) {
  return {{Octets({5, 2, 0, 2}), Octets({5, 2})},
          {Octets({1, 4}) + "rose" + Octets({6}) + "proxys", answer},
          {kRequest, kGranted}};
}

MailRun Via(const char *bottom = "memory") {
  MailRun run;
  run.transports = {bottom, "socks5"};
  run.plugins = {pop3_plugin_socks5(POP3_ABI)};
  return run;
}

MailRun ViaLogin() {
  MailRun run = Via();
  run.options = {Text("socks5.user", "rose"), Text("socks5.password", "proxys")};
  return run;
}

// The error of a session whose proxy plays |steps|.
std::string Failure(const std::vector<Step> &steps, pop3_status expected, MailRun run = Via()) {
  MailPeer peer(steps, true);
  EXPECT_EQ(RunOverMemory(&run, &peer), expected) << run.error.text;
  EXPECT_EQ(run.error.status, expected);
  EXPECT_EQ(peer.complaints(), std::vector<std::string>());
  return run.error.text;
}

TEST(Socks5, DescribesItself) {
  const pop3_plugin *plugin = pop3_plugin_socks5(POP3_ABI);
  ASSERT_EQ(plugin->num_transports, 1u);
  EXPECT_STREQ(plugin->transports[0]->name, "socks5");
  EXPECT_EQ(plugin->transports[0]->flags, POP3_TRANSPORT_UPPER);
  EXPECT_EQ(pop3_plugin_socks5(POP3_ABI + (UINT32_C(1) << 16)), nullptr);
}

TEST(Socks5, CarriesASession) {
  MailPeer peer(Plain());
  MailRun run = Via();
  ASSERT_EQ(RunOverMemory(&run, &peer), POP3_OK) << run.error.text;
  EXPECT_EQ(run.body, kMail);
  EXPECT_EQ(run.peer_name, "mail.example:110");
  EXPECT_EQ(run.is_private, 0) << "although the proxy is on this machine";
  EXPECT_EQ(run.is_encrypted, 0);
  EXPECT_EQ(peer.complaints(), std::vector<std::string>());
}

TEST(Socks5, KeepsThePasswordOfTheMailFromAnOpenWay) {
  MailPeer peer(Plain());
  MailRun run = Via();
  run.allow_cleartext = false;
  EXPECT_EQ(RunOverMemory(&run, &peer), POP3_ERR_POLICY) << run.error.text;
  EXPECT_EQ(peer.heard().find("sesame"), std::string::npos);
}

TEST(Socks5, LogsInWherePossible) {
  MailPeer peer(WithLogin());
  MailRun run = ViaLogin();
  ASSERT_EQ(RunOverMemory(&run, &peer), POP3_OK) << run.error.text;
  // A proxy that does not want it does not get it.
  MailPeer open({{Octets({5, 2, 0, 2}), Octets({5, 0})}, {kRequest, kGranted}});
  ASSERT_EQ(RunOverMemory(&run, &open), POP3_OK) << run.error.text;
  EXPECT_EQ(open.heard().find("proxys"), std::string::npos);
}

TEST(Socks5, SendsNumericAddressesAsSuch) {
  const std::string v6 = Octets({0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 7});
  const struct {
    const char *host;
    std::string request;
    const char *peer;
  } cases[] = {
      {"192.0.2.7", Octets({5, 1, 0, 1, 192, 0, 2, 7, 0x03, 0xe3}), "192.0.2.7:995"},
      {"2001:db8::7", Octets({5, 1, 0, 4}) + v6 + Octets({0x03, 0xe3}), "[2001:db8::7]:995"},
      {"192.0.2.7.example", Octets({5, 1, 0, 3, 17}) + "192.0.2.7.example" + Octets({0x03, 0xe3}),
       "192.0.2.7.example:995"},
  };
  for (const auto &c : cases) {
    MailRun run = Via();
    run.host = c.host;
    run.port = 995;
    MailPeer peer({{Octets({5, 1, 0}), Octets({5, 0})}, {c.request, kGranted}});
    EXPECT_EQ(RunOverMemory(&run, &peer), POP3_OK) << run.error.text;
    EXPECT_EQ(run.peer_name, c.peer);
  }
}

TEST(Socks5, ReadsAnyAddressInTheReply) {
  for (const std::string &reply :
       {Octets({5, 0, 0, 3, 0, 1, 1}), Octets({5, 0, 0, 3, 1, 'x', 0, 1}),
        Octets({5, 0, 0, 3, 255}) + std::string(257, 'n'),
        Octets({5, 0, 0, 4}) + std::string(18, '\0'), Octets({5, 0, 7, 1, 0, 0, 0, 0, 0, 0})}) {
    for (const Chunking &chunking : {Chunking::Whole(), Chunking::Octets()}) {
      MailPeer peer(Plain(reply));
      MailRun run = Via();
      WireFaults faults;
      faults.read = chunking;
      EXPECT_EQ(RunOverMemory(&run, &peer, faults), POP3_OK) << run.error.text;
      EXPECT_EQ(run.body, kMail);
    }
  }
}

TEST(Socks5, SaysWhyTheProxyRefused) {
  const std::vector<std::string> words = {"the proxy has failed",
                                          "the proxy's rules do not allow it",
                                          "cannot reach the network",
                                          "cannot reach the host",
                                          "refused",
                                          "no answer in time",
                                          "does not make connections",
                                          "does not take this kind of address",
                                          "a reason that RFC 1928 does not have"};
  for (size_t i = 0; i < words.size(); i++) {
    const int code = static_cast<int>(i) + 1;
    const std::string text =
        Failure(Plain(Octets({5, code, 0, 1, 0, 0, 0, 0, 0, 0})), POP3_ERR_CONNECT);
    EXPECT_NE(text.find("cannot connect to mail.example:110: "), std::string::npos) << text;
    EXPECT_NE(text.find(words[i]), std::string::npos) << text;
    EXPECT_NE(text.find("SOCKS error " + std::to_string(code)), std::string::npos) << text;
  }
}

TEST(Socks5, SaysWhatIsWrongWithTheLogin) {
  const std::vector<Step> none = {{Octets({5, 1, 0}), Octets({5, 255})}};
  EXPECT_NE(Failure(none, POP3_ERR_CONNECT).find("socks5.user"), std::string::npos);
  const std::vector<Step> other = {{Octets({5, 1, 0}), Octets({5, 2})}};
  EXPECT_NE(Failure(other, POP3_ERR_CONNECT).find("was not offered"), std::string::npos);
  const std::vector<Step> gssapi = {{Octets({5, 2, 0, 2}), Octets({5, 1})}};
  EXPECT_NE(Failure(gssapi, POP3_ERR_CONNECT, ViaLogin()).find("was not offered"),
            std::string::npos);
  const std::string wrong = Failure({WithLogin(Octets({1, 1}))[0], WithLogin(Octets({1, 1}))[1]},
                                    POP3_ERR_CONNECT, ViaLogin());
  EXPECT_NE(wrong.find("does not accept the user name and password"), std::string::npos) << wrong;
  EXPECT_EQ(wrong.find("proxys"), std::string::npos);
}

TEST(Socks5, KnowsWhatIsNoSocksProxy) {
  for (const std::string &reply : {Octets({4, 0}), std::string("+OK ready\r\n"),
                                   std::string("HTTP/1.1 400\r\n"), Octets({0, 90})}) {
    const std::string text = Failure({{Octets({5, 1, 0}), reply}}, POP3_ERR_CONNECT);
    EXPECT_NE(text.find("does not speak SOCKS 5"), std::string::npos) << text;
  }
  EXPECT_NE(Failure(Plain(Octets({4, 0, 0, 1, 0, 0, 0, 0, 0, 0})), POP3_ERR_CONNECT)
                .find("does not speak SOCKS 5"),
            std::string::npos);
  EXPECT_NE(Failure(Plain(Octets({5, 0, 0, 2, 0, 0, 0, 0, 0, 0})), POP3_ERR_PROTOCOL)
                .find("kind of address"),
            std::string::npos);
  EXPECT_NE(
      Failure({WithLogin()[0], {WithLogin()[1].hear, Octets({5, 0})}}, POP3_ERR_CONNECT, ViaLogin())
          .find("does not speak SOCKS 5"),
      std::string::npos);
}

TEST(Socks5, EndsInWordsAtEachOctet) {
  const size_t handshake = 2 + 2 + kGranted.size();
  for (size_t at = 0; at < handshake; at++) {
    MailPeer peer(WithLogin());
    MailRun run = ViaLogin();
    WireFaults faults;
    faults.eof_at = at;
    EXPECT_EQ(RunOverMemory(&run, &peer, faults), POP3_ERR_EOF) << at;
    EXPECT_NE(std::string(run.error.text).find("the proxy closed the connection"),
              std::string::npos)
        << run.error.text;
    faults.eof_at = kNever;
    faults.fail_read_at = at;
    MailPeer again(WithLogin());
    EXPECT_EQ(RunOverMemory(&run, &again, faults), POP3_ERR_IO) << at;
  }
}

TEST(Socks5, MovesSingleOctetsAmongWants) {
  for (uint32_t seed = 0; seed < 20; seed++) {
    MailPeer peer(WithLogin());
    MailRun run = ViaLogin();
    if (seed % 2 == 1) run.transports = {"memory", "flaky", "socks5", "flaky"};
    WireFaults faults;
    faults.want_everywhere = true;
    faults.read = seed == 0 ? Chunking::Octets() : Chunking::Random(seed);
    faults.write = faults.read;
    ASSERT_EQ(RunOverMemory(&run, &peer, faults), POP3_OK) << run.error.text;
    EXPECT_EQ(run.body, kMail);
  }
}

TEST(Socks5, SurvivesEachCallThatFails) {
  for (uint64_t call = 1;; call++) {
    MailPeer peer(WithLogin());
    MailRun run = ViaLogin();
    WireFaults faults;
    faults.fail_call = call;
    faults.fail_call_persists = true;
    faults.write = Chunking::Octets();
    const pop3_status status = RunOverMemory(&run, &peer, faults);
    if (status == POP3_OK) break;
    ASSERT_LT(call, 1000u);
    EXPECT_NE(run.error.text[0], '\0');
  }
}

TEST(Socks5, SurvivesEachAllocationThatFailsAndWipesThePassword) {
  ForEachAllocationFailure([](FailingAllocator &allocator) {
    allocator.Forbid("proxys");
    MailPeer peer(WithLogin());
    MailRun run = ViaLogin();
    run.allocator = allocator.get();
    const pop3_status status = RunOverMemory(&run, &peer);
    EXPECT_EQ(status, allocator.has_failed() ? POP3_ERR_MEMORY : POP3_OK) << run.error.text;
  });
}

TEST(Socks5, RefusesWhatItCannotSend) {
  const std::string longest(255, 'x');
  const std::string longer(256, 'x');
  const std::vector<std::vector<pop3_option>> bad = {
      {Text("socks5.user", "u")},
      {Text("socks5.password", "p")},
      {Text("socks5.user", ""), Text("socks5.password", "p")},
      {Text("socks5.user", "u"), Text("socks5.password", "")},
      {Text("socks5.user", longer.c_str()), Text("socks5.password", "p")},
      {Text("socks5.user", "u"), Text("socks5.password", longer.c_str())},
      {Number("socks5.user", 1), Text("socks5.password", "p")},
      {Text("socks5.host", "proxy")},
  };
  for (const std::vector<pop3_option> &options : bad) {
    MailPeer peer;
    MailRun run = Via();
    run.options = options;
    EXPECT_EQ(RunOverMemory(&run, &peer), POP3_ERR_ARGUMENT);
    EXPECT_NE(std::string(run.error.text).find("option socks5."), std::string::npos)
        << run.error.text;
    EXPECT_EQ(peer.heard(), "");
  }
  for (const std::string &host : {std::string(), longer, std::string("fe80::1%eth0")}) {
    MailPeer peer;
    MailRun run = Via();
    run.host = host;
    EXPECT_EQ(RunOverMemory(&run, &peer), POP3_ERR_ARGUMENT) << host;
  }
  MailPeer peer;
  MailRun run = Via();
  run.port = 0;
  EXPECT_EQ(RunOverMemory(&run, &peer), POP3_ERR_ARGUMENT);
  run = Via();
  run.host = longest;
  run.options = {Text("socks5.user", longest.c_str()), Text("socks5.password", longest.c_str())};
  MailPeer full({{Octets({5, 2, 0, 2}), Octets({5, 2})},
                 {Octets({1, 255}) + longest + Octets({255}) + longest, Octets({1, 0})},
                 {Octets({5, 1, 0, 3, 255}) + longest + Octets({0, 110}), kGranted}});
  EXPECT_EQ(RunOverMemory(&run, &full), POP3_OK) << run.error.text;
}

TEST(Socks5, WorksOverTcp) {
  const int fds = CountFds();
  {
    MailPeer peer(Plain());
    SocketServer server(SocketServer::kTcp, &peer);
    ASSERT_EQ(server.error(), "");
    MailRun run = Via("tcp");
    run.options = {Text("tcp.connect_host", "127.0.0.1"),
                   Number("tcp.connect_port", server.port())};
    EXPECT_EQ(run.Run(), POP3_OK) << run.error.text;
    EXPECT_EQ(run.body, kMail);
    EXPECT_EQ(run.is_private, 0);
    server.Stop();
    EXPECT_EQ(peer.complaints(), std::vector<std::string>());
  }
  EXPECT_EQ(CountFds(), fds);
}

TEST(Socks5, WorksOverAUnixSocket) {
  MailPeer peer(Plain());
  SocketServer server(SocketServer::kUnix, &peer);
  ASSERT_EQ(server.error(), "");
  MailRun run = Via("unix");
  const std::string path = server.path();
  run.options = {Text("unix.path", path.c_str())};
  EXPECT_EQ(run.Run(), POP3_OK) << run.error.text;
  EXPECT_EQ(run.body, kMail);
  EXPECT_EQ(run.is_private, 0);
  server.Stop();
}

TEST(Socks5, WorksThroughTwoProxies) {
  const std::string first = Octets({5, 1, 0, 3, 12}) + "mail.example" + Octets({0, 110});
  MailPeer peer({{Octets({5, 1, 0}), Octets({5, 0})},
                 {first, kGranted},
                 {Octets({5, 1, 0}), Octets({5, 0})},
                 {first, kGranted}});
  MailRun run = Via();
  run.transports = {"memory", "socks5", "socks5"};
  EXPECT_EQ(RunOverMemory(&run, &peer), POP3_OK) << run.error.text;
}

// What is sent and kept, step by step.
class Socks5Layer : public ::testing::Test {
 protected:
  Socks5Layer()
      : options_{Text("socks5.user", "rose"), Text("socks5.password", password_.c_str())},
        layer_(host_.get(), pop3_plugin_socks5(POP3_ABI)->transports[0], &lower_, options_, 2) {
    EXPECT_EQ(layer_.status(), POP3_OK) << layer_.error().text;
  }

  // Whether the password, and the message with it, are in memory.
  bool Remembers() const { return host_.Remembers(password_) || host_.Remembers(login_); }

  TestHost host_;
  ScriptedLower lower_;
  const std::string password_ = "a password that is longer than a request to a proxy";
  const std::string login_ =
      Octets({1, 4}) + "rose" + Octets({static_cast<int>(password_.size())}) + password_;
  const pop3_option options_[2];
  LayerOn layer_;
};

TEST_F(Socks5Layer, ForgetsThePasswordWhenItHasLoggedIn) {
  EXPECT_EQ(layer_.Connect(), POP3_IO_WANT_READ);
  EXPECT_TRUE(Remembers());
  lower_.incoming = Octets({5, 2});
  EXPECT_EQ(layer_.Connect(), POP3_IO_WANT_READ);
  EXPECT_EQ(lower_.written, Octets({5, 2, 0, 2}) + login_);
  EXPECT_FALSE(host_.Remembers(login_)) << "it has been sent";
  lower_.incoming = Octets({1, 0});
  EXPECT_EQ(layer_.Connect(), POP3_IO_WANT_READ);
  EXPECT_FALSE(Remembers());
  lower_.incoming = kGranted;
  EXPECT_EQ(layer_.Connect(), POP3_IO_DONE);
}

TEST_F(Socks5Layer, ForgetsAPasswordThatNobodyWants) {
  lower_.incoming = Octets({5, 0});
  EXPECT_EQ(layer_.Connect(), POP3_IO_WANT_READ);
  EXPECT_FALSE(Remembers());
  lower_.incoming = kGranted;
  EXPECT_EQ(layer_.Connect(), POP3_IO_DONE);
}

TEST_F(Socks5Layer, ForgetsThePasswordWhenItFails) {
  lower_.incoming = Octets({5, 2});
  lower_.room = 4 + 10;
  EXPECT_EQ(layer_.Connect(), POP3_IO_WANT_WRITE);
  EXPECT_TRUE(host_.Remembers(login_)) << "half of it has been sent";
  lower_.when_full = POP3_IO_FAIL;
  EXPECT_EQ(layer_.Connect(), POP3_IO_FAIL);
  EXPECT_FALSE(Remembers());
}

TEST_F(Socks5Layer, SaysThatTheProxyHasGoneWhileItWrites) {
  lower_.room = 3;
  lower_.when_full = POP3_IO_EOF;
  EXPECT_EQ(layer_.Connect(), POP3_IO_FAIL);
  EXPECT_EQ(layer_.error().status, POP3_ERR_EOF);
  EXPECT_STREQ(layer_.error().text,
               "cannot connect to mail.example:110: the proxy closed the connection");
  EXPECT_FALSE(Remembers());
}

TEST_F(Socks5Layer, ForgetsThePasswordWhenItIsGivenUp) {
  EXPECT_TRUE(Remembers());
  layer_.Destroy();
  EXPECT_FALSE(Remembers());
}

TEST_F(Socks5Layer, WaitsForWhatTheTransportBelowWaitsFor) {
  layer_.Interest(POP3_WAIT_READ);
  EXPECT_EQ(lower_.events, POP3_WAIT_WRITE) << "it speaks first";
  lower_.room = 0;
  lower_.when_full = POP3_IO_WANT_READ;
  EXPECT_EQ(layer_.Connect(), POP3_IO_WANT_READ);
  layer_.Interest(POP3_WAIT_WRITE);
  EXPECT_EQ(lower_.events, POP3_WAIT_READ);
  lower_.when_full = POP3_IO_WANT_WRITE;
  EXPECT_EQ(layer_.Connect(), POP3_IO_WANT_WRITE);
  layer_.Interest(POP3_WAIT_READ);
  EXPECT_EQ(lower_.events, POP3_WAIT_WRITE);
  lower_.room = SIZE_MAX;
  EXPECT_EQ(layer_.Connect(), POP3_IO_WANT_READ);
  layer_.Interest(POP3_WAIT_WRITE);
  EXPECT_EQ(lower_.events, POP3_WAIT_READ);
  lower_.when_empty = POP3_IO_WANT_WRITE;
  EXPECT_EQ(layer_.Connect(), POP3_IO_WANT_WRITE);
  layer_.Interest(POP3_WAIT_READ);
  EXPECT_EQ(lower_.events, POP3_WAIT_WRITE);
  lower_.incoming = Octets({5, 0}) + kGranted;
  EXPECT_EQ(layer_.Connect(), POP3_IO_DONE);
  for (const uint32_t events : {UINT32_C(0), POP3_WAIT_READ, POP3_WAIT_WRITE}) {
    layer_.Interest(events);
    EXPECT_EQ(lower_.events, events) << "now the session says";
  }
}

TEST_F(Socks5Layer, ClaimsNothingThatIsTrueOfTheProxy) {
  lower_.incoming = Octets({5, 0}) + kGranted;
  EXPECT_EQ(layer_.Connect(), POP3_IO_DONE);
  EXPECT_EQ(layer_.Claims(), "");
}

}  // namespace
}  // namespace socks5_test
}  // namespace pop3_testing
