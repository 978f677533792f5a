#include "auth/sasl_layer.h"

#include <gtest/gtest.h>
#include <pop3/plugins/sasl.h>

#include <algorithm>
#include <cstring>
#include <memory>
#include <vector>

#include "tests/auth/cyrus_server.h"
#include "tests/auth/exchange.h"
#include "tests/auth/sasl_probe.h"
#include "tests/testing/alone.h"

namespace pop3_testing {
namespace sasl_layer_test {
namespace {

// Wire is the transport below. It moves at most |piece| octets at a time.
struct Wire {
  std::string incoming;
  std::string outgoing;
  size_t piece = SIZE_MAX;
  bool want_everywhere = false;
  bool eof = false;
  bool broken = false;
  int turn = 0;
  uint32_t events = 0;  // of the last interest

  bool Stutters() { return want_everywhere && turn++ % 2 == 0; }

  static Wire *Of(void *self) { return static_cast<Wire *>(self); }

  static pop3_io Read(void *self, uint8_t *buf, size_t cap, size_t *out_len, pop3_error *err) {
    Wire *wire = Of(self);
    if (wire->Stutters()) return POP3_IO_WANT_WRITE;
    if (wire->broken) {
      err->status = POP3_ERR_IO;
      return POP3_IO_FAIL;
    }
    if (wire->incoming.empty()) return wire->eof ? POP3_IO_EOF : POP3_IO_WANT_READ;
    *out_len = std::min({cap, wire->piece, wire->incoming.size()});
    std::memcpy(buf, wire->incoming.data(), *out_len);
    wire->incoming.erase(0, *out_len);
    return POP3_IO_DONE;
  }

  static pop3_io Write(void *self, const uint8_t *data, size_t len, size_t *out_len,
                       pop3_error *err) {
    Wire *wire = Of(self);
    if (wire->Stutters()) return POP3_IO_WANT_READ;
    if (wire->broken) {
      err->status = POP3_ERR_IO;
      return POP3_IO_FAIL;
    }
    *out_len = std::min(len, wire->piece);
    wire->outgoing.append(reinterpret_cast<const char *>(data), *out_len);
    return POP3_IO_DONE;
  }

  static void Interest(void *self, pop3_interest *io) { Of(self)->events = io->events; }
};

class SaslLayer : public ::testing::Test {
 protected:
  SaslLayer() : exchange_(&host_, pop3_plugin_sasl(POP3_ABI)) {
    exchange_.credentials[POP3_CREDENTIAL_USER] = "alice";
    exchange_.credentials[POP3_CREDENTIAL_PASSWORD] = kCyrusPassword;
    exchange_.mechanism = "DIGEST-MD5";
    // libsasl2 remembers of a server, for the whole process, what protection DIGEST-MD5 had last.
    exchange_.host_name = "layer.example";
    wire_ops_.read = Wire::Read;
    wire_ops_.write = Wire::Write;
    wire_ops_.interest = Wire::Interest;
    lower_ = {&wire_ops_, &wire_};
  }

  ~SaslLayer() override { Destroy(); }

  // Logs in, so that the exchange has a layer to offer.
  void Login(unsigned min_ssf, unsigned max_ssf, unsigned max_frame = 65536) {
    CyrusServer::Options options;
    options.min_ssf = min_ssf;
    options.max_ssf = max_ssf;
    options.max_frame = max_frame;
    server_ = std::make_unique<CyrusServer>(options);
    ASSERT_EQ(exchange_.Begin(), POP3_OK);
    pop3_auth_verdict verdict = exchange_.Step(POP3_AUTH_START);
    while (verdict == POP3_AUTH_SEND) {
      const CyrusServer::Reply reply = server_->Take(exchange_.line());
      verdict = exchange_.Step(reply.event, reply.text);
    }
    ASSERT_EQ(verdict, POP3_AUTH_DONE) << exchange_.error().text;
    ops_ = exchange_.output().layer;
    ASSERT_NE(ops_, nullptr);
  }

  // Pushes the layer as a session does: the options are in the midst of others.
  pop3_status Create() {
    const pop3_option options[] = {{"tcp.family", "any", 0, nullptr},
                                   exchange_.output().layer_options[0]};
    const pop3_transport_config config = {sizeof(config), 110, "mail.example", options, 2};
    error_ = POP3_ERROR_INIT;
    return ops_->create(host_.get(), &config, &lower_, &self_, &error_);
  }

