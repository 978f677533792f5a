// The initialisers, and all else that the public headers define, in C++ with warnings about casts
// of C (see the BUILD file): what a program's own flags complain of here, it cannot switch off.
#include <gtest/gtest.h>
#include <openssl/ssl.h>
#include <pop3/loader.h>
#include <pop3/plugins/record.h>
#include <pop3/plugins/tls.h>
#include <pop3/pop3.h>
#include <pop3/spi/auth.h>
#include <pop3/spi/base64.h>
#include <pop3/spi/sasl_line.h>
#include <pop3/spi/transport.h>
#include <pop3/usual.h>

namespace initializers_test {
namespace {

// Whether |value|, made by its initialiser, says how large it is.
template <typename T>
bool HasSize(const T &value) {
  return value.size == sizeof(T);
}

TEST(Initializers, SayTheSize) {
  const pop3_answer answer = POP3_ANSWER_INIT;
  const pop3_candidate candidate = POP3_CANDIDATE_INIT;
  const pop3_engine_options engine = POP3_ENGINE_OPTIONS_INIT;
  const pop3_interest interest = POP3_INTEREST_INIT;
  const pop3_limits limits = POP3_LIMITS_INIT;
  const pop3_lines lines = POP3_LINES_INIT(nullptr, nullptr);
  const pop3_loader_options loader = POP3_LOADER_OPTIONS_INIT;
  const pop3_record_sink record = POP3_RECORD_SINK_INIT;
  const pop3_request request = POP3_REQUEST_INIT(POP3_CMD_NOOP);
  const pop3_security security = POP3_SECURITY_INIT;
  const pop3_session_options session = POP3_SESSION_OPTIONS_INIT;
  const pop3_sink sink = POP3_SINK_INIT;
  const pop3_stream stream = POP3_STREAM_INIT(nullptr);
  const pop3_time_limits times = POP3_TIME_LIMITS_INIT;
  const pop3_tls_passphrase passphrase = POP3_TLS_PASSPHRASE_INIT;
  const pop3_tls_session_cache cache = POP3_TLS_SESSION_CACHE_INIT;
  const pop3_tls_verify verify = POP3_TLS_VERIFY_INIT;
  const pop3_tls_context context = POP3_TLS_CONTEXT(nullptr);
  EXPECT_TRUE(HasSize(answer));
  EXPECT_TRUE(HasSize(candidate));
  EXPECT_TRUE(HasSize(engine));
  EXPECT_TRUE(HasSize(interest));
  EXPECT_TRUE(HasSize(limits));
  EXPECT_TRUE(HasSize(lines));
  EXPECT_TRUE(HasSize(loader));
  EXPECT_TRUE(HasSize(record));
  EXPECT_TRUE(HasSize(request));
  EXPECT_TRUE(HasSize(security));
  EXPECT_TRUE(HasSize(session));
  EXPECT_TRUE(HasSize(sink));
  EXPECT_TRUE(HasSize(stream));
  EXPECT_TRUE(HasSize(times));
  EXPECT_TRUE(HasSize(passphrase));
  EXPECT_TRUE(HasSize(cache));
  EXPECT_TRUE(HasSize(verify));
  EXPECT_TRUE(HasSize(context));
}

TEST(Initializers, MeanTheDefaults) {
  const pop3_error error = POP3_ERROR_INIT;
  EXPECT_EQ(error.status, POP3_OK);
  const pop3_allocator allocator = POP3_ALLOCATOR_DEFAULT;
  EXPECT_EQ(allocator.alloc, nullptr);
  const pop3_quirks quirks = POP3_QUIRKS_NONE;
  EXPECT_EQ(quirks.enabled, 0U);
  const pop3_interest interest = POP3_INTEREST_INIT;
  EXPECT_EQ(interest.deadline_ms, POP3_NO_DEADLINE);
  const pop3_session_options session = POP3_SESSION_OPTIONS_INIT;
  EXPECT_EQ(session.total_ms, POP3_NO_TIMEOUT);
  EXPECT_EQ(session.connect_ms, 30000);
  const pop3_request request = POP3_REQUEST_INIT(POP3_CMD_NOOP);
  EXPECT_EQ(request.command, POP3_CMD_NOOP);
}

TEST(Initializers, MacrosOfCode) {
  EXPECT_EQ(POP3_QUIRK_BIT(POP3_QUIRK_ANY_PLUS), 2U);
  EXPECT_EQ(POP3_CREDENTIAL_BIT(POP3_CREDENTIAL_PASSWORD), 4U);
  EXPECT_EQ(POP3_ABI_MAJOR(POP3_ABI), 1U);
  const pop3_answer answer = POP3_ANSWER_INIT;
  EXPECT_TRUE(POP3_HAS_MEMBER(pop3_answer, &answer, data_len));
  EXPECT_EQ(pop3_base64_encoded_len(4), 8U);
  EXPECT_TRUE(pop3_sasl_line_fits("PLAIN", POP3_SASL_LINE_MAX / 2));
  EXPECT_LT(POP3_SASL_CHALLENGE_MAX, POP3_SASL_RESPONSE_MAX);
}

}  // namespace
}  // namespace initializers_test
