
#include <gtest/gtest.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <pop3/plugins/tls.h>

#include <string>
#include <thread>
#include <vector>

#include "tests/transports/tls_drive.h"

namespace pop3_testing {
namespace tls_transport_test {
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
  EXPECT_EQ(plugin->transports[0]->flags, POP3_TRANSPORT_UPPER | POP3_TRANSPORT_ENCRYPTS);
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
  ASSERT_FALSE(host_.notes().empty());
  EXPECT_EQ(host_.notes().back(), "tls: TLSv1.3 with " + chain.AskText(POP3_QUERY_TLS_CIPHER) +
                                      ", the server is verified");
  EXPECT_EQ(chain.Shutdown(), POP3_IO_DONE);
}

TEST_F(Tls, NotesThatNobodyVerifiedTheServer) {
  const TlsServer server(Spec());
  TlsPeer peer(&echo_, &server);
  TlsChain chain(&host_, &peer);
  Options options;
  options.Number("tls.insecure_do_not_verify", 1);
  ASSERT_EQ(chain.Create(options), POP3_OK) << chain.text();
  ASSERT_EQ(chain.Connect(), POP3_IO_DONE) << chain.text();
  ASSERT_FALSE(host_.notes().empty());
  EXPECT_EQ(host_.notes().back(), "tls: TLSv1.3 with " + chain.AskText(POP3_QUERY_TLS_CIPHER) +
                                      ", the server is NOT verified");
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

// Octets of TLS that a server sends until its greeting is read.
uint64_t OctetsToGreeting(const TlsServer &server, const Options &options) {
  TestHost host;
  EchoPeer echo;
  TlsPeer peer(&echo, &server);
  TlsChain chain(&host, &peer);
  std::string got;
  EXPECT_EQ(chain.Create(options), POP3_OK);
  EXPECT_EQ(chain.Connect(), POP3_IO_DONE) << chain.text();
  EXPECT_EQ(chain.Receive(11, &got), POP3_IO_DONE);
  return peer.octets_sent();
}

TEST_F(Tls, SaysWhereTheConnectionEnded) {
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    TlsServerSpec spec = Spec();
    spec.max_version = static_cast<uint16_t>(version);
    const TlsServer server(spec);
    const uint64_t total = OctetsToGreeting(server, options_);
    for (uint64_t at = 0; at < total; at += at % 5 == 0 ? 2 : 3) {
      SCOPED_TRACE(at);
      EchoPeer echo;
      TlsFaults faults;
      faults.eof_at = at;
      TlsPeer peer(&echo, &server, false, faults);
      TestHost host;
      TlsChain chain(&host, &peer);
      std::string got;
      ASSERT_EQ(chain.Create(options_), POP3_OK);
      const pop3_io io = chain.Connect();
      if (io == POP3_IO_DONE) {
        if (chain.Receive(11, &got) == POP3_IO_DONE) {
          EXPECT_GE(at + 8, total) << "signatures are not all of the same length";
          continue;
        }
        EXPECT_NE(chain.text().find("truncated"), std::string::npos) << chain.text();
        EXPECT_EQ(chain.Read(&got), POP3_IO_FAIL) << "it stays like that";
      } else {
        ASSERT_EQ(io, POP3_IO_FAIL);
        EXPECT_EQ(chain.text().find("the server closed the connection during the TLS handshake"),
                  0U)
            << chain.text();
      }
      EXPECT_EQ(chain.error().status, POP3_ERR_TLS);
    }
  }
}

TEST_F(Tls, SaysWhatFailsBelow) {
  const TlsServer server(Spec());
  for (uint64_t call = 2; call < 40; call++) {
    SCOPED_TRACE(call);
    EchoPeer echo;
    TlsPeer peer(&echo, &server);
    WireFaults faults;
    faults.fail_call = call;
    TestHost host;
    TlsChain chain(&host, &peer, faults);
    std::string got;
    ASSERT_EQ(chain.Create(options_), POP3_OK);
    pop3_io io = chain.Connect();
    if (io == POP3_IO_DONE) io = chain.Receive(11, &got);
    if (io == POP3_IO_DONE) io = chain.Send("NOOP\r\n");
    if (!chain.wire()->faulted()) break;
    EXPECT_EQ(io, POP3_IO_FAIL);
    EXPECT_EQ(chain.error().status, POP3_ERR_IO) << chain.text();
    EXPECT_EQ(chain.text().find("injected failure of "), 0U) << chain.text();
  }
}

TEST_F(Tls, NoticesEveryOctetThatWasChanged) {
  const TlsServer server(Spec());
  const uint64_t total = OctetsToGreeting(server, options_);
  for (uint64_t at = 0; at < total; at += at % 5 == 0 ? 2 : 3) {
    EchoPeer echo;
    TlsFaults faults;
    faults.flip_at = at;
    TlsPeer peer(&echo, &server, false, faults);
    TestHost host;
    TlsChain chain(&host, &peer);
    std::string got;
    ASSERT_EQ(chain.Create(options_), POP3_OK);
    pop3_io io = chain.Connect();
    if (io == POP3_IO_DONE) io = chain.Receive(11, &got);
    // A changed length makes it wait for more; the version of a record has no meaning (RFC 8446
    // section 5.1), nor has the legacy session id's length been anything but compared.
    if (io == POP3_IO_WANT_READ) continue;
    if (io == POP3_IO_DONE) {
      EXPECT_EQ(got, "+OK ready\r\n") << at;
      continue;
    }
    EXPECT_EQ(io, POP3_IO_FAIL);
    EXPECT_NE(chain.text(), "") << at;
    EXPECT_TRUE(chain.error().status == POP3_ERR_TLS ||
                chain.error().status == POP3_ERR_CERTIFICATE)
        << at << ": " << chain.text();
    EXPECT_EQ(got, "");
  }
}

TEST_F(Tls, SaysThatThePortSpeaksPlainPop3) {
  const TlsServer server(Spec());
  for (const int how : {0, 1}) {
    WireFaults faults;
    if (how == 1) faults.read = Chunking::Octets();
    TestHost host;
    EchoPeer plain;
    TlsChain chain(&host, &plain, faults);
    ASSERT_EQ(chain.Create(options_), POP3_OK);
    ASSERT_EQ(chain.Connect(), POP3_IO_FAIL);
    EXPECT_EQ(chain.error().status, POP3_ERR_TLS);
    EXPECT_NE(chain.text().find("it speaks plain POP3. Use STLS"), std::string::npos)
        << chain.text();
  }
}

TEST_F(Tls, SaysThatTheServerEndedTheHandshakeInOrder) {
  const TlsServer server(Spec());
  TlsFaults faults;
  faults.instead = std::string("\x15\x03\x03\0\x02\x01\0", 7);  // the alert close_notify
  const Meeting met = Meet(server, options_, "mail.example.org", faults);
  EXPECT_EQ(met.status, POP3_ERR_TLS);
  EXPECT_EQ(met.text, "the server closed the connection during the TLS handshake");
}

TEST_F(Tls, IsHonestAboutWhatIsPending) {
  const TlsServer server(Spec());
  EchoPeer echo(std::string(40000, 'x'));
  TlsPeer peer(&echo, &server);
  TlsChain chain(&host_, &peer);
  ASSERT_EQ(chain.Create(options_), POP3_OK);
  const auto pending = [&chain] { return chain.tls().ops->pending(chain.tls().self); };
  EXPECT_EQ(pending(), 0);
  ASSERT_EQ(chain.Connect(), POP3_IO_DONE) << chain.text();
  std::string got;
  ASSERT_EQ(chain.Read(&got, 1), POP3_IO_DONE);
  EXPECT_EQ(pending(), 1) << "the rest of the record";
  ASSERT_EQ(chain.Read(&got, 16383), POP3_IO_DONE);
  EXPECT_EQ(got.size(), 16384U);
  EXPECT_EQ(pending(), 1) << "another record in the buffer";
  ASSERT_EQ(chain.Read(&got, 1000000), POP3_IO_DONE);
  EXPECT_EQ(got.size(), 40000U) << "a read takes all that there is";
  EXPECT_EQ(pending(), 0);
}

TEST_F(Tls, EndsInOrder) {
  const TlsServer server(Spec());
  TlsPeer peer(&echo_, &server);
  TlsChain chain(&host_, &peer);
  ASSERT_EQ(chain.Create(options_), POP3_OK);
  EXPECT_EQ(chain.Shutdown(), POP3_IO_DONE) << "before there is anything to shut down";
  ASSERT_EQ(chain.Connect(), POP3_IO_DONE) << chain.text();
  EXPECT_EQ(chain.Connect(), POP3_IO_DONE) << "again does no harm";
  EXPECT_EQ(chain.Shutdown(), POP3_IO_DONE);
  EXPECT_EQ(chain.Shutdown(), POP3_IO_DONE);
  std::string out;
  (void)peer.Turn(0, &out);
  EXPECT_TRUE(peer.got_close_notify());
}

TEST_F(Tls, TakesAMissingCloseNotifyForATruncation) {
  const TlsServer server(Spec());
  TlsFaults faults;
  faults.no_close_notify = true;
  TlsPeer peer(&echo_, &server, false, faults);
  TlsChain chain(&host_, &peer);
  ASSERT_EQ(chain.Create(options_), POP3_OK);
  ASSERT_EQ(chain.Connect(), POP3_IO_DONE) << chain.text();
  ASSERT_EQ(chain.Send("QUIT\r\n"), POP3_IO_DONE);
  std::string got;
  ASSERT_EQ(chain.Receive(17, &got), POP3_IO_DONE);
  EXPECT_EQ(chain.Read(&got), POP3_IO_FAIL);
  EXPECT_EQ(chain.error().status, POP3_ERR_TLS);
}

TEST_F(Tls, GivesWhatCameBeforeAFailure) {
  const TlsServer server(Spec());
  EchoPeer echo("+OK ready\r\n");
  TlsPeer peer(&echo, &server);
  TlsChain chain(&host_, &peer);
  ASSERT_EQ(chain.Create(options_), POP3_OK);
  ASSERT_EQ(chain.Connect(), POP3_IO_DONE) << chain.text();
  ASSERT_EQ(chain.Send("QUIT\r\n"), POP3_IO_DONE);
  std::string got;
  ASSERT_EQ(chain.Read(&got, 100000), POP3_IO_DONE);
  EXPECT_EQ(got, "+OK ready\r\nQUIT\r\n");
  EXPECT_EQ(chain.tls().ops->pending(chain.tls().self), 1) << "the end can be read at once";
  EXPECT_EQ(chain.Read(&got), POP3_IO_EOF);
}

TEST_F(Tls, MayBeDestroyedAtAnyPoint) {
  const TlsServer server(Spec());
  for (int calls = 0; calls < 12; calls++) {
    EchoPeer echo;
    TlsPeer peer(&echo, &server);
    WireFaults faults;
    faults.want_everywhere = true;
    TestHost host;
    TlsChain chain(&host, &peer, faults);
    ASSERT_EQ(chain.Create(options_), POP3_OK);
    pop3_error error = POP3_ERROR_INIT;
    for (int i = 0; i < calls; i++) (void)chain.tls().ops->connect(chain.tls().self, &error);
    const uint64_t before = chain.wire()->calls();
    chain.Destroy();
    EXPECT_EQ(chain.wire()->calls(), before) << "no network any more";
  }
  pop3_plugin_tls(POP3_ABI)->transports[0]->destroy(nullptr);
}

TEST_F(Tls, SurvivesEveryFailedAllocation) {
  const TlsServer server(Spec());
  const TempFile certificate(TheWorld().mail.Pem() + TheWorld().mail.KeyPem());
  options_.Text("tls.cert_file", certificate.path()).Text("tls.pin_sha256", TheWorld().mail.Pin());
  for (const bool persistently : {false, true}) {
    int nth = 0;
    for (;; nth++) {
      SCOPED_TRACE(nth);
      EchoPeer echo;
      TlsPeer peer(&echo, &server);
      TestHost host;
      TlsChain chain(&host, &peer);
      if (nth > 0) {
        host.FailAllocation(nth, persistently);
      }
      const pop3_status status = chain.Create(options_);
      bool ok = status == POP3_OK;
      std::string got;
      if (ok) ok = chain.Connect() == POP3_IO_DONE && chain.Receive(11, &got) == POP3_IO_DONE;
      const bool failed = host.has_failed();
      host.FailAllocation(-1);
      ASSERT_LT(nth, 1000);
      if (!failed && nth > 0) break;
      if (nth == 0) {
        EXPECT_TRUE(ok) << chain.text();
        continue;
      }
      EXPECT_FALSE(ok);
      EXPECT_EQ(chain.error().status, POP3_ERR_MEMORY) << chain.text();
      EXPECT_EQ(chain.text(), "out of memory");
    }
    EXPECT_GT(nth, 4) << "the transport's memory is the host's";
  }
}

TEST_F(Tls, LivesInManyThreads) {
  const TlsServer server(Spec());
  std::vector<std::thread> threads;
  (void)TheWorld();
  for (int t = 0; t < 4; t++) {
    threads.emplace_back([this, &server] {
      for (int i = 0; i < 5; i++) {
        const Meeting met = Meet(server, options_);
        EXPECT_EQ(met.status, POP3_OK) << met.text;
      }
    });
  }
  for (std::thread &thread : threads) thread.join();
}

TEST_F(Tls, LeavesNoErrorInBoringSslsQueue) {
  const TlsServer server(Spec());
  ERR_clear_error();
  EXPECT_EQ(Meet(server, options_, "pop.example.org").status, POP3_ERR_CERTIFICATE);
  EXPECT_EQ(ERR_peek_error(), 0U);
  ERR_put_error(ERR_LIB_SSL, 0, SSL_R_BAD_LENGTH, __FILE__, __LINE__);
  const Meeting met = Meet(server, options_);
  EXPECT_EQ(met.status, POP3_OK) << "an old error of somebody else is not ours: " << met.text;
}

TEST_F(Tls, IsNotKeptBusyByRecordsWithoutData) {
  const TlsServer server(Spec());
  TlsPeer peer(&echo_, &server);
  TlsChain chain(&host_, &peer);
  ASSERT_EQ(chain.Create(options_), POP3_OK);
  ASSERT_EQ(chain.Connect(), POP3_IO_DONE) << chain.text();
  std::string got;
  ASSERT_EQ(chain.Receive(11, &got), POP3_IO_DONE);
  // A renewed key again and again, and never any data.
  for (int i = 0; i < 200; i++) {
    ASSERT_EQ(SSL_key_update(peer.ssl(), SSL_KEY_UPDATE_NOT_REQUESTED), 1);
    ASSERT_EQ(SSL_write(peer.ssl(), "", 0), 0);
  }
  EXPECT_EQ(chain.Read(&got), POP3_IO_FAIL);
  EXPECT_NE(chain.text().find("records without data"), std::string::npos) << chain.text();
}

TEST_F(Tls, ReturnsInTimeFromAWireThatNeverRests) {
  const TlsServer server(Spec());
  EchoPeer echo("+OK ready\r\n" + std::string(10000, 'x'));
  TlsPeer peer(&echo, &server);
  WireFaults faults;
  faults.read = Chunking::Octets();
  TlsChain chain(&host_, &peer, faults);
  ASSERT_EQ(chain.Create(options_), POP3_OK);
  ASSERT_EQ(chain.Connect(), POP3_IO_DONE) << chain.text();
  const pop3_layer tls = chain.tls();
  uint8_t buf[100];
  size_t len = 0;
  pop3_error error = POP3_ERROR_INIT;
  const uint64_t before = chain.wire()->calls();
  ASSERT_EQ(tls.ops->read(tls.self, buf, sizeof(buf), &len, &error), POP3_IO_WANT_READ);
  EXPECT_GE(chain.wire()->calls() - before, 100U);
  EXPECT_LE(chain.wire()->calls() - before, 1000U) << "a record has 10,000 octets";
  EXPECT_EQ(tls.ops->pending(tls.self), 1) << "call again at once";
  pop3_interest interest = POP3_INTEREST_INIT;
  interest.events = POP3_WAIT_READ;
  host_.SetClock(1234);
  tls.ops->interest(tls.self, &interest);
  EXPECT_NE(interest.deadline_ms, POP3_NO_DEADLINE);
  std::string got;
  EXPECT_EQ(chain.Receive(10011, &got), POP3_IO_DONE);
  EXPECT_EQ(tls.ops->pending(tls.self), 0);
}

}  // namespace
}  // namespace tls_transport_test
}  // namespace pop3_testing