  void Push(unsigned min_ssf, unsigned max_ssf, unsigned max_frame = 65536) {
    Login(min_ssf, max_ssf, max_frame);
    Connect();
  }

  void Connect() {
    ASSERT_EQ(Create(), POP3_OK) << error_.text;
    exchange_.End();  // the options are gone, the layer stays
    ASSERT_EQ(ops_->connect(self_, &error_), POP3_IO_DONE);
  }

  // Pushes the layer of a mechanism that does what the test says.
  void PushProbe(unsigned ssf, unsigned max_out = 0) {
    SaslProbe::Use();
    SaslProbe::ssf = ssf;
    SaslProbe::max_out = max_out;
    exchange_.mechanism = "X-PROBE";
    ASSERT_EQ(exchange_.Begin(), POP3_OK) << exchange_.error().text;
    ASSERT_EQ(exchange_.Step(POP3_AUTH_START), POP3_AUTH_SEND) << exchange_.error().text;
    ASSERT_EQ(exchange_.Step(POP3_AUTH_POSITIVE), POP3_AUTH_DONE) << exchange_.error().text;
    ops_ = exchange_.output().layer;
    ASSERT_NE(ops_, nullptr);
    Connect();
  }

  void Destroy() {
    if (self_ != nullptr) ops_->destroy(self_);
    self_ = nullptr;
  }

  // Reads all that there is; the last answer is left in |io_|.
  std::string ReadAll(size_t cap = 4096) {
    std::string text;
    std::vector<uint8_t> buf(cap);
    for (int idle = 0; idle < 3;) {
      size_t len = 0;
      const size_t before = wire_.incoming.size();
      io_ = ops_->read(self_, buf.data(), cap, &len, &error_);
      if (io_ == POP3_IO_EOF || io_ == POP3_IO_FAIL) break;
      idle = io_ == POP3_IO_DONE || wire_.incoming.size() < before ? 0 : idle + 1;
      if (io_ == POP3_IO_DONE) text.append(reinterpret_cast<char *>(buf.data()), len);
    }
    return text;
  }

  // Writes all of |text|, offering more with each call, as the host may.
  void WriteAll(const std::string &text) {
    size_t at = 0;
    while (at < text.size()) {
      size_t len = 0;
      io_ = ops_->write(self_, reinterpret_cast<const uint8_t *>(text.data()) + at,
                        text.size() - at, &len, &error_);
      if (io_ == POP3_IO_FAIL) return;
      if (io_ == POP3_IO_DONE) at += len;
      ASSERT_LE(at, text.size());
    }
  }

  std::string ErrorText() const { return error_.text; }

