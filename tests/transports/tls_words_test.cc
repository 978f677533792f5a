#include "transports/tls_words.h"

#include <gtest/gtest.h>
#include <openssl/err.h>
#include <openssl/ssl.h>

#include <string>

#include "tests/transports/tls_drive.h"

namespace pop3_testing {
namespace tls_words_test {
namespace {

class TlsWords : public ::testing::Test {
 protected:
  TlsWords() { ERR_clear_error(); }
  std::string Say(int lib, int reason, p3_tls_phase phase = P3_TLS_HANDSHAKE) {
    p3_tls_say_error(host_.get(), phase, ERR_PACK(lib, reason), "pop3", &error_);
    EXPECT_EQ(error_.lib_code, static_cast<int64_t>(ERR_PACK(lib, reason)));
    return error_.text;
  }
  std::string Stranger(const std::string &first) {
    const auto *data = reinterpret_cast<const uint8_t *>(first.data());
    return p3_tls_say_stranger(host_.get(), data, first.size(), &error_) ? error_.text : "TLS";
  }

  TestHost host_;
  pop3_error error_ = POP3_ERROR_INIT;
};

TEST_F(TlsWords, SayWhatAlertsMean) {
  EXPECT_EQ(Say(ERR_LIB_SSL, SSL_R_TLSV1_ALERT_PROTOCOL_VERSION),
            "TLS handshake failed: the server does not speak the versions of TLS that are allowed "
            "(tls.min_version, tls.max_version)");
  EXPECT_EQ(error_.status, POP3_ERR_TLS);
  EXPECT_EQ(Say(ERR_LIB_SSL, SSL_R_TLSV1_ALERT_NO_APPLICATION_PROTOCOL),
            "TLS handshake failed: the server refuses the protocol name \"pop3\" (ALPN): set "
            "tls.alpn to \"\"");
  EXPECT_EQ(Say(ERR_LIB_SSL, SSL_AD_REASON_OFFSET + SSL_AD_CERTIFICATE_REQUIRED, P3_TLS_READING),
            "reading failed: the server wants a client certificate (tls.cert_file)");
  EXPECT_EQ(Say(ERR_LIB_SSL, SSL_R_SSLV3_ALERT_ILLEGAL_PARAMETER, P3_TLS_WRITING),
            "writing failed: the server sent the alert 47 (illegal parameter)");
  EXPECT_EQ(Say(ERR_LIB_SSL, SSL_AD_REASON_OFFSET + 200),
            "TLS handshake failed: the server sent the alert 200 (unknown)");
}

TEST_F(TlsWords, SayWhatOneCanDoAboutAlerts) {
  const struct {
    int alert;
    const char *words;
  } cases[] = {
      {SSL_AD_HANDSHAKE_FAILURE,
       "the server found no cipher, key or signature that both sides allow (alert "
       "handshake_failure)"},
      {SSL_AD_UNRECOGNIZED_NAME,
       "the server does not recognize this server name (tls.server_name)"},
      {SSL_AD_BAD_CERTIFICATE, "the server does not accept our client certificate (tls.cert_file)"},
      {SSL_AD_UNSUPPORTED_CERTIFICATE,
       "the server does not accept our client certificate (tls.cert_file)"},
      {SSL_AD_CERTIFICATE_UNKNOWN,
       "the server does not accept our client certificate (tls.cert_file)"},
      {SSL_AD_CERTIFICATE_REVOKED, "the server says that our client certificate was revoked"},
      {SSL_AD_CERTIFICATE_EXPIRED, "the server says that our client certificate has expired"},
      {SSL_AD_UNKNOWN_CA, "the server does not know who issued our client certificate"},
      {SSL_AD_ACCESS_DENIED, "the server denies access with this client certificate"},
      {SSL_AD_INTERNAL_ERROR, "the server has an internal error"},
  };
  for (const auto &one : cases) {
    EXPECT_EQ(Say(ERR_LIB_SSL, SSL_AD_REASON_OFFSET + one.alert),
              std::string("TLS handshake failed: ") + one.words);
    EXPECT_EQ(error_.status, POP3_ERR_TLS);
  }
}

TEST_F(TlsWords, SayWhatReasonsMean) {
  EXPECT_EQ(Say(ERR_LIB_SSL, SSL_R_UNSUPPORTED_PROTOCOL),
            "TLS handshake failed: the server's version of TLS is not among the allowed ones "
            "(tls.min_version, tls.max_version)");
  EXPECT_EQ(Say(ERR_LIB_SSL, SSL_R_NO_RENEGOTIATION, P3_TLS_READING),
            "reading failed: the server wants to renegotiate, which is not safe");
  const struct {
    int reason;
    const char *words;
  } cases[] = {
      {SSL_R_TLS13_DOWNGRADE, "somebody on the way tampers with the version of TLS (downgrade)"},
      {SSL_R_DOWNGRADE_DETECTED, "somebody on the way tampers with the version of TLS (downgrade)"},
      {SSL_R_DECRYPTION_FAILED_OR_BAD_RECORD_MAC, "a record was changed on the way (bad MAC)"},
      {SSL_R_INVALID_ALPN_PROTOCOL, "the server chose a protocol that was not offered (ALPN)"},
      {SSL_R_TOO_MANY_KEY_UPDATES, "the server sends records without data only"},
      {SSL_R_SERVER_CERT_CHANGED, "the server changed its certificate"},
  };
  for (const auto &one : cases) {
    EXPECT_EQ(Say(ERR_LIB_SSL, one.reason), std::string("TLS handshake failed: ") + one.words);
  }
  EXPECT_EQ(Say(ERR_LIB_SSL, SSL_R_BAD_SIGNATURE), "TLS handshake failed: BAD_SIGNATURE");
  EXPECT_NE(Say(ERR_LIB_X509, 9999), "");
  EXPECT_EQ(Say(0, 0), "TLS handshake failed: unknown error");
}

TEST_F(TlsWords, TellBadCertificatesFromBadHandshakes) {
  const struct {
    int reason;
    const char *words;
  } cases[] = {
      {SSL_R_KEY_USAGE_BIT_INCORRECT, "may not be used for TLS: its key usage does not allow that"},
      {SSL_R_ECC_CERT_NOT_FOR_SIGNING,
       "may not be used for TLS: its key usage does not allow that"},
      {SSL_R_BAD_ECC_CERT, "has a key on an elliptic curve that is not used for TLS"},
      {SSL_R_WRONG_CERTIFICATE_TYPE, "has a key of a kind that does not go with the cipher"},
      {SSL_R_UNKNOWN_CERTIFICATE_TYPE, "has a key of a kind that does not go with the cipher"},
      {SSL_R_CANNOT_PARSE_LEAF_CERT, "cannot be read"},
  };
  for (const auto &one : cases) {
    EXPECT_EQ(Say(ERR_LIB_SSL, one.reason), std::string("the server's certificate ") + one.words);
    EXPECT_EQ(error_.status, POP3_ERR_CERTIFICATE);
  }
  EXPECT_EQ(Say(ERR_LIB_SSL, SSL_R_WRONG_SIGNATURE_TYPE),
            "TLS handshake failed: the server signs in a way that is not accepted (such as with "
            "SHA-1)");
  EXPECT_EQ(error_.status, POP3_ERR_TLS);
  // The same number in another part of BoringSSL, or as an alert, is something else.
  Say(ERR_LIB_X509, SSL_R_KEY_USAGE_BIT_INCORRECT);
  EXPECT_EQ(error_.status, POP3_ERR_TLS);
}

TEST_F(TlsWords, KnowARefusalOfTheProtocolName) {
  EXPECT_TRUE(
      p3_tls_is_alpn_refusal(ERR_PACK(ERR_LIB_SSL, SSL_R_TLSV1_ALERT_NO_APPLICATION_PROTOCOL)));
  EXPECT_FALSE(p3_tls_is_alpn_refusal(ERR_PACK(ERR_LIB_SSL, SSL_R_SSLV3_ALERT_BAD_CERTIFICATE)));
  // The same number in another part of BoringSSL is something else.
  EXPECT_FALSE(
      p3_tls_is_alpn_refusal(ERR_PACK(ERR_LIB_X509, SSL_R_TLSV1_ALERT_NO_APPLICATION_PROTOCOL)));
  EXPECT_FALSE(p3_tls_is_alpn_refusal(0));
}

TEST_F(TlsWords, TakeWhatCountsFromTheQueue) {
  EXPECT_EQ(p3_tls_take_error(), 0U);
  OPENSSL_PUT_ERROR(SSL, SSL_R_BAD_SIGNATURE);
  OPENSSL_PUT_ERROR(SSL, SSL_R_CLIENTHELLO_TLSEXT);
  EXPECT_EQ(p3_tls_take_error(), ERR_PACK(ERR_LIB_SSL, SSL_R_BAD_SIGNATURE)) << "the first";
  EXPECT_EQ(ERR_peek_error(), 0U);
  OPENSSL_PUT_ERROR(SSL, SSL_R_BAD_SIGNATURE);
  OPENSSL_PUT_ERROR(X509, ERR_R_MALLOC_FAILURE);
  OPENSSL_PUT_ERROR(SSL, SSL_R_CLIENTHELLO_TLSEXT);
  const uint32_t code = p3_tls_take_error();
  EXPECT_EQ(code, ERR_PACK(ERR_LIB_X509, ERR_R_MALLOC_FAILURE)) << "the cause of the others";
  EXPECT_TRUE(p3_tls_lacked_memory(code));
  EXPECT_FALSE(p3_tls_lacked_memory(ERR_PACK(ERR_LIB_X509, ERR_R_INTERNAL_ERROR)));
  EXPECT_FALSE(p3_tls_lacked_memory(0));
}

TEST_F(TlsWords, SayThatMemoryRanOut) {
  EXPECT_EQ(Say(ERR_LIB_SSL, ERR_R_MALLOC_FAILURE), "out of memory");
  EXPECT_EQ(error_.status, POP3_ERR_MEMORY);
}

TEST_F(TlsWords, KnowStrangers) {
  EXPECT_EQ(Stranger("+OK Hello there. <1@x>\r\n"),
            "the server does not speak TLS on this port: it speaks plain POP3. Use STLS on this "
            "port, or the port of POP3 over TLS (995). It said \"+OK Hello there. <1@x>\"");
  EXPECT_EQ(error_.status, POP3_ERR_TLS);
  const struct {
    const char *first;
    const char *words;
  } cases[] = {
      {"+OK", "plain POP3"},
      {"-ERR busy\r\n", "plain POP3"},
      {"HTTP/1.1 400", "web server"},
      {"<html>", "web server"},
      {"* OK IMAP", "IMAP server"},
      {"* BYE", "IMAP server"},
      {"220 mail ESMTP", "SMTP or FTP"},
      {"554 no", "SMTP or FTP"},
      {"SSH-2.0-x", "SSH server"},
      {"\x80\x01", "some other service"},
      {"\x16\x50", "some other service"},
  };
  for (const auto &one : cases) {
    EXPECT_NE(Stranger(one.first).find(one.words), std::string::npos) << Stranger(one.first);
  }
}

TEST_F(TlsWords, DoNotTakeTlsForAStranger) {
  EXPECT_EQ(Stranger(""), "TLS");
  EXPECT_EQ(Stranger("\x16\x03\x03"), "TLS");
  EXPECT_EQ(Stranger("\x15"), "TLS");
}

TEST_F(TlsWords, ShowNothingThatATerminalObeys) {
  const std::string text = Stranger("\x1b[31m" + std::string(100, 'x'));
  EXPECT_NE(text.find("It said \"?[31m" + std::string(35, 'x') + "\""), std::string::npos) << text;
}

TEST_F(TlsWords, SayWhereItEnded) {
  p3_tls_say_end(host_.get(), P3_TLS_HANDSHAKE, 0, &error_);
  EXPECT_NE(std::string(error_.text).find("without an answer"), std::string::npos);
  p3_tls_say_end(host_.get(), P3_TLS_HANDSHAKE, 1, &error_);
  EXPECT_EQ(std::string(error_.text), "the server closed the connection during the TLS handshake");
  p3_tls_say_end(host_.get(), P3_TLS_READING, 1, &error_);
  EXPECT_NE(std::string(error_.text).find("truncated"), std::string::npos);
  EXPECT_EQ(error_.status, POP3_ERR_TLS);
}

}  // namespace
}  // namespace tls_words_test
}  // namespace pop3_testing
