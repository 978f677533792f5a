#include <gtest/gtest.h>
#include <pop3/status.h>

#include <cstring>
#include <set>
#include <string>
#include <vector>

namespace status_test {
namespace {

const std::vector<pop3_status> kAll = {
    POP3_OK,
    POP3_REFUSED,
    POP3_ERR_ARGUMENT,
    POP3_ERR_STATE,
    POP3_ERR_UNSUPPORTED,
    POP3_ERR_NOT_FOUND,
    POP3_ERR_POLICY,
    POP3_ERR_CANCELLED,
    POP3_ERR_SINK,
    POP3_ERR_AUDIT,
    POP3_ERR_URL,
    POP3_ERR_PROTOCOL,
    POP3_ERR_GREETING,
    POP3_ERR_LIMIT,
    POP3_ERR_UNSOLICITED,
    POP3_ERR_INJECTION,
    POP3_ERR_EOF,
    POP3_ERR_RESOLVE,
    POP3_ERR_CONNECT,
    POP3_ERR_IO,
    POP3_ERR_TIMEOUT,
    POP3_ERR_TLS,
    POP3_ERR_CERTIFICATE,
    POP3_ERR_AUTH,
    POP3_ERR_NO_MECHANISM,
    POP3_ERR_NO_CREDENTIALS,
    POP3_ERR_MEMORY,
    POP3_ERR_LOCAL_IO,
    POP3_ERR_SYSTEM,
};

TEST(Status, TheNumbersAreForEver) {
  EXPECT_EQ(POP3_OK, 0);
  EXPECT_EQ(POP3_REFUSED, 1);
  EXPECT_EQ(POP3_ERR_ARGUMENT, 100);
  EXPECT_EQ(POP3_ERR_URL, 108);
  EXPECT_EQ(POP3_ERR_PROTOCOL, 200);
  EXPECT_EQ(POP3_ERR_EOF, 205);
  EXPECT_EQ(POP3_ERR_RESOLVE, 300);
  EXPECT_EQ(POP3_ERR_CERTIFICATE, 305);
  EXPECT_EQ(POP3_ERR_AUTH, 400);
  EXPECT_EQ(POP3_ERR_NO_CREDENTIALS, 402);
  EXPECT_EQ(POP3_ERR_MEMORY, 500);
  EXPECT_EQ(POP3_ERR_SYSTEM, 502);
}

TEST(Status, EachHasANameAndATextOfItsOwn) {
  std::set<std::string> names;
  std::set<std::string> texts;
  for (pop3_status status : kAll) {
    EXPECT_EQ(std::strncmp(pop3_status_name(status), "POP3_", 5), 0);
    EXPECT_TRUE(names.insert(pop3_status_name(status)).second);
    EXPECT_TRUE(texts.insert(pop3_status_text(status)).second);
  }
  EXPECT_STREQ(pop3_status_name(POP3_ERR_TIMEOUT), "POP3_ERR_TIMEOUT");
  EXPECT_EQ(names.count("POP3_ERR_?"), 0U);
}

TEST(Status, OthersAreNamedAsUnknown) {
  size_t known = 0;
  for (int i = 0; i < 512; i++) {
    auto status = static_cast<pop3_status>(i);
    if (std::string(pop3_status_name(status)) != "POP3_ERR_?") known++;
    EXPECT_GT(std::strlen(pop3_status_text(status)), 0U);
  }
  EXPECT_EQ(known, kAll.size());
  EXPECT_STREQ(pop3_status_name(static_cast<pop3_status>(7)), "POP3_ERR_?");
  EXPECT_STREQ(pop3_status_text(static_cast<pop3_status>(7)), "unknown status");
}

struct CodeCase {
  pop3_response_code code;
  const char *name;
  pop3_advice advice;
};

TEST(ResponseCode, NamesAndAdvice) {
  const CodeCase cases[] = {
      {POP3_CODE_NONE, "", POP3_ADVICE_NONE},
      {POP3_CODE_IN_USE, "IN-USE", POP3_ADVICE_WAIT_FOR_LOCK},
      {POP3_CODE_LOGIN_DELAY, "LOGIN-DELAY", POP3_ADVICE_WAIT_LOGIN_DELAY},
      {POP3_CODE_SYS_TEMP, "SYS/TEMP", POP3_ADVICE_RETRY_LATER},
      {POP3_CODE_SYS_PERM, "SYS/PERM", POP3_ADVICE_DO_NOT_RETRY},
      {POP3_CODE_AUTH, "AUTH", POP3_ADVICE_CHECK_CREDENTIALS},
      {POP3_CODE_UTF8, "UTF8", POP3_ADVICE_ENABLE_UTF8},
      {POP3_CODE_OTHER, "?", POP3_ADVICE_NONE},
  };
  std::set<std::string> texts;
  for (const CodeCase &c : cases) {
    EXPECT_STREQ(pop3_response_code_name(c.code), c.name);
    EXPECT_EQ(pop3_response_code_advice(c.code), c.advice) << c.name;
    if (c.advice != POP3_ADVICE_NONE) {
      EXPECT_TRUE(texts.insert(pop3_advice_text(c.advice)).second);
    }
  }
  EXPECT_STREQ(pop3_advice_text(POP3_ADVICE_NONE), "");
  EXPECT_STREQ(pop3_advice_text(static_cast<pop3_advice>(7)), "");
}

}  // namespace
}  // namespace status_test
