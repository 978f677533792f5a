#include "core/codec/capability_parse.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "core/base/memory.h"
#include "core/codec/codec.h"
#include "tests/testing/failing_allocator.h"

namespace capability_parse_test {
namespace {

using namespace std::string_view_literals;
using pop3_testing::FailingAllocator;
using pop3_testing::ForEachAllocationFailure;

class Caps {
 public:
  explicit Caps(uint32_t enabled = 0, const pop3_allocator *allocator = nullptr) {
    quirks.enabled = enabled;
    p3_limits_resolve(&limits, nullptr, nullptr);
    pop3_allocator resolved;
    p3_allocator_resolve(&resolved, allocator);
    p3_capabilities_init(&caps, &resolved);
  }
  ~Caps() { p3_capabilities_cleanup(&caps); }
  Caps(const Caps &) = delete;
  Caps &operator=(const Caps &) = delete;

  pop3_status Add(std::string_view line) {
    err = POP3_ERROR_INIT;
    std::string copy(line);  // reading behind it would be seen
    return p3_capabilities_add(&caps, copy.data(), copy.size(), &limits, &quirks, &err);
  }
  pop3_status Finish() { return p3_capabilities_finish(&caps, &err); }
  uint64_t hits() const { return quirks.hits[POP3_QUIRK_CAPA_DAMAGE]; }
  std::string Lines() const {
    std::string text;
    for (size_t i = 0; i < caps.num_lines; i++) {
      text += std::string(caps.lines[i].keyword) + "=" + caps.lines[i].arguments + "|";
    }
    return text;
  }

  pop3_capabilities caps;
  pop3_limits limits;
  pop3_quirks quirks = POP3_QUIRKS_NONE;
  pop3_error err = POP3_ERROR_INIT;
};

constexpr uint32_t kDamage = POP3_QUIRK_BIT(POP3_QUIRK_CAPA_DAMAGE);

TEST(CapabilityParse, Dovecot) {
  Caps c;
  for (const char *line :
       {"CAPA", "TOP", "UIDL", "RESP-CODES", "PIPELINING", "AUTH-RESP-CODE", "STLS", "USER",
        "SASL PLAIN LOGIN CRAM-MD5 SCRAM-SHA-256 XOAUTH2 OAUTHBEARER"}) {
    ASSERT_EQ(c.Add(line), POP3_OK) << c.err.text;
  }
  ASSERT_EQ(c.Finish(), POP3_OK);
  EXPECT_EQ(c.caps.flags, static_cast<uint32_t>(POP3_CAP_TOP | POP3_CAP_UIDL | POP3_CAP_RESP_CODES |
                                                POP3_CAP_PIPELINING | POP3_CAP_AUTH_RESP_CODE |
                                                POP3_CAP_STLS | POP3_CAP_USER | POP3_CAP_SASL));
  EXPECT_EQ(c.caps.size, sizeof(c.caps));
  EXPECT_EQ(c.caps.num_lines, 9U);
  EXPECT_STREQ(pop3_capabilities_find(&c.caps, "CAPA"), "");
  EXPECT_TRUE(pop3_capabilities_has_sasl(&c.caps, "OAUTHBEARER"));
  EXPECT_EQ(c.caps.implementation, nullptr);
  EXPECT_EQ(c.hits(), 0U);
}

TEST(CapabilityParse, CyrusAndCourier) {
  Caps c;
  for (const char *line :
       {"SASL PLAIN SCRAM-SHA-1", "STLS", "EXPIRE NEVER", "LOGIN-DELAY 0", "UTF8 USER", "LANG",
        "SASL EXTERNAL", "IMPLEMENTATION Cyrus POP3 3.6.1-Debian-3.6.1-4+deb12u5", "XTLSREQUIRED",
        "X.NOT a keyword"}) {
    EXPECT_EQ(c.Add(line), POP3_OK) << line;
  }
  ASSERT_EQ(c.Finish(), POP3_OK);
  EXPECT_EQ(c.caps.num_lines, 9U);
  EXPECT_EQ(c.caps.num_damaged, 1U);
  EXPECT_STREQ(c.caps.damage, "line 10 (\"X.NOT a keyword\"): a dot in a keyword");
  EXPECT_EQ(c.caps.expire_days, POP3_EXPIRE_NEVER);
  EXPECT_EQ(c.caps.login_delay_seconds, 0U);
  EXPECT_TRUE(pop3_capabilities_has(&c.caps, POP3_CAP_LOGIN_DELAY | POP3_CAP_EXPIRE |
                                                 POP3_CAP_UTF8 | POP3_CAP_UTF8_USER |
                                                 POP3_CAP_LANG | POP3_CAP_IMPLEMENTATION));
  EXPECT_STREQ(c.caps.implementation, "Cyrus POP3 3.6.1-Debian-3.6.1-4+deb12u5");
  EXPECT_TRUE(pop3_capabilities_has_sasl(&c.caps, "external"));
  EXPECT_TRUE(pop3_capabilities_has_sasl(&c.caps, "plain"));
}

TEST(CapabilityParse, Nothing) {
  Caps c;
  ASSERT_EQ(c.Finish(), POP3_OK);
  EXPECT_EQ(c.caps.flags, 0U);
  EXPECT_EQ(c.caps.num_lines, 0U);
  EXPECT_EQ(c.caps.storage, nullptr);
}

constexpr uint32_t kExpire = POP3_CAP_EXPIRE;
constexpr uint32_t kDelay = POP3_CAP_LOGIN_DELAY;

struct LineCase {
  std::string line;
  bool strict;       // read without the quirk
  uint32_t flags;    // with the quirk (and without, where accepted)
  uint32_t value;    // of EXPIRE or LOGIN-DELAY
  std::string kept;  // as Lines() shows it
  const char *text;  // what is said without it

