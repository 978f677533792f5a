#include <gtest/gtest.h>
#include <pop3/plugins/exec.h>
#include <pop3/plugins/http_connect.h>
#include <pop3/plugins/record.h>
#include <pop3/plugins/socks5.h>
#include <pop3/plugins/tls.h>

#include <memory>
#include <string>
#include <vector>

#include "tests/plugins/mail_run.h"
#include "tests/testing/certificates.h"
#include "tests/testing/count_fds.h"
#include "tests/testing/socket_server.h"
#include "tests/testing/tls_peer.h"
#include "tests/transports/drive.h"

namespace pop3_testing {
namespace stacked_test {
namespace {

std::string Octets(const std::vector<int> &octets) { return {octets.begin(), octets.end()}; }

const std::vector<MailPeer::Step> kSocks = {
    {Octets({5, 1, 0}), Octets({5, 0})},
    {Octets({5, 1, 0, 3, 12}) + "mail.example" + Octets({0, 110}),
     Octets({5, 0, 0, 1, 127, 0, 0, 1, 4, 56})}};
const std::vector<MailPeer::Step> kHttp = {
    {"CONNECT mail.example:110 HTTP/1.1\r\nHost: mail.example:110\r\n\r\n",
     "HTTP/1.1 200 OK\r\n\r\n"}};

int Write(void *arg, const char *data, size_t len) {
  static_cast<std::string *>(arg)->append(data, len);
  return 1;
}

class Stacked : public ::testing::Test {
 protected:
  static Identity Root() {
    CertificateSpec spec;
    spec.common_name = "root";
    spec.is_ca = true;
    return Identity(spec);
  }

  Stacked() : root_(Root()), root_pem_(root_.Pem()) {
    CertificateSpec spec;
    spec.dns = {"mail.example"};
    identity_ = Identity(spec, &root_);
    TlsServerSpec server;
    server.identity = &identity_;
    tls_ = std::make_unique<TlsServer>(server);
  }

  // A session that allows nothing readable, with a server that |peer| leads to.
  MailRun Client(const std::vector<const char *> &transports) {
    MailRun run;
    run.transports = transports;
    run.plugins = {pop3_plugin_exec(POP3_ABI), pop3_plugin_http_connect(POP3_ABI),
                   pop3_plugin_record(POP3_ABI), pop3_plugin_socks5(POP3_ABI),
                   pop3_plugin_tls(POP3_ABI)};
    run.options = {Text("tls.ca_pem", root_pem_.c_str())};
    run.allow_cleartext = false;
    run.tls = POP3_TLS_DEFAULT;
    return run;
  }

