#include "tests/mailboxd/tls_client.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <vector>

TlsPair::TlsPair(uint16_t version) {
  char why[512] = "";
  EXPECT_TRUE(certificate_get(&certificate_, dir_.Path("tls").c_str(), why, sizeof(why))) << why;
  tls_options options = {};
  options.cert = certificate_.cert;
  options.key = certificate_.key;
  options.min = options.max = version;
  shared_ = tls_server_new(&options, why, sizeof(why));
  EXPECT_NE(nullptr, shared_) << why;
  EXPECT_EQ(0, socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, fds_));
  const int small = 4096;
  for (int fd : fds_) {
    EXPECT_EQ(0, setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &small, sizeof(small)));
  }
  server_ = tls_new(shared_);
  ctx_.reset(SSL_CTX_new(TLS_method()));
  EXPECT_EQ(1, SSL_CTX_load_verify_locations(ctx_.get(), certificate_.ca, nullptr));
  SSL_CTX_set_verify(ctx_.get(), SSL_VERIFY_PEER, nullptr);
  client_.reset(SSL_new(ctx_.get()));
  EXPECT_EQ(1, SSL_set1_host(client_.get(), "localhost"));
  SSL_set_fd(client_.get(), fds_[0]);
  SSL_set_connect_state(client_.get());
}

TlsPair::~TlsPair() {
  client_.reset();
  tls_io.free(server_);
  tls_server_free(shared_);
  certificate_cleanup(&certificate_);
  CloseClient();
  close(fds_[1]);
}

void TlsPair::CloseClient() {
  if (fds_[0] >= 0) close(fds_[0]);
  fds_[0] = -1;
}

bool TlsPair::Shake() {
  int client = 0;
  io_result server = IO_WANT_READ;
  for (int i = 0; i < 100 && (client != 1 || server != IO_DONE); i++) {
    if (client != 1) client = SSL_do_handshake(client_.get());
    if (server != IO_DONE) server = tls_io.handshake(server_, fds_[1]);
  }
  return client == 1 && server == IO_DONE;
}

std::string TlsPair::Read(size_t cap) {
  std::vector<char> data(cap);
  const int got = SSL_read(client_.get(), data.data(), static_cast<int>(cap));
  return got > 0 ? std::string(data.data(), static_cast<size_t>(got)) : std::string();
}
