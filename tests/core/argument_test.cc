#include "core/codec/argument.h"

#include <gtest/gtest.h>

#include <cctype>
#include <functional>
#include <string>
#include <string_view>

namespace argument_test {
namespace {

using namespace std::string_view_literals;

std::string Check(p3_argument kind, std::string_view data) {
  pop3_error err = POP3_ERROR_INIT;
  pop3_status status = p3_argument_check(kind, data.data(), data.size(), &err);
  EXPECT_EQ(status, status == POP3_OK ? POP3_OK : POP3_ERR_ARGUMENT);
  EXPECT_EQ(err.status, status);
  EXPECT_STREQ(err.layer, status == POP3_OK ? "" : "command");
  return err.text;
}

// Which octets each kind takes, in the middle of a text that is fine otherwise.
TEST(Argument, EveryOctetInEveryKind) {
  struct {
    p3_argument kind;
    std::string before;
    std::string after;
    std::function<bool(int)> allowed;
  } cases[] = {
      {P3_ARG_USER, "ab", "cd", [](int c) { return c >= 0x20 && c != 0x7F; }},
      {P3_ARG_APOP_USER, "ab", "cd", [](int c) { return c > 0x20 && c != 0x7F; }},
      {P3_ARG_PASSWORD, "ab", "cd", [](int c) { return c != '\r' && c != '\n' && c != 0; }},
      {P3_ARG_DIGEST, std::string(15, 'a'), std::string(16, '0'),
       [](int c) { return c < 0x80 && std::isxdigit(c) != 0; }},
      {P3_ARG_MECHANISM, "AB", "CD",
       [](int c) { return (c < 0x80 && std::isalnum(c) != 0) || c == '-' || c == '_'; }},
      {P3_ARG_RESPONSE, "ABC", "DEFG",
       [](int c) { return (c < 0x80 && std::isalnum(c) != 0) || c == '+' || c == '/'; }},
      {P3_ARG_LANGUAGE, "ab", "cd",
       [](int c) { return (c < 0x80 && std::isalnum(c) != 0) || c == '-'; }},
      {P3_ARG_LINE, "XTND ab", "cd", [](int c) { return c != '\r' && c != '\n' && c != 0; }},
      {P3_ARG_LINE, "XT", "ND", [](int c) { return c >= 0x20 && c < 0x7F; }},
      {P3_ARG_LINE, "PASS ab", "cd", [](int c) { return c != '\r' && c != '\n' && c != 0; }},
  };
  for (const auto &c : cases) {
    for (int octet = 0; octet < 256; octet++) {
      std::string data = c.before + static_cast<char>(octet) + c.after;
      std::string text = Check(c.kind, data);
      EXPECT_EQ(text.empty(), c.allowed(octet)) << c.kind << " " << octet << " " << text;
      if (text.find(" at octet ") != std::string::npos) {
        EXPECT_NE(text.find(" at octet " + std::to_string(c.before.size()) + " "),
                  std::string::npos)
            << text;
      }
    }
  }
}

constexpr char kNoVerb[] =
    "raw command does not begin with a word of printable ASCII and a space behind it: that word "
    "tells whether the rest is a secret";

struct TextCase {
  p3_argument kind;
  std::string_view data;
  const char *text;
};

TEST(Argument, Texts) {
  const TextCase cases[] = {
      {P3_ARG_NONE, "x", "the command takes no argument"},
      {P3_ARG_NONE, "", "the command takes no argument"},
      {P3_ARG_NONE, {}, ""},
      {P3_ARG_USER, "alice", ""},
      {P3_ARG_USER, "alice smith", ""},
      {P3_ARG_USER, "\xC3\xA4lice@example.com", ""},
      {P3_ARG_USER, {}, "user name is missing (allowed: no control character)"},
      {P3_ARG_USER, "", "user name is empty (allowed: no control character)"},
      {P3_ARG_USER, " alice", "user name begins with a space"},
      {P3_ARG_USER, "alice ", "user name ends with a space"},
      {P3_ARG_USER, " ", "user name begins with a space"},
      {P3_ARG_USER, "alice\nDELE 1",
       "user name contains a line feed at octet 5 (allowed: no control character)"},
      {P3_ARG_USER, "alice\r\nDELE 1",
       "user name contains a carriage return at octet 5 (allowed: no control character)"},
      {P3_ARG_USER, "\0"sv, "user name contains a NUL at octet 0 (allowed: no control character)"},
      {P3_ARG_USER, "a\tb", "user name contains a tab at octet 1 (allowed: no control character)"},
      {P3_ARG_USER, "a\x7F",
       "user name contains a control character at octet 1 (allowed: no control character)"},
      {P3_ARG_APOP_USER, "a b",
       "user name contains a space at octet 1 (allowed: no space or control character)"},
      {P3_ARG_PASSWORD, {}, ""},
      {P3_ARG_PASSWORD, "", ""},
      {P3_ARG_PASSWORD, " pass  word\t\xFF ", ""},
      {P3_ARG_PASSWORD, "hunter2\r",
       "password contains a carriage return at octet 7 (allowed: no line end and no NUL)"},
      {P3_ARG_PASSWORD, "hun\0ter2"sv,
       "password contains a NUL at octet 3 (allowed: no line end and no NUL)"},
      {P3_ARG_DIGEST, "c4c9334bac560ecc979e58001b3e22fb", ""},
      {P3_ARG_DIGEST, "C4C9334BAC560ECC979E58001B3E22FB", ""},
      {P3_ARG_DIGEST, {}, "digest is missing (allowed: 32 hexadecimal digits)"},
      {P3_ARG_DIGEST, "", "digest is empty (allowed: 32 hexadecimal digits)"},
      {P3_ARG_DIGEST, "c4c9334bac560ecc979e58001b3e22f",
       "digest is too short (allowed: 32 hexadecimal digits)"},
      {P3_ARG_DIGEST, "c4c9334bac560ecc979e58001b3e22fb0",
       "digest is too long: 33 octets (allowed: 32 hexadecimal digits)"},
      {P3_ARG_DIGEST, "c4c9334bac560ecc979e58001b3e22fg",
       "digest contains a wrong character at octet 31 (allowed: 32 hexadecimal digits)"},
      {P3_ARG_MECHANISM, "SCRAM-SHA-256-PLUS", ""},
      {P3_ARG_MECHANISM, "12345678901234567890", ""},
      {P3_ARG_MECHANISM, "123456789012345678901",
       "mechanism is too long: 21 octets (allowed: 1 to 20 letters, digits, \"-\" and \"_\")"},
      {P3_ARG_MECHANISM, "",
       "mechanism is empty (allowed: 1 to 20 letters, digits, \"-\" and \"_\")"},
      {P3_ARG_MECHANISM, "PLAIN AGFs",
       "mechanism contains a space at octet 5 (allowed: 1 to 20 letters, digits, \"-\" and "
       "\"_\")"},
      {P3_ARG_RESPONSE, {}, ""},
      {P3_ARG_RESPONSE, "=", ""},
      {P3_ARG_RESPONSE, "AGFsaWNlAHg=", ""},
      {P3_ARG_RESPONSE, "", "initial response is empty (allowed: base64, or \"=\" alone)"},
      {P3_ARG_RESPONSE, "==", "initial response is not valid base64 (length or padding is wrong)"},
      {P3_ARG_RESPONSE, "AGFsaWNlAHg",
       "initial response is not valid base64 (length or padding is wrong)"},
      {P3_ARG_RESPONSE, "*",
       "initial response contains a wrong character at octet 0 (allowed: base64, or \"=\" "
       "alone)"},
      {P3_ARG_LANGUAGE, {}, ""},
      {P3_ARG_LANGUAGE, "*", ""},
      {P3_ARG_LANGUAGE, "de-CH-1996", ""},
      {P3_ARG_LANGUAGE, "**",
       "language tag contains a wrong character at octet 0 (allowed: 1 to 64 letters, digits and "
       "\"-\", or \"*\" alone)"},
      {P3_ARG_LANGUAGE, "de_DE",
       "language tag contains a wrong character at octet 2 (allowed: 1 to 64 letters, digits and "
       "\"-\", or \"*\" alone)"},
      {P3_ARG_LANGUAGE, "",
       "language tag is empty (allowed: 1 to 64 letters, digits and \"-\", or \"*\" alone)"},
      {P3_ARG_LANGUAGE, "1234567890123456789012345678901234567890123456789012345678901234", ""},
      {P3_ARG_LANGUAGE, "12345678901234567890123456789012345678901234567890123456789012345",
       "language tag is too long: 65 octets (allowed: 1 to 64 letters, digits and \"-\", or "
       "\"*\" alone)"},
      {P3_ARG_LINE, "XTND XMIT", ""},
      {P3_ARG_LINE, "*ENV 1", ""},
      {P3_ARG_LINE, "USER gr\xC3\xBC\xC3\x9F", ""},
      {P3_ARG_LINE, {}, "raw command is missing (allowed: one line, with no line end and no NUL)"},
      {P3_ARG_LINE, "", "raw command is empty (allowed: one line, with no line end and no NUL)"},
      {P3_ARG_LINE, " NOOP", kNoVerb},
      {P3_ARG_LINE, "N\xFFOOP", kNoVerb},
      {P3_ARG_LINE, "\tPASS x", kNoVerb},
      {P3_ARG_LINE, "PASS\tx", kNoVerb},
      {P3_ARG_LINE, "PASS\x7Fx", kNoVerb},
      {P3_ARG_LINE, "XTND a\tb\x01\x1B\x7F \xFF", ""},
      {P3_ARG_LINE, "NOOP\r\nDELE 1",
       "raw command contains a carriage return at octet 4 (allowed: one line, with no line end and "
       "no NUL)"},
      {P3_ARG_LINE, "NOOP\n",
       "raw command contains a line feed at octet 4 (allowed: one line, with no line end and no "
       "NUL)"},
      {P3_ARG_LINE, "NOOP\0"sv,
       "raw command contains a NUL at octet 4 (allowed: one line, with no line end and no NUL)"},
      {P3_ARG_LINE, "STLS",
       "STLS cannot be sent as a raw command, because TLS has to follow: use pop3_stls "
       "(POP3_CMD_STLS)"},
      {P3_ARG_LINE, "stls ",
       "STLS cannot be sent as a raw command, because TLS has to follow: use pop3_stls "
       "(POP3_CMD_STLS)"},
      {P3_ARG_LINE, "STLSX", ""},
      {P3_ARG_LINE, "AUTH", ""},
      {P3_ARG_LINE, "auth", ""},
      {P3_ARG_LINE, "AUTH PLAIN",
       "AUTH with arguments cannot be sent as a raw command, because an exchange has to follow: "
       "use pop3_auth (POP3_CMD_AUTH)"},
      {P3_ARG_LINE, "auth ",
       "AUTH with arguments cannot be sent as a raw command, because an exchange has to follow: "
       "use pop3_auth (POP3_CMD_AUTH)"},
  };
  for (const TextCase &c : cases) EXPECT_EQ(Check(c.kind, c.data), c.text) << c.data;
}

TEST(Argument, NullWithALengthIsRefused) {
  pop3_error err = POP3_ERROR_INIT;
  for (int kind = P3_ARG_NONE; kind <= P3_ARG_LINE; kind++) {
    EXPECT_EQ(p3_argument_check(static_cast<p3_argument>(kind), nullptr, 3, &err),
              POP3_ERR_ARGUMENT);
  }
  EXPECT_STREQ(err.text, "raw command is NULL, though its length is not 0");
}

TEST(Argument, TextsNeverHoldTheSecret) {
  for (p3_argument kind : {P3_ARG_PASSWORD, P3_ARG_DIGEST, P3_ARG_RESPONSE, P3_ARG_LINE}) {
    std::string secret = kind == P3_ARG_LINE ? "PASS hunter2" : "hunter2";
    EXPECT_EQ(Check(kind, secret + "\n").find("hunter"), std::string::npos);
  }
}

}  // namespace
}  // namespace argument_test