  Identity root_;
  std::string root_pem_;
  Identity identity_;
  std::unique_ptr<TlsServer> tls_;
  MailPeer mail_;
};

TEST_F(Stacked, TlsOverAProxyOverTcp) {
  for (const char *proxy : {"socks5", "http_connect"}) {
    MailPeer mail;
    TlsPeer tls(&mail, tls_.get());
    MailPeer peer(std::string(proxy) == "socks5" ? kSocks : kHttp);
    peer.Then(&tls);
    SocketServer server(SocketServer::kTcp, &peer);
    ASSERT_EQ(server.error(), "");
    MailRun run = Client({"tcp", proxy, "tls"});
    run.options.push_back(Text("tcp.connect_host", "127.0.0.1"));
    run.options.push_back(Number("tcp.connect_port", server.port()));
    EXPECT_EQ(run.Run(), POP3_OK) << run.error.text;
    EXPECT_EQ(run.body, kMail);
    EXPECT_EQ(run.is_encrypted, 1);
    EXPECT_EQ(run.is_private, 1);
    EXPECT_EQ(run.peer_name, "mail.example:110");
    server.Stop();
    EXPECT_EQ(tls.server_name(), "mail.example") << "the server's, not the proxy's";
    EXPECT_EQ(peer.complaints(), std::vector<std::string>());
  }
}

TEST_F(Stacked, TlsOverAProxyInSingleOctets) {
  for (const char *proxy : {"socks5", "http_connect"}) {
    MailPeer mail;
    TlsPeer tls(&mail, tls_.get());
    MailPeer peer(std::string(proxy) == "socks5" ? kSocks : kHttp);
    peer.Then(&tls);
    MailRun run = Client({"memory", "flaky", proxy, "tls"});
    WireFaults faults;
    faults.want_everywhere = true;
    faults.read = Chunking::Octets();
    EXPECT_EQ(RunOverMemory(&run, &peer, faults), POP3_OK) << run.error.text;
    EXPECT_EQ(run.body, kMail);
  }
}

TEST_F(Stacked, TlsWithAProxyDoesNotProtectTheWayBehindIt) {
  for (const char *proxy : {"socks5", "http_connect"}) {
    MailPeer peer(std::string(proxy) == "socks5" ? kSocks : kHttp);
    TlsPeer tls(&peer, tls_.get());
    MailRun run = Client({"memory", "tls", proxy});
    run.tls = POP3_TLS_NEVER;
    EXPECT_EQ(RunOverMemory(&run, &tls), POP3_ERR_POLICY) << run.error.text;
    EXPECT_EQ(run.is_encrypted, 0);
    EXPECT_EQ(run.is_private, 0);
    EXPECT_EQ(peer.heard().find("sesame"), std::string::npos);
  }
}

TEST_F(Stacked, StlsThroughAProxyIsRecordedUpToTheTls) {
  std::string text;
  const pop3_record_sink sink = {sizeof(sink), 0, &text, Write};
  mail_.OfferStls();
  TlsPeer tls(&mail_, tls_.get(), true);
  MailPeer peer(kSocks);
  peer.Then(&tls);
  MailRun run = Client({"memory", "socks5", "record"});
  run.options.push_back({"record.sink", nullptr, 0, &sink});
  EXPECT_EQ(RunOverMemory(&run, &peer), POP3_OK) << run.error.text;
  EXPECT_EQ(run.body, kMail);
  EXPECT_EQ(text,
            "pop3-record 1\nS +OK ready\\r\\n\nC CAPA\\r\\n\nS +OK\\r\\n\nS USER\\r\\n\n"
            "S PIPELINING\\r\\n\nS STLS\\r\\n\nS .\\r\\n\nC STLS\\r\\n\nS +OK go\\r\\n\nT\n");
}

TEST_F(Stacked, TlsAndStlsOverACommand) {
  const int fds = CountFds();
  for (bool stls : {false, true}) {
    MailPeer mail;
    if (stls) mail.OfferStls();
    TlsPeer tls(&mail, tls_.get(), stls);
    SocketServer server(SocketServer::kTcp, &tls);
    ASSERT_EQ(server.error(), "");
    // What `nc` does, which is not everywhere.
    const std::string command =
        "exec bash -c 'exec 3<>/dev/tcp/127.0.0.1/%p && { cat <&3 & exec cat >&3; }'";
    MailRun run = Client({"exec"});
    if (!stls) run.transports.push_back("tls");
    run.port = server.port();
    run.options.push_back(Text("exec.command", command.c_str()));
    EXPECT_EQ(run.Run(), POP3_OK) << run.error.text;
    EXPECT_EQ(run.body, kMail);
    server.Stop();
  }
  EXPECT_EQ(SettledFds(fds), fds)
      << "the thread that reaps the command has a descriptor of its own";
}

TEST_F(Stacked, WithoutStlsNothingReadableGoesThroughAProxy) {
  MailPeer peer(kSocks);
  MailRun run = Client({"memory", "socks5"});
  EXPECT_NE(RunOverMemory(&run, &peer), POP3_OK);
  EXPECT_EQ(peer.heard().find("mrose"), std::string::npos);
  EXPECT_EQ(peer.heard().find("sesame"), std::string::npos);
}

}  // namespace
}  // namespace stacked_test
}  // namespace pop3_testing
