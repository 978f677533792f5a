#include "core/codec/scan.h"

#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstring>
#include <random>
#include <string>
#include <vector>

namespace scan_test {
namespace {

// What the comment in scan.h says, word for word.
size_t Reference(const uint8_t *data, size_t len) {
  for (size_t i = 0; i + 1 < len; i++) {
    if (data[i] == '\n' && data[i + 1] == '.') return i;
  }
  return len;
}

// GuardedPages are |size()| octets with a page before and behind them that may not be touched.
class GuardedPages {
 public:
  GuardedPages() : page_(static_cast<size_t>(sysconf(_SC_PAGESIZE))) {
    void *map =
        mmap(nullptr, 3 * page_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (map == MAP_FAILED) abort();
    base_ = static_cast<uint8_t *>(map);
    if (mprotect(base_, page_, PROT_NONE) != 0) abort();
    if (mprotect(base_ + 2 * page_, page_, PROT_NONE) != 0) abort();
  }
  ~GuardedPages() { munmap(base_, 3 * page_); }
  GuardedPages(const GuardedPages &) = delete;
  GuardedPages &operator=(const GuardedPages &) = delete;

  size_t size() const { return page_; }
  uint8_t *begin() { return base_ + page_; }
  uint8_t *end() { return base_ + 2 * page_; }

 private:
  size_t page_;
  uint8_t *base_;
};

TEST(Scan, SmallCases) {
  const struct {
    std::string text;
    size_t at;
  } cases[] = {{"", 0},      {".", 1},      {"\n", 1},       {"\n.", 0},      {"\r\n.", 1},
               {".\n", 2},   {"\n\n.", 1},  {"a\n.b\n.", 1}, {"\n\n\n\n", 4}, {"....", 4},
               {"\n\r.", 3}, {"x.\ny.", 5}, {"\n-\n/\n.", 4}};
  for (const auto &c : cases) {
    SCOPED_TRACE(::testing::PrintToString(c.text));
    const auto *data = reinterpret_cast<const uint8_t *>(c.text.data());
    EXPECT_EQ(p3_scan_lf_dot(data, c.text.size()), c.at);
    EXPECT_EQ(p3_scan_lf_dot_plain(data, c.text.size()), c.at);
  }
}

TEST(Scan, DotBehindTheLastOctetDoesNotCount) {
  std::string text(200, 'x');
  for (size_t len = 1; len + 1 < text.size(); len++) {
    text.assign(200, 'x');
    text[len - 1] = '\n';
    text[len] = '.';
    const auto *data = reinterpret_cast<const uint8_t *>(text.data());
    EXPECT_EQ(p3_scan_lf_dot(data, len), len);
    EXPECT_EQ(p3_scan_lf_dot(data, len + 1), len - 1);
  }
}

// One match at every place of a buffer of every length, which ends where memory ends and, the other
// way round, begins where it begins: an access outside of it would crash.
TEST(Scan, EveryPlaceInEveryLengthWithoutTouchingWhatLiesAround) {
  GuardedPages pages;
  for (size_t len = 0; len <= 600; len++) {
    for (const bool at_end : {true, false}) {
      uint8_t *data = at_end ? pages.end() - len : pages.begin();
      memset(data, 'x', len);
      ASSERT_EQ(p3_scan_lf_dot(data, len), len);
      for (size_t at = 0; at + 1 < len; at++) {
        data[at] = '\n';
        data[at + 1] = '.';
        ASSERT_EQ(p3_scan_lf_dot(data, len), at) << "in " << len << " octets";
        ASSERT_EQ(p3_scan_lf_dot_plain(data, len), at) << "in " << len << " octets";
        data[at] = data[at + 1] = 'x';
      }
      if (len > 0) {
        data[len - 1] = '\n';  // whose dot would lie behind the end
        ASSERT_EQ(p3_scan_lf_dot(data, len), len);
        data[len - 1] = 'x';
        data[0] = '.';  // whose LF would lie before the start
        ASSERT_EQ(p3_scan_lf_dot(data, len), len);
      }
    }
  }
}

// Random octets out of few, so that near misses and runs of matches are frequent.
TEST(Scan, AgreesWithTheReferenceOnRandomDataAtEveryOffset) {
  GuardedPages pages;
  std::mt19937 random(20260101);
  for (const char *alphabet : {"\n.", "\n.x", "\n.\r-/\v", "abcdefgh\n."}) {
    const size_t letters = strlen(alphabet);
    for (int round = 0; round < 8; round++) {
      for (uint8_t *p = pages.begin(); p < pages.end(); p++) {
        *p = static_cast<uint8_t>(alphabet[random() % letters]);
      }
      for (size_t len = 0; len <= 600; len++) {
        const uint8_t *data = pages.end() - len;
        ASSERT_EQ(p3_scan_lf_dot(data, len), Reference(data, len));
        ASSERT_EQ(p3_scan_lf_dot_plain(data, len), Reference(data, len));
      }
      for (size_t offset = 0; offset < 80; offset++) {
        const uint8_t *data = pages.begin() + offset;
        for (size_t len = 0; len <= 200; len += 1 + len / 16) {
          ASSERT_EQ(p3_scan_lf_dot(data, len), Reference(data, len));
        }
      }
    }
  }
}

TEST(Scan, FirstOfManyIsFound) {
  std::vector<uint8_t> data(4096, 'x');
  for (size_t at : {64U, 65U, 127U, 128U, 1000U, 4000U}) {
    std::fill(data.begin(), data.end(), static_cast<uint8_t>('x'));
    for (size_t i = at; i + 1 < data.size(); i += 2) {
      data[i] = '\n';
      data[i + 1] = '.';
    }
    EXPECT_EQ(p3_scan_lf_dot(data.data(), data.size()), at);
  }
}

// Every octet other than the two is no match, also those that differ in one bit.
TEST(Scan, OnlyTheTwoOctetsMatch) {
  uint8_t data[100];
  for (int a = 0; a < 256; a++) {
    for (int b = 0; b < 256; b++) {
      memset(data, 'x', sizeof(data));
      data[40] = static_cast<uint8_t>(a);
      data[41] = static_cast<uint8_t>(b);
      const bool match = a == '\n' && b == '.';
      ASSERT_EQ(p3_scan_lf_dot(data, sizeof(data)), match ? 40U : sizeof(data)) << a << " " << b;
    }
  }
}

}  // namespace
}  // namespace scan_test
