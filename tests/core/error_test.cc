#include "core/base/error.h"

#include <gtest/gtest.h>

#include <pop3/status.h>
#include <cstring>

#include <string>

namespace error_test {
namespace {

TEST(ErrorSet, FillsEverything) {
  pop3_error err;
  std::fill_n(reinterpret_cast<char *>(&err), sizeof(err), '\xA5');
  EXPECT_EQ(pop3_error_set(&err, POP3_ERR_IO, "tcp", 104, "reading from %s: %d", "host", 7),
            POP3_ERR_IO);
  EXPECT_EQ(err.status, POP3_ERR_IO);
  EXPECT_EQ(err.code, POP3_CODE_NONE);
  EXPECT_EQ(err.sys_errno, 104);
  EXPECT_EQ(err.reserved, 0);
  EXPECT_EQ(err.lib_code, 0);
  EXPECT_STREQ(err.layer, "tcp");
  EXPECT_STREQ(err.text, "reading from host: 7");
}

// Leaves something on the stack, as a caller does that had a password there.
__attribute__((noinline)) void DirtyTheStack() {
  char secret[65536];
  volatile char *at = secret;
  for (size_t i = 0; i < sizeof(secret); i++) at[i] = '!';
}

TEST(ErrorSet, BringsNothingAlongFromTheStack) {
  pop3_error err = POP3_ERROR_INIT;
  DirtyTheStack();
  pop3_error_set(&err, POP3_ERR_IO, "tcp", 0, "short");
  EXPECT_EQ(std::string(err.text, sizeof(err.text)),
            "short" + std::string(sizeof(err.text) - 5, '\0'));
  EXPECT_EQ(std::string(err.layer, sizeof(err.layer)),
            "tcp" + std::string(sizeof(err.layer) - 3, '\0'));
}

TEST(ErrorSet, NullIsFine) {
  EXPECT_EQ(pop3_error_set(nullptr, POP3_ERR_EOF, "x", 0, "%s", "y"), POP3_ERR_EOF);
  pop3_error err = POP3_ERROR_INIT;
  EXPECT_EQ(pop3_error_set(&err, POP3_ERR_EOF, nullptr, 0, "%s", "y"), POP3_ERR_EOF);
  EXPECT_STREQ(err.layer, "");
}

TEST(ErrorSet, CutsWhatIsTooLong) {
  pop3_error err = POP3_ERROR_INIT;
  const size_t max = POP3_ERROR_TEXT_MAX;
  for (size_t len : {max - 2, max - 1, max, 2 * max, 100 * max}) {
    std::string text(len, 'x');
    pop3_error_set(&err, POP3_ERR_PROTOCOL, "a-layer-with-a-long-name", 0, "%s", text.c_str());
    if (len < max) {
      EXPECT_EQ(err.text, text);
    } else {
      EXPECT_EQ(err.text, std::string(max - 4, 'x') + "...");
    }
    EXPECT_STREQ(err.layer, "a-layer-with...");
  }
}

TEST(ErrorSet, HostileOctetsCannotReachATerminal) {
  pop3_error err = POP3_ERROR_INIT;
  pop3_error_set(&err, POP3_REFUSED, "engine", 0, "%s",
                 "no\r\n\x1B]0;owned\x07 gr\xC3\xBC\xC3\x9F \xFF");
  EXPECT_STREQ(err.text, "no\\x0D\\x0A\\x1B]0;owned\\x07 gr\xC3\xBC\xC3\x9F \\xFF");
  std::string all;
  for (int i = 1; i < 256; i++) all += static_cast<char>(i);
  for (size_t at = 0; at < all.size(); at++) {
    pop3_error_set(&err, POP3_REFUSED, all.c_str() + at, 0, "%s", all.c_str() + at);
    for (const char *text : {err.text, err.layer}) {
      for (const char *c = text; *c != '\0'; c++) EXPECT_TRUE(*c >= 0x20 && *c < 0x7F);
    }
  }
}

TEST(ErrorSet, MayQuoteItself) {
  pop3_error err = POP3_ERROR_INIT;
  pop3_error_set(&err, POP3_ERR_IO, "tcp", 1, "reset");
  pop3_error_set(&err, POP3_ERR_CONNECT, err.layer, 2, "first address: %s", err.text);
  EXPECT_STREQ(err.text, "first address: reset");
  EXPECT_STREQ(err.layer, "tcp");
}

TEST(ErrorReset, IsEmptyThen) {
  p3_error_reset(nullptr);
  pop3_error err = POP3_ERROR_INIT;
  (void)pop3_error_set(&err, POP3_ERR_IO, "test", 5, "the cable broke");
  err.code = POP3_CODE_AUTH;
  err.lib_code = 7;
  p3_error_reset(&err);
  const pop3_error empty = POP3_ERROR_INIT;
  EXPECT_EQ(memcmp(&err, &empty, sizeof(err)), 0);
}

}  // namespace
}  // namespace error_test
