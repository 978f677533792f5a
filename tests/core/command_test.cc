#include <gtest/gtest.h>
#include <pop3/request.h>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace command_test {
namespace {

using namespace std::string_view_literals;

struct Built {
  pop3_status status;
  std::string line;
  size_t secret;
  std::string error;
};

Built Build(const pop3_request &request, const pop3_limits *limits = nullptr, size_t cap = 4096) {
  std::vector<uint8_t> out(cap + 1, 0xEE);
  size_t len = 999;
  size_t secret = 999;
  pop3_error err = POP3_ERROR_INIT;
  Built built;
  built.status = pop3_command_build(out.data(), cap, &len, &secret, &request, limits, &err);
  built.line.assign(out.begin(), out.begin() + static_cast<std::ptrdiff_t>(len));
  built.secret = secret;
  built.error = err.text;
  for (size_t i = len; i <= cap; i++) EXPECT_EQ(out[i], 0xEE) << "written behind the line";
  if (built.status != POP3_OK) {
    EXPECT_EQ(len, 0U);
    EXPECT_EQ(secret, 0U);
    EXPECT_STREQ(err.layer, "command");
    EXPECT_FALSE(built.error.empty());
  }
  return built;
}

pop3_request Request(pop3_command command, std::string_view arg = {}, std::string_view arg2 = {},
                     uint32_t number = 0, uint32_t lines = 0, uint32_t flags = 0) {
  pop3_request request = POP3_REQUEST_INIT(command);
  request.arg = arg.data();
  request.arg_len = arg.size();
  request.arg2 = arg2.data();
  request.arg2_len = arg2.size();
  request.number = number;
  request.lines = lines;
  request.flags = flags;
  return request;
}

struct GoodCase {
  pop3_request request;
  std::string_view line;
  size_t secret;  // SIZE_MAX: nothing is secret
};

constexpr size_t kNone = SIZE_MAX;
constexpr char kDigest[] = "c4c9334bac560ecc979e58001b3e22fb";

TEST(CommandBuild, Good) {
  const GoodCase cases[] = {
      {Request(POP3_CMD_CAPA), "CAPA\r\n", kNone},
      {Request(POP3_CMD_STLS), "STLS\r\n", kNone},
      {Request(POP3_CMD_UTF8), "UTF8\r\n", kNone},
      {Request(POP3_CMD_STAT), "STAT\r\n", kNone},
      {Request(POP3_CMD_RSET), "RSET\r\n", kNone},
      {Request(POP3_CMD_NOOP), "NOOP\r\n", kNone},
      {Request(POP3_CMD_LAST), "LAST\r\n", kNone},
      {Request(POP3_CMD_QUIT), "QUIT\r\n", kNone},
      {Request(POP3_CMD_LIST), "LIST\r\n", kNone},
      {Request(POP3_CMD_LIST, {}, {}, 1), "LIST 1\r\n", kNone},
      {Request(POP3_CMD_UIDL), "UIDL\r\n", kNone},
      {Request(POP3_CMD_UIDL, {}, {}, UINT32_MAX), "UIDL 4294967295\r\n", kNone},
      {Request(POP3_CMD_RETR, {}, {}, 10), "RETR 10\r\n", kNone},
      {Request(POP3_CMD_DELE, {}, {}, 2147483648U), "DELE 2147483648\r\n", kNone},
      {Request(POP3_CMD_TOP, {}, {}, 3), "TOP 3 0\r\n", kNone},
      {Request(POP3_CMD_TOP, {}, {}, UINT32_MAX, UINT32_MAX), "TOP 4294967295 4294967295\r\n",
       kNone},
      {Request(POP3_CMD_USER, "alice smith"), "USER alice smith\r\n", kNone},
      {Request(POP3_CMD_USER, "alice", {}, 0, 0, POP3_REQUEST_SECRET), "USER alice\r\n", 5},
      {Request(POP3_CMD_RPOP, "root"), "RPOP root\r\n", kNone},
      {Request(POP3_CMD_PASS, "hunter2"), "PASS hunter2\r\n", 5},
      {Request(POP3_CMD_PASS, " a  b "), "PASS  a  b \r\n", 5},
      {Request(POP3_CMD_PASS, ""), "PASS \r\n", 5},
      {Request(POP3_CMD_PASS), "PASS \r\n", 5},
      {Request(POP3_CMD_APOP, "mrose", kDigest), "APOP mrose c4c9334bac560ecc979e58001b3e22fb\r\n",
       11},
      {Request(POP3_CMD_APOP, "x", "C4C9334BAC560ECC979E58001B3E22FB"),
       "APOP x c4c9334bac560ecc979e58001b3e22fb\r\n", 7},
      {Request(POP3_CMD_AUTH, "PLAIN"), "AUTH PLAIN\r\n", kNone},
      {Request(POP3_CMD_AUTH, "plain"), "AUTH PLAIN\r\n", kNone},
      {Request(POP3_CMD_AUTH, "scram-sha-256", "="), "AUTH SCRAM-SHA-256 =\r\n", 19},
      {Request(POP3_CMD_AUTH, "PLAIN", "aaaa"), "AUTH PLAIN aaaa\r\n", 11},
      {Request(POP3_CMD_LANG), "LANG\r\n", kNone},
      {Request(POP3_CMD_LANG, "*"), "LANG *\r\n", kNone},
      {Request(POP3_CMD_LANG, "de-CH"), "LANG de-CH\r\n", kNone},
      {Request(POP3_CMD_RAW, "XTND XMIT"), "XTND XMIT\r\n", kNone},
      {Request(POP3_CMD_RAW_MULTI, "*ENV"), "*ENV\r\n", kNone},
      {Request(POP3_CMD_RAW, "X y z", {}, 0, 0, POP3_REQUEST_SECRET), "X y z\r\n", 2},
      {Request(POP3_CMD_RAW, "X", {}, 0, 0, POP3_REQUEST_SECRET), "X\r\n", kNone},
      {Request(POP3_CMD_RAW_MULTI, "AUTH", {}, 0, 0, POP3_REQUEST_RAW_BODY), "AUTH\r\n", kNone},
      {Request(POP3_CMD_RAW, "user bob"), "user bob\r\n", kNone},
      {Request(POP3_CMD_RAW, "pAsS hunter2"), "pAsS hunter2\r\n", 5},
      {Request(POP3_CMD_RAW, "PASS hun ter\t2"), "PASS hun ter\t2\r\n", 5},
      {Request(POP3_CMD_RAW_MULTI, "PASS"), "PASS\r\n", kNone},
      {Request(POP3_CMD_RAW, "apop bob 0123"), "apop bob 0123\r\n", 9},
      {Request(POP3_CMD_RAW, "apop 0123"), "apop 0123\r\n", 5},
      {Request(POP3_CMD_RAW, "apop  0123"), "apop  0123\r\n", 6},
      {Request(POP3_CMD_RAW, "PASSWORD x"), "PASSWORD x\r\n", kNone},
  };
  for (const GoodCase &c : cases) {
    Built built = Build(c.request);
    ASSERT_EQ(built.status, POP3_OK) << c.line << built.error;
    EXPECT_EQ(built.line, c.line);
    EXPECT_EQ(built.secret, c.secret == kNone ? c.line.size() : c.secret) << c.line;
  }
}

struct BadCase {
  pop3_request request;
  const char *error;
};

pop3_request WithSize(uint32_t size) {
  pop3_request request = Request(POP3_CMD_NOOP);
  request.size = size;
  return request;
}

TEST(CommandBuild, Bad) {
  const BadCase cases[] = {
      {WithSize(0), "request.size is 0: start from POP3_REQUEST_INIT"},
      {WithSize(16), "request.size is 16: start from POP3_REQUEST_INIT"},
      {Request(POP3_CMD_GREETING), "request.command 0 is no command that can be sent"},
      {Request(static_cast<pop3_command>(POP3_CMD_RAW_MULTI + 1)),
       "request.command 22 is no command that can be sent"},
      {Request(static_cast<pop3_command>(31)), "request.command 31 is no command that can be sent"},
      {Request(POP3_CMD_NOOP, {}, {}, 0, 0, 4), "request.flags has bits that are not defined: 0x4"},
      {Request(POP3_CMD_NOOP, {}, {}, 0, 0, UINT32_C(1) << 31),
       "request.flags has bits that are not defined: 0x80000000"},
      {Request(POP3_CMD_NOOP, "x"), "the command takes no argument"},
      {Request(POP3_CMD_USER, "a", "b"), "the command takes no argument"},
      {Request(POP3_CMD_RETR, "1"), "message number of RETR is 0: the first message is 1"},
      {Request(POP3_CMD_RETR), "message number of RETR is 0: the first message is 1"},
      {Request(POP3_CMD_DELE), "message number of DELE is 0: the first message is 1"},
      {Request(POP3_CMD_TOP, {}, {}, 0, 5), "message number of TOP is 0: the first message is 1"},
      {Request(POP3_CMD_STAT, {}, {}, 1), "STAT takes no message number"},
      {Request(POP3_CMD_USER, "a", {}, 1), "USER takes no message number"},
      {Request(POP3_CMD_RAW, "a", {}, 1), "raw takes no message number"},
      {Request(POP3_CMD_RETR, {}, {}, 1, 1), "RETR takes no count of lines"},
      {Request(POP3_CMD_USER), "user name is missing (allowed: no control character)"},
      {Request(POP3_CMD_APOP, "bob"), "digest is missing (allowed: 32 hexadecimal digits)"},
      {Request(POP3_CMD_APOP, "bob smith", kDigest),
       "user name contains a space at octet 3 (allowed: no space or control character)"},
      {Request(POP3_CMD_AUTH),
       "mechanism is missing (allowed: 1 to 20 letters, digits, \"-\" and \"_\")"},
      {Request(POP3_CMD_RAW, "STLS"),
       "STLS cannot be sent as a raw command, because TLS has to follow: use pop3_stls "
       "(POP3_CMD_STLS)"},
      {Request(POP3_CMD_RAW_MULTI, "Stls"),
       "STLS cannot be sent as a raw command, because TLS has to follow: use pop3_stls "
       "(POP3_CMD_STLS)"},
      {Request(POP3_CMD_RAW, "AUTH CRAM-MD5"),
       "AUTH with arguments cannot be sent as a raw command, because an exchange has to follow: "
       "use pop3_auth (POP3_CMD_AUTH)"},
  };
  for (const BadCase &c : cases) {
    Built built = Build(c.request);
    EXPECT_EQ(built.status, POP3_ERR_ARGUMENT) << c.error;
    EXPECT_EQ(built.error, c.error);
  }
}

TEST(CommandBuild, TheSizeMustCoverTheFlags) {
  EXPECT_EQ(Build(WithSize(offsetof(pop3_request, flags) + 3)).status, POP3_ERR_ARGUMENT);
  EXPECT_EQ(Build(WithSize(offsetof(pop3_request, flags) + 4)).status, POP3_OK);
  EXPECT_EQ(Build(WithSize(sizeof(pop3_request) + 100)).status, POP3_OK);
}

// CR, LF and NUL at each place of each argument of each command.
TEST(CommandBuild, LineEndsAreRefusedEverywhere) {
  struct {
    pop3_command command;
    std::string arg;
    std::string arg2;
    const char *label;
    const char *label2;
  } cases[] = {
      {POP3_CMD_USER, "alice", "", "user name", ""},
      {POP3_CMD_PASS, "hunter2", "", "password", ""},
      {POP3_CMD_APOP, "alice", kDigest, "user name", "digest"},
      {POP3_CMD_RPOP, "alice", "", "user name", ""},
      {POP3_CMD_AUTH, "PLAIN", "aaaa", "mechanism", "initial response"},
      {POP3_CMD_LANG, "de-CH", "", "language tag", ""},
      {POP3_CMD_RAW, "XTND x", "", "raw command", ""},
      {POP3_CMD_RAW, "PASS x", "", "raw command", ""},
      {POP3_CMD_RAW_MULTI, "XTND x", "", "raw command", ""},
  };
  struct {
    char octet;
    const char *name;
  } octets[] = {{'\r', "a carriage return"}, {'\n', "a line feed"}, {'\0', "a NUL"}};
  for (const auto &c : cases) {
    for (int which = 0; which < (c.arg2.empty() ? 1 : 2); which++) {
      const std::string &good = which == 0 ? c.arg : c.arg2;
      for (size_t at = 0; at <= good.size(); at++) {
        for (const auto &octet : octets) {
          std::string bad = good;
          bad.insert(at, 1, octet.octet);
          Built built =
              which == 0
                  ? Build(Request(c.command, bad,
                                  c.arg2.empty() ? std::string_view() : std::string_view(c.arg2)))
                  : Build(Request(c.command, c.arg, bad));
          EXPECT_EQ(built.status, POP3_ERR_ARGUMENT);
          EXPECT_EQ(built.error.find(std::string(which == 0 ? c.label : c.label2) + " contains " +
                                     octet.name + " at octet " + std::to_string(at) + " "),
                    0U)
              << built.error;
        }
      }
    }
  }
}

TEST(CommandBuild, OverLongArgumentsAreNamed) {
  const struct {
    pop3_command command;
    size_t most;  // octets of the argument that just fit into 255
    std::string_view fixed;
    const char *label;
    const char *hint;
  } cases[] = {
      {POP3_CMD_USER, 248, "", "user name", ""},        {POP3_CMD_RPOP, 248, "", "user name", ""},
      {POP3_CMD_APOP, 215, kDigest, "user name", ""},   {POP3_CMD_RAW, 253, "", "raw command", ""},
      {POP3_CMD_RAW_MULTI, 253, "", "raw command", ""},
  };
  for (const auto &c : cases) {
    for (size_t len : {c.most, c.most + 1, c.most + 2, size_t{100000}}) {
      std::string arg(len, 'x');
      Built built = Build(Request(c.command, arg, c.fixed.empty() ? std::string_view() : c.fixed));
      if (len <= c.most) {
        EXPECT_EQ(built.status, POP3_OK) << built.error;
        EXPECT_EQ(built.line.size(), 255U);
      } else {
        EXPECT_EQ(built.status, POP3_ERR_ARGUMENT);
        EXPECT_EQ(built.error,
                  std::string(c.label) +
                      " is too long: limits.max_command (255 octets) leaves room for " +
                      std::to_string(c.most) + " octets of it");
      }
    }
  }
}

// Passwords are tokens sometimes.
TEST(CommandBuild, APasswordMayBeLonger) {
  pop3_limits limits = POP3_LIMITS_INIT;
  for (const size_t most : {size_t{4096}, size_t{300}}) {
    limits.max_credential = most == 4096 ? 0 : static_cast<uint32_t>(most);
    for (const pop3_command command : {POP3_CMD_PASS, POP3_CMD_RAW}) {
      const std::string verb = command == POP3_CMD_RAW ? "pass " : "";
      const size_t room = most - sizeof("PASS \r\n") + 1 + verb.size();
      const std::string fits = verb + std::string(room - verb.size(), 'x');
      EXPECT_EQ(Build(Request(command, fits), &limits, 8192).status, POP3_OK);
      const Built built = Build(Request(command, fits + "x"), &limits, 8192);
      EXPECT_EQ(built.status, POP3_ERR_ARGUMENT);
      EXPECT_NE(built.error.find("limits.max_credential (" + std::to_string(most) + " octets)"),
                std::string::npos)
          << built.error;
    }
  }
}

TEST(CommandBuild, AnInitialResponseThatDoesNotFitGoesToTheFirstChallenge) {
  std::string response(244, 'A');  // AUTH PLAIN ... CRLF is 257
  Built built = Build(Request(POP3_CMD_AUTH, "PLAIN", response));
  EXPECT_EQ(built.status, POP3_ERR_ARGUMENT);
  EXPECT_EQ(built.error,
            "initial response is too long: limits.max_command (255 octets) leaves room for 242 "
            "octets of it; give it in answer to the first challenge instead");
  EXPECT_EQ(Build(Request(POP3_CMD_AUTH, "PLAIN", std::string(240, 'A'))).line.size(), 253U);
  pop3_limits limits = POP3_LIMITS_INIT;
  limits.max_command = 4096;
  EXPECT_EQ(Build(Request(POP3_CMD_AUTH, "PLAIN", std::string(4080, 'A')), &limits).line.size(),
            4093U);
}

TEST(CommandBuild, Limits) {
  pop3_limits limits = POP3_LIMITS_INIT;
  pop3_request top = Request(POP3_CMD_TOP, {}, {}, 1, 10);  // "TOP 1 10\r\n"
  EXPECT_EQ(Build(top, &limits).status, POP3_OK) << "0 is the default";
  limits.max_command = 10;
  EXPECT_EQ(Build(top, &limits).status, POP3_OK);
  limits.max_command = 9;
  EXPECT_EQ(Build(top, &limits).error,
            "TOP is too long: 10 octets, where limits.max_command has room for 9");
  limits.size = offsetof(pop3_limits, max_command);  // older than max_command
  EXPECT_EQ(Build(top, &limits).status, POP3_OK);
  EXPECT_EQ(Build(top, nullptr, 10).status, POP3_OK);
  EXPECT_EQ(Build(top, nullptr, 9).error,
            "TOP is too long: 10 octets, where the buffer has room "
            "for 9");
  EXPECT_EQ(Build(Request(POP3_CMD_USER, "alice"), nullptr, 11).error,
            "user name is too long: the buffer (11 octets) leaves room for 4 octets of it");
  EXPECT_EQ(Build(Request(POP3_CMD_USER, "alice"), nullptr, 3).error,
            "user name is too long: the buffer (3 octets) leaves room for 0 octets of it");
  EXPECT_EQ(Build(Request(POP3_CMD_NOOP), nullptr, 0).status, POP3_ERR_ARGUMENT);
}

TEST(CommandBuild, ArgumentsNeedNotEndInNul) {
  const char text[] = {'a', 'l', 'i', 'c', 'e'};
  EXPECT_EQ(Build(Request(POP3_CMD_USER, std::string_view(text, 3))).line, "USER ali\r\n");
}

}  // namespace
}  // namespace command_test
