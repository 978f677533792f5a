// The objects of the options of "tls" and "record", of a program that was built at another time
// than the plugins; see ages_test.cc.
#include <gtest/gtest.h>
#include <openssl/ssl.h>
#include <pop3/plugins/record.h>
#include <pop3/plugins/tls.h>
#include <pop3/pop3.h>

#include <set>
#include <string>
#include <vector>

#include "tests/plugins/ages_parts.h"

namespace ages_objects_test {
namespace {

using pop3_ages::Fenced;
using pop3_ages::LinkOps;
using pop3_ages::Wire;

class AgesObjects : public ::testing::Test {
 protected:
  void SetUp() override {
    wire_plugin_.abi = POP3_ABI;
    wire_plugin_.size = sizeof(wire_plugin_);
    wire_plugin_.name = "ages";
    wire_plugin_.transports = tables_;
    wire_plugin_.num_transports = 1;
    ASSERT_EQ(pop3_registry_new(&registry_, nullptr, &err_), POP3_OK);
    for (const pop3_plugin *plugin : {static_cast<const pop3_plugin *>(&wire_plugin_),
                                      pop3_plugin_tls(POP3_ABI), pop3_plugin_record(POP3_ABI)}) {
      ASSERT_EQ(pop3_registry_add(registry_, plugin, &err_), POP3_OK) << err_.text;
    }
  }
  void TearDown() override {
    pop3_registry_free(registry_);
    EXPECT_EQ(wire_.wrong, std::set<std::string>());
  }
  // Connect connects through |upper| with |objects|.
  pop3_status Connect(const char *upper, std::vector<pop3_option> objects) {
    const char *const transports[] = {"wire", upper};
    objects.push_back({"wire.wire", nullptr, 0, &wire_});
    pop3_session_options options = POP3_SESSION_OPTIONS_INIT;
    options.transports = transports;
    options.num_transports = 2;
    options.host = "example";
    options.port = 110;
    options.options = objects.data();
    options.num_options = objects.size();
    pop3_session *session = nullptr;
    pop3_status status = pop3_session_new(&session, registry_, &options, &err_);
    if (status == POP3_OK) status = pop3_connect(session, &err_);
    pop3_session_free(session);
    return status;
  }

  Wire wire_;
  pop3_registry *registry_ = nullptr;
  pop3_transport_ops wire_ops_ = LinkOps("wire", POP3_TRANSPORT_BOTTOM);
  const pop3_transport_ops *tables_[1] = {&wire_ops_};
  pop3_plugin wire_plugin_ = {};
  pop3_error err_ = POP3_ERROR_INIT;
};

TEST_F(AgesObjects, OfRecord) {
  std::string text;
  Fenced<pop3_record_sink> sink{POP3_RECORD_SINK_INIT};
  sink->arg = &text;
  sink->write = [](void *arg, const char *data, size_t len) {
    static_cast<std::string *>(arg)->append(data, len);
    return 1;
  };
  EXPECT_EQ(Connect("record", {{"record.sink", nullptr, 0, sink.get()}}), POP3_OK) << err_.text;
  EXPECT_NE(text.find("+OK ready"), std::string::npos) << text;
}

size_t Get(void *arg, const char *, uint8_t *, size_t) {
  ++*static_cast<int *>(arg);
  return 0;
}
void Put(void *, const char *, const uint8_t *, size_t) {}
int Decide(void *, const pop3_tls_peer *, char *, size_t) { return 0; }
int Ask(void *, const char *, char *, size_t) { return -1; }

TEST_F(AgesObjects, OfTls) {
  int asked = 0;
  Fenced<pop3_tls_session_cache> cache{POP3_TLS_SESSION_CACHE_INIT};
  cache->get = Get;
  cache->put = Put;
  cache->arg = &asked;
  Fenced<pop3_tls_verify> verify{POP3_TLS_VERIFY_INIT};
  verify->callback = Decide;
  EXPECT_EQ(Connect("tls", {{"tls.session_cache", nullptr, 0, cache.get()},
                            {"tls.verify", nullptr, 0, verify.get()}}),
            POP3_ERR_TLS)
      << err_.text;
  EXPECT_EQ(asked, 1);
}

TEST_F(AgesObjects, OfTlsThatAreReadInPlace) {
  Fenced<pop3_tls_passphrase> passphrase{POP3_TLS_PASSPHRASE_INIT};
  passphrase->callback = Ask;
  EXPECT_EQ(Connect("tls", {{"tls.key_passphrase", nullptr, 0, passphrase.get()}}),
            POP3_ERR_ARGUMENT);
  EXPECT_NE(std::string(err_.text).find("needs tls.cert_file"), std::string::npos) << err_.text;
  SSL_CTX *made = SSL_CTX_new(TLS_method());
  ASSERT_NE(made, nullptr);
  Fenced<pop3_tls_context> context{pop3_tls_context POP3_TLS_CONTEXT(made)};
  EXPECT_EQ(Connect("tls", {{"tls.context", nullptr, 0, context.get()}}), POP3_ERR_TLS)
      << err_.text;
  SSL_CTX_free(made);
}

}  // namespace
}  // namespace ages_objects_test
