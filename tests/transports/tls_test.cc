#include "transports/tls.h"

#include <gtest/gtest.h>

#include <string>

#include "tests/transports/tls_drive.h"

namespace pop3_testing {
namespace {

class Tls : public ::testing::Test {
 protected:
  Tls() { options_.Text("tls.ca_pem", TheWorld().root_pem); }

  TlsServerSpec Spec() const {
    TlsServerSpec spec;
    spec.identity = &TheWorld().mail;
    return spec;
  }

  TestHost host_;
  Options options_;
  EchoPeer echo_;
};

TEST_F(Tls, DescribesItself) {
  const pop3_plugin *plugin = pop3_plugin_tls(POP3_ABI);
  ASSERT_EQ(plugin->num_transports, 1U);
  EXPECT_STREQ(plugin->transports[0]->name, "tls");
  EXPECT_EQ(plugin->transports[0]->flags, POP3_TRANSPORT_UPPER);
  EXPECT_EQ(pop3_plugin_tls(POP3_ABI + (UINT32_C(1) << 16)), nullptr);
}

TEST_F(Tls, SpeaksToAServer) {
  const TlsServer server(Spec());
  TlsPeer peer(&echo_, &server);
  TlsChain chain(&host_, &peer);
  ASSERT_EQ(chain.Create(options_), POP3_OK) << chain.text();
  ASSERT_EQ(chain.Connect(), POP3_IO_DONE) << chain.text();
  std::string got;
  ASSERT_EQ(chain.Receive(11, &got), POP3_IO_DONE) << chain.text();
  EXPECT_EQ(got, "+OK ready\r\n");
  got.clear();
  ASSERT_EQ(chain.Send("NOOP\r\n"), POP3_IO_DONE) << chain.text();
  ASSERT_EQ(chain.Receive(6, &got), POP3_IO_DONE) << chain.text();
  EXPECT_EQ(got, "NOOP\r\n");
  EXPECT_EQ(chain.AskText(POP3_QUERY_TLS_VERSION), "TLSv1.3");
  EXPECT_EQ(peer.server_name(), "mail.example.org");
  EXPECT_EQ(chain.Shutdown(), POP3_IO_DONE);
}

TEST_F(Tls, MovesMuchWithEveryVersionOverEveryWire) {
  std::string data(200000, '\0');
  for (size_t i = 0; i < data.size(); i++) data[i] = static_cast<char>(i * 2654435761U >> 24);
  for (const int version : {TLS1_VERSION, TLS1_1_VERSION, TLS1_2_VERSION, TLS1_3_VERSION}) {
    for (int how = 0; how < 4; how++) {
      SCOPED_TRACE("version " + std::to_string(version) + ", wire " + std::to_string(how));
      TlsServerSpec spec = Spec();
      spec.max_version = static_cast<uint16_t>(version);
      const TlsServer server(spec);
      EchoPeer echo;
      TlsPeer peer(&echo, &server);
      WireFaults faults;
      if (how == 1) faults.read = faults.write = Chunking::Random(static_cast<uint32_t>(version));
      faults.want_everywhere = how == 2;
      Options options;
      options.Text("tls.ca_pem", TheWorld().root_pem).Text("tls.min_version", "1.0");
      TlsChain chain(&host_, &peer, faults, how == 3);
      ASSERT_EQ(chain.Create(options), POP3_OK) << chain.text();
      ASSERT_EQ(chain.Connect(), POP3_IO_DONE) << chain.text();
      std::string got;
      const size_t len = how == 3 ? 5000 : data.size();
      ASSERT_EQ(chain.Send(data.substr(0, len)), POP3_IO_DONE) << chain.text();
      ASSERT_EQ(chain.Receive(11 + len, &got), POP3_IO_DONE) << chain.text();
      EXPECT_TRUE(got == "+OK ready\r\n" + data.substr(0, len));
      ASSERT_EQ(chain.Send("QUIT\r\n"), POP3_IO_DONE);
      got.clear();
      ASSERT_EQ(chain.Receive(6, &got), POP3_IO_DONE);
      EXPECT_EQ(chain.Read(&got), POP3_IO_EOF) << "the server said close_notify";
      EXPECT_EQ(chain.Read(&got), POP3_IO_EOF);
    }
  }
}

}  // namespace
}  // namespace pop3_testing
