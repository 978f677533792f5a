#include "auth/sasl_conn.h"

#include <gtest/gtest.h>

#include <map>
#include <string>

#include "auth/sasl_mechanism.h"
#include "tests/auth/sasl_memory.h"
#include "tests/testing/test_host.h"

namespace pop3_testing {
namespace sasl_conn_test {
namespace {

class SaslConn : public ::testing::Test {
 protected:
  SaslConn() {
    context_.size = sizeof(context_);
    context_.session = this;
    context_.credential = Credential;
  }
  ~SaslConn() override { p3_sasl_conn_free(conn_); }

  void New() {
    p3_sasl_conn_free(conn_);
    ASSERT_EQ(p3_sasl_conn_new(&conn_, host_.get(), "mail.example", &error_), POP3_OK)
        << error_.text;
  }

  pop3_status Fetch(uint32_t flags) {
    return p3_sasl_conn_credentials(conn_, &context_, flags, &error_);
  }

  static pop3_status Credential(void *session, pop3_credential what, const uint8_t **out_data,
                                size_t *out_len, pop3_error *err) {
    auto *self = static_cast<SaslConn *>(session);
    self->asked_ += std::to_string(static_cast<int>(what));
    if (self->refuse == what) {
      if (err != nullptr) err->status = POP3_ERR_MEMORY;
      return POP3_ERR_MEMORY;
    }
    const auto found = self->credentials.find(what);
    if (found == self->credentials.end()) return POP3_ERR_NO_CREDENTIALS;
    *out_data = reinterpret_cast<const uint8_t *>(found->second.c_str());
    *out_len = found->second.size();
    return POP3_OK;
  }

