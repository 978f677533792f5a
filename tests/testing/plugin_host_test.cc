#include "tests/testing/plugin_host.h"

#include <gtest/gtest.h>

#include <cstring>
#include <string>
#include <vector>

namespace plugin_host_test {
namespace {

using pop3_testing::PluginHost;
using pop3_testing::Wiping;

class PluginHostTest : public testing::Test {
 protected:
  std::vector<std::string> rules_;
  PluginHost host_{[this](const char *rule, const std::string &) { rules_.push_back(rule); }};
  const pop3_host *const spi_ = host_.get();

  char *New(size_t size) { return static_cast<char *>(spi_->alloc(spi_->ctx, size)); }
};

TEST_F(PluginHostTest, KeepsWhatWasWiped) {
  char *memory = New(16);
  std::memcpy(memory, "0123open sesame", 16);
  spi_->wipe(spi_->ctx, memory + 4, 4);
  spi_->wipe(spi_->ctx, memory, 16);
  ASSERT_EQ(host_.wipings().size(), 2u);
  const Wiping &first = host_.wipings()[0];
  EXPECT_EQ(first.ptr, memory + 4);
  EXPECT_EQ(first.len, 4u);
  EXPECT_EQ(first.before, "open");
  EXPECT_TRUE(first.is_zero);
  EXPECT_EQ(host_.wipings()[1].before, std::string("0123\0\0\0\0 sesame\0", 16));
  EXPECT_EQ(std::string(memory, 16), std::string(16, '\0'));
  spi_->release(spi_->ctx, memory);
  host_.ForgetWipings();
  EXPECT_TRUE(host_.wipings().empty());
  EXPECT_TRUE(rules_.empty());
}

TEST_F(PluginHostTest, CountsTheWipingsOfASecret) {
  char on_the_stack[] = "a secret";
  EXPECT_EQ(host_.Wipings("secret"), 0);
  spi_->wipe(spi_->ctx, on_the_stack, 5);
  EXPECT_EQ(host_.Wipings("secret"), 0) << "a part of it only";
  std::memcpy(on_the_stack, "a secret", 9);
  spi_->wipe(spi_->ctx, on_the_stack, 9);
  EXPECT_EQ(host_.Wipings("secret"), 1);
  spi_->wipe(spi_->ctx, on_the_stack, 9);
  EXPECT_EQ(host_.Wipings("secret"), 1) << "there was none any more";
}

TEST_F(PluginHostTest, RemembersWhatWasReleased) {
  char *memory = New(8);
  std::memcpy(memory, "password", 8);
  EXPECT_EQ(host_.live(), 1);
  spi_->release(spi_->ctx, memory);
  EXPECT_EQ(host_.live(), 0);
  EXPECT_TRUE(host_.Remembers("password"));
  EXPECT_FALSE(host_.Remembers("passwords"));
  EXPECT_FALSE(host_.Remembers(""));
}

TEST_F(PluginHostTest, ResizeMovesAndKeeps) {
  auto *memory = static_cast<char *>(spi_->resize(spi_->ctx, nullptr, 4));
  std::memcpy(memory, "abcd", 4);
  auto *larger = static_cast<char *>(spi_->resize(spi_->ctx, memory, 8));
  EXPECT_NE(larger, memory);
  EXPECT_EQ(std::string(larger, 4), "abcd");
  EXPECT_EQ(host_.live(), 1);
  spi_->release(spi_->ctx, larger);
}

TEST_F(PluginHostTest, FailsTheAllocationThatItShould) {
  host_.FailAllocation(1);
  char *first = New(1);
  EXPECT_NE(first, nullptr);
  EXPECT_FALSE(host_.has_failed());
  EXPECT_EQ(New(1), nullptr);
  EXPECT_TRUE(host_.has_failed());
  char *third = New(1);
  EXPECT_NE(third, nullptr) << "once only";
  host_.FailAllocation(0, true);
  EXPECT_EQ(New(1), nullptr);
  EXPECT_EQ(New(1), nullptr);
  spi_->release(spi_->ctx, first);
  spi_->release(spi_->ctx, third);
}

TEST_F(PluginHostTest, ComplainsOfBreaches) {
  char *memory = New(1);
  spi_->release(spi_->ctx, memory);
  spi_->release(spi_->ctx, nullptr);
  EXPECT_TRUE(rules_.empty());
  spi_->release(spi_->ctx, memory);
  EXPECT_EQ(spi_->resize(spi_->ctx, memory, 2), nullptr);
  char mine = 0;
  spi_->release(spi_->ctx, &mine);
  EXPECT_EQ(New(0), nullptr);
  EXPECT_EQ(rules_, std::vector<std::string>(4, "UsesMemoryByTheRules"));
  rules_.clear();
  EXPECT_EQ(spi_->fail(spi_->ctx, nullptr, POP3_OK, "x", 0, 0, "no failure"), POP3_OK);
  EXPECT_EQ(rules_, std::vector<std::string>{"FailFillsErr"});
}

TEST_F(PluginHostTest, FillsTheError) {
  pop3_error error;
  EXPECT_EQ(spi_->fail(spi_->ctx, &error, POP3_ERR_AUTH, "x", 2, 3, "no %s", "way"), POP3_ERR_AUTH);
  EXPECT_EQ(error.status, POP3_ERR_AUTH);
  EXPECT_STREQ(error.layer, "x");
  EXPECT_EQ(error.sys_errno, 2);
  EXPECT_EQ(error.lib_code, 3);
  EXPECT_STREQ(error.text, "no way");
  EXPECT_TRUE(rules_.empty());
}

TEST_F(PluginHostTest, KeepsNotes) {
  spi_->note(spi_->ctx, "connected to %s", "there");
  EXPECT_EQ(host_.notes(), std::vector<std::string>{"connected to there"});
  EXPECT_TRUE(host_.Noted("to there"));
  EXPECT_FALSE(host_.Noted("to nowhere"));
}

TEST_F(PluginHostTest, HasAClockThatCanBeMoved) {
  host_.SetClock(1000);
  EXPECT_EQ(spi_->now_ms(spi_->ctx), 1000);
  host_.Advance(5);
  EXPECT_EQ(spi_->now_ms(spi_->ctx), 1005);
  host_.AdvanceTo(2000);
  EXPECT_GE(spi_->now_ms(spi_->ctx), 2000);
  const int64_t later = host_.now_ms() + 1000000;
  host_.AdvanceTo(later);
  EXPECT_GE(host_.now_ms(), later);
  host_.AdvanceTo(0);
  EXPECT_GE(host_.now_ms(), later) << "never back";
}

}  // namespace
}  // namespace plugin_host_test
