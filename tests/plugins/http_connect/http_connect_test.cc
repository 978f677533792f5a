
#include <gtest/gtest.h>
#include <pop3/plugins/http_connect.h>

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
namespace http_connect_test {
namespace {

using Steps = std::vector<MailPeer::Step>;

const char kRequest[] = "CONNECT mail.example:110 HTTP/1.1\r\nHost: mail.example:110\r\n\r\n";
const char kGranted[] = "HTTP/1.1 200 Connection established\r\nVia: 1.1 gate\r\n\r\n";
// "rose:proxys" in base64, by another program.
const char kLoginRequest[] =
    "CONNECT mail.example:110 HTTP/1.1\r\nHost: mail.example:110\r\n"
    "Proxy-Authorization: Basic cm9zZTpwcm94eXM=\r\n\r\n";

MailRun Via(const char *bottom = "memory") {
  MailRun run;
  run.transports = {bottom, "http_connect"};
  run.plugins = {pop3_plugin_http_connect(POP3_ABI)};
  return run;
}

MailRun ViaLogin() {
  MailRun run = Via();
  run.options = {Text("http_connect.user", "rose"), Text("http_connect.password", "proxys")};
  return run;
}

// The error of a session whose proxy answers |answer|.
std::string Failure(const std::string &answer, pop3_status expected, MailRun run = Via()) {
  const char *request = run.options.empty() ? kRequest : kLoginRequest;
  std::string first;
  for (const Chunking &chunking : {Chunking::Whole(), Chunking::Octets()}) {
    MailPeer peer(Steps{{request, answer}}, true);
    WireFaults faults;
    faults.read = chunking;
    EXPECT_EQ(RunOverMemory(&run, &peer, faults), expected) << run.error.text;
    EXPECT_EQ(peer.complaints(), std::vector<std::string>());
    if (first.empty()) first = run.error.text;
  }
  return first;
}

TEST(HttpConnect, DescribesItself) {
  const pop3_plugin *plugin = pop3_plugin_http_connect(POP3_ABI);
  ASSERT_EQ(plugin->num_transports, 1u);
  EXPECT_STREQ(plugin->transports[0]->name, "http_connect");
  EXPECT_EQ(plugin->transports[0]->flags, POP3_TRANSPORT_UPPER);
  EXPECT_EQ(pop3_plugin_http_connect(POP3_ABI + (UINT32_C(1) << 16)), nullptr);
}

TEST(HttpConnect, CarriesASession) {
  for (const char *answer :
       {kGranted, "HTTP/1.0 200 OK\r\n\r\n", "HTTP/1.1 200\r\n\r\n", "HTTP/1.1 299 \r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n",
        "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early\r\nLink: x\r\n\r\nHTTP/1.1 200 \r\n\r\n",
        "HTTP/1.1 200 OK\r\nx!#$%&'*+-.^_`|~:\r\ny:\xC3\xA4\t\x01\r\n\r\n"}) {
    // The peer greets at once: the greeting comes in the same read as the header.
    for (const Chunking &chunking :
         {Chunking::Whole(), Chunking::Octets(), Chunking::Random(1), Chunking::Random(2)}) {
      MailPeer peer(Steps{{kRequest, answer}});
      MailRun run = Via();
      WireFaults faults;
      faults.read = chunking;
      ASSERT_EQ(RunOverMemory(&run, &peer, faults), POP3_OK) << answer << run.error.text;
      EXPECT_EQ(run.body, kMail);
      EXPECT_EQ(run.peer_name, "mail.example:110");
      EXPECT_EQ(run.is_private, 0) << "although the proxy is on this machine";
      EXPECT_EQ(run.is_encrypted, 0);
      EXPECT_EQ(peer.complaints(), std::vector<std::string>());
    }
  }
}

TEST(HttpConnect, KeepsWhatBelongsToTheTunnel) {
  // Cut everywhere around the end of the header: nothing may be lost or waited for in vain.
  const size_t end = sizeof(kGranted) - 1;
  for (size_t cut = end - 6; cut < end + 12; cut++) {
    MailPeer peer(Steps{{kRequest, kGranted}});
    MailRun run = Via();
    WireFaults faults;
    faults.read = Chunking::SplitAt(cut);
    ASSERT_EQ(RunOverMemory(&run, &peer, faults), POP3_OK) << cut << run.error.text;
    EXPECT_EQ(run.body, kMail);
  }
}

TEST(HttpConnect, LogsIn) {
  MailPeer peer(Steps{{kLoginRequest, kGranted}});
  MailRun run = ViaLogin();
  ASSERT_EQ(RunOverMemory(&run, &peer), POP3_OK) << run.error.text;
  const struct {
    const char *user;
    const char *password;
    const char *base64;
  } cases[] = {{"a", "", "YTo="},
               {"a", "b", "YTpi"},
               {"ab", "b", "YWI6Yg=="},
               {"\xC3\xA4", ":", "w6Q6Og=="}};
  for (const auto &c : cases) {
    MailPeer other(
        Steps{{std::string("CONNECT mail.example:110 HTTP/1.1\r\nHost: mail.example:110\r\n"
                           "Proxy-Authorization: Basic ") +
                   c.base64 + "\r\n\r\n",
               kGranted}});
    run.options = {Text("http_connect.user", c.user)};
    if (c.password[0] != '\0') run.options.push_back(Text("http_connect.password", c.password));
    EXPECT_EQ(RunOverMemory(&run, &other), POP3_OK) << run.error.text;
  }
}

TEST(HttpConnect, WritesAddresses) {
  const struct {
    const char *host;
    const char *target;
  } cases[] = {{"192.0.2.7", "192.0.2.7:995"}, {"2001:db8::7", "[2001:db8::7]:995"}};
  for (const auto &c : cases) {
    const std::string target = c.target;
    MailPeer peer(
        Steps{{"CONNECT " + target + " HTTP/1.1\r\nHost: " + target + "\r\n\r\n", kGranted}});
    MailRun run = Via();
    run.host = c.host;
    run.port = 995;
    EXPECT_EQ(RunOverMemory(&run, &peer), POP3_OK) << run.error.text;
    EXPECT_EQ(run.peer_name, c.target);
  }
}

TEST(HttpConnect, SaysWhyTheProxyRefused) {
  const struct {
    const char *status;
    const char *words;
  } cases[] = {{"400 Bad Request", "did not understand"},
               {"403 Forbidden", "its rules do not allow it"},
               {"404 Not Found", "does not know the host"},
               {"405 Method Not Allowed", "does not make tunnels"},
               {"407 Proxy Authentication Required", "options http_connect.user and"},
               {"408 Timeout", "waited too long"},
               {"429 Too Many", "too much to do"},
               {"500 Oops", "has failed"},
               {"501 Not Implemented", "does not make tunnels"},
               {"502 Bad Gateway", "cannot reach the host"},
               {"503 Unavailable", "cannot do it now"},
               {"504 Gateway Timeout", "no answer from the host in time"},
               {"302 Found", "that is no tunnel"},
               {"101 Switching Protocols", "that is no tunnel"}};
  for (const auto &c : cases) {
    const std::string text =
        Failure(std::string("HTTP/1.1 ") + c.status + "\r\nX: y\r\n\r\n<html>", POP3_ERR_CONNECT);
    EXPECT_EQ(text.find("cannot connect to mail.example:110: the proxy answered "), 0u) << text;
    EXPECT_NE(text.find(c.status), std::string::npos) << text;
    EXPECT_NE(text.find(c.words), std::string::npos) << text;
  }
  const std::string wrong = Failure("HTTP/1.1 407 No\r\n\r\n", POP3_ERR_CONNECT, ViaLogin());
  EXPECT_NE(wrong.find("does not accept the user name and password"), std::string::npos) << wrong;
  EXPECT_EQ(wrong.find("proxys"), std::string::npos);
}

TEST(HttpConnect, RefusesMalformedAnswers) {
  for (const char *answer :
       {"HTTP/1.1 20\r\n\r\n", "HTTP/1.x 200 OK\r\n\r\n", "HTTP/1.1  200 OK\r\n\r\n",
        "HTTP/1.1 2000 OK\r\n\r\n", "HTTP/1.1 099 OK\r\n\r\n", "HTTP/1.1 600 OK\r\n\r\n",
        "HTTP/1.1 200 OK\n\r\n", "HTTP/1.1 200 O\rK\r\n\r\n", "HTTP/1.1 200 OK\r\nA: b\n\r\n",
        "HTTP/1.1 200 OK\r\n folded: x\r\n\r\n", "HTTP/1.1 200 OK\r\nA: b\r\n more\r\n\r\n",
        "HTTP/1.1 200 OK\r\nno colon\r\n\r\n", "HTTP/1.1 200 OK\r\n: x\r\n\r\n",
        "HTTP/1.1 200 OK\r\nA b: x\r\n\r\n", "HTTP/1.1 200 OK\r\nA : x\r\n\r\n",
        "HTTP/1.1 200 OK\r\n\r\r\n"}) {
    EXPECT_NE(Failure(answer, POP3_ERR_PROTOCOL).find("malformed"), std::string::npos) << answer;
  }
  const std::string nul("HTTP/1.1 200 OK\r\nA: \0b\r\n\r\n", 26);
  EXPECT_NE(Failure(nul, POP3_ERR_PROTOCOL).find("NUL"), std::string::npos);
}

TEST(HttpConnect, KnowsWhatIsNoHttpProxy) {
  EXPECT_NE(Failure("+OK POP3 ready\r\n", POP3_ERR_CONNECT)
                .find("this is no HTTP proxy: it said \"+OK POP3 ready\""),
            std::string::npos);
  EXPECT_NE(Failure("SSH-2.0-x\r\n", POP3_ERR_CONNECT).find("no HTTP proxy"), std::string::npos);
  EXPECT_NE(Failure("HTTP/2 200\r\n", POP3_ERR_CONNECT).find("no HTTP proxy"), std::string::npos);
  EXPECT_NE(Failure("\r\nHTTP/1.1 200 OK\r\n", POP3_ERR_CONNECT).find("no HTTP proxy"),
            std::string::npos);
  EXPECT_NE(Failure(std::string("\x05\xFF\0", 3), POP3_ERR_CONNECT).find("no HTTP proxy"),
            std::string::npos);
}

TEST(HttpConnect, BoundsWhatAProxySends) {
  std::string header = "HTTP/1.1 200 OK\r\n";
  while (header.size() < 100000) header += "X-Endless: header\r\n";
  EXPECT_NE(Failure(header, POP3_ERR_LIMIT).find("8192"), std::string::npos);
  EXPECT_NE(Failure("HTTP/1.1 200 " + std::string(100000, 'x'), POP3_ERR_LIMIT).find("8192"),
            std::string::npos);
  // A header of 8192 octets is not too long, and one more is.
  for (size_t size : {8192, 8193}) {
    const std::string start = "HTTP/1.1 200 OK\r\nX: ";
    const std::string full = start + std::string(size - start.size() - 4, 'x') + "\r\n\r\n";
    MailPeer peer(Steps{{kRequest, full}});
    MailRun run = Via();
    EXPECT_EQ(RunOverMemory(&run, &peer), size == 8192 ? POP3_OK : POP3_ERR_LIMIT);
  }
  std::string interim;
  for (int i = 0; i < 8; i++) interim += "HTTP/1.1 100 Continue\r\n\r\n";
  MailPeer peer(Steps{{kRequest, interim + kGranted}});
  MailRun run = Via();
  EXPECT_EQ(RunOverMemory(&run, &peer), POP3_OK) << run.error.text;
  EXPECT_NE(Failure(interim + "HTTP/1.1 100 Continue\r\n\r\n", POP3_ERR_LIMIT).find("interim"),
            std::string::npos);
}

TEST(HttpConnect, EndsInWordsAtEachOctet) {
  for (size_t at = 0; at < sizeof(kGranted) - 1; at++) {
    MailPeer peer(Steps{{kRequest, kGranted}});
    MailRun run = Via();
    WireFaults faults;
    faults.eof_at = at;
    EXPECT_EQ(RunOverMemory(&run, &peer, faults), POP3_ERR_EOF) << at;
    EXPECT_NE(std::string(run.error.text).find("the proxy closed the connection"),
              std::string::npos)
        << run.error.text;
    faults.eof_at = kNever;
    faults.fail_read_at = at;
    MailPeer again(Steps{{kRequest, kGranted}});
    EXPECT_EQ(RunOverMemory(&run, &again, faults), POP3_ERR_IO) << at;
  }
}

TEST(HttpConnect, RefusesEachOctetOfGarbage) {
  const std::string header = "HTTP/1.1 200 OK\r\nA: b\r\n\r\n";
  for (size_t at = 0; at < header.size(); at++) {
    for (char octet : {'\0', '\r', '\n'}) {
      std::string damaged = header;
      if (damaged[at] == octet) continue;
      damaged[at] = octet;
      MailPeer peer(Steps{{kRequest, damaged}}, true);
      MailRun run = Via();
      EXPECT_NE(RunOverMemory(&run, &peer), POP3_OK) << at;
      EXPECT_NE(run.error.text[0], '\0');
    }
  }
}

TEST(HttpConnect, MovesSingleOctetsAmongWants) {
  for (uint32_t seed = 0; seed < 20; seed++) {
    MailPeer peer(Steps{{kLoginRequest, kGranted}});
    MailRun run = ViaLogin();
    if (seed % 2 == 1) run.transports = {"memory", "flaky", "http_connect", "flaky"};
    WireFaults faults;
    faults.want_everywhere = true;
    faults.read = seed == 0 ? Chunking::Octets() : Chunking::Random(seed);
    faults.write = faults.read;
    ASSERT_EQ(RunOverMemory(&run, &peer, faults), POP3_OK) << run.error.text;
    EXPECT_EQ(run.body, kMail);
  }
}

TEST(HttpConnect, SurvivesEachCallThatFails) {
  for (uint64_t call = 1;; call++) {
    MailPeer peer(Steps{{kLoginRequest, kGranted}});
    MailRun run = ViaLogin();
    WireFaults faults;
    faults.fail_call = call;
    faults.fail_call_persists = true;
    if (RunOverMemory(&run, &peer, faults) == POP3_OK) break;
    ASSERT_LT(call, 1000u);
    EXPECT_NE(run.error.text[0], '\0');
  }
}

TEST(HttpConnect, SurvivesEachAllocationThatFailsAndWipesThePassword) {
  for (const char *secret : {"proxys", "cm9zZTpwcm94eXM="}) {
    ForEachAllocationFailure([secret](FailingAllocator &allocator) {
      allocator.Forbid(secret);
      MailPeer peer(Steps{{kLoginRequest, kGranted}});
      MailRun run = ViaLogin();
      run.allocator = allocator.get();
      const pop3_status status = RunOverMemory(&run, &peer);
      EXPECT_EQ(status, allocator.has_failed() ? POP3_ERR_MEMORY : POP3_OK) << run.error.text;
    });
  }
}

TEST(HttpConnect, RefusesWhatItCannotSend) {
  const std::string longer(256, 'x');
  const std::vector<std::vector<pop3_option>> bad = {
      {Text("http_connect.password", "p")},
      {Text("http_connect.user", "")},
      {Text("http_connect.user", "a:b")},
      {Text("http_connect.user", "a\r\nX-Injected: 1")},
      {Text("http_connect.user", "a\x7f")},
      {Text("http_connect.user", longer.c_str())},
      {Text("http_connect.user", "u"), Text("http_connect.password", longer.c_str())},
      {Text("http_connect.user", "u"), Text("http_connect.password", "a\nb")},
      {Number("http_connect.user", 1)},
      {Number("http_connect.port", 1)},
  };
  for (const std::vector<pop3_option> &options : bad) {
    MailPeer peer;
    MailRun run = Via();
    run.options = options;
    EXPECT_EQ(RunOverMemory(&run, &peer), POP3_ERR_ARGUMENT);
    EXPECT_NE(std::string(run.error.text).find("option http_connect."), std::string::npos)
        << run.error.text;
    EXPECT_EQ(peer.heard(), "");
  }
  for (const std::string &host :
       {std::string(), longer, std::string("a b"), std::string("a\r\nX: y"), std::string("a/b"),
        std::string("a:1"), std::string("fe80::1%eth0"), std::string("m\xC3\xA4il.example"),
        std::string("u@h")}) {
    MailPeer peer;
    MailRun run = Via();
    run.host = host;
    EXPECT_EQ(RunOverMemory(&run, &peer), POP3_ERR_ARGUMENT) << host;
    EXPECT_EQ(peer.heard(), "");
  }
  MailPeer peer;
  MailRun run = Via();
  run.port = 0;
  EXPECT_EQ(RunOverMemory(&run, &peer), POP3_ERR_ARGUMENT);
  run = Via();
  run.host = std::string(255, 'x');
  const std::string longest(255, 'y');
  run.options = {Text("http_connect.user", longest.c_str()),
                 Text("http_connect.password", longest.c_str())};
  MailPeer full(Steps{{"CONNECT " + run.host + ":110 HTTP/1.1\r\n", ""}});
  EXPECT_NE(RunOverMemory(&run, &full), POP3_ERR_ARGUMENT) << "the longest ones fit";
  EXPECT_EQ(full.heard().substr(full.heard().size() - 4), "\r\n\r\n");
}

TEST(HttpConnect, WorksOverTcp) {
  const int fds = CountFds();
  {
    MailPeer peer(Steps{{kLoginRequest, kGranted}});
    SocketServer server(SocketServer::kTcp, &peer);
    ASSERT_EQ(server.error(), "");
    MailRun run = ViaLogin();
    run.transports = {"tcp", "http_connect"};
    run.options.push_back(Text("tcp.connect_host", "127.0.0.1"));
    run.options.push_back(Number("tcp.connect_port", server.port()));
    EXPECT_EQ(run.Run(), POP3_OK) << run.error.text;
    EXPECT_EQ(run.body, kMail);
    EXPECT_EQ(run.is_private, 0);
    server.Stop();
    EXPECT_EQ(peer.complaints(), std::vector<std::string>());
  }
  EXPECT_EQ(CountFds(), fds);
}

// What is sent and kept, step by step.
class HttpConnectLayer : public ::testing::Test {
 protected:
  HttpConnectLayer()
      : options_{Text("http_connect.user", "rose"), Text("http_connect.password", "proxys")},
        layer_(host_.get(), pop3_plugin_http_connect(POP3_ABI)->transports[0], &lower_, options_,
               2) {
    EXPECT_EQ(layer_.status(), POP3_OK) << layer_.error().text;
  }

