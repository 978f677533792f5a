#include <gtest/gtest.h>
#include <pop3/collect.h>

#include <cstdio>
#include <string>

#include "tests/testing/failing_allocator.h"

namespace listing_sink_test {
namespace {

using pop3_testing::FailingAllocator;
using pop3_testing::ForEachAllocationFailure;

pop3_item Scan(uint32_t number, uint64_t octets) {
  pop3_item item{};
  item.size = sizeof(item);
  item.kind = POP3_ITEM_SCAN;
  item.number = number;
  item.octets = octets;
  return item;
}

pop3_item UniqueId(uint32_t number, const std::string &uid) {
  pop3_item item{};
  item.size = sizeof(item);
  item.kind = POP3_ITEM_UNIQUE_ID;
  item.number = number;
  item.text = uid.data();
  item.text_len = uid.size();
  return item;
}

pop3_sink_verdict Put(const pop3_sink &sink, pop3_item item) { return sink.item(sink.arg, &item); }

TEST(ListingSink, CollectsScans) {
  pop3_listing listing;
  pop3_listing_init(&listing, nullptr);
  EXPECT_EQ(listing.entries, nullptr);
  EXPECT_EQ(listing.num_entries, 0U);
  pop3_sink sink = POP3_SINK_INIT;
  pop3_listing_sink(&listing, &sink);
  EXPECT_EQ(sink.size, sizeof(sink));
  EXPECT_EQ(sink.body, nullptr);
  EXPECT_EQ(sink.done, nullptr);
  EXPECT_EQ(Put(sink, Scan(7, UINT64_C(1) << 40)), POP3_SINK_CONTINUE);
  EXPECT_EQ(Put(sink, Scan(UINT32_MAX, POP3_OCTETS_UNKNOWN)), POP3_SINK_CONTINUE);
  ASSERT_EQ(listing.num_entries, 2U);
  EXPECT_EQ(listing.entries[0].number, 7U);
  EXPECT_EQ(listing.entries[0].octets, UINT64_C(1) << 40);
  EXPECT_EQ(listing.entries[0].uid, nullptr);
  EXPECT_EQ(listing.entries[0].uid_len, 0U);
  EXPECT_EQ(listing.entries[1].number, UINT32_MAX);
  EXPECT_EQ(listing.entries[1].octets, POP3_OCTETS_UNKNOWN);
  pop3_listing_cleanup(&listing);
  EXPECT_EQ(listing.entries, nullptr);
  EXPECT_EQ(listing.num_entries, 0U);
  pop3_listing_cleanup(&listing);
}

TEST(ListingSink, CopiesUniqueIds) {
  pop3_listing listing;
  pop3_listing_init(&listing, nullptr);
  pop3_sink sink = POP3_SINK_INIT;
  pop3_listing_sink(&listing, &sink);
  {
    std::string uid = "whqtswO00WBw418f9t5JxYwZ";
    EXPECT_EQ(Put(sink, UniqueId(1, uid)), POP3_SINK_CONTINUE);
    uid.assign(uid.size(), '#');
    EXPECT_EQ(Put(sink, UniqueId(2, std::string("a\0b", 3))), POP3_SINK_CONTINUE);
    EXPECT_EQ(Put(sink, UniqueId(3, std::string(1000000, 'x'))), POP3_SINK_CONTINUE);
    EXPECT_EQ(Put(sink, UniqueId(4, "last")), POP3_SINK_CONTINUE);
  }
  ASSERT_EQ(listing.num_entries, 4U);
  EXPECT_STREQ(listing.entries[0].uid, "whqtswO00WBw418f9t5JxYwZ");
  EXPECT_EQ(listing.entries[0].uid_len, 24U);
  EXPECT_EQ(listing.entries[0].octets, 0U);
  EXPECT_EQ(std::string(listing.entries[1].uid, 4), std::string("a\0b\0", 4));
  EXPECT_EQ(listing.entries[2].uid_len, 1000000U);
  EXPECT_STREQ(listing.entries[3].uid, "last");
  pop3_listing_cleanup(&listing);
}

TEST(ListingSink, UniqueIdsOfEveryLengthAroundTheChunks) {
  FailingAllocator allocator;
  pop3_listing listing;
  pop3_listing_init(&listing, allocator.get());
  pop3_sink sink = POP3_SINK_INIT;
  pop3_listing_sink(&listing, &sink);
  for (uint32_t len = 1; len < 513; len++) {
    ASSERT_EQ(Put(sink, UniqueId(len, std::string(len, 'x'))), POP3_SINK_CONTINUE);
  }
  for (uint32_t len : {4094U, 4095U, 4096U, 8191U, 8192U}) {
    ASSERT_EQ(Put(sink, UniqueId(len, std::string(len, 'x'))), POP3_SINK_CONTINUE);
  }
  for (size_t i = 0; i < listing.num_entries; i++) {
    const pop3_listing_entry &e = listing.entries[i];
    ASSERT_EQ(e.uid_len, e.number);
    ASSERT_EQ(std::string(e.uid), std::string(e.number, 'x'));
  }
  pop3_listing_cleanup(&listing);
  EXPECT_EQ(allocator.live_blocks(), 0U);
}

// A line as the engine hands it out: the unique-id is its end.
pop3_item Line(pop3_item_kind kind, uint32_t number, const std::string &line, size_t text_at) {
  pop3_item item{};
  item.size = sizeof(item);
  item.kind = kind;
  item.number = number;
  item.line = line.data();
  item.line_len = line.size();
  item.line_end_len = 2;
  if (kind == POP3_ITEM_UNIQUE_ID) {
    item.text = item.line + text_at;
    item.text_len = item.line_len - text_at;
  }
  return item;
}

TEST(ListingSink, KeepsTheWholeLines) {
  pop3_listing listing;
  pop3_listing_init(&listing, nullptr);
  pop3_sink sink = POP3_SINK_INIT;
  pop3_listing_sink(&listing, &sink);
  std::string line = "1 120 extra";
  EXPECT_EQ(Put(sink, Line(POP3_ITEM_SCAN, 1, line, 0)), POP3_SINK_CONTINUE);
  line = "2  abc";
  EXPECT_EQ(Put(sink, Line(POP3_ITEM_UNIQUE_ID, 2, line, 3)), POP3_SINK_CONTINUE);
  line.assign(line.size(), '#');
  ASSERT_EQ(listing.num_entries, 2U);
  EXPECT_STREQ(listing.entries[0].line, "1 120 extra");
  EXPECT_EQ(listing.entries[0].line_len, 11U);
  EXPECT_EQ(listing.entries[0].uid, nullptr);
  EXPECT_STREQ(listing.entries[1].line, "2  abc");
  EXPECT_EQ(listing.entries[1].line_len, 6U);
  EXPECT_EQ(listing.entries[1].uid, listing.entries[1].line + 3) << "no second copy";
  EXPECT_EQ(listing.entries[1].uid_len, 3U);
  pop3_listing_cleanup(&listing);
}

TEST(ListingSink, CountsTheOctetsOfLinesWithTheirEnds) {
  pop3_listing listing;
  pop3_listing_init(&listing, nullptr);
  pop3_sink sink = POP3_SINK_INIT;
  pop3_listing_sink(&listing, &sink);
  EXPECT_EQ(listing.octets, 0U);
  pop3_item item = Line(POP3_ITEM_SCAN, 1, "1 120", 0);
  EXPECT_EQ(Put(sink, item), POP3_SINK_CONTINUE);
  EXPECT_EQ(listing.octets, 7U);
  item.line_end_len = 1;
  EXPECT_EQ(Put(sink, item), POP3_SINK_CONTINUE);
  EXPECT_EQ(listing.octets, 13U);
  item.kind = POP3_ITEM_LINE;
  EXPECT_EQ(Put(sink, item), POP3_SINK_CONTINUE);
  EXPECT_EQ(listing.octets, 13U) << "only of what is in the entries";
  pop3_listing_cleanup(&listing);
  EXPECT_EQ(listing.octets, 0U);
}

// An item that somebody else has made may have its unique-id elsewhere, or no line.
TEST(ListingSink, AUniqueIdThatIsNotTheEndOfItsLine) {
  pop3_listing listing;
  pop3_listing_init(&listing, nullptr);
  pop3_sink sink = POP3_SINK_INIT;
  pop3_listing_sink(&listing, &sink);
  const std::string line = "1 abc and more";
  pop3_item item = Line(POP3_ITEM_UNIQUE_ID, 1, line, 2);
  item.text_len = 3;
  EXPECT_EQ(Put(sink, item), POP3_SINK_CONTINUE);
  EXPECT_EQ(Put(sink, UniqueId(2, "def")), POP3_SINK_CONTINUE);
  ASSERT_EQ(listing.num_entries, 2U);
  EXPECT_STREQ(listing.entries[0].uid, "abc");
  EXPECT_STREQ(listing.entries[0].line, "1 abc and more");
  EXPECT_STREQ(listing.entries[1].uid, "def");
  EXPECT_STREQ(listing.entries[1].line, "");
  EXPECT_EQ(listing.entries[1].line_len, 0U);
  pop3_listing_cleanup(&listing);
}

TEST(ListingSink, PassesOverOtherItems) {
  pop3_listing listing;
  pop3_listing_init(&listing, nullptr);
  pop3_sink sink = POP3_SINK_INIT;
  pop3_listing_sink(&listing, &sink);
  for (pop3_item_kind kind : {POP3_ITEM_CAPABILITY, POP3_ITEM_LANGUAGE, POP3_ITEM_LINE}) {
    pop3_item item = UniqueId(1, "x");
    item.kind = kind;
    EXPECT_EQ(Put(sink, item), POP3_SINK_CONTINUE);
  }
  EXPECT_EQ(listing.num_entries, 0U);
  pop3_listing_cleanup(&listing);
}

TEST(ListingSink, AnImpossibleLengthIsRefused) {
  pop3_listing listing;
  pop3_listing_init(&listing, nullptr);
  pop3_sink sink = POP3_SINK_INIT;
  pop3_listing_sink(&listing, &sink);
  pop3_item item = UniqueId(1, "x");
  item.text_len = UINT32_MAX;
  EXPECT_EQ(Put(sink, item), POP3_SINK_STOP);
  EXPECT_EQ(listing.status, POP3_ERR_LIMIT);
  EXPECT_EQ(Put(sink, UniqueId(1, "x")), POP3_SINK_STOP) << "stopped is stopped";
  EXPECT_EQ(listing.num_entries, 0U);
  pop3_listing_cleanup(&listing);
  EXPECT_EQ(listing.status, POP3_OK);
}

TEST(ListingSink, AMillionItems) {
  pop3_listing listing;
  pop3_listing_init(&listing, nullptr);
  pop3_sink sink = POP3_SINK_INIT;
  pop3_listing_sink(&listing, &sink);
  char uid[32];
  for (uint32_t i = 1; i <= 1000000; i++) {
    pop3_item item{};
    item.kind = POP3_ITEM_UNIQUE_ID;
    item.number = i;
    item.text = uid;
    item.text_len = static_cast<size_t>(std::snprintf(uid, sizeof(uid), "0000%08x5a1b", i));
    ASSERT_EQ(sink.item(sink.arg, &item), POP3_SINK_CONTINUE);
  }
  ASSERT_EQ(listing.num_entries, 1000000U);
  EXPECT_STREQ(listing.entries[0].uid, "0000000000015a1b");
  EXPECT_STREQ(listing.entries[999999].uid, "0000000f42405a1b");
  EXPECT_EQ(listing.entries[999999].number, 1000000U);
  pop3_listing_cleanup(&listing);
}

TEST(ListingSink, EachAllocationMayFail) {
  size_t count = ForEachAllocationFailure([](FailingAllocator &allocator) {
    pop3_listing listing;
    pop3_listing_init(&listing, allocator.get());
    pop3_sink sink = POP3_SINK_INIT;
    pop3_listing_sink(&listing, &sink);
    uint32_t taken = 0;
    for (uint32_t i = 1; i <= 500; i++) {
      const std::string uid = "a-unique-id-of-some-length";
      pop3_item item = i % 2 == 0 ? Scan(i, i) : UniqueId(i, uid);
      if (Put(sink, item) == POP3_SINK_STOP) break;
      taken = i;
    }
    EXPECT_EQ(taken == 500, !allocator.has_failed());
    EXPECT_EQ(listing.status, allocator.has_failed() ? POP3_ERR_MEMORY : POP3_OK);
    ASSERT_EQ(listing.num_entries, taken);
    for (uint32_t i = 0; i < taken; i++) {
      ASSERT_EQ(listing.entries[i].number, i + 1);
      if (i % 2 == 0) {
        ASSERT_STREQ(listing.entries[i].uid, "a-unique-id-of-some-length");
      }
    }
    pop3_listing_cleanup(&listing);
  });
  EXPECT_GE(count, 6U);
}

}  // namespace
}  // namespace listing_sink_test
