// The command line's TLS options as options of the transport.
#include "tools/cli/tls_options.h"

#include <gtest/gtest.h>

#include <string>

namespace tls_options_test {
namespace {

std::string Names(const cli_options &options) {
  pop3_option out[CLI_TLS_OPTIONS_MAX];
  cli_passphrase passphrase;
  const size_t count = cli_tls_options(out, &passphrase, &options, nullptr);
  std::string names;
  for (size_t i = 0; i < count; i++) {
    names += std::string(out[i].name) + "=" + (out[i].text != nullptr ? out[i].text : "") +
             (out[i].object != nullptr ? "object" : "") +
             (out[i].number != 0 ? std::to_string(out[i].number) : "") + " ";
  }
  return names;
}

TEST(TlsOptions, NothingIsNothing) {
  cli_options options = {};
  EXPECT_EQ(Names(options), "");
}

TEST(TlsOptions, AllOfThem) {
  cli_options options = {};
  options.tls_name = "n";
  options.ca_file = "f";
  options.ca_dir = "d";
  options.cert = "c";
  options.key = "k";
  options.pin = "p";
  options.tls_min = "1.2";
  options.tls_max = "1.3";
  options.alpn = "pop3";
  options.allow_weak = 1;
  options.no_check_name = 1;
  options.insecure = 1;
  EXPECT_EQ(Names(options),
            "tls.server_name=n tls.ca_file=f tls.ca_dir=d tls.cert_file=c tls.key_file=k "
            "tls.pin_sha256=p tls.min_version=1.2 tls.max_version=1.3 tls.alpn=pop3 "
            "tls.key_passphrase=object tls.allow_weak_certificates=1 "
            "tls.check_name= tls.insecure_do_not_verify=1 ");
}

TEST(TlsOptions, NoneIsNoName) {
  cli_options options = {};
  options.alpn = "none";
  EXPECT_EQ(Names(options), "tls.alpn= ");
}

TEST(TlsOptions, NobodyIsAskedForAPassphraseWithNoPrompt) {
  cli_options options = {};
  options.cert = "c";
  options.no_prompt = 1;
  pop3_option out[CLI_TLS_OPTIONS_MAX];
  cli_passphrase passphrase;
  ASSERT_EQ(cli_tls_options(out, &passphrase, &options, nullptr), 2U);
  char buf[8];
  EXPECT_EQ(passphrase.ask.callback(passphrase.ask.arg, "c", buf, sizeof(buf)), -1);
}

}  // namespace
}  // namespace tls_options_test
