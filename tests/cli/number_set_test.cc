#include "tools/cli/number_set.h"

#include <gtest/gtest.h>

#include <string>

namespace number_set_test {
namespace {

class NumberSet : public testing::Test {
 protected:
  ~NumberSet() override { cli_number_set_cleanup(&set_); }

  std::string Shown() const {
    std::string out;
    for (size_t i = 0; i < set_.num_ranges; ++i) {
      out += (i != 0 ? "," : "") + std::to_string(set_.ranges[i].first) + "-" +
             std::to_string(set_.ranges[i].last);
    }
    return out;
  }

  std::string After(const char *text) {
    cli_number_set_cleanup(&set_);
    pop3_error err = POP3_ERROR_INIT;
    return cli_number_set_add(&set_, text, &err) == POP3_OK ? Shown() : "bad";
  }

  cli_number_set set_ = {nullptr, 0};
};

TEST_F(NumberSet, ReadsWhatPeopleWrite) {
  EXPECT_EQ("7-7", After("7"));
  EXPECT_EQ("1-5", After("1-5"));
  EXPECT_EQ("1-5,7-7", After("1-5,7"));
  EXPECT_EQ("12-4294967295", After("12-"));
  EXPECT_EQ("1-1,12-4294967295", After("12-,1"));
  EXPECT_EQ("4294967295-4294967295", After("4294967295"));
}

TEST_F(NumberSet, SortsAndJoins) {
  EXPECT_EQ("1-9", After("5-9,1-4"));
  EXPECT_EQ("1-9", After("1-7,3-9,2"));
  EXPECT_EQ("3-4294967295", After("3-,7,4294967295"));
  EXPECT_EQ("1-3", After("3,2,1,1"));
}

TEST_F(NumberSet, RefusesTheRest) {
  for (const char *text : {"", ",", "0", "-", "-3", "1,", ",1", "1,,2", "5-3", "1--2", "a", "1a",
                           "1 2", "+1", "4294967296", "99999999999999999999", "1-0", "0-3"}) {
    EXPECT_EQ("bad", After(text)) << text;
  }
}

TEST_F(NumberSet, ABadAdditionChangesNothing) {
  After("4,9");
  pop3_error err = POP3_ERROR_INIT;
  EXPECT_EQ(POP3_ERR_ARGUMENT, cli_number_set_add(&set_, "1,x", &err));
  EXPECT_EQ(POP3_ERR_ARGUMENT, err.status);
  EXPECT_EQ("4-4,9-9", Shown());
  EXPECT_EQ(POP3_OK, cli_number_set_add(&set_, "5-6", &err));
  EXPECT_EQ("4-6,9-9", Shown());
}

TEST_F(NumberSet, HasAndCount) {
  After("2-4,9,20-");
  for (uint32_t n : {2U, 3U, 4U, 9U, 20U, 4294967295U}) EXPECT_TRUE(cli_number_set_has(&set_, n));
  for (uint32_t n : {0U, 1U, 5U, 8U, 10U, 19U}) EXPECT_FALSE(cli_number_set_has(&set_, n)) << n;
  EXPECT_EQ(4294967295U - 19U + 4U, cli_number_set_count(&set_));
  cli_number_set_cleanup(&set_);
  EXPECT_FALSE(cli_number_set_has(&set_, 1));
  EXPECT_EQ(0U, cli_number_set_count(&set_));
}

}  // namespace
}  // namespace number_set_test
