// A program that uses OpenSSL logs in by libpop3, whose TLS is BoringSSL and whose SCRAM is Cyrus
// SASL's, which brings OpenSSL once more: each has to stay with its own.
//
// Compiled twice. Linked statically, libpop3 and BoringSSL are in the program, and what uses
// OpenSSL is a shared library, as two definitions of EVP_DigestInit_ex in one program cannot be.
// With POP3_TEST_LOADED all plugins are loaded from files, and the program itself calls OpenSSL.
#include <dlfcn.h>
#include <gtest/gtest.h>
#include <pop3/pop3.h>

#include <cstdlib>
#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include "tests/openssl/digest.h"
#include "tests/openssl/mailboxd_process.h"
#ifdef POP3_TEST_LOADED
#include <pop3/loader.h>
#else
#include <pop3/usual.h>
#endif

namespace openssl_test {
namespace {

const char kPassword[] = "correct horse";

// Of "abc": FIPS 180-2, appendix B.1.
const uint8_t kDigest[32] = {0xba, 0x78, 0x16, 0xbf, 0x8f, 0x01, 0xcf, 0xea, 0x41, 0x41, 0x40,
                             0xde, 0x5d, 0xae, 0x22, 0x23, 0xb0, 0x03, 0x61, 0xa3, 0x96, 0x17,
                             0x7a, 0x9c, 0xb4, 0x10, 0xff, 0x61, 0xf2, 0x00, 0x15, 0xad};

std::string program;               // mailboxd
std::vector<std::string> plugins;  // files, if they are to be loaded

std::string AbsolutePath(const char *path) {
  const std::unique_ptr<char, void (*)(void *)> absolute(realpath(path, nullptr), free);
  return absolute ? absolute.get() : path;
}

class WithOpenSsl : public ::testing::TestWithParam<const char *> {
 protected:
  static void SetUpTestSuite() {
    server_ = new pop3_testing::MailboxdProcess(program, kPassword);
    ASSERT_NE(server_->port(), 0u) << "mailboxd could not be started";
  }
  static void TearDownTestSuite() {
    delete server_;
    server_ = nullptr;
  }
  ~WithOpenSsl() override {
    pop3_session_free(session_);
    pop3_registry_free(registry_);
#ifdef POP3_TEST_LOADED
    pop3_loader_free(loader_);
#endif
  }

  pop3_status AddPlugins() {
#ifdef POP3_TEST_LOADED
    pop3_status status = pop3_loader_new(&loader_, nullptr, &error_);
    for (size_t i = 0; i < plugins.size() && status == POP3_OK; i++) {
      status = pop3_loader_load(loader_, registry_, plugins[i].c_str(), &error_);
    }
    return status;
#else
    return pop3_registry_add_usual(registry_, &error_);
#endif
  }

  // Logs in by |mechanism| and fetches a message.
  void Fetch(const char *mechanism) {
    static const char *const transports[] = {"tcp", "tls"};
    const std::string ca_file = server_->ca_file();
    const pop3_option option = {"tls.ca_file", ca_file.c_str(), 0, nullptr};
    pop3_session_options options = POP3_SESSION_OPTIONS_INIT;
    options.transports = transports;
    options.num_transports = 2;
    options.host = "127.0.0.1";
    options.port = server_->port();
    options.options = &option;
    options.num_options = 1;
    options.user = "alice";
    options.password = kPassword;
    options.mechanism = mechanism;
    ASSERT_EQ(pop3_registry_new(&registry_, nullptr, &error_), POP3_OK);
    ASSERT_EQ(AddPlugins(), POP3_OK) << error_.text;
    ASSERT_EQ(pop3_session_new(&session_, registry_, &options, &error_), POP3_OK) << error_.text;
    ASSERT_EQ(pop3_login(session_, &error_), POP3_OK) << error_.text;
    EXPECT_STREQ(pop3_session_mechanism(session_), mechanism);
    pop3_answer version = POP3_ANSWER_INIT;
    ASSERT_EQ(pop3_session_query(session_, POP3_QUERY_TLS_VERSION, &version), POP3_OK);
    EXPECT_EQ(std::string(reinterpret_cast<const char *>(version.data), version.data_len),
              "TLSv1.3");
    pop3_buffer body;
    pop3_buffer_init(&body, 0, nullptr);
    pop3_sink sink = POP3_SINK_INIT;
    pop3_buffer_sink(&body, &sink);
    EXPECT_EQ(pop3_retr(session_, 1, &sink, &error_), POP3_OK) << error_.text;
    EXPECT_EQ(body.len, 1024u);
    pop3_buffer_cleanup(&body);
    EXPECT_EQ(pop3_quit(session_, nullptr, &error_), POP3_OK) << error_.text;
  }

  static pop3_testing::MailboxdProcess *server_;
  pop3_registry *registry_ = nullptr;
  pop3_session *session_ = nullptr;
  pop3_error error_ = POP3_ERROR_INIT;
#ifdef POP3_TEST_LOADED
  pop3_loader *loader_ = nullptr;
#endif
};

pop3_testing::MailboxdProcess *WithOpenSsl::server_;

void ExpectOpenSslWorks() {
  uint8_t digest[32] = {0};
  EXPECT_EQ(openssl_digest(digest, "abc", 3), 1);
  EXPECT_EQ(memcmp(digest, kDigest, sizeof(digest)), 0);
  EXPECT_EQ(std::string(openssl_digest_version()).substr(0, 8), "OpenSSL ");
}

// Whom the dynamic linker gives to whoever asks for this name from now on.
std::string OwnerOf(const char *name) {
  Dl_info info;
  void *const address = dlsym(RTLD_DEFAULT, name);
  return address != nullptr && dladdr(address, &info) != 0 ? info.dli_fname : "nobody";
}

TEST_P(WithOpenSsl, LogsInBetweenTwoDigests) {
  ExpectOpenSslWorks();
  EXPECT_NE(OwnerOf("EVP_DigestInit_ex").find("libcrypto.so.3"), std::string::npos)
      << OwnerOf("EVP_DigestInit_ex");
  Fetch(GetParam());
  ExpectOpenSslWorks();
  EXPECT_NE(OwnerOf("EVP_DigestInit_ex").find("libcrypto.so.3"), std::string::npos)
      << OwnerOf("EVP_DigestInit_ex");
  EXPECT_EQ(OwnerOf("SSL_CTX_new"), "nobody") << "BoringSSL is in sight of everyone";
}

// The second login finds all of the libraries in use already.
INSTANTIATE_TEST_SUITE_P(Mechanisms, WithOpenSsl,
                         testing::Values("SCRAM-SHA-256-PLUS", "SCRAM-SHA-256"));

}  // namespace
}  // namespace openssl_test

int main(int argc, char **argv) {
  testing::InitGoogleTest(&argc, argv);
  if (argc < 2) {
    fprintf(stderr, "usage: openssl_test MAILBOXD [PLUGIN...]\n");
    return 2;
  }
  openssl_test::program = openssl_test::AbsolutePath(argv[1]);
  for (int i = 2; i < argc; i++)
    openssl_test::plugins.push_back(openssl_test::AbsolutePath(argv[i]));
  return RUN_ALL_TESTS();
}