  TestHost host_;
  Exchange exchange_;
  Wire wire_;
  pop3_transport_ops wire_ops_ = {};
  pop3_layer lower_ = {};
  std::unique_ptr<CyrusServer> server_;
  const pop3_transport_ops *ops_ = nullptr;
  void *self_ = nullptr;
  pop3_error error_ = POP3_ERROR_INIT;
  pop3_io io_ = POP3_IO_DONE;
};

struct Strength {
  unsigned min_ssf;
  unsigned max_ssf;
};

std::string Pattern(size_t len) {
  std::string text(len, '\0');
  for (size_t i = 0; i < len; i++) text[i] = static_cast<char>(i * 7 + i / 251);
  return text;
}

TEST_F(SaslLayer, CarriesOctetsBothWays) {
  for (const Strength &strength : {Strength{1, 1}, Strength{128, 128}}) {
    for (size_t piece : {SIZE_MAX, size_t{1}, size_t{7}}) {
      for (bool want : {false, true}) {
        SCOPED_TRACE("ssf " + std::to_string(strength.max_ssf) + " piece " + std::to_string(piece));
        wire_ = Wire();
        wire_.piece = piece;
        wire_.want_everywhere = want;
        ASSERT_NO_FATAL_FAILURE(Push(strength.min_ssf, strength.max_ssf));
        EXPECT_EQ(server_->ssf(), strength.max_ssf);

        const std::string down = Pattern(9000);
        wire_.incoming = server_->Encode(down.substr(0, 10));
        wire_.incoming += server_->Encode(down.substr(10));
        EXPECT_TRUE(ReadAll() == down);
        EXPECT_EQ(ops_->pending(self_), 0);

        const std::string up = "RETR 1\r\n" + Pattern(40000);
        WriteAll(up);
        EXPECT_EQ(wire_.outgoing.find("RETR") == std::string::npos, strength.max_ssf > 1);
        EXPECT_TRUE(server_->Decode(wire_.outgoing) == up);
        Destroy();
      }
    }
  }
}

TEST_F(SaslLayer, SaysWhetherItEncrypts) {
  for (const Strength &strength : {Strength{1, 1}, Strength{128, 128}}) {
    ASSERT_NO_FATAL_FAILURE(Push(strength.min_ssf, strength.max_ssf));
    pop3_answer answer = POP3_ANSWER_INIT;
    const bool strong = strength.max_ssf >= 112;
    EXPECT_EQ(ops_->query(self_, POP3_QUERY_IS_ENCRYPTED, &answer),
              strong ? POP3_OK : POP3_ERR_UNSUPPORTED);
    EXPECT_EQ(answer.number, strong ? 1 : 0);
    EXPECT_EQ(ops_->query(self_, POP3_QUERY_FD, &answer), POP3_ERR_UNSUPPORTED);
    Destroy();
  }
}

// Triple DES, or RC4 with 128 bits, is what one may call encrypted.
TEST_F(SaslLayer, EncryptsFrom112BitsOn) {
  for (unsigned ssf : {1U, 56U, 111U, 112U, 113U, 256U}) {
    ASSERT_NO_FATAL_FAILURE(PushProbe(ssf));
    pop3_answer answer = POP3_ANSWER_INIT;
    EXPECT_EQ(ops_->query(self_, POP3_QUERY_IS_ENCRYPTED, &answer),
              ssf >= 112 ? POP3_OK : POP3_ERR_UNSUPPORTED)
        << ssf;
    Destroy();
  }
}

TEST_F(SaslLayer, TakesFramesOfTheGreatestLength) {
  ASSERT_NO_FATAL_FAILURE(PushProbe(1));
  const std::string text = Pattern(P3_SASL_FRAME_MAX);
  wire_.incoming = SaslProbe::Frame(text);
  EXPECT_TRUE(ReadAll() == text);
  wire_.incoming = SaslProbe::Frame(text + "x");
  EXPECT_EQ(ReadAll(), "");
  EXPECT_EQ(io_, POP3_IO_FAIL);
  EXPECT_EQ(error_.status, POP3_ERR_LIMIT);
}

TEST_F(SaslLayer, PassesEmptyFramesOver) {
  ASSERT_NO_FATAL_FAILURE(PushProbe(1));
  wire_.incoming = SaslProbe::Frame("") + SaslProbe::Frame("") + SaslProbe::Frame("+OK");
  uint8_t buf[16];
  size_t len = 0;
  EXPECT_EQ(ops_->read(self_, buf, sizeof(buf), &len, &error_), POP3_IO_DONE);
  EXPECT_EQ(std::string(buf, buf + len), "+OK") << "a read of nothing would be the end";
}

TEST_F(SaslLayer, SaysThatItCannotEncode) {
  ASSERT_NO_FATAL_FAILURE(PushProbe(1));
  SaslProbe::encode_code = SASL_FAIL;
  WriteAll("STAT\r\n");
  EXPECT_EQ(io_, POP3_IO_FAIL);
  EXPECT_EQ(error_.status, POP3_ERR_AUTH);
  EXPECT_NE(ErrorText().find("security layer cannot be written"), std::string::npos);
  EXPECT_EQ(wire_.outgoing, "");
}

TEST_F(SaslLayer, LeavesRoomInItsFrames) {
  for (unsigned max_out : {0U, 1000U}) {
    ASSERT_NO_FATAL_FAILURE(PushProbe(1, max_out));
    const std::string text(40000, 'x');
    size_t len = 0;
    EXPECT_EQ(ops_->write(self_, reinterpret_cast<const uint8_t *>(text.data()), text.size(), &len,
                          &error_),
              POP3_IO_DONE);
    EXPECT_EQ(len, max_out == 0 ? 16384U : max_out) << "mechanisms may lengthen what they encode";
    EXPECT_EQ(SaslProbe::longest, len);
    Destroy();
  }
}

TEST_F(SaslLayer, HoldsWhatWasNotTakenYet) {
  ASSERT_NO_FATAL_FAILURE(Push(128, 128));
  wire_.incoming = server_->Encode("+OK twelve");
  uint8_t buf[4];
  size_t len = 0;
  EXPECT_EQ(ops_->read(self_, buf, sizeof(buf), &len, &error_), POP3_IO_DONE);
  EXPECT_EQ(len, 4U);
  EXPECT_EQ(ops_->pending(self_), 1);
  EXPECT_EQ(ReadAll(3), "twelve");
  EXPECT_EQ(ops_->pending(self_), 0);
  pop3_interest interest = POP3_INTEREST_INIT;
  interest.events = POP3_WAIT_READ;
  ops_->interest(self_, &interest);
  EXPECT_EQ(wire_.events, POP3_WAIT_READ);
}

TEST_F(SaslLayer, DoesNotEncodeTwiceWhatItCouldNotSend) {
  ASSERT_NO_FATAL_FAILURE(Push(128, 128));
  wire_.want_everywhere = true;
  const std::string text = "STAT\r\nLIST\r\n";
  size_t len = 0;
  const auto *data = reinterpret_cast<const uint8_t *>(text.data());
  EXPECT_EQ(ops_->write(self_, data, 6, &len, &error_), POP3_IO_WANT_READ);
  EXPECT_EQ(ops_->write(self_, data, text.size(), &len, &error_), POP3_IO_DONE);
  EXPECT_EQ(len, 6U) << "what was offered first";
  EXPECT_EQ(server_->Decode(wire_.outgoing), "STAT\r\n");
}

TEST_F(SaslLayer, EndsWhereTheServerEnds) {
  ASSERT_NO_FATAL_FAILURE(Push(128, 128));
  wire_.incoming = server_->Encode("bye");
  wire_.eof = true;
  EXPECT_EQ(ReadAll(), "bye");
  EXPECT_EQ(io_, POP3_IO_EOF);
}

TEST_F(SaslLayer, RefusesHalfAFrame) {
  for (size_t keep : {size_t{1}, size_t{4}, size_t{10}}) {
    wire_ = Wire();
    ASSERT_NO_FATAL_FAILURE(Push(128, 128));
    wire_.incoming = server_->Encode("never seen").substr(0, keep);
    wire_.eof = true;
    EXPECT_EQ(ReadAll(), "");
    EXPECT_EQ(io_, POP3_IO_FAIL);
    EXPECT_EQ(error_.status, POP3_ERR_EOF);
    Destroy();
  }
}

TEST_F(SaslLayer, RefusesWhatWasTamperedWith) {
  for (const Strength &strength : {Strength{1, 1}, Strength{128, 128}}) {
    for (size_t at : {size_t{4}, size_t{8}, size_t{16}}) {
      wire_ = Wire();
      ASSERT_NO_FATAL_FAILURE(Push(strength.min_ssf, strength.max_ssf));
      wire_.incoming = server_->Encode("+OK 2 320");
      wire_.incoming[at] = static_cast<char>(wire_.incoming[at] ^ 1);
      EXPECT_EQ(ReadAll(), "");
      EXPECT_EQ(io_, POP3_IO_FAIL);
      EXPECT_EQ(error_.status, POP3_ERR_AUTH);
      EXPECT_NE(ErrorText().find("security layer cannot be read"), std::string::npos)
          << ErrorText();
      Destroy();
    }
  }
}

TEST_F(SaslLayer, RefusesToldTwiceAndOutOfOrder) {
  ASSERT_NO_FATAL_FAILURE(Push(128, 128));
  const std::string frame = server_->Encode("+OK");
  wire_.incoming = frame + frame;
  EXPECT_EQ(ReadAll(), "+OK");
  EXPECT_EQ(io_, POP3_IO_FAIL);
}

TEST_F(SaslLayer, RefusesHugeAndNonsensicalFrames) {
  for (const std::string &start :
       {std::string("\xFF\xFF\xFF\xFF", 4), std::string("\0\1\0\0", 4), std::string("+OK 1\r\n")}) {
    wire_ = Wire();
    ASSERT_NO_FATAL_FAILURE(Push(128, 128));
    wire_.incoming = start + std::string(100, 'x');
    EXPECT_EQ(ReadAll(), "");
    EXPECT_EQ(io_, POP3_IO_FAIL);
    EXPECT_EQ(error_.status, POP3_ERR_LIMIT);
    Destroy();
  }
  for (const std::string &start : {std::string("\0\0\0\0", 4), std::string("\0\0\0\3abc", 7)}) {
    wire_ = Wire();
    ASSERT_NO_FATAL_FAILURE(Push(128, 128));
    wire_.incoming = start;
    wire_.eof = true;
    EXPECT_EQ(ReadAll(), "") << "nothing was in it, or it is refused";
    Destroy();
  }
}

TEST_F(SaslLayer, PassesFailuresOn) {
  ASSERT_NO_FATAL_FAILURE(Push(128, 128));
  wire_.broken = true;
  EXPECT_EQ(ReadAll(), "");
  EXPECT_EQ(io_, POP3_IO_FAIL);
  EXPECT_EQ(error_.status, POP3_ERR_IO);
  WriteAll("STAT\r\n");
  EXPECT_EQ(io_, POP3_IO_FAIL);
}

TEST_F(SaslLayer, ComesFromALoginOnly) {
  ASSERT_NO_FATAL_FAILURE(Login(128, 128));
  const pop3_transport_config config = {sizeof(config), 110, "mail.example", nullptr, 0};
  EXPECT_EQ(ops_->create(host_.get(), &config, &lower_, &self_, &error_), POP3_ERR_STATE);
  const pop3_transport_config alone = {sizeof(alone), 110, "mail.example",
                                       exchange_.output().layer_options, 1};
  EXPECT_EQ(ops_->create(host_.get(), &alone, nullptr, &self_, &error_), POP3_ERR_STATE)
      << "nothing is below";
  EXPECT_EQ(Create(), POP3_OK);
  void *second = nullptr;
  std::swap(second, self_);
  EXPECT_EQ(Create(), POP3_ERR_STATE) << "there is one connection";
  self_ = second;
}

TEST_F(SaslLayer, SurvivesEveryFailedAllocation) {
  for (int nth = 0;; nth++) {
    ASSERT_NO_FATAL_FAILURE(Login(128, 128));
    host_.FailAllocation(nth);
    const pop3_status status = Create();
    EXPECT_EQ(status, host_.has_failed() ? POP3_ERR_MEMORY : POP3_OK);
    Destroy();
    exchange_.End();
    EXPECT_EQ(host_.live(), 0);
    const bool failed = host_.has_failed();
    host_.FailAllocation(-1);
    if (!failed) break;
    ASSERT_LT(nth, 10);
  }
}

TEST_F(SaslLayer, GoesOnTopOnly) {
  ASSERT_NO_FATAL_FAILURE(Push(1, 1));
  EXPECT_EQ(ops_->flags, POP3_TRANSPORT_UPPER);
}

// With a layer that only signs, what was read lies in the frame as it was sent. (Alone: a layer of
// libsasl2's DIGEST-MD5 that only signs does not work in a process that has had one that encrypts.)
TEST_F(SaslLayer, KeepsNoMail) {
  Alone([this] {
    ASSERT_NO_FATAL_FAILURE(Push(1, 1));
    wire_.incoming = server_->Encode("Subject: a secret");
    EXPECT_EQ(ReadAll(), "Subject: a secret") << error_.text;
    EXPECT_TRUE(host_.Remembers("Subject: a secret"));
    Destroy();
    EXPECT_FALSE(host_.Remembers("Subject: a secret"));
  });
}

TEST_F(SaslLayer, KeepsNoPassword) {
  ASSERT_NO_FATAL_FAILURE(Push(128, 128));
  EXPECT_FALSE(host_.Remembers(kCyrusPassword));
}

}  // namespace
}  // namespace sasl_layer_test
}  // namespace pop3_testing