  TestHost host_;
  std::map<pop3_credential, std::string> credentials;
  int refuse = 0;
  std::string asked_;
  pop3_auth_context context_ = {};
  p3_sasl_conn *conn_ = nullptr;
  pop3_error error_ = POP3_ERROR_INIT;
};

TEST_F(SaslConn, FetchesWhatTheMechanismNeeds) {
  New();
  credentials[POP3_CREDENTIAL_USER] = "alice";
  credentials[POP3_CREDENTIAL_PASSWORD] = "SECRET, AND MORE OF IT";
  credentials[POP3_CREDENTIAL_AUTHZID] = "bob";
  credentials[POP3_CREDENTIAL_REALM] = "here";
  ASSERT_EQ(Fetch(P3_SASL_USER | P3_SASL_PASSWORD | P3_SASL_REALM), POP3_OK);
  EXPECT_STREQ(conn_->user, "alice");
  EXPECT_STREQ(conn_->authzid, "bob");
  EXPECT_STREQ(conn_->realm, "here");
  ASSERT_NE(conn_->secret, nullptr);
  EXPECT_EQ(conn_->secret->len, 22UL);
  EXPECT_STREQ(reinterpret_cast<const char *>(conn_->secret->data), "SECRET, AND MORE OF IT");
  EXPECT_TRUE(host_.Remembers("SECRET"));
  p3_sasl_conn_forget(conn_);
  EXPECT_STREQ(conn_->user, "");
  EXPECT_STREQ(conn_->authzid, "");
  EXPECT_STREQ(conn_->realm, "");
  EXPECT_EQ(conn_->secret, nullptr);
  EXPECT_FALSE(host_.Remembers("SECRET"));
  EXPECT_FALSE(host_.Remembers("MORE OF IT"));
}

TEST_F(SaslConn, AsksForNothingElse) {
  New();
  ASSERT_EQ(Fetch(0), POP3_OK);
  EXPECT_EQ(asked_, std::to_string(POP3_CREDENTIAL_AUTHZID));
  EXPECT_STREQ(conn_->user, "");
  EXPECT_EQ(conn_->secret, nullptr);
}

TEST_F(SaslConn, SaysWhatIsMissing) {
  New();
  EXPECT_EQ(Fetch(P3_SASL_USER), POP3_ERR_NO_CREDENTIALS);
  EXPECT_EQ(Fetch(P3_SASL_PASSWORD), POP3_ERR_NO_CREDENTIALS);
  credentials[POP3_CREDENTIAL_USER] = "";
  EXPECT_EQ(Fetch(P3_SASL_USER), POP3_ERR_ARGUMENT);
  for (pop3_credential what :
       {POP3_CREDENTIAL_USER, POP3_CREDENTIAL_AUTHZID, POP3_CREDENTIAL_REALM}) {
    credentials[POP3_CREDENTIAL_USER] = "alice";
    refuse = what;
    error_ = POP3_ERROR_INIT;
    EXPECT_EQ(Fetch(P3_SASL_USER | P3_SASL_REALM), POP3_ERR_MEMORY) << what;
    EXPECT_EQ(error_.status, POP3_ERR_MEMORY);
    EXPECT_EQ(p3_sasl_conn_credentials(conn_, &context_, P3_SASL_USER | P3_SASL_REALM, nullptr),
              POP3_ERR_MEMORY);
  }
}

TEST_F(SaslConn, RefusesWhatLibsasl2WouldCutShort) {
  for (pop3_credential what : {POP3_CREDENTIAL_USER, POP3_CREDENTIAL_PASSWORD,
                               POP3_CREDENTIAL_AUTHZID, POP3_CREDENTIAL_REALM}) {
    New();
    credentials = {{POP3_CREDENTIAL_USER, "alice"}, {POP3_CREDENTIAL_PASSWORD, "x"}};
    credentials[what] = std::string("al\0ice", 6);
    EXPECT_EQ(Fetch(P3_SASL_USER | P3_SASL_PASSWORD | P3_SASL_REALM), POP3_ERR_ARGUMENT);
    EXPECT_NE(std::string(error_.text).find("NUL"), std::string::npos);
  }
}

TEST_F(SaslConn, NamesTheServer) {
  for (const auto &name : {std::pair<const char *, const char *>{"mail.example", "mail.example"},
                           {"/run/pop3.sock", "localhost"},
                           {"192.0.2.1", "192.0.2.1"}}) {
    p3_sasl_conn_free(conn_);
    ASSERT_EQ(p3_sasl_conn_new(&conn_, host_.get(), name.first, &error_), POP3_OK);
    const void *value = nullptr;
    ASSERT_EQ(sasl_getprop(conn_->sasl, SASL_SERVERFQDN, &value), SASL_OK);
    EXPECT_STREQ(static_cast<const char *>(value), name.second);
    ASSERT_EQ(sasl_getprop(conn_->sasl, SASL_SERVICE, &value), SASL_OK);
    EXPECT_STREQ(static_cast<const char *>(value), "pop");
  }
}

// libsasl2 leaves out the mechanisms that need the server's name only if it has none at all.
TEST_F(SaslConn, DoesNotMakeANameUp) {
  for (const char *name : {static_cast<const char *>(nullptr), ""}) {
    p3_sasl_conn_free(conn_);
    ASSERT_EQ(p3_sasl_conn_new(&conn_, host_.get(), name, &error_), POP3_OK);
    const void *value = "";
    const int code = sasl_getprop(conn_->sasl, SASL_SERVERFQDN, &value);
    EXPECT_TRUE(code != SASL_OK || value == nullptr) << static_cast<const char *>(value);
  }
}

TEST_F(SaslConn, WipesTheBinding) {
  New();
  const std::string binding = "the octets of a binding";
  binding.copy(reinterpret_cast<char *>(conn_->binding.data), binding.size());
  EXPECT_TRUE(host_.Remembers(binding));
  p3_sasl_conn_free(conn_);
  conn_ = nullptr;
  EXPECT_FALSE(host_.Remembers(binding));
}

TEST_F(SaslConn, SurvivesThatLibsasl2HasNoMemory) {
  New();  // sets libsasl2 up
  p3_sasl_conn *const before = conn_;
  SaslMemory::FailAllocation(0);
  EXPECT_EQ(p3_sasl_conn_new(&conn_, host_.get(), "mail.example", &error_), POP3_ERR_MEMORY);
  SaslMemory::FailAllocation(-1);
  EXPECT_EQ(error_.status, POP3_ERR_MEMORY);
  EXPECT_EQ(conn_, nullptr);
  p3_sasl_conn_free(before);
  EXPECT_EQ(host_.live(), 0);
}

TEST_F(SaslConn, TellsErrorsInWords) {
  New();
  const char *out = nullptr;
  unsigned len = 0;
  const int code = sasl_client_start(conn_->sasl, "NO-SUCH", nullptr, &out, &len, nullptr);
  EXPECT_EQ(p3_sasl_conn_fail(conn_, "NO-SUCH", code, &error_), POP3_ERR_NO_MECHANISM);
  EXPECT_EQ(std::string(error_.text).find("NO-SUCH: SASL(-4): no mechanism available"), 0U)
      << error_.text;
  EXPECT_EQ(error_.lib_code, SASL_NOMECH);
  EXPECT_EQ(p3_sasl_conn_fail(conn_, "x", SASL_NOMEM, &error_), POP3_ERR_MEMORY);
  EXPECT_EQ(p3_sasl_conn_fail(conn_, "x", SASL_BADSERV, &error_), POP3_ERR_AUTH);
}

TEST_F(SaslConn, SurvivesEveryFailedAllocation) {
  credentials = {{POP3_CREDENTIAL_USER, "alice"}, {POP3_CREDENTIAL_PASSWORD, "SECRET"}};
  for (int nth = 0;; nth++) {
    host_.FailAllocation(nth);
    pop3_status status = p3_sasl_conn_new(&conn_, host_.get(), "", &error_);
    if (status == POP3_OK) status = Fetch(P3_SASL_USER | P3_SASL_PASSWORD);
    EXPECT_EQ(status, host_.has_failed() ? POP3_ERR_MEMORY : POP3_OK);
    p3_sasl_conn_free(conn_);
    conn_ = nullptr;
    EXPECT_EQ(host_.live(), 0);
    EXPECT_FALSE(host_.Remembers("SECRET"));
    if (!host_.has_failed()) break;
    ASSERT_LT(nth, 10);
  }
}

}  // namespace
}  // namespace sasl_conn_test
}  // namespace pop3_testing
