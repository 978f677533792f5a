#include "tools/mailboxd/tls.h"

#include <gtest/gtest.h>
#include <openssl/sha.h>
#include <openssl/x509.h>
#include <sys/uio.h>

#include <cstring>
#include <string>
#include <vector>

#include "tests/mailboxd/tls_client.h"
#include "tools/mailboxd/tls_facts.h"

namespace tls_test {
namespace {

class Tls : public testing::TestWithParam<uint16_t> {
 protected:
  void SetUp() override { ASSERT_TRUE(pair_.Shake()); }

  io_result ReadSome(size_t cap, std::string *out) {
    std::vector<uint8_t> data(cap);
    size_t len = 0;
    const io_result result = tls_io.read(pair_.server(), pair_.fd(), data.data(), cap, &len);
    if (result == IO_DONE) out->append(data.begin(), data.begin() + static_cast<long>(len));
    return result;
  }

  std::string Binding(const std::string &type) {
    uint8_t data[TLS_BINDING_MAX];
    const size_t len = tls_binding(pair_.server(), type.data(), type.size(), data);
    return std::string(data, data + len);
  }

  TlsPair pair_{GetParam()};
};

TEST_P(Tls, ReadsInPieces) {
  std::string got;
  EXPECT_EQ(IO_WANT_READ, ReadSome(10, &got));
  ASSERT_EQ(9, SSL_write(pair_.client(), "NOOP\r\nSTA", 9));
  ASSERT_EQ(3, SSL_write(pair_.client(), "T\r\n", 3));
  EXPECT_EQ(IO_DONE, ReadSome(4, &got));
  EXPECT_EQ("NOOP", got);
  EXPECT_TRUE(tls_io.pending(pair_.server()));
  EXPECT_EQ(IO_DONE, ReadSome(100, &got));
  EXPECT_EQ("NOOP\r\nSTAT\r\n", got);
  EXPECT_FALSE(tls_io.pending(pair_.server()));
  EXPECT_EQ(IO_WANT_READ, ReadSome(100, &got));
}

TEST_P(Tls, AnEndBehindOctetsIsTold) {
  std::string got;
  ASSERT_EQ(6, SSL_write(pair_.client(), "QUIT\r\n", 6));
  ASSERT_EQ(0, SSL_shutdown(pair_.client()));
  EXPECT_EQ(IO_DONE, ReadSome(100, &got));
  EXPECT_EQ("QUIT\r\n", got);
  EXPECT_TRUE(tls_io.pending(pair_.server()));  // though nothing more will come from the socket
  EXPECT_EQ(IO_EOF, ReadSome(100, &got));
  EXPECT_EQ(IO_EOF, ReadSome(100, &got));
}

TEST_P(Tls, AnEndWithoutCloseNotifyIsAFailure) {
  std::string got;
  pair_.CloseClient();
  EXPECT_EQ(IO_FAILED, ReadSome(100, &got));
}

// Many spans, short and long, over a socket that takes little at a time, and a queue that grows.
TEST_P(Tls, WritesAllInOrder) {
  std::vector<std::string> parts;
  std::string all;
  for (size_t i = 0; i < 400; i++) {
    parts.emplace_back(i % 50 == 7 ? 40000 : i % 13 + 1, static_cast<char>('a' + i % 26));
    all += parts.back();
  }
  std::string got;
  size_t done = 0, blocked = 0;
  for (int i = 0; i < 100000 && got.size() < all.size(); i++) {
    std::vector<iovec> iov;
    size_t at = 0;
    // At first not all of the spans are there.
    for (size_t n = 0; n < parts.size() && n < static_cast<size_t>(i) + 1; n++) {
      const size_t skip = done > at ? std::min(done - at, parts[n].size()) : 0;
      if (skip < parts[n].size()) iov.push_back({&parts[n][skip], parts[n].size() - skip});
      at += parts[n].size();
    }
    size_t sent = 0;
    const io_result result =
        iov.empty() ? IO_DONE
                    : tls_io.write(pair_.server(), pair_.fd(), iov.data(), iov.size(), &sent);
    ASSERT_TRUE(result == IO_DONE || result == IO_WANT_WRITE) << result;
    blocked += result == IO_WANT_WRITE;
    done += result == IO_DONE ? sent : 0;
    got += pair_.Read(5000);
  }
  EXPECT_TRUE(all == got);
  EXPECT_GT(blocked, 0U);
}

TEST_P(Tls, EndIsSeenByTheClient) {
  EXPECT_EQ(IO_DONE, tls_io.end(pair_.server(), pair_.fd()));
  char octet;
  const int got = SSL_read(pair_.client(), &octet, 1);
  EXPECT_EQ(SSL_ERROR_ZERO_RETURN, SSL_get_error(pair_.client(), got));
}

TEST_P(Tls, BindingsAreThoseOfTheClient) {
  uint8_t data[TLS_BINDING_MAX];
  if (GetParam() == TLS1_3_VERSION) {
    EXPECT_STREQ("tls-exporter", tls_default_binding(pair_.server()));
    const char kLabel[] = "EXPORTER-Channel-Binding";
    ASSERT_EQ(1, SSL_export_keying_material(pair_.client(), data, 32, kLabel, strlen(kLabel),
                                            nullptr, 0, 0));
    EXPECT_EQ(std::string(data, data + 32), Binding("tls-exporter"));
    EXPECT_EQ("", Binding("tls-unique"));
  } else {
    EXPECT_STREQ("tls-unique", tls_default_binding(pair_.server()));
    size_t len = 0;
    ASSERT_EQ(1, SSL_get_tls_unique(pair_.client(), data, &len, sizeof(data)));
    EXPECT_EQ(std::string(data, data + len), Binding("tls-unique"));
    EXPECT_EQ("", Binding("tls-exporter"));
  }
  bssl::UniquePtr<X509> cert(SSL_get_peer_certificate(pair_.client()));
  unsigned digest_len = 0;
  ASSERT_EQ(1, X509_digest(cert.get(), EVP_sha256(), data, &digest_len));
  EXPECT_EQ(std::string(data, data + digest_len), Binding("tls-server-end-point"));
  EXPECT_EQ("", Binding(""));
  EXPECT_EQ("", Binding("tls-server-end-poin"));
}

TEST_P(Tls, WithoutACertificateNobodyHasAName) {
  char name[TLS_NAME_MAX];
  EXPECT_FALSE(tls_peer_name(pair_.server(), name));
  EXPECT_STREQ(SSL_get_version(pair_.client()), tls_version(pair_.server()));
}

INSTANTIATE_TEST_SUITE_P(Versions, Tls, testing::Values(TLS1_2_VERSION, TLS1_3_VERSION));

}  // namespace
}  // namespace tls_test
