#include "plugins/record/redact.h"

#include <gtest/gtest.h>

#include <cstring>
#include <string>

#include "tests/testing/test_host.h"

namespace pop3_testing {
namespace redact_test {
namespace {

class Redact : public ::testing::Test {
 protected:
  Redact() { std::memset(&redact_, 0, sizeof(redact_)); }

  // What may be shown of a line: "PASS ?|\r\n".
  std::string Client(const std::string &line) {
    std::string shown = "(no line)";
    for (size_t i = 0; i < line.size(); i++) {
      const int ends = p3_redact_client(&redact_, static_cast<uint8_t>(line[i]));
      EXPECT_EQ(ends, i + 1 == line.size() && line[i] == '\n' ? 1 : 0) << line;
      if (i + 1 == line.size()) {
        const p3_redact_text text = p3_redact_show(&redact_);
        shown = std::string(redact_.line, text.shown) + (text.hides ? "?" : "") + "|" + text.ending;
        p3_redact_next(&redact_, host_.get());
      }
    }
    EXPECT_EQ(redact_.line_len, 0u);
    return shown;
  }

  void Server(const std::string &text) {
    for (char c : text) p3_redact_server(&redact_, static_cast<uint8_t>(c));
  }

  TestHost host_;
  p3_redact redact_;
};

TEST_F(Redact, ShowsWhatIsHarmless) {
  for (const char *line : {"CAPA", "stat", "List 1", "RETR 12", "DELE 1", "NOOP", "RSET", "QUIT",
                           "TOP 1 0", "UIDL", "LAST", "USER mrose", "UTF8", "LANG de", "STLS",
                           "RPOP mrose", "AUTH", "PASS", "AUTH PLAIN"}) {
    redact_.in_auth = 0;
    EXPECT_EQ(Client(std::string(line) + "\r\n"), std::string(line) + "|\r\n");
  }
  redact_.in_auth = 0;
  EXPECT_EQ(Client("STAT\n"), "STAT|\n");
  EXPECT_EQ(Client("\r\n"), "|\r\n");
  EXPECT_EQ(Client("\n"), "|\n");
  EXPECT_EQ(Client("NOOP"), "NOOP|") << "a line that has not ended";
}

TEST_F(Redact, HidesSecrets) {
  EXPECT_EQ(Client("PASS tanstaaf\r\n"), "PASS ?|\r\n");
  EXPECT_EQ(Client("pass tan staaf\r\n"), "pass ?|\r\n");
  EXPECT_EQ(Client("PASS tanstaaf"), "PASS ?|");
  EXPECT_EQ(Client("PASS  \r\n"), "PASS ?|\r\n");
  EXPECT_EQ(Client("APOP mrose c4c9334bac560ecc979e58001b3e22fb\r\n"), "APOP mrose ?|\r\n");
  EXPECT_EQ(Client("APOP mrose\r\n"), "APOP ?|\r\n");
  EXPECT_EQ(Client("XSECRET hello world\r\n"), "XSECRET ?|\r\n");
  EXPECT_EQ(Client("XSECRET\r\n"), "?|\r\n");
  EXPECT_EQ(Client("dGFuc3RhYWY=\r\n"), "?|\r\n");
  EXPECT_EQ(Client(" PASS tanstaaf\r\n"), "?|\r\n");
  EXPECT_EQ(Client("PASS\ttanstaaf\r\n"), "?|\r\n");
  EXPECT_EQ(Client("PASSWORDS tanstaaf\r\n"), "?|\r\n");
  EXPECT_EQ(Client(std::string("\0PASS x\r\n", 9)), "?|\r\n");
  EXPECT_EQ(Client("AUTH PLAIN AHRpbQB0YW5zdGFhZg==\r\n"), "AUTH PLAIN ?|\r\n");
}

TEST_F(Redact, HidesTheWholeExchange) {
  EXPECT_EQ(Client("AUTH SCRAM-SHA-256\r\n"), "AUTH SCRAM-SHA-256|\r\n");
  for (int round = 0; round < 3; round++) {
    Server("+ c29tZXRoaW5n\r\n");
    // Also what looks like a command, and nothing at all.
    EXPECT_EQ(Client("STAT\r\n"), "?|\r\n");
    Server("+ \r\n");
    EXPECT_EQ(Client("\r\n"), "?|\r\n");
  }
  Server("+ \r\n");
  EXPECT_EQ(Client("*\r\n"), "*|\r\n");
  Server("-ERR cancelled\r\n");
  EXPECT_EQ(Client("STAT\r\n"), "STAT|\r\n");
  EXPECT_EQ(Client("auth login\r\n"), "auth login|\r\n");
  EXPECT_EQ(Client("dGlt\r\n"), "?|\r\n");
  Server("+OK\r\n");
  EXPECT_EQ(Client("STAT\r\n"), "STAT|\r\n");
}

TEST_F(Redact, KnowsWhenTheServersLinesAreSecret) {
  Client("AUTH LOGIN\r\n");
  Server("+ \r\n");
  EXPECT_EQ(redact_.responded, 0) << "the first challenge answers nothing";
  Client("dGlt\r\n");
  EXPECT_EQ(redact_.responded, 1);
  Server("+ UGFzc3dvcmQ6\r\n");
  EXPECT_EQ(redact_.responded, 1);
  Server("+OK\r\n");
  EXPECT_EQ(redact_.responded, 0);
  Client("AUTH PLAIN AHRpbQBz\r\n");
  EXPECT_EQ(redact_.responded, 1);
  Server("-ERR\r\n");
  EXPECT_EQ(redact_.responded, 0);
  Client("AUTH X" + std::string(P3_REDACT_LINE_MAX, 'x') + "\r\n");
  EXPECT_EQ(redact_.responded, 1) << "who knows where its response begins";
  Server("-ERR\r\n");
  Client("AUTH PLAIN\n");
  EXPECT_EQ(redact_.responded, 0);
  Server("+ERR\r\n");
  EXPECT_EQ(redact_.in_auth, 0) << "a refusal, as some servers write it";
  // And so do some write challenges.
  Client("AUTH DIGEST-MD5\r\n");
  Server("+OK bm9uY2U9\r\n");
  EXPECT_EQ(Client("dXNlcm5hbWU9\r\n"), "?|\r\n");
  EXPECT_EQ(redact_.responded, 1);
  Server("+ cnNwYXV0aD0=\r\n");
  EXPECT_EQ(redact_.responded, 1);
  Server("+OK\r\n");
  EXPECT_EQ(redact_.responded, 0);
}

TEST_F(Redact, ShowsOfAReplyWhatIsHarmless) {
  const auto shown = [](const std::string &line) {
    const char *stand_in;
    const size_t len = p3_redact_reply(line.data(), line.size(), &stand_in);
    return line.substr(0, len) + "|" + stand_in;
  };
  EXPECT_EQ(shown("+ cj1hYmM="), "+ |PHJlZGFjdGVkPg==");
  EXPECT_EQ(shown("+ "), "+ |");
  EXPECT_EQ(shown("+"), "+|");
  EXPECT_EQ(shown("+OK"), "+OK|");
  EXPECT_EQ(shown("-ERR "), "-ERR |");
  EXPECT_EQ(shown("+OK dj1hYmM="), "+OK |<redacted>");
  EXPECT_EQ(shown("-err [auth] wrong"), "-err [auth]|<redacted>");
  EXPECT_EQ(shown("-ERR [AUTH/v=abc] wrong"), "-ERR |<redacted>");
  EXPECT_EQ(shown("-ERR [LOGIN-DELAY]"), "-ERR [LOGIN-DELAY]|");
  EXPECT_EQ(shown("-ERR [AUTHabc"), "-ERR |<redacted>");
  EXPECT_EQ(shown("-ERR [AUTH"), "-ERR |<redacted>");
  EXPECT_EQ(shown("+cj1hYmM="), "|<redacted>");
  EXPECT_EQ(shown("cj1hYmM="), "|<redacted>");
  EXPECT_EQ(shown(""), "|");
}

TEST_F(Redact, HidesTheEndOfALongLine) {
  const std::string line = "USER " + std::string(2000, 'x');
  EXPECT_EQ(Client(line + "\r\n"), line.substr(0, P3_REDACT_LINE_MAX) + "?|\r\n");
  for (size_t len : {P3_REDACT_LINE_MAX - 2, P3_REDACT_LINE_MAX - 1, P3_REDACT_LINE_MAX}) {
    const std::string exact = "USER " + std::string(len - 5, 'x');
    EXPECT_EQ(Client(exact + "\r\n"), exact + "|\r\n") << len;
    EXPECT_EQ(Client(exact + "\n"), exact + "|\n") << len;
  }
  EXPECT_EQ(Client("PASS " + std::string(2000, 'x') + "\n"), "PASS ?|\n");
}

TEST_F(Redact, KnowsWhenTlsBegins) {
  EXPECT_EQ(Client("STLS\r\n"), "STLS|\r\n");
  Server("-ERR no\r\n");
  EXPECT_EQ(redact_.encrypted, 0);
  EXPECT_EQ(Client("STAT\r\n"), "STAT|\r\n");
  Server("+OK 1 2\r\n");
  EXPECT_EQ(redact_.encrypted, 0);
  EXPECT_EQ(Client("stls\r\n"), "stls|\r\n");
  Server("+OK");
  EXPECT_EQ(redact_.encrypted, 0);
  Server(" go\r\n");
  EXPECT_EQ(redact_.encrypted, 1);
}

TEST_F(Redact, ForgetsSecrets) {
  EXPECT_EQ(Client("PASS tanstaaf\r\n"), "PASS ?|\r\n");
  for (char c : redact_.line) EXPECT_EQ(c, '\0');
  for (char c : redact_.last) EXPECT_EQ(c, '\0');
}

}  // namespace
}  // namespace redact_test
}  // namespace pop3_testing
