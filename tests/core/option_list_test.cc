#include "core/channel/option_list.h"

#include <gtest/gtest.h>

#include <string>

#include "tests/testing/failing_allocator.h"

namespace option_list_test {
namespace {

using pop3_testing::FailingAllocator;
using pop3_testing::ForEachAllocationFailure;

// All of |list| in words: "name=text/number".
std::string Words(const p3_option_list &list) {
  std::string words;
  for (size_t i = 0; i < list.count; i++) {
    const pop3_option &one = list.at[i];
    words += (i > 0 ? " " : "") + std::string(one.name) + "=" +
             (one.text != nullptr ? one.text : "(none)") + "/" + std::to_string(one.number);
  }
  return words;
}

class OptionList : public ::testing::Test {
 protected:
  void SetUp() override {
    allocator_.Forbid("sesame");
    p3_option_list_init(&list_, allocator_.get());
  }
  void TearDown() override {
    p3_option_list_cleanup(&list_);
    EXPECT_EQ(allocator_.live_blocks(), 0U);
    EXPECT_EQ(allocator_.unwiped(), 0U);
  }
  void Add(const pop3_option &option) { ASSERT_TRUE(p3_option_list_add(&list_, &option)); }
  void Set(const pop3_option &option) { ASSERT_TRUE(p3_option_list_set(&list_, &option)); }

  FailingAllocator allocator_;
  p3_option_list list_ = {};
};

TEST_F(OptionList, IsEmptyWithoutMemory) {
  EXPECT_EQ(list_.at, nullptr);
  EXPECT_EQ(list_.count, 0U);
  EXPECT_EQ(allocator_.calls(), 0U);
}

TEST_F(OptionList, CopiesAllButTheObject) {
  std::string name = "a.one";
  std::string text = "sesame";
  int object = 0;
  Add({name.c_str(), text.c_str(), -1, &object});
  name[0] = text[0] = 'X';
  EXPECT_EQ(Words(list_), "a.one=sesame/-1");
  EXPECT_EQ(list_.at[0].object, &object);
}

TEST_F(OptionList, KeepsTheOrderAndWhatIsGivenTwice) {
  Add({"a.one", "1", 0, nullptr});
  Add({"a.two", nullptr, 2, nullptr});
  Add({"a.one", "3", 0, nullptr});
  EXPECT_EQ(Words(list_), "a.one=1/0 a.two=(none)/2 a.one=3/0");
}

TEST_F(OptionList, ReplacesAllOfTheSameName) {
  Add({"a.one", "sesame", 0, nullptr});
  Add({"a.two", "", 2, nullptr});
  Add({"a.one", "sesame open", 0, nullptr});
  Add({"a.on", "x", 0, nullptr});
  Set({"a.one", nullptr, 4, nullptr});
  EXPECT_EQ(Words(list_), "a.two=/2 a.on=x/0 a.one=(none)/4");
  EXPECT_EQ(allocator_.unwiped(), 0U) << "at once, not at the end";
  Set({"a.three", "y", 0, nullptr});
  EXPECT_EQ(Words(list_), "a.two=/2 a.on=x/0 a.one=(none)/4 a.three=y/0");
}

TEST_F(OptionList, IsEmptyAfterwardsAndMayBeUsedAgain) {
  Add({"a.one", "sesame", 0, nullptr});
  p3_option_list_cleanup(&list_);
  EXPECT_EQ(list_.count, 0U);
  EXPECT_EQ(list_.at, nullptr);
  EXPECT_EQ(allocator_.live_blocks(), 0U);
  Add({"a.two", nullptr, 0, nullptr});
  EXPECT_EQ(Words(list_), "a.two=(none)/0");
}

TEST(OptionListMemory, EachAllocationFails) {
  const size_t count = ForEachAllocationFailure([](FailingAllocator &allocator) {
    allocator.Forbid("sesame");
    p3_option_list list;
    p3_option_list_init(&list, allocator.get());
    const pop3_option first = {"a.one", "sesame", 1, nullptr};
    const pop3_option second = {"a.one", "sesame open", 2, nullptr};
    const int added = p3_option_list_add(&list, &first);
    EXPECT_EQ(added, !allocator.has_failed());
    EXPECT_EQ(Words(list), added ? "a.one=sesame/1" : "");
    if (added) {
      const int set = p3_option_list_set(&list, &second);
      EXPECT_EQ(set, !allocator.has_failed());
      EXPECT_EQ(Words(list), set ? "a.one=sesame open/2" : "a.one=sesame/1");
    }
    p3_option_list_cleanup(&list);
  });
  EXPECT_EQ(count, 6U) << "array, name and text, each time";
}

}  // namespace
}  // namespace option_list_test
