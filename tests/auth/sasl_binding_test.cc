#include "auth/sasl_binding.h"

#include <gtest/gtest.h>

#include <map>
#include <string>

namespace pop3_testing {
namespace sasl_binding_test {
namespace {

// What the transports answer.
std::map<uint32_t, std::string> answers;

pop3_status Query(void *, uint32_t what, pop3_answer *out) {
  const auto found = answers.find(what);
  if (found == answers.end()) return POP3_ERR_UNSUPPORTED;
  out->data = reinterpret_cast<const uint8_t *>(found->second.data());
  out->data_len = found->second.size();
  return POP3_OK;
}

// The binding as "name:octets", or "none".
std::string Get() {
  pop3_auth_context context = {};
  context.size = sizeof(context);
  context.query = Query;
  p3_sasl_binding binding;
  if (p3_sasl_binding_get(&context, &binding) == 0) return "none";
  return std::string(binding.name) + ":" +
         std::string(reinterpret_cast<const char *>(binding.data), binding.len);
}

class SaslBinding : public ::testing::Test {
 protected:
  SaslBinding() { answers.clear(); }
};

TEST_F(SaslBinding, FitsTheVersionOfTls) {
  EXPECT_EQ(Get(), "none");
  answers[POP3_QUERY_CB_TLS_EXPORTER] = "E";
  answers[POP3_QUERY_CB_TLS_UNIQUE] = "U";
  answers[POP3_QUERY_CB_TLS_SERVER_END_POINT] = "C";
  answers[POP3_QUERY_TLS_VERSION] = "TLSv1.3";
  EXPECT_EQ(Get(), "tls-exporter:E");
  answers[POP3_QUERY_TLS_VERSION] = "TLSv1.2";
  EXPECT_EQ(Get(), "tls-unique:U");
  answers.erase(POP3_QUERY_TLS_VERSION);
  EXPECT_EQ(Get(), "tls-unique:U");
}

TEST_F(SaslBinding, KnowsTheVersionByAllOfItsName) {
  answers[POP3_QUERY_CB_TLS_EXPORTER] = "E";
  answers[POP3_QUERY_CB_TLS_UNIQUE] = "U";
  for (const char *version : {"TLSv1.31", "TLSv1.", "TLSv1", ""}) {
    answers[POP3_QUERY_TLS_VERSION] = version;
    EXPECT_EQ(Get(), "tls-unique:U") << version;
  }
}

TEST_F(SaslBinding, TakesTheCertificateIfThereIsNothingBetter) {
  answers[POP3_QUERY_CB_TLS_SERVER_END_POINT] = "C";
  answers[POP3_QUERY_TLS_VERSION] = "TLSv1.3";
  EXPECT_EQ(Get(), "tls-server-end-point:C");
  answers[POP3_QUERY_CB_TLS_UNIQUE] = "U";
  EXPECT_EQ(Get(), "tls-server-end-point:C") << "TLS 1.3 has no tls-unique";
  answers[POP3_QUERY_TLS_VERSION] = "TLSv1.2";
  answers.erase(POP3_QUERY_CB_TLS_UNIQUE);
  EXPECT_EQ(Get(), "tls-server-end-point:C");
}

TEST_F(SaslBinding, LeavesOutWhatIsEmptyOrHuge) {
  answers[POP3_QUERY_TLS_VERSION] = "TLSv1.3";
  answers[POP3_QUERY_CB_TLS_EXPORTER] = "";
  EXPECT_EQ(Get(), "none");
  answers[POP3_QUERY_CB_TLS_EXPORTER] = std::string(P3_SASL_BINDING_MAX + 1, 'E');
  EXPECT_EQ(Get(), "none");
  answers[POP3_QUERY_CB_TLS_EXPORTER].pop_back();
  EXPECT_EQ(Get(), "tls-exporter:" + std::string(P3_SASL_BINDING_MAX, 'E'));
}

}  // namespace
}  // namespace sasl_binding_test
}  // namespace pop3_testing
