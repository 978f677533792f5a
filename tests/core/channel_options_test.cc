// The options of a channel, which may change while it lives.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "core/channel/channel.h"
#include "tests/core/fake_wire.h"
#include "tests/testing/failing_allocator.h"
#include "tests/testing/test_host.h"

namespace channel_options_test {
namespace {

using pop3_core_test::FakeWire;
using pop3_core_test::FakeWirePlugin;
using pop3_core_test::ShiftLayer;
using pop3_testing::FailingAllocator;

class ChannelOptions : public ::testing::Test {
 protected:
  ChannelOptions() {
    p3_option_list_init(&list_, allocator_.get());
    Set({"other.thing", "x", 0, nullptr});
    Set({"fake.wire", nullptr, 0, &wire_});
    const p3_channel_plan plan = {allocator_.get(),
                                  host_.get(),
                                  "mail.example",
                                  110,
                                  4,
                                  FakeWirePlugin()->transports,
                                  1,
                                  &list_};
    p3_channel_init(&channel_, &plan);
  }
  ~ChannelOptions() override {
    p3_channel_cleanup(&channel_);
    p3_option_list_cleanup(&list_);
    EXPECT_EQ(host_.live(), 0);
    EXPECT_EQ(allocator_.live_blocks(), 0U);
  }

  void Set(const pop3_option &option) { EXPECT_TRUE(p3_option_list_set(&list_, &option)); }
  pop3_io Connect() {
    int pushed = 0;
    err_ = POP3_ERROR_INIT;
    return p3_channel_connect(&channel_, &pushed, &err_);
  }
  const pop3_transport_ops *Tls() { return FakeWirePlugin()->transports[1]; }

  FakeWire wire_;
  pop3_testing::TestHost host_;
  FailingAllocator allocator_;
  p3_option_list list_ = {};
  p3_channel channel_ = {};
  pop3_error err_ = POP3_ERROR_INIT;
};

// What is set before the second connection counts for it, and the option may be there already.
TEST_F(ChannelOptions, MayChangeBeforeTheSecondConnection) {
  Set({"fake.other", "old", 1, nullptr});
  wire_.connects = {POP3_IO_FAIL};
  wire_.again = "fake.other";
  ASSERT_EQ(Connect(), POP3_IO_FAIL);
  ASSERT_STREQ(p3_channel_begin_again(&channel_), "fake.other");
  ASSERT_EQ(list_.count, 3U);
  EXPECT_EQ(list_.at[2].text, nullptr);
  EXPECT_EQ(list_.at[2].number, 7);
  Set({"other.thing", "y", 0, nullptr});
  size_t num_seen = 0;
  wire_.on_create = [&](const std::string &, const pop3_transport_config *config) {
    num_seen++;
    ASSERT_EQ(config->num_options, 3U);
    EXPECT_STREQ(config->options[1].name, "fake.other");
    EXPECT_STREQ(config->options[2].text, "y");
  };
  ASSERT_EQ(Connect(), POP3_IO_DONE);
  p3_channel_push(&channel_, Tls());
  ASSERT_EQ(Connect(), POP3_IO_DONE);
  EXPECT_EQ(num_seen, 2U);
}

TEST_F(ChannelOptions, AreReadWhenATransportIsMade) {
  const pop3_transport_ops *fake = FakeWirePlugin()->transports[0];
  std::vector<int> inside;
  wire_.on_create = [&](const std::string &, const pop3_transport_config *) {
    inside.push_back(p3_channel_has_read_options(&channel_, ShiftLayer()));
  };
  EXPECT_FALSE(p3_channel_has_read_options(&channel_, fake));
  ASSERT_EQ(Connect(), POP3_IO_DONE);
  EXPECT_TRUE(p3_channel_has_read_options(&channel_, fake));
  EXPECT_FALSE(p3_channel_has_read_options(&channel_, Tls()));
  p3_channel_push(&channel_, Tls());
  EXPECT_FALSE(p3_channel_has_read_options(&channel_, Tls()))
      << "that is the next connect's affair";
  wire_.create_fails = "tls";
  ASSERT_EQ(Connect(), POP3_IO_FAIL);
  EXPECT_FALSE(p3_channel_has_read_options(&channel_, Tls())) << "nothing was made";
  wire_.create_fails.clear();
  p3_channel_push(&channel_, Tls());
  ASSERT_EQ(Connect(), POP3_IO_DONE);
  EXPECT_TRUE(p3_channel_has_read_options(&channel_, Tls()));
  EXPECT_EQ(inside, (std::vector<int>{1, 1, 1})) << "nobody's may change meanwhile";
  p3_channel_drop(&channel_);
  EXPECT_FALSE(p3_channel_has_read_options(&channel_, fake));
}

}  // namespace
}  // namespace channel_options_test
