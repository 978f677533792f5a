// What "tls" makes of what the transport below answers.
#include <gtest/gtest.h>
#include <pop3/plugins/tls.h>

#include <memory>
#include <string>

#include "tests/transports/tls_drive.h"

namespace pop3_testing {
namespace tls_below_test {
namespace {

// Between is a transport that passes on what is below, unless it is told what to answer, and notes
// what it is asked to wait for.
struct Between {
  static pop3_io Read(void *arg, uint8_t *buf, size_t cap, size_t *out_len, pop3_error *err) {
    const auto *self = static_cast<Between *>(arg);
    if (self->read_says != POP3_IO_DONE) return self->read_says;
    const size_t len = cap < self->piece ? cap : self->piece;
    return self->below.ops->read(self->below.self, buf, len, out_len, err);
  }
  static pop3_io Write(void *arg, const uint8_t *data, size_t len, size_t *out_len,
                       pop3_error *err) {
    const auto *self = static_cast<Between *>(arg);
    if (self->write_says != POP3_IO_DONE) return self->write_says;
    return self->below.ops->write(self->below.self, data, len, out_len, err);
  }
  static void Interest(void *arg, pop3_interest *io) {
    auto *self = static_cast<Between *>(arg);
    self->events = io->events;
    self->deadline_ms = io->deadline_ms;
    self->below.ops->interest(self->below.self, io);
  }

  pop3_layer below = {nullptr, nullptr};
  pop3_io read_says = POP3_IO_DONE;  // DONE: what is below says
  pop3_io write_says = POP3_IO_DONE;
  size_t piece = SIZE_MAX;  // most octets in one read
  uint32_t events = 0;
  int64_t deadline_ms = 0;
};

class TlsBelow : public ::testing::Test {
 protected:
  TlsBelow()
      : echo_("+OK ready\r\n" + std::string(10000, 'x')),
        server_(Spec()),
        peer_(&echo_, &server_),
        wire_(&clock_, &peer_, WireFaults()) {
    host_.SetClock(1234);
    const pop3_option wire = {"memory.wire", nullptr, 0, &wire_};
    const pop3_transport_config config = {sizeof(config), 0, "", &wire, 1};
    between_.below.ops = MemoryPlugin()->transports[0];
    EXPECT_EQ(
        between_.below.ops->create(host_.get(), &config, nullptr, &between_.below.self, &error_),
        POP3_OK);
    EXPECT_EQ(between_.below.ops->connect(between_.below.self, &error_), POP3_IO_DONE);
    ops_.read = Between::Read;
    ops_.write = Between::Write;
    ops_.interest = Between::Interest;
    Options options;
    options.Text("tls.ca_pem", TheWorld().root_pem);
    const pop3_transport_config tls = {sizeof(tls), 995, "mail.example.org", options.get().data(),
                                       options.get().size()};
    tls_.ops = pop3_plugin_tls(POP3_ABI)->transports[0];
    EXPECT_EQ(tls_.ops->create(host_.get(), &tls, &lower_, &tls_.self, &error_), POP3_OK)
        << error_.text;
  }
  ~TlsBelow() override {
    tls_.ops->destroy(tls_.self);
    between_.below.ops->destroy(between_.below.self);
  }

  static TlsServerSpec Spec() {
    TlsServerSpec spec;
    spec.identity = &TheWorld().mail;
    return spec;
  }

  // What is waited for by a session that wants |events|.
  uint32_t Ask(uint32_t events) {
    pop3_interest io = POP3_INTEREST_INIT;
    io.events = events;
    tls_.ops->interest(tls_.self, &io);
    return between_.events;
  }

  pop3_io Connect() { return tls_.ops->connect(tls_.self, &error_); }
  void ConnectAll() {
    pop3_io io = POP3_IO_WANT_READ;
    for (int i = 0; i < 100 && io != POP3_IO_DONE; i++) {
      io = Connect();
      if (io != POP3_IO_DONE) (void)Ask(POP3_WAIT_READ);
    }
    ASSERT_EQ(io, POP3_IO_DONE) << error_.text;
  }
  pop3_io Read() {
    size_t len = 0;
    return tls_.ops->read(tls_.self, buf_, sizeof(buf_), &len, &error_);
  }