  bool Remembers() const {
    return host_.Remembers("proxys") || host_.Remembers("cm9zZTpwcm94eXM=");
  }

  TestHost host_;
  ScriptedLower lower_;
  const pop3_option options_[2];
  LayerOn layer_;
};

TEST_F(HttpConnectLayer, ForgetsThePasswordWhenItIsSent) {
  EXPECT_TRUE(Remembers());
  EXPECT_EQ(layer_.Connect(), POP3_IO_WANT_READ);
  EXPECT_EQ(lower_.written, kLoginRequest);
  EXPECT_FALSE(Remembers());
}

TEST_F(HttpConnectLayer, ForgetsThePasswordWhenItFails) {
  lower_.room = 10;
  EXPECT_EQ(layer_.Connect(), POP3_IO_WANT_WRITE);
  EXPECT_TRUE(Remembers());
  lower_.when_full = POP3_IO_FAIL;
  EXPECT_EQ(layer_.Connect(), POP3_IO_FAIL);
  EXPECT_FALSE(Remembers());
}

TEST_F(HttpConnectLayer, SaysThatTheProxyHasGoneWhileItWrites) {
  lower_.room = 3;
  lower_.when_full = POP3_IO_EOF;
  EXPECT_EQ(layer_.Connect(), POP3_IO_FAIL);
  EXPECT_EQ(layer_.error().status, POP3_ERR_EOF);
  EXPECT_STREQ(layer_.error().text,
               "cannot connect to mail.example:110: the proxy closed the connection");
  EXPECT_FALSE(Remembers());
}

TEST_F(HttpConnectLayer, ForgetsThePasswordWhenItIsGivenUp) {
  EXPECT_TRUE(Remembers());
  layer_.Destroy();
  EXPECT_FALSE(Remembers());
}

TEST_F(HttpConnectLayer, WaitsForWhatTheTransportBelowWaitsFor) {
  host_.SetClock(1234);
  layer_.Interest(POP3_WAIT_READ);
  EXPECT_EQ(lower_.events, POP3_WAIT_WRITE) << "it speaks first";
  lower_.room = 0;
  lower_.when_full = POP3_IO_WANT_READ;
  EXPECT_EQ(layer_.Connect(), POP3_IO_WANT_READ);
  layer_.Interest(POP3_WAIT_WRITE);
  EXPECT_EQ(lower_.events, POP3_WAIT_READ);
  lower_.room = SIZE_MAX;
  lower_.when_empty = POP3_IO_WANT_WRITE;
  EXPECT_EQ(layer_.Connect(), POP3_IO_WANT_WRITE);
  layer_.Interest(POP3_WAIT_READ);
  EXPECT_EQ(lower_.events, POP3_WAIT_WRITE);
  EXPECT_EQ(lower_.deadline_ms, POP3_NO_DEADLINE);
  lower_.incoming = std::string(kGranted) + "+OK ready\r\n";
  EXPECT_EQ(layer_.Connect(), POP3_IO_DONE);
  // The greeting came with the header: nothing has to be waited for.
  layer_.Interest(POP3_WAIT_WRITE);
  EXPECT_EQ(lower_.events, POP3_WAIT_WRITE);
  EXPECT_EQ(lower_.deadline_ms, POP3_NO_DEADLINE) << "but nobody wants to read it";
  layer_.Interest(POP3_WAIT_READ);
  EXPECT_EQ(lower_.events, POP3_WAIT_READ);
  EXPECT_EQ(lower_.deadline_ms, 1234);
  std::string got;
  EXPECT_EQ(layer_.Read(&got, 4), POP3_IO_DONE);
  layer_.Interest(POP3_WAIT_READ);
  EXPECT_EQ(lower_.deadline_ms, 1234);
  EXPECT_EQ(layer_.Read(&got), POP3_IO_DONE);
  EXPECT_EQ(got, "+OK ready\r\n");
  layer_.Interest(POP3_WAIT_READ);
  EXPECT_EQ(lower_.deadline_ms, POP3_NO_DEADLINE);
}

TEST_F(HttpConnectLayer, ClaimsNothingThatIsTrueOfTheProxy) {
  lower_.incoming = kGranted;
  EXPECT_EQ(layer_.Connect(), POP3_IO_DONE);
  EXPECT_EQ(layer_.Claims(), "");
}

}  // namespace
}  // namespace http_connect_test
}  // namespace pop3_testing
