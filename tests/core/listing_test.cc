#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "core/codec/codec.h"

namespace listing_test {
namespace {

using namespace std::string_view_literals;

constexpr uint32_t kSpaces = POP3_QUIRK_BIT(POP3_QUIRK_LIST_SPACES);
constexpr uint32_t kOddSize = POP3_QUIRK_BIT(POP3_QUIRK_ODD_SIZE);
constexpr uint32_t kLenient = POP3_QUIRK_BIT(POP3_QUIRK_UID_LENIENT);
constexpr uint32_t kPrefix = POP3_QUIRK_BIT(POP3_QUIRK_UIDL_OK_PREFIX);
constexpr uint32_t kNoNumber = POP3_QUIRK_BIT(POP3_QUIRK_UIDL_ONE_NO_NUMBER);
constexpr uint64_t kUnknown = POP3_OCTETS_UNKNOWN;
constexpr uint32_t kUntouched = 4711;

pop3_quirks Quirks(uint32_t enabled) {
  pop3_quirks quirks = POP3_QUIRKS_NONE;
  quirks.enabled = enabled;
  return quirks;
}

// ExpectHits checks that exactly the quirks in |needs| were counted, once each.
void ExpectHits(const pop3_quirks &quirks, uint32_t needs, std::string_view line) {
  for (unsigned i = 0; i < POP3_QUIRKS_ROOM; i++) {
    EXPECT_EQ(quirks.hits[i], (needs & POP3_QUIRK_BIT(i)) != 0 ? 1U : 0U) << line << " " << i;
  }
}

// A line that is fine with the quirks in |needs| (0: always) and an error without any one of them.
struct NumbersCase {
  std::string_view line;
  uint32_t number;
  uint64_t octets;
  uint32_t needs;
};

const NumbersCase kGoodScans[] = {
    {"1 120", 1, 120, 0},
    {"1 0", 1, 0, 0},
    {"4294967295 18446744073709551614", UINT32_MAX, UINT64_MAX - 1, 0},
    {"1 5000000000", 1, 5000000000U, 0},
    {"2 200 and more", 2, 200, 0},
    {"2 200 ", 2, 200, 0},
    {"2 200  x", 2, 200, 0},
    {"007 0120", 7, 120, 0},
    {"1  120", 1, 120, kSpaces},
    {"1\t120", 1, 120, kSpaces},
    {" 1 120", 1, 120, kSpaces},
    {"\t 1 \t 120\tx", 1, 120, kSpaces},
    {"1 120\tx", 1, 120, kSpaces},
    {"1 -1", 1, kUnknown, kOddSize},
    {"1 -1 x", 1, kUnknown, kOddSize},
    {"1", 1, kUnknown, kOddSize},
    {"1 ", 1, kUnknown, kOddSize},
    {"1 x", 1, kUnknown, kOddSize},
    {"1 12x", 1, kUnknown, kOddSize},
    {"1 1.5", 1, kUnknown, kOddSize},
    {"1 18446744073709551615", 1, kUnknown, kOddSize},
    {"1 99999999999999999999999999", 1, kUnknown, kOddSize},
    {"1  -5", 1, kUnknown, kOddSize | kSpaces},
    {" 1", 1, kUnknown, kOddSize | kSpaces},
};

TEST(ScanParse, Good) {
  for (const NumbersCase &c : kGoodScans) {
    pop3_quirks quirks = Quirks(POP3_QUIRKS_ALL);
    pop3_item item;
    ASSERT_EQ(p3_scan_parse(&item, c.line.data(), c.line.size(), &quirks, nullptr), POP3_OK)
        << c.line;
    EXPECT_EQ(item.size, sizeof(item));
    EXPECT_EQ(item.kind, POP3_ITEM_SCAN);
    EXPECT_EQ(item.number, c.number);
    EXPECT_EQ(item.octets, c.octets) << c.line;
    EXPECT_EQ(std::string_view(item.line, item.line_len), c.line);
    EXPECT_EQ(item.text, nullptr);
    EXPECT_EQ(item.text_len, 0U);
    ExpectHits(quirks, c.needs, c.line);

    quirks = Quirks(c.needs);
    EXPECT_EQ(p3_scan_parse(&item, c.line.data(), c.line.size(), &quirks, nullptr), POP3_OK)
        << c.line;
    for (unsigned i = 0; i < POP3_QUIRKS_ROOM; i++) {
      if ((c.needs & POP3_QUIRK_BIT(i)) == 0) continue;
      quirks = Quirks(POP3_QUIRKS_ALL & ~POP3_QUIRK_BIT(i));
      EXPECT_EQ(p3_scan_parse(&item, c.line.data(), c.line.size(), &quirks, nullptr),
                POP3_ERR_PROTOCOL)
          << c.line << " without " << pop3_quirk_name(i);
      ExpectHits(quirks, 0, c.line);
    }
  }
}

struct BadCase {
  std::string_view line;
  const char *text;
};

TEST(ScanParse, BadWhateverIsAllowed) {
  const BadCase cases[] = {
      {"", "LIST: no valid message number: \"\""},
      {" ", "LIST: no valid message number: \" \""},
      {"0 120", "LIST: no valid message number: \"0 120\""},
      {"-1 120", "LIST: no valid message number: \"-1 120\""},
      {"+1 120", "LIST: no valid message number: \"+1 120\""},
      {"4294967296 120", "LIST: no valid message number: \"4294967296 120\""},
      {"99999999999999999999999 1", "LIST: no valid message number: \"99999999999999999999999 1\""},
      {"x 120", "LIST: no valid message number: \"x 120\""},
      {"1x 120", "LIST: no valid message number: \"1x 120\""},
      {"1\0 120"sv, "LIST: no valid message number: \"1\\x00 120\""},
      {"1\r", "LIST: no valid message number: \"1\\x0D\""},
      {"\x1B[31m", "LIST: no valid message number: \"\\x1B[31m\""},
  };
  for (const BadCase &c : cases) {
    pop3_quirks quirks = Quirks(POP3_QUIRKS_ALL);
    pop3_item item;
    item.number = kUntouched;
    pop3_error err = POP3_ERROR_INIT;
    EXPECT_EQ(p3_scan_parse(&item, c.line.data(), c.line.size(), &quirks, &err), POP3_ERR_PROTOCOL);
    EXPECT_STREQ(err.text, c.text);
    EXPECT_EQ(item.number, kUntouched);
    ExpectHits(quirks, 0, c.line);
  }
}

TEST(ScanParse, StrictTexts) {
  const BadCase cases[] = {
      {" 1 120", "LIST: the line begins with a space: \" 1 120\""},
      {"1  120", "LIST: not exactly one space between the numbers: \"1  120\""},
      {"1\t120", "LIST: not exactly one space between the numbers: \"1\\x09120\""},
      {"1 -1", "LIST: no valid number of octets: \"1 -1\""},
      {"1", "LIST: no valid number of octets: \"1\""},
      {"1 120,x", "LIST: no valid number of octets: \"1 120,x\""},
      {"1 120\tx", "LIST: no space behind the number of octets: \"1 120\\x09x\""},
  };
  for (const BadCase &c : cases) {
    pop3_item item;
    pop3_error err = POP3_ERROR_INIT;
    EXPECT_EQ(p3_scan_parse(&item, c.line.data(), c.line.size(), nullptr, &err), POP3_ERR_PROTOCOL);
    EXPECT_STREQ(err.text, c.text);
  }
}

TEST(StatParse, IsLikeAScanButMayCountNothing) {
  for (const NumbersCase &c : kGoodScans) {
    pop3_quirks quirks = Quirks(POP3_QUIRKS_ALL);
    uint32_t count = kUntouched;
    uint64_t octets = kUntouched;
    ASSERT_EQ(p3_stat_parse(&count, &octets, c.line.data(), c.line.size(), &quirks, nullptr),
              POP3_OK)
        << c.line;
    EXPECT_EQ(count, c.number);
    EXPECT_EQ(octets, c.octets);
    ExpectHits(quirks, c.needs, c.line);
  }
  uint32_t count = kUntouched;
  uint64_t octets = kUntouched;
  EXPECT_EQ(p3_stat_parse(&count, &octets, "0 0", 3, nullptr, nullptr), POP3_OK);
  EXPECT_EQ(count, 0U);
  EXPECT_EQ(octets, 0U);
  for (std::string_view bad : {""sv, "x"sv, "-1 0"sv, "4294967296 0"sv, "2"sv, "2 -320"sv}) {
    pop3_error err = POP3_ERROR_INIT;
    count = kUntouched;
    EXPECT_EQ(p3_stat_parse(&count, &octets, bad.data(), bad.size(), nullptr, &err),
              POP3_ERR_PROTOCOL)
        << bad;
    EXPECT_EQ(std::string(err.text).find("STAT: no valid number of "), 0U) << err.text;
    EXPECT_EQ(count, kUntouched);
  }
}

TEST(LastParse, Table) {
  struct {
    std::string_view text;
    bool good;
    uint32_t number;
  } cases[] = {
      {"0", true, 0},
      {"1", true, 1},
      {"7 is the last", true, 7},
      {"7\tx", true, 7},
      {"4294967295", true, UINT32_MAX},
      {"4294967296", false, 0},
      {"", false, 0},
      {"-1", false, 0},
      {"x", false, 0},
      {" 1", false, 0},
      {"1x", false, 0},
  };
  for (const auto &c : cases) {
    uint32_t number = kUntouched;
    pop3_error err = POP3_ERROR_INIT;
    EXPECT_EQ(p3_last_parse(&number, c.text.data(), c.text.size(), &err),
              c.good ? POP3_OK : POP3_ERR_PROTOCOL)
        << c.text;
    EXPECT_EQ(number, c.good ? c.number : kUntouched);
    EXPECT_EQ(std::string(err.text).find("LAST: no valid message number"),
              c.good ? std::string::npos : 0U);
  }
}

struct UidCase {
  std::string line;
  uint32_t asked;
  uint32_t number;
  std::string uid;
  uint32_t needs;
};

const UidCase kGoodUids[] = {
    {"1 whqtswO00WBw418f9t5JxYwZ", 0, 1, "whqtswO00WBw418f9t5JxYwZ", 0},
    {"4294967295 !", 0, UINT32_MAX, "!", 0},
    {"2 1795311725.1", 2, 2, "1795311725.1", 0},
    {"3 ~!/..\\<>", 0, 3, "~!/..\\<>", 0},
    {"1 " + std::string(70, 'x'), 0, 1, std::string(70, 'x'), 0},
    {"1 +OK", 0, 1, "+OK", 0},
    {"1 " + std::string(71, 'x'), 0, 1, std::string(71, 'x'), kLenient},
    {"1 " + std::string(512, 'x'), 0, 1, std::string(512, 'x'), kLenient},
    {"1 a b  c", 0, 1, "a b  c", kLenient},
    {"1 a ", 0, 1, "a ", kLenient},
    {"1 gr\xC3\xBC\xC3\x9F", 0, 1, "gr\xC3\xBC\xC3\x9F", kLenient},
    {"1 \xFF", 0, 1, "\xFF", kLenient},
    {"1   abc", 0, 1, "abc", kSpaces},
    {" 1 abc", 0, 1, "abc", kSpaces},
    {"1\tabc", 0, 1, "abc", kSpaces},
    {"1   a b", 0, 1, "a b", kSpaces | kLenient},
    {"+OK 1 abc", 0, 1, "abc", kPrefix},
    {"+ok 1 abc", 0, 1, "abc", kPrefix},
    {"+OK  1 abc", 0, 1, "abc", kPrefix | kSpaces},
    {"abc", 5, 5, "abc", kNoNumber},
    {"12345", 5, 5, "12345", kNoNumber},
    {"a b", 5, 5, "a b", kNoNumber | kLenient},
    {"0 a", 5, 5, "0 a", kNoNumber | kLenient},
    {"6 abc", 5, 6, "abc", 0},  // the engine compares the numbers
};

TEST(UniqueIdParse, Good) {
  for (const UidCase &c : kGoodUids) {
    pop3_quirks quirks = Quirks(POP3_QUIRKS_ALL);
    pop3_item item;
    ASSERT_EQ(p3_unique_id_parse(&item, c.line.data(), c.line.size(), c.asked, &quirks, nullptr),
              POP3_OK)
        << c.line;
    EXPECT_EQ(item.size, sizeof(item));
    EXPECT_EQ(item.kind, POP3_ITEM_UNIQUE_ID);
    EXPECT_EQ(item.number, c.number) << c.line;
    EXPECT_EQ(std::string(item.text, item.text_len), c.uid);
    EXPECT_EQ(std::string(item.line, item.line_len), c.line);
    EXPECT_EQ(item.octets, 0U);
    ExpectHits(quirks, c.needs, c.line);

    quirks = Quirks(c.needs);
    EXPECT_EQ(p3_unique_id_parse(&item, c.line.data(), c.line.size(), c.asked, &quirks, nullptr),
              POP3_OK)
        << c.line;
    for (unsigned i = 0; i < POP3_QUIRKS_ROOM; i++) {
      if ((c.needs & POP3_QUIRK_BIT(i)) == 0) continue;
      quirks = Quirks(POP3_QUIRKS_ALL & ~POP3_QUIRK_BIT(i));
      EXPECT_EQ(p3_unique_id_parse(&item, c.line.data(), c.line.size(), c.asked, &quirks, nullptr),
                POP3_ERR_PROTOCOL)
          << c.line << " without " << pop3_quirk_name(i);
      ExpectHits(quirks, 0, c.line);
    }
  }
}

TEST(UniqueIdParse, BadWhateverIsAllowed) {
  const std::string long_one = "1 " + std::string(513, 'x');
  const BadCase cases[] = {
      {"", "UIDL: no valid message number: \"\""},
      {"abc", "UIDL: no valid message number: \"abc\""},
      {"0 abc", "UIDL: no valid message number: \"0 abc\""},
      {"-1 abc", "UIDL: no valid message number: \"-1 abc\""},
      {"4294967296 abc", "UIDL: no valid message number: \"4294967296 abc\""},
      {"1abc", "UIDL: no valid message number: \"1abc\""},
      {"1", "UIDL: no unique-id: \"1\""},
      {"1 ", "UIDL: no unique-id: \"1 \""},
      {"1   ", "UIDL: no unique-id: \"1   \""},
      {"+OK ", "UIDL: no valid message number: \"+OK \""},
      {"+OK 1", "UIDL: no unique-id: \"+OK 1\""},
      {"1 a\tb", "UIDL: a control character in the unique-id: \"1 a\\x09b\""},
      {"1 a\x7F", "UIDL: a control character in the unique-id: \"1 a\\x7F\""},
      {"1 a\0b"sv, "UIDL: a control character in the unique-id: \"1 a\\x00b\""},
      {"1 a\r", "UIDL: a control character in the unique-id: \"1 a\\x0D\""},
  };
  for (const BadCase &c : cases) {
    pop3_quirks quirks = Quirks(POP3_QUIRKS_ALL);
    pop3_item item;
    item.number = kUntouched;
    pop3_error err = POP3_ERROR_INIT;
    EXPECT_EQ(p3_unique_id_parse(&item, c.line.data(), c.line.size(), 0, &quirks, &err),
              POP3_ERR_PROTOCOL)
        << c.line;
    EXPECT_STREQ(err.text, c.text);
    EXPECT_EQ(item.number, kUntouched);
    ExpectHits(quirks, 0, c.line);
  }
  pop3_quirks quirks = Quirks(POP3_QUIRKS_ALL);
  pop3_item item;
  pop3_error err = POP3_ERROR_INIT;
  EXPECT_EQ(p3_unique_id_parse(&item, long_one.data(), long_one.size(), 0, &quirks, &err),
            POP3_ERR_PROTOCOL);
  EXPECT_EQ(std::string(err.text).find("UIDL: a unique-id of more than 512 octets: \"1 xxx"), 0U);
  for (std::string_view empty : {""sv, " "sv, "\t"sv, "a\0"sv}) {
    EXPECT_EQ(p3_unique_id_parse(&item, empty.data(), empty.size(), 5, &quirks, &err),
              POP3_ERR_PROTOCOL)
        << "UIDL 5 without number or unique-id";
  }
}

TEST(UniqueIdParse, StrictTexts) {
  const std::string long_one = "1 " + std::string(71, 'x');
  const BadCase cases[] = {
      {"1  abc", "UIDL: not exactly one space before the unique-id: \"1  abc\""},
      {" 1 abc", "UIDL: the line begins with a space: \" 1 abc\""},
      {"1 a b", "UIDL: a space or 8-bit octet in the unique-id: \"1 a b\""},
      {"+OK 1 abc", "UIDL: no valid message number: \"+OK 1 abc\""},
      {long_one, nullptr},
  };
  for (const BadCase &c : cases) {
    pop3_item item;
    pop3_error err = POP3_ERROR_INIT;
    EXPECT_EQ(p3_unique_id_parse(&item, c.line.data(), c.line.size(), 1, nullptr, &err),
              POP3_ERR_PROTOCOL);
    if (c.text != nullptr) {
      EXPECT_STREQ(err.text, c.text);
    } else {
      EXPECT_EQ(std::string(err.text).find("UIDL: a unique-id of more than 70 octets: "), 0U);
    }
  }
}

TEST(UniqueIdParse, EveryOctet) {
  for (int i = 0; i < 256; i++) {
    std::string line = std::string("1 a") + static_cast<char>(i) + "b";
    pop3_item item;
    bool strict = i >= 0x21 && i <= 0x7E;
    bool lenient = i >= 0x20 && i != 0x7F;
    EXPECT_EQ(p3_unique_id_parse(&item, line.data(), line.size(), 0, nullptr, nullptr),
              strict ? POP3_OK : POP3_ERR_PROTOCOL)
        << i;
    pop3_quirks quirks = Quirks(POP3_QUIRKS_ALL);
    EXPECT_EQ(p3_unique_id_parse(&item, line.data(), line.size(), 0, &quirks, nullptr),
              lenient ? POP3_OK : POP3_ERR_PROTOCOL)
        << i;
  }
}

TEST(LanguageParse, Table) {
  const std::string longest(64, 'x');
  struct {
    std::string line;
    const char *tag;  // NULL: refused
  } cases[] = {
      {"en English", "en"},
      {"en-boont English Boontling dialect", "en-boont"},
      {"de", "de"},
      {"i-default Default language", "i-default"},
      {"sv ", "sv"},
      {"es Espa\xC3\xB1ol", "es"},
      {longest + " x", longest.c_str()},
      {longest + "x", nullptr},
      {"", nullptr},
      {" en", nullptr},
      {"* any", nullptr},
      {"en_US English", nullptr},
      {"en\tEnglish", nullptr},
      {std::string("en\0x", 4), nullptr},
      {"\xC3\xA9", nullptr},
  };
  for (const auto &c : cases) {
    pop3_item item;
    pop3_error err = POP3_ERROR_INIT;
    pop3_status status = p3_language_parse(&item, c.line.data(), c.line.size(), &err);
    ASSERT_EQ(status, c.tag != nullptr ? POP3_OK : POP3_ERR_PROTOCOL) << c.line;
    if (c.tag != nullptr) {
      EXPECT_EQ(item.kind, POP3_ITEM_LANGUAGE);
      EXPECT_EQ(std::string(item.text, item.text_len), c.tag);
      EXPECT_EQ(std::string(item.line, item.line_len), c.line);
    } else {
      EXPECT_EQ(std::string(err.text).find("LANG: no valid language tag: \""), 0U);
    }
  }
}

}  // namespace
}  // namespace listing_test
