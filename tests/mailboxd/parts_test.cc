// The small pieces: cache, unique-ids, kept input, timers, faults, texts, users, the APOP digest.

#include <gtest/gtest.h>

#include <cstring>
#include <set>
#include <string>
#include <vector>

#include "tools/mailboxd/auth.h"
#include "tools/mailboxd/cache.h"
#include "tools/mailboxd/faults.h"
#include "tools/mailboxd/kept.h"
#include "tools/mailboxd/loop.h"
#include "tools/mailboxd/texts.h"
#include "tools/mailboxd/uid.h"
#include "tools/mailboxd/users.h"

namespace parts_test {
namespace {

cache_key Key(uint64_t inode) { return {1, inode, 3, 4, 5}; }

TEST(Cache, DropsTheLeastRecentlyUsed) {
  cache *c = cache_new(800);
  EXPECT_TRUE(cache_takes(c, 100));
  EXPECT_FALSE(cache_takes(c, 101));
  for (uint64_t i = 0; i < 8; i++) {
    const cache_key key = Key(i);
    blob *b = blob_new(100);
    b->data[0] = static_cast<uint8_t>(i);
    cache_put(c, &key, b);
    blob_unref(b);
  }
  const cache_key first = Key(0), second = Key(1), next = Key(8), large = Key(9);
  blob *kept = cache_get(c, &first);  // is now the most recently used
  ASSERT_NE(nullptr, kept);
  EXPECT_EQ(0, kept->data[0]);
  blob *b = blob_new(100);
  cache_put(c, &next, b);
  blob_unref(b);
  EXPECT_EQ(nullptr, cache_get(c, &second));
  blob *again = cache_get(c, &first);
  EXPECT_EQ(kept, again);
  blob_unref(again);
  b = blob_new(101);
  cache_put(c, &large, b);
  EXPECT_EQ(1U, b->refs);
  blob_unref(b);
  cache_free(c);
  EXPECT_EQ(1U, kept->refs);  // still ours
  blob_unref(kept);
}

TEST(Uid, OfFiles) {
  const std::pair<const char *, const char *> good[] = {
      {"1.a", "1.a"}, {"1.a:2,S", "1.a"}, {"1.a,S=1:2,", "1.a,S=1"}};
  char uid[UID_SIZE];
  for (const auto &[name, expected] : good) {
    uid_of_file(uid, name);
    EXPECT_STREQ(expected, uid);
  }
  const std::string longest(70, 'x'), too_long(71, 'x');
  uid_of_file(uid, longest.c_str());
  EXPECT_EQ(longest, uid);
  std::set<std::string> hashed;
  for (const std::string &name : {too_long, too_long + "x", std::string("a b"), std::string("\xff"),
                                  std::string(":2,S"), std::string("\t")}) {
    uid_of_file(uid, name.c_str());
    EXPECT_EQ(33U, strlen(uid));
    EXPECT_EQ('h', uid[0]);
    hashed.insert(uid);
  }
  EXPECT_EQ(6U, hashed.size());
}

TEST(Uid, CounterCounts) {
  uid_counter counter;
  ASSERT_TRUE(uid_counter_init(&counter, 1000));
  for (uint64_t i = 0; i < 500; i++) EXPECT_EQ(1U, uid_counter_add(&counter, i << 20));
  for (uint64_t i = 0; i < 500; i++) EXPECT_EQ(2U, uid_counter_add(&counter, i << 20));
  uid_counter_cleanup(&counter);
}

const uint8_t *Octets(const char *text) { return reinterpret_cast<const uint8_t *>(text); }

TEST(Kept, KeepsAndCounts) {
  uint64_t all = 0;
  kept k = {};
  k.all = &all;
  ASSERT_TRUE(kept_set(&k, Octets("hello"), 5));
  EXPECT_EQ(5U, all);
  uint8_t *start = kept_make_room(&k, 1000);
  ASSERT_NE(nullptr, start);
  memcpy(start + 5, " world", 6);
  ASSERT_TRUE(kept_set(&k, start + 2, 900));  // inside of itself
  EXPECT_EQ(0, memcmp("llo world", kept_data(&k), 9));
  EXPECT_EQ(1005U, all);
  ASSERT_TRUE(kept_set(&k, kept_data(&k), 3));  // a little of much: gives the rest back
  EXPECT_EQ(3U, all);
  EXPECT_EQ(0, memcmp("llo", kept_data(&k), 3));
  ASSERT_TRUE(kept_set(&k, kept_data(&k), 0));
  EXPECT_EQ(nullptr, k.heap);
  EXPECT_EQ(0U, all);
  EXPECT_NE(nullptr, kept_data(&k));
}

std::vector<loop_timer *> g_due;

TEST(Loop, TimersComeInOrder) {
  loop l;
  ASSERT_TRUE(loop_init(&l));
  loop_timer_list list;
  loop_add_list(&l, &list, 100, [](loop_timer *timer) { g_due.push_back(timer); });
  loop_timer timers[3] = {};
  for (loop_timer &timer : timers) loop_timer_start(&l, &list, &timer);
  loop_timer_start(&l, &list, &timers[0]);  // again: now it is the last
  loop_timer_stop(&timers[2]);
  loop_timer_stop(&timers[2]);
  EXPECT_EQ(&timers[1], list.head.next);
  EXPECT_EQ(&timers[0], list.head.next->next);
  EXPECT_EQ(&list.head, list.head.next->next->next);
  EXPECT_EQ(l.now_ms + 100, timers[0].due_ms);
  loop_cleanup(&l);
}

TEST(Faults, Limits) {
  faults f = {};
  EXPECT_EQ(UINT64_MAX, faults_write_limit(&f, 100));
  EXPECT_FALSE(faults_drop_now(&f, 100));
  f.chunk = 7;
  EXPECT_EQ(7U, faults_write_limit(&f, 100));
  f.drops = true;
  f.drop_after = 103;
  EXPECT_EQ(3U, faults_write_limit(&f, 100));
  EXPECT_EQ(0U, faults_write_limit(&f, 200));
  EXPECT_FALSE(faults_drop_now(&f, 102));
  EXPECT_TRUE(faults_drop_now(&f, 103));
}

TEST(Texts, EveryLanguageHasAll) {
  for (uint32_t language = 0; language < texts_count(); language++) {
    for (uint32_t i = 0; i < TEXT_COUNT; i++) {
      const char *text = texts_get(language, static_cast<enum text>(i));
      ASSERT_NE(nullptr, text) << texts_tag(language) << " " << i;
      // A reply has 512 octets (RFC 2449), and a code in brackets must not be mistaken.
      EXPECT_LT(strlen(text), 200U);
      EXPECT_EQ(nullptr, strpbrk(text, "[]\r\n"));
    }
  }
}

TEST(Texts, Tags) {
  uint32_t language = 9;
  EXPECT_TRUE(texts_find("*", 1, &language));
  EXPECT_EQ(0U, language);
  EXPECT_TRUE(texts_find("DE", 2, &language));
  EXPECT_STREQ("de", texts_tag(language));
  EXPECT_TRUE(texts_find("fr-CA", 5, &language));
  EXPECT_STREQ("fr", texts_tag(language));
  for (const char *bad : {"", "d", "den", "xx", "**"}) {
    EXPECT_FALSE(texts_find(bad, strlen(bad), &language)) << bad;
  }
}

TEST(Users, AreFound) {
  users table = {};
  user *added = nullptr;
  for (const char *name : {"carol", "alice", "bob", "al"}) {
    ASSERT_TRUE(users_add(&table, name, strlen(name), "pw", &added));
  }
  const char *twice = nullptr;
  ASSERT_TRUE(users_sort(&table, &twice));
  for (const char *name : {"carol", "alice", "bob", "al"}) {
    const user *found = users_find(&table, name, strlen(name));
    ASSERT_NE(nullptr, found);
    EXPECT_STREQ(name, found->name);
  }
  EXPECT_EQ(nullptr, users_find(&table, "ali", 3));
  EXPECT_EQ(nullptr, users_find(&table, "", 0));
  EXPECT_EQ(nullptr, users_find(&table, "dave", 4));
  ASSERT_TRUE(users_add(&table, "bob", 3, "pw", &added));
  EXPECT_FALSE(users_sort(&table, &twice));
  EXPECT_STREQ("bob", twice);
  users_cleanup(&table);
}

TEST(Auth, ApopOfRfc1939) {
  char digest[AUTH_DIGEST_LEN];
  auth_apop(digest, "<1896.697170952@dbc.mtview.ca.us>", "tanstaaf");
  EXPECT_EQ("c4c9334bac560ecc979e58001b3e22fb", std::string(digest, sizeof(digest)));
}

TEST(Auth, StampsDiffer) {
  char one[AUTH_STAMP_MAX], two[AUTH_STAMP_MAX];
  auth_stamp(one);
  auth_stamp(two);
  EXPECT_STRNE(one, two);
  EXPECT_EQ('<', one[0]);
  EXPECT_EQ('>', one[strlen(one) - 1]);
  EXPECT_NE(nullptr, strchr(one, '@'));
}

TEST(Auth, Same) {
  EXPECT_TRUE(auth_same("abc", 3, "abc", 3));
  EXPECT_TRUE(auth_same("", 0, "", 0));
  EXPECT_FALSE(auth_same("abc", 3, "abd", 3));
  EXPECT_FALSE(auth_same("abc", 3, "ab", 2));
}

}  // namespace
}  // namespace parts_test