  // Nobody can read its keyword, not even with the quirk.
  bool binary() const {
    for (const char octet : line) {
      if ((static_cast<unsigned char>(octet) < 0x20 && octet != '\t') || octet == 0x7F) return true;
    }
    return false;
  }
};

TEST(CapabilityParse, Lines) {
  const std::string long510 = "X " + std::string(508, 'y');
  const std::string long511 = long510 + "y";
  const LineCase cases[] = {
      // Keywords in any case.
      {"top", true, POP3_CAP_TOP, 0, "top=|", ""},
      {"Pipelining", true, POP3_CAP_PIPELINING, 0, "Pipelining=|", ""},
      // Arguments where none are known, unknown keywords, odd characters.
      {"UIDL x y", true, POP3_CAP_UIDL, 0, "UIDL=x y|", ""},
      {"X-FOO", true, 0, 0, "X-FOO=|", ""},
      {"!#$%&'()*+,-/:;<=>?@[]^_`{|}~ .", true, 0, 0, "!#$%&'()*+,-/:;<=>?@[]^_`{|}~=.|", ""},
      {"TOPX", true, 0, 0, "TOPX=|", ""},
      {"TO", true, 0, 0, "TO=|", ""},
      {"IMPLEMENTATION", true, POP3_CAP_IMPLEMENTATION, 0, "IMPLEMENTATION=|", ""},
      {"SASL", true, POP3_CAP_SASL, 0, "SASL=|", ""},
      {long510, true, 0, 0, "X=" + std::string(508, 'y') + "|", ""},
      // EXPIRE, LOGIN-DELAY, UTF8.
      {"EXPIRE 60", true, kExpire, 60, "EXPIRE=60|", ""},
      {"EXPIRE 0", true, kExpire, 0, "EXPIRE=0|", ""},
      {"EXPIRE never", true, kExpire, POP3_EXPIRE_NEVER, "EXPIRE=never|", ""},
      {"EXPIRE 30 USER", true, kExpire | POP3_CAP_EXPIRE_USER, 30, "EXPIRE=30 USER|", ""},
      {"EXPIRE NEVER user", true, kExpire | POP3_CAP_EXPIRE_USER, POP3_EXPIRE_NEVER,
       "EXPIRE=NEVER user|", ""},
      {"EXPIRE 4294967294", true, kExpire, POP3_EXPIRE_NEVER - 1, "EXPIRE=4294967294|", ""},
      {"LOGIN-DELAY 900", true, kDelay, 900, "LOGIN-DELAY=900|", ""},
      {"LOGIN-DELAY 900 USER", true, kDelay | POP3_CAP_LOGIN_DELAY_USER, 900,
       "LOGIN-DELAY=900 USER|", ""},
      {"UTF8", true, POP3_CAP_UTF8, 0, "UTF8=|", ""},
      {"UTF8 USER", true, POP3_CAP_UTF8 | POP3_CAP_UTF8_USER, 0, "UTF8=USER|", ""},
      {"UTF8 OTHER", true, POP3_CAP_UTF8, 0, "UTF8=OTHER|", ""},
      // Values that are none: as if the capability were absent.
      {"EXPIRE", false, 0, 0, "EXPIRE=|", "line 1 (\"EXPIRE\"): a value that is no valid number"},
      {"EXPIRE -1", false, 0, 0, "EXPIRE=-1|",
       "line 1 (\"EXPIRE -1\"): a value that is no valid number"},
      {"EXPIRE 30d", false, 0, 0, "EXPIRE=30d|",
       "line 1 (\"EXPIRE 30d\"): a value that is no valid number"},
      {"EXPIRE NEVERMORE", false, 0, 0, "EXPIRE=NEVERMORE|",
       "line 1 (\"EXPIRE NEVERMORE\"): a value that is no valid number"},
      {"EXPIRE 4294967295", false, 0, 0, "EXPIRE=4294967295|",
       "line 1 (\"EXPIRE 4294967295\"): a value that is no valid number"},
      {"EXPIRE 99999999999999999999999", false, 0, 0, "EXPIRE=99999999999999999999999|",
       "line 1 (\"EXPIRE 99999999999999999999999\"): a value that is no valid number"},
      {"LOGIN-DELAY soon", false, 0, 0, "LOGIN-DELAY=soon|",
       "line 1 (\"LOGIN-DELAY soon\"): a value that is no valid number"},
      {"LOGIN-DELAY NEVER", false, 0, 0, "LOGIN-DELAY=NEVER|",
       "line 1 (\"LOGIN-DELAY NEVER\"): a value that is no valid number"},
      {"EXPIRE 30 days", false, kExpire, 30, "EXPIRE=30 days|",
       "line 1 (\"EXPIRE 30 days\"): an argument that is not USER behind the value"},
      {"LOGIN-DELAY 60 USER x", false, kDelay, 60, "LOGIN-DELAY=60 USER x|",
       "line 1 (\"LOGIN-DELAY 60 USER x\"): an argument that is not USER behind the value"},
      // Damage.
      {"TOP ", false, POP3_CAP_TOP, 0, "TOP=|", "line 1 (\"TOP \"): a space too many"},
      {" TOP", false, POP3_CAP_TOP, 0, "TOP=|", "line 1 (\" TOP\"): a space too many"},
      {"SASL  PLAIN", false, POP3_CAP_SASL, 0, "SASL=PLAIN|",
       "line 1 (\"SASL  PLAIN\"): a space too many"},
      {"SASL PLAIN  LOGIN ", false, POP3_CAP_SASL, 0, "SASL=PLAIN  LOGIN|",
       "line 1 (\"SASL PLAIN  LOGIN \"): a space too many"},
      {"SASL\tPLAIN", false, POP3_CAP_SASL, 0, "SASL=PLAIN|",
       "line 1 (\"SASL\\x09PLAIN\"): a control character"},
      {"\tUIDL", false, POP3_CAP_UIDL, 0, "UIDL=|", "line 1 (\"\\x09UIDL\"): a control character"},
      {"EXPIRE  30  USER", false, kExpire | POP3_CAP_EXPIRE_USER, 30, "EXPIRE=30  USER|",
       "line 1 (\"EXPIRE  30  USER\"): a space too many"},
      {"A.B", false, 0, 0, "A.B=|", "line 1 (\"A.B\"): a dot in a keyword"},
      {"IMPLEMENTATION gr\xC3\xBC\xC3\x9F", false, POP3_CAP_IMPLEMENTATION, 0,
       "IMPLEMENTATION=gr\xC3\xBC\xC3\x9F|",
       "line 1 (\"IMPLEMENTATION gr\xC3\xBC\xC3\x9F\"): an 8-bit octet"},
      {"\xFF", false, 0, 0, "\xFF=|", "line 1 (\"\\xFF\"): an 8-bit octet"},
      {long511, false, 0, 0, "X=" + std::string(509, 'y') + "|", nullptr},
      // Dropped.
      {"", false, 0, 0, "", "line 1 (\"\"): an empty line"},
      {" ", false, 0, 0, "", "line 1 (\" \"): a space too many"},
      {" \t ", false, 0, 0, "", "line 1 (\" \\x09 \"): a space too many"},
      {std::string("TOP\0", 4), false, 0, 0, "", "line 1 (\"TOP\\x00\"): a control character"},
      {"TOP\r", false, 0, 0, "", "line 1 (\"TOP\\x0D\"): a control character"},
      {"SASL \x01", false, 0, 0, "", "line 1 (\"SASL \\x01\"): a control character"},
      {"X\x7F", false, 0, 0, "", "line 1 (\"X\\x7F\"): a control character"},
  };
  for (const LineCase &c : cases) {
    for (bool on : {false, true}) {
      Caps caps(on ? POP3_QUIRKS_ALL : POP3_QUIRKS_ALL & ~kDamage);
      pop3_status status = caps.Add(c.line);
      ASSERT_EQ(status, POP3_OK) << c.line;
      EXPECT_EQ(caps.hits(), on && !c.strict ? 1U : 0U) << c.line;
      ASSERT_EQ(caps.Finish(), POP3_OK);
      // With the quirk, too: such a keyword may be any that was garbled.
      const bool is_garbled = c.line == "A.B" || c.line == "\xFF";
      const bool is_damaged = !c.strict && (!on || c.binary() || is_garbled);
      EXPECT_EQ(caps.caps.num_damaged, is_damaged ? 1U : 0U) << c.line;
      if (!is_damaged) {
        EXPECT_EQ(caps.caps.damage, nullptr);
      } else if (c.text != nullptr) {
        EXPECT_STREQ(caps.caps.damage, c.text);
      }
      if (on || c.strict) {
        EXPECT_EQ(caps.caps.flags, c.flags) << c.line;
        EXPECT_EQ((c.flags & kDelay) != 0 ? caps.caps.login_delay_seconds : caps.caps.expire_days,
                  c.value)
            << c.line;
        EXPECT_EQ(caps.Lines(), c.kept);
      } else {
        EXPECT_EQ(caps.caps.flags, 0U) << c.line;
        EXPECT_EQ(caps.Lines(), "") << c.line;
      }
    }
  }
}

// GNU Mailutils writes the value without a space. To the letter these are keywords of their own.
TEST(CapabilityParse, RunTogether) {
  struct {
    const char *line;
    uint32_t flags;
    uint32_t value;
    const char *kept;
  } cases[] = {
      {"EXPIRENEVER", kExpire, POP3_EXPIRE_NEVER, "EXPIRENEVER=|"},
      {"EXPIRE30", kExpire, 30, "EXPIRE30=|"},
      {"expire30 USER", kExpire | POP3_CAP_EXPIRE_USER, 30, "expire30=USER|"},
      {"LOGIN-DELAY60", kDelay, 60, "LOGIN-DELAY60=|"},
      {"60", 0, 0, "60=|"},
      {"EXPIRED", 0, 0, "EXPIRED=|"},
      {"EXPIRE30X", 0, 0, "EXPIRE30X=|"},
      {"LOGIN-DELAYNEVER", 0, 0, "LOGIN-DELAYNEVER=|"},
      {"UTF8USER", 0, 0, "UTF8USER=|"},
  };
  for (const auto &c : cases) {
    Caps strict(POP3_QUIRKS_ALL & ~kDamage);
    ASSERT_EQ(strict.Add(c.line), POP3_OK);
    ASSERT_EQ(strict.Finish(), POP3_OK);
    EXPECT_EQ(strict.caps.flags, 0U);
    EXPECT_EQ(strict.caps.num_lines, 1U);
    Caps lenient(kDamage);
    ASSERT_EQ(lenient.Add(c.line), POP3_OK);
    ASSERT_EQ(lenient.Finish(), POP3_OK);
    EXPECT_EQ(lenient.caps.flags, c.flags) << c.line;
    EXPECT_EQ((c.flags & kDelay) != 0 ? lenient.caps.login_delay_seconds : lenient.caps.expire_days,
              c.value);
    EXPECT_EQ(lenient.Lines(), c.kept);
    EXPECT_EQ(lenient.hits(), c.flags != 0 ? 1U : 0U) << c.line;
  }
}

TEST(CapabilityParse, OfSeveralTheFirstCounts) {
  Caps c;
  for (const char *line : {"EXPIRE 30", "EXPIRE 60 USER", "LOGIN-DELAY 1", "LOGIN-DELAY 2",
                           "IMPLEMENTATION a", "IMPLEMENTATION b", "TOP", "TOP"}) {
    ASSERT_EQ(c.Add(line), POP3_OK);
  }
  ASSERT_EQ(c.Finish(), POP3_OK);
  EXPECT_EQ(c.caps.expire_days, 30U);
  EXPECT_FALSE(pop3_capabilities_has(&c.caps, POP3_CAP_EXPIRE_USER));
  EXPECT_EQ(c.caps.login_delay_seconds, 1U);
  EXPECT_STREQ(c.caps.implementation, "a");
  EXPECT_EQ(c.caps.num_lines, 8U);
}

TEST(CapabilityParse, OfSeveralDamagedLinesTheFirstIsTold) {
  Caps c;
  for (const char *line : {"TOP", "SASL  PLAIN", "", "UIDL", "EXPIRE SOON"}) {
    ASSERT_EQ(c.Add(line), POP3_OK);
  }
  EXPECT_EQ(c.caps.num_damaged, 3U);
  ASSERT_EQ(c.Finish(), POP3_OK);
  EXPECT_STREQ(c.caps.damage, "line 2 (\"SASL  PLAIN\"): a space too many; and 2 more");
  EXPECT_EQ(c.Lines(), "TOP=|UIDL=|");
  EXPECT_EQ(c.caps.flags, static_cast<uint32_t>(POP3_CAP_TOP | POP3_CAP_UIDL));
  ASSERT_EQ(c.Finish(), POP3_OK) << "finishing again is fine";
  EXPECT_STREQ(c.caps.damage, "line 2 (\"SASL  PLAIN\"): a space too many; and 2 more");
  p3_capabilities_cleanup(&c.caps);
  EXPECT_EQ(c.caps.num_damaged, 0U);
  EXPECT_EQ(c.caps.damage, nullptr);
}

TEST(CapabilityParse, NothingButDamage) {
  Caps c;
  ASSERT_EQ(c.Add(std::string(300, ' ')), POP3_OK);
  ASSERT_EQ(c.Finish(), POP3_OK);
  EXPECT_EQ(c.caps.num_lines, 0U);
  EXPECT_EQ(c.caps.num_damaged, 1U);
  EXPECT_STREQ(c.caps.damage,
               ("line 1 (\"" + std::string(76, ' ') + "...\"): a space too many").c_str());
}

TEST(CapabilityParse, LimitOfLines) {
  Caps c(kDamage);
  c.limits.max_capa_lines = 3;
  EXPECT_EQ(c.Add("TOP"), POP3_OK);
  EXPECT_EQ(c.Add(""), POP3_OK) << "a dropped line counts too";
  EXPECT_EQ(c.Add("UIDL"), POP3_OK);
  EXPECT_EQ(c.Add("STLS"), POP3_ERR_LIMIT);
  EXPECT_STREQ(c.err.text, "the CAPA response is longer than limits.max_capa_lines (3)");
}

TEST(CapabilityParse, LimitOfOctets) {
  Caps c;
  c.limits.max_capa_octets = 11;
  EXPECT_EQ(c.Add("TOP"), POP3_OK);   // 5
  EXPECT_EQ(c.Add("UIDL"), POP3_OK);  // 6
  EXPECT_EQ(c.Add("X"), POP3_ERR_LIMIT);
  EXPECT_STREQ(c.err.text, "the CAPA response is longer than limits.max_capa_octets (11)");
}

TEST(CapabilityParse, EndlessLinesCostNoMoreThanTheLimit) {
  FailingAllocator allocator;
  {
    Caps c(0, allocator.get());
    size_t refused = 0;
    for (int i = 0; i < 100000; i++) {
      if (c.Add("XXXXXXXXXXXXXXXXXXXXXXXX" + std::to_string(i)) != POP3_OK) refused++;
    }
    EXPECT_EQ(refused, 100000U - 256U);
    EXPECT_LT(allocator.peak_octets(), 65536U);
  }
  EXPECT_EQ(allocator.live_blocks(), 0U);
}

TEST(CapabilityParse, CleanupMakesItEmptyAndUsable) {
  Caps c;
  ASSERT_EQ(c.Add("TOP"), POP3_OK);
  ASSERT_EQ(c.Finish(), POP3_OK);
  ASSERT_EQ(c.Add("UIDL"), POP3_OK);
  ASSERT_EQ(c.Finish(), POP3_OK) << "finishing again is fine";
  EXPECT_EQ(c.Lines(), "TOP=|UIDL=|");
  p3_capabilities_cleanup(&c.caps);
  EXPECT_EQ(c.caps.flags, 0U);
  EXPECT_EQ(c.caps.lines, nullptr);
  EXPECT_EQ(c.caps.num_lines, 0U);
  ASSERT_EQ(c.Add("UIDL"), POP3_OK);
  ASSERT_EQ(c.Finish(), POP3_OK);
  EXPECT_EQ(c.Lines(), "UIDL=|");
}

TEST(CapabilityParse, EachAllocationMayFail) {
  size_t count = ForEachAllocationFailure([](FailingAllocator &allocator) {
    Caps c(0, allocator.get());
    pop3_status status = POP3_OK;
    for (int i = 0; i < 200 && status == POP3_OK; i++) {
      status = c.Add("X-KEYWORD-" + std::to_string(i) + " argument");
    }
    if (status == POP3_OK) status = c.Finish();
    EXPECT_EQ(status, allocator.has_failed() ? POP3_ERR_MEMORY : POP3_OK);
    EXPECT_EQ(c.err.status, status);
  });
  EXPECT_GT(count, 5U);
}

}  // namespace
}  // namespace capability_parse_test
