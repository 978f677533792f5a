#include "transports/tls_options.h"

#include <gtest/gtest.h>
#include <openssl/ssl.h>

#include <cstring>
#include <string>

#include "tests/transports/tls_drive.h"

namespace pop3_testing {
namespace tls_options_test {
namespace {

class TlsOptions : public ::testing::Test {
 protected:
  pop3_status Read(const Options &options, const char *name = "mail.example.org") {
    const pop3_transport_config config = {sizeof(config), 995, name, options.get().data(),
                                          options.get().size()};
    error_ = POP3_ERROR_INIT;
    return p3_tls_read_options(&out_, host_.get(), &config, &error_);
  }
  std::string text() const { return error_.text; }

  TestHost host_;
  p3_tls_options out_;
  pop3_error error_;
};

int Ask(void *, const char *, char *, size_t) { return -1; }
size_t Get(void *, const char *, uint8_t *, size_t) { return 0; }
void Put(void *, const char *, const uint8_t *, size_t) {}
int Decide(void *, const pop3_tls_peer *, char *, size_t) { return 0; }

TEST_F(TlsOptions, HaveDefaults) {
  ASSERT_EQ(Read(Options()), POP3_OK) << text();
  EXPECT_STREQ(out_.name, "mail.example.org");
  EXPECT_EQ(out_.name_is_address, 0);
  EXPECT_EQ(out_.min_version, TLS1_2_VERSION);
  EXPECT_EQ(out_.max_version, 0);
  EXPECT_STREQ(out_.alpn, "pop3");
  EXPECT_EQ(out_.port, 995U);
  EXPECT_EQ(out_.do_not_verify, 0);
  EXPECT_EQ(out_.check_name, 1);
  EXPECT_EQ(out_.num_pins, 0U);
  EXPECT_EQ(out_.ca_file, nullptr);
  EXPECT_EQ(out_.verify.callback, nullptr);
  EXPECT_EQ(out_.cache.get, nullptr);
}

TEST_F(TlsOptions, AreAllRead) {
  const pop3_tls_passphrase passphrase = {sizeof(passphrase), 0, Ask, this};
  const pop3_tls_session_cache cache = {sizeof(cache), 0, Get, Put, this};
  const pop3_tls_verify verify = {sizeof(verify), 0, Decide, this};
  const std::string pin(44 - 1, 'A');
  Options options;
  options.Text("tcp.whatever", "x")
      .Text("tls.server_name", "pop.example.org")
      .Text("tls.ca_file", "f")
      .Text("tls.ca_dir", "d")
      .Text("tls.ca_pem", "p")
      .Text("tls.cert_file", "c")
      .Object("tls.key_passphrase", &passphrase)
      .Text("tls.pin_sha256", pin + "=; sha256//" + std::string(42, 'A') + "E= ;")
      .Text("tls.min_version", "1.1")
      .Text("tls.max_version", "1.3")
      .Text("tls.alpn", "x")
      .Object("tls.session_cache", &cache)
      .Object("tls.verify", &verify)
      .Number("tls.alpn_refused", 1)
      .Number("tls.allow_weak_certificates", 1)
      .Number("tls.insecure_do_not_verify", 0);
  ASSERT_EQ(Read(options), POP3_OK) << text();
  EXPECT_STREQ(out_.name, "pop.example.org");
  EXPECT_STREQ(out_.ca_file, "f");
  EXPECT_STREQ(out_.ca_dir, "d");
  EXPECT_STREQ(out_.ca_pem, "p");
  EXPECT_STREQ(out_.cert_file, "c");
  EXPECT_STREQ(out_.key_file, "c");
  EXPECT_EQ(out_.passphrase, &passphrase);
  ASSERT_EQ(out_.num_pins, 2U);
  EXPECT_EQ(out_.pins[0][31], 0);
  EXPECT_EQ(out_.pins[1][31], 1);
  EXPECT_EQ(out_.min_version, TLS1_1_VERSION);
  EXPECT_EQ(out_.max_version, TLS1_3_VERSION);
  EXPECT_STREQ(out_.alpn, "x");
  EXPECT_EQ(out_.alpn_given, 1);
  EXPECT_EQ(out_.alpn_refused, 0) << "the caller names what it wants";
  EXPECT_EQ(out_.allow_weak, 1);
  EXPECT_EQ(out_.cache.get, Get);
  EXPECT_EQ(out_.cache.put, Put);
  EXPECT_EQ(out_.cache.arg, this);
  EXPECT_EQ(out_.verify.callback, Decide);
}

TEST_F(TlsOptions, TheNameIsCheckedUnlessToldNotTo) {
  ASSERT_EQ(Read(Options().Number("tls.check_name", 1)), POP3_OK) << text();
  EXPECT_EQ(out_.check_name, 1);
  EXPECT_EQ(Read(Options().Number("tls.check_name", 1), "no name"), POP3_ERR_ARGUMENT);
  ASSERT_EQ(Read(Options().Number("tls.check_name", 0)), POP3_OK) << text();
  EXPECT_EQ(out_.check_name, 0);
  EXPECT_EQ(out_.do_not_verify, 0);
  EXPECT_STREQ(out_.name, "mail.example.org") << "it is sent all the same";
  ASSERT_EQ(Read(Options().Number("tls.check_name", 0), "/a/socket"), POP3_OK) << text();
  EXPECT_STREQ(out_.name, "");
  EXPECT_EQ(Read(Options().Number("tls.check_name", 0).Text("tls.server_name", "no name")),
            POP3_ERR_ARGUMENT);
  ASSERT_EQ(Read(Options().Number("tls.insecure_do_not_verify", 1)), POP3_OK) << text();
  EXPECT_EQ(out_.check_name, 0) << "nothing is";
  for (const int64_t bad : {INT64_C(-1), INT64_C(2)}) {
    EXPECT_EQ(Read(Options().Number("tls.check_name", bad)), POP3_ERR_ARGUMENT);
    EXPECT_EQ(text(), "option tls.check_name: must be the number 0 or 1");
  }
  EXPECT_EQ(Read(Options().Text("tls.check_name", "0")), POP3_ERR_ARGUMENT);
  for (const int value : {0, 1}) {
    EXPECT_EQ(
        Read(Options().Number("tls.insecure_do_not_verify", 1).Number("tls.check_name", value)),
        POP3_ERR_ARGUMENT);
    EXPECT_EQ(text(), "option tls.check_name: means nothing with tls.insecure_do_not_verify");
  }
}

TEST_F(TlsOptions, AreRefusedByName) {
  const pop3_tls_passphrase passphrase = {sizeof(passphrase), 0, Ask, nullptr};
  const pop3_tls_verify short_verify = {8, 0, Decide, nullptr};
  const pop3_tls_session_cache half_cache = {sizeof(half_cache), 0, Get, nullptr, nullptr};
  const pop3_tls_context no_context = {sizeof(no_context), 0, nullptr, nullptr};
  const std::string pin = std::string(43, 'A') + "=";
  std::string many;
  for (int i = 0; i < 17; i++) many += pin + ";";
  const pop3_tls_passphrase short_passphrase = {8, 0, Ask, nullptr};
  const pop3_tls_session_cache short_cache = {24, 0, Get, Put, nullptr};
  bssl::UniquePtr<SSL_CTX> context(SSL_CTX_new(TLS_method()));
  pop3_tls_context short_context = POP3_TLS_CONTEXT(context.get());
  short_context.size = 16;
  std::vector<Options> bad(32);
  bad[0].Text("tls.server_nam", "x");
  bad[1].Text("tls.", "x");
  bad[2].Number("tls.server_name", 1);
  bad[3].Text("tls.ca_file", "");
  bad[4].Object("tls.ca_dir", this);
  bad[5].Text("tls.min_version", "1.4");
  bad[6].Text("tls.min_version", "TLSv1.2");
  bad[7].Number("tls.max_version", 13);
  bad[8].Text("tls.max_version", "1.1");
  bad[9].Number("tls.alpn", 1);
  bad[10].Text("tls.alpn", std::string(256, 'x'));
  bad[11].Text("tls.pin_sha256", "");
  bad[12].Text("tls.pin_sha256", ";" + pin);
  bad[13].Text("tls.pin_sha256", pin + "=");
  bad[14].Text("tls.pin_sha256", "sha1//" + pin);
  bad[15].Text("tls.pin_sha256", many);
  bad[16].Text("tls.pin_sha256", std::string(43, '*') + "=");
  bad[17].Number("tls.insecure_do_not_verify", 2);
  bad[18].Text("tls.insecure_do_not_verify", "1");
  bad[19].Text("tls.key_file", "k");
  bad[20].Object("tls.key_passphrase", &passphrase);
  bad[21].Object("tls.verify", &short_verify);
  bad[22].Object("tls.session_cache", &half_cache);
  bad[23].Object("tls.context", &no_context);
  bad[24].Text("tls.context", "x");
  bad[25].Object("tls.verify", nullptr);
  bad[26].Number("tls.allow_weak_certificates", 2);
  bad[27].Text("tls.allow_weak_certificates", "1");
  bad[28].Number("tls.alpn_refused", -1);
  bad[29].Object("tls.key_passphrase", &short_passphrase).Text("tls.cert_file", "c");
  bad[30].Object("tls.session_cache", &short_cache);
  bad[31].Object("tls.context", &short_context);
  for (const Options &options : bad) {
    const char *name = options.get()[0].name;
    EXPECT_EQ(Read(options), POP3_ERR_ARGUMENT) << name;
    EXPECT_EQ(text().find(std::string("option ") + name + ": "), 0U) << text();
  }
}

TEST_F(TlsOptions, ContradictEachOther) {
  const pop3_tls_verify verify = {sizeof(verify), 0, Decide, nullptr};
  Options both;
  both.Object("tls.verify", &verify).Number("tls.insecure_do_not_verify", 1);
  EXPECT_EQ(Read(both), POP3_ERR_ARGUMENT);
  EXPECT_NE(text().find("contradicts tls.verify"), std::string::npos) << text();

  bssl::UniquePtr<SSL_CTX> context(SSL_CTX_new(TLS_method()));
  const pop3_tls_context object = POP3_TLS_CONTEXT(context.get());
  const pop3_tls_session_cache cache = {sizeof(cache), 0, Get, Put, nullptr};
  const pop3_tls_passphrase passphrase = {sizeof(passphrase), 0, Ask, nullptr};
  std::vector<Options> bad(7);
  bad[0].Text("tls.ca_file", "x");
  bad[1].Text("tls.ca_dir", "x");
  bad[2].Text("tls.ca_pem", "x");
  bad[3].Text("tls.cert_file", "x");
  bad[4].Object("tls.session_cache", &cache);
  bad[5].Object("tls.key_passphrase", &passphrase);
  bad[6].Text("tls.key_file", "x");
  for (Options &options : bad) {
    options.Object("tls.context", &object);
    EXPECT_EQ(Read(options), POP3_ERR_ARGUMENT);
    EXPECT_EQ(text(), std::string("option ") + options.get()[0].name +
                          ": cannot be combined with tls.context: set it in the context");
  }
  Options good;
  good.Object("tls.context", &object).Text("tls.pin_sha256", std::string(43, 'A') + "=");
  EXPECT_EQ(Read(good), POP3_OK) << text();
  EXPECT_EQ(out_.min_version, 0) << "the context's own";
}

TEST_F(TlsOptions, TakeNamesAsTheyStandInCertificates) {
  const struct {
    const char *given;
    const char *name;
    int is_address;
  } cases[] = {
      {"mail.example.org.", "mail.example.org", 0},
      {"localhost", "localhost", 0},
      {"192.0.2.7", "192.0.2.7", 1},
      {"[192.0.2.7]", "192.0.2.7", 1},
      {"2001:db8::7", "2001:db8::7", 1},
      {"[fe80::1%eth0]", "fe80::1", 1},
      {"1.2.3", "1.2.3", 0},
      {"a_b-c.example", "a_b-c.example", 0},
  };
  for (const auto &one : cases) {
    EXPECT_EQ(Read(Options(), one.given), POP3_OK) << one.given << ": " << text();
    EXPECT_STREQ(out_.name, one.name);
    EXPECT_EQ(out_.name_is_address, one.is_address) << one.given;
  }
}

TEST_F(TlsOptions, RefuseNamesThatAreNone) {
  const std::string longest(256, 'x');
  for (const char *name : {"", "/run/pop3.sock", "@abstract", "a b", "m\xc3\xbcnchen.example",
                           "a:b", "*.example.org", "a\n",
                           "a\x7f"
                           "b",
                           longest.c_str()}) {
    EXPECT_EQ(Read(Options(), name), POP3_ERR_ARGUMENT) << name;
    EXPECT_NE(text().find("tls.server_name"), std::string::npos) << text();
    Options given;
    given.Text("tls.server_name", name);
    EXPECT_EQ(Read(given), POP3_ERR_ARGUMENT) << name;
  }
  EXPECT_EQ(Read(Options(), nullptr), POP3_ERR_ARGUMENT);
  Options insecure;
  insecure.Number("tls.insecure_do_not_verify", 1);
  EXPECT_EQ(Read(insecure, "/run/pop3.sock"), POP3_OK) << text();
  EXPECT_STREQ(out_.name, "");
}

}  // namespace
}  // namespace tls_options_test
}  // namespace pop3_testing