  FakeClock clock_;
  TestHost host_;
  EchoPeer echo_;
  TlsServer server_;
  TlsPeer peer_;
  MemoryWire wire_;
  Between between_;
  pop3_transport_ops ops_ = {};
  pop3_layer lower_ = {&ops_, &between_};
  pop3_layer tls_ = {nullptr, nullptr};
  pop3_error error_ = POP3_ERROR_INIT;
  uint8_t buf_[4096];
};

TEST_F(TlsBelow, IsWaitedForInAHandshake) {
  constexpr uint32_t kAny = POP3_WAIT_READ | POP3_WAIT_WRITE;
  between_.write_says = POP3_IO_WANT_WRITE;
  EXPECT_EQ(Connect(), POP3_IO_WANT_WRITE);
  EXPECT_EQ(Ask(kAny), POP3_WAIT_WRITE);
  between_.write_says = POP3_IO_WANT_READ;
  EXPECT_EQ(Connect(), POP3_IO_WANT_READ) << "a write that has to read first";
  EXPECT_EQ(Ask(POP3_WAIT_WRITE), POP3_WAIT_READ);
  between_.write_says = POP3_IO_DONE;
  between_.read_says = POP3_IO_WANT_READ;
  EXPECT_EQ(Connect(), POP3_IO_WANT_READ);
  EXPECT_EQ(Ask(kAny), POP3_WAIT_READ);
  between_.read_says = POP3_IO_WANT_WRITE;
  EXPECT_EQ(Connect(), POP3_IO_WANT_WRITE) << "a read that has to write first";
  EXPECT_EQ(Ask(POP3_WAIT_READ), POP3_WAIT_WRITE);
  between_.read_says = POP3_IO_DONE;
  ConnectAll();
}

TEST_F(TlsBelow, IsWaitedForAtTheEnd) {
  ConnectAll();
  between_.write_says = POP3_IO_WANT_WRITE;
  EXPECT_EQ(tls_.ops->shutdown(tls_.self, &error_), POP3_IO_WANT_WRITE);
  EXPECT_EQ(tls_.ops->shutdown(tls_.self, &error_), POP3_IO_WANT_WRITE) << "not sent yet";
  between_.write_says = POP3_IO_DONE;
  EXPECT_EQ(tls_.ops->shutdown(tls_.self, &error_), POP3_IO_DONE);
  EXPECT_EQ(tls_.ops->shutdown(tls_.self, &error_), POP3_IO_DONE);
  std::string out;
  (void)peer_.Turn(clock_.now_ms(), &out);
  EXPECT_TRUE(peer_.got_close_notify());
}

// Behind half a record there can be no end in order.
TEST_F(TlsBelow, IsNotWaitedForAtTheEndBehindARecord) {
  ConnectAll();
  between_.write_says = POP3_IO_WANT_WRITE;
  size_t len = 0;
  const uint8_t quit[] = {'Q', 'U', 'I', 'T', '\r', '\n'};
  EXPECT_EQ(tls_.ops->write(tls_.self, quit, sizeof(quit), &len, &error_), POP3_IO_WANT_WRITE);
  EXPECT_EQ(tls_.ops->shutdown(tls_.self, &error_), POP3_IO_DONE) << error_.text;
  between_.write_says = POP3_IO_DONE;
  EXPECT_EQ(tls_.ops->shutdown(tls_.self, &error_), POP3_IO_DONE) << error_.text;
  std::string out;
  (void)peer_.Turn(clock_.now_ms(), &out);
  EXPECT_FALSE(peer_.got_close_notify());
}

TEST_F(TlsBelow, IsWaitedForInARead) {
  ConnectAll();
  EXPECT_EQ(Ask(POP3_WAIT_READ), POP3_WAIT_READ);
  EXPECT_EQ(Ask(POP3_WAIT_WRITE), POP3_WAIT_WRITE);
  between_.read_says = POP3_IO_WANT_WRITE;
  EXPECT_EQ(Read(), POP3_IO_WANT_WRITE);
  EXPECT_EQ(Ask(POP3_WAIT_READ), POP3_WAIT_WRITE);
  EXPECT_EQ(Ask(POP3_WAIT_WRITE), POP3_WAIT_WRITE);
  EXPECT_EQ(Ask(0), 0U) << "a session that pauses waits for nothing";
  between_.read_says = POP3_IO_WANT_READ;
  EXPECT_EQ(Read(), POP3_IO_WANT_READ);
  EXPECT_EQ(Ask(POP3_WAIT_READ), POP3_WAIT_READ);
}

// A record of 10,000 octets that come one by one is more than one operation may take.
TEST_F(TlsBelow, IsNotWaitedForIfThereIsMore) {
  ConnectAll();
  between_.piece = 1;
  EXPECT_EQ(Read(), POP3_IO_WANT_READ);
  EXPECT_EQ(Ask(POP3_WAIT_READ), POP3_WAIT_READ);
  EXPECT_EQ(between_.deadline_ms, 1234);
  between_.piece = SIZE_MAX;
  EXPECT_EQ(Read(), POP3_IO_DONE);
  (void)Ask(POP3_WAIT_READ);
  EXPECT_EQ(between_.deadline_ms, POP3_NO_DEADLINE);
}

// How the server ended counts more than that it could not be written to.
TEST_F(TlsBelow, MayEndAfterAFailedWrite) {
  ConnectAll();
  between_.write_says = POP3_IO_FAIL;
  size_t len = 0;
  EXPECT_EQ(tls_.ops->write(tls_.self, buf_, 1, &len, &error_), POP3_IO_FAIL);
  EXPECT_EQ(Read(), POP3_IO_DONE) << "its last words";
  between_.read_says = POP3_IO_EOF;
  pop3_io io = POP3_IO_DONE;
  for (int i = 0; i < 10 && io == POP3_IO_DONE; i++) io = Read();
  EXPECT_EQ(io, POP3_IO_FAIL);
  EXPECT_EQ(error_.status, POP3_ERR_TLS);
  EXPECT_NE(std::string(error_.text).find("truncated"), std::string::npos) << error_.text;
}

}  // namespace
}  // namespace tls_below_test
}  // namespace pop3_testing
