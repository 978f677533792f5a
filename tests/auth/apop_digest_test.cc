#include <gtest/gtest.h>
#include <pop3/plugins/apop.h>

#include <cstring>
#include <string>

namespace apop_digest_test {
namespace {

std::string Digest(const std::string &timestamp, const std::string &password) {
  char out[POP3_APOP_DIGEST_SIZE + 1];
  pop3_error err = POP3_ERROR_INIT;
  memset(out, '#', sizeof(out));
  const pop3_status status = pop3_apop_digest(out, timestamp.data(), timestamp.size(),
                                              password.data(), password.size(), &err);
  EXPECT_EQ(out[POP3_APOP_DIGEST_SIZE], '#') << "nothing is written behind it";
  EXPECT_EQ(err.status, status);
  if (status == POP3_OK) return out;
  EXPECT_STREQ(out, "");
  EXPECT_STREQ(err.layer, "apop");
  EXPECT_EQ(pop3_apop_digest(out, timestamp.data(), timestamp.size(), password.data(),
                             password.size(), nullptr),
            status);
  return std::string(pop3_status_name(status)) + " " + err.text;
}

// RFC 1939 section 7.
TEST(ApopDigest, TheExampleOfTheRfc) {
  EXPECT_EQ(Digest("<1896.697170952@dbc.mtview.ca.us>", "tanstaaf"),
            "c4c9334bac560ecc979e58001b3e22fb");
}

TEST(ApopDigest, OfOctets) {
  EXPECT_EQ(Digest("<a@b>", std::string("p\0q", 3)), "f20dd642fc5af7d7bd1f7f0a5fde8f7e");
}

TEST(ApopDigest, WithoutAPassword) {
  char out[POP3_APOP_DIGEST_SIZE];
  pop3_error err = POP3_ERROR_INIT;
  err.status = POP3_ERR_AUTH;
  EXPECT_EQ(pop3_apop_digest(out, "<>", 2, nullptr, 0, &err), POP3_OK);
  EXPECT_EQ(out, Digest("<>", ""));
  EXPECT_EQ(err.status, POP3_OK) << "emptied on success";
}

TEST(ApopDigest, ATimestampHasItsBrackets) {
  for (const char *timestamp : {"", "<", ">", "a@b", "<a@b", "a@b>"}) {
    EXPECT_EQ(Digest(timestamp, "tanstaaf"),
              "POP3_ERR_ARGUMENT the timestamp does not stand in angle brackets")
        << timestamp;
  }
}

}  // namespace
}  // namespace apop_digest_test
